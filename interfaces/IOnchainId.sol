// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What is read of an ONCHAINID identity (ERC-735): the claims that its holder put there
interface IOnchainIdentity {
    /// @param claimId keccak256(abi.encode(issuer, topic)).
    function getClaim(
        bytes32 claimId
    )
        external
        view
        returns (
            uint256 topic,
            uint256 scheme,
            address issuer,
            bytes memory signature,
            bytes memory data,
            string memory uri
        );
}

/// @title What is read of an ONCHAINID claim issuer
interface IOnchainClaimIssuer {
    /// @notice Whether a key of the issuer signed this, and the issuer has not taken it back.
    function isClaimValid(
        address identity,
        uint256 claimTopic,
        bytes calldata signature,
        bytes calldata data
    ) external view returns (bool);
}
