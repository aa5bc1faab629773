// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Whoever knows who is sanctioned, by the call that Chainalysis' oracle answers
interface ISanctionsOracle {
    /// @notice Whether `account` is sanctioned.
    function isSanctioned(address account) external view returns (bool);
}
