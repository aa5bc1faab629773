// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who is told when what is known of an identity changes
interface IRegistryWatcher {
    /// @notice Other issuers are dead. Only the registry.
    function standingChanged(uint128 dead, uint16 generation) external;

    /// @notice Country or class of an identity changed. Only the registry.
    function recast(uint32 identity, uint16 oldCountry, uint8 oldClass, uint16 country, uint8 class) external;

    /// @notice A wallet is an identity's from now on. Only the registry.
    function joined(address wallet, uint32 identity, uint16 country, uint8 class) external;

    /// @notice The token that is watched over, and how much of it a wallet holds.
    function heldBy(address wallet) external view returns (address token, uint256 units);
}
