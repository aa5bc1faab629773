// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Record} from "interfaces/Records.sol";

/// @title Who is told when what is known of an identity changes
interface IRegistryWatcher {
    /// @notice Other issuers are dead. Does nothing when another than the registry in use says so.
    function standingChanged(uint64 dead, uint16 generation) external;

    /// @notice Wallets of one identity have another word, or one of them is nobody's any more (zero). Does nothing when
    ///         another than the registry in use says so; `joined` likewise.
    function rewritten(address[] calldata wallets, Record old, Record word) external;

    /// @notice A wallet is an identity's from now on.
    function joined(address wallet, Record word) external;

    /// @notice The token that is watched over, and how much of it a wallet holds.
    function heldBy(address wallet) external view returns (address token, uint256 units);
}
