// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A vault whose holders get the cash that the notes earn
/// @notice A share is a note. Cash is spread by an index, in parts of a settlement unit; what does not divide waits.
interface IPayingNoteVault {
    /// @notice Cash that a share has got, in parts of a settlement unit. Never falls.
    function cashIndex() external view returns (uint256);
}
