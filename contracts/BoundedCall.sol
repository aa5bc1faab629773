// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Calls of contracts that nobody trusts: so much gas, and one word of the answer
/// @dev The one place with assembly: Solidity copies an answer whole, as long as it may be, into the memory of who asks, who
///      pays for it by the square (docs/decisions/0035).
library BoundedCall {
    /// @notice The first word of an answer; none where the call fails or answers with less than a word.
    function ask(
        address target,
        uint256 gas_,
        bytes memory question
    ) internal view returns (bool answered, uint256 word) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            answered := staticcall(gas_, target, add(question, 0x20), mload(question), 0x00, 0x20)
            answered := and(answered, gt(returndatasize(), 0x1f))
            if answered {
                word := mload(0x00)
            }
        }
    }

    /// @notice Whether the call came to its end.
    function tell(address target, uint256 gas_, bytes memory news) internal returns (bool done) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            done := call(gas_, target, 0, add(news, 0x20), mload(news), 0x00, 0x00)
        }
    }
}
