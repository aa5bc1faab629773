// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Whose claims count, as ERC-3643 has it
/// @dev Warning: a trusted issuer decides who may hold. Whoever holds the owner's role decides who is trusted.
interface ITrustedIssuersRegistry {
    /// @notice Claims of `trustedIssuer` of these topics count.
    event TrustedIssuerAdded(address indexed trustedIssuer, uint256[] claimTopics);

    /// @notice No claim of `trustedIssuer` counts any more.
    event TrustedIssuerRemoved(address indexed trustedIssuer);

    /// @notice Claims of `trustedIssuer` count for these topics in the place of those before.
    event ClaimTopicsUpdated(address indexed trustedIssuer, uint256[] claimTopics);

    /// @notice Trusts an issuer for some topics. Only the owner's role.
    function addTrustedIssuer(address trustedIssuer, uint256[] calldata claimTopics) external;

    /// @notice Trusts an issuer no more: whoever rests on its claims is blocked from the next transaction. Only the owner's role.
    function removeTrustedIssuer(address trustedIssuer) external;

    /// @notice Trusts an issuer for other topics; whoever rests on its claims is to be refreshed. Only the owner's role.
    function updateIssuerClaimTopics(address trustedIssuer, uint256[] calldata claimTopics) external;

    /// @notice All trusted issuers.
    function getTrustedIssuers() external view returns (address[] memory);

    /// @notice Those whose claims of `claimTopic` count.
    function getTrustedIssuersForClaimTopic(uint256 claimTopic) external view returns (address[] memory);

    /// @notice Whether `issuer` is trusted for anything.
    function isTrustedIssuer(address issuer) external view returns (bool);

    /// @notice The topics for which an issuer is trusted; refuses a stranger.
    function getTrustedIssuerClaimTopics(address trustedIssuer) external view returns (uint256[] memory);

    /// @notice Whether claims of `claimTopic` by `issuer` count.
    function hasClaimTopic(address issuer, uint256 claimTopic) external view returns (bool);
}
