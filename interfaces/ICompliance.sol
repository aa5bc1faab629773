// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The one question that every movement of a note asks
interface ICompliance {
    /// @notice Says whether `units` may move from `from` to `to` now. Never reverts.
    /// @param from The holder, or the zero address for a mint.
    /// @param to The receiver, or the zero address for a burn.
    /// @param units Note units.
    function canTransfer(address from, address to, uint256 units) external view returns (bool);
}
