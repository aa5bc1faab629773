// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Which claims an identity needs, as ERC-3643 has it
interface IClaimTopicsRegistry {
    /// @notice An identity needs a claim of `claimTopic` from now on.
    event ClaimTopicAdded(uint256 indexed claimTopic);

    /// @notice An identity needs no claim of `claimTopic` any more.
    event ClaimTopicRemoved(uint256 indexed claimTopic);

    /// @notice Asks every identity for a claim of `claimTopic`. Nobody is verified until refreshed. Only the owner's role.
    function addClaimTopic(uint256 claimTopic) external;

    /// @notice Asks for `claimTopic` no more. Does nothing where it was not asked for. Only the owner's role.
    function removeClaimTopic(uint256 claimTopic) external;

    /// @notice The topics of which an identity needs one claim each.
    function getClaimTopics() external view returns (uint256[] memory);
}
