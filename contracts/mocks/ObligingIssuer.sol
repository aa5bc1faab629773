// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title An outside contract that says yes to every signature (ERC-1271), or answers as it is told
contract ObligingIssuer {
    /// @notice It was told to fail.
    error Unwilling();

    bytes4 private _answer = 0x1626ba7e; // of ERC-1271: the signature is good
    bool private _fails;

    /// @notice What it answers from now on, and whether it fails instead.
    function tell(bytes4 answer, bool fails) external {
        (_answer, _fails) = (answer, fails);
    }

    /// @notice Answers without looking.
    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        if (_fails) revert Unwilling();
        return _answer;
    }
}
