// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What a thing is worth: the plug between a sale and whoever says values
interface ICollateralValues {
    /// @notice The value of `subject` now, settlement units, and whether it may be acted on: fresh, by a quorum, not disputed.
    ///         Never reverts.
    function worth(bytes32 subject) external view returns (uint256 value, bool good);
}
