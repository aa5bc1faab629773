// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Which wallet is whose, as ERC-3643 has it
interface IIdentityRegistryStorage {
    /// @notice `investorAddress` is a wallet of `identity`.
    event IdentityStored(address indexed investorAddress, address indexed identity);

    /// @notice `investorAddress` is nobody's wallet any more.
    event IdentityUnstored(address indexed investorAddress, address indexed identity);

    /// @notice A wallet went from one identity to another.
    event IdentityModified(address indexed oldIdentity, address indexed newIdentity);

    /// @notice The country of a wallet's identity changed.
    event CountryModified(address indexed investorAddress, uint16 indexed country);

    /// @notice `identityRegistry` may write here.
    event IdentityRegistryBound(address indexed identityRegistry);

    /// @notice `identityRegistry` may write here no more.
    event IdentityRegistryUnbound(address indexed identityRegistry);

    /// @notice As `IIdentityRegistry.registerIdentity`. Only an agent.
    function addIdentityToStorage(address userAddress, address identity, uint16 country) external;

    /// @notice As `IIdentityRegistry.deleteIdentity`. Only an agent.
    function removeIdentityFromStorage(address userAddress) external;

    /// @notice As `IIdentityRegistry.updateCountry`. Only an agent.
    function modifyStoredInvestorCountry(address userAddress, uint16 country) external;

    /// @notice As `IIdentityRegistry.updateIdentity`. Only an agent.
    function modifyStoredIdentity(address userAddress, address identity) external;

    /// @notice Lets another registry write here: it becomes an agent. Only the owner's role.
    function bindIdentityRegistry(address identityRegistry) external;

    /// @notice Lets it write here no more. Only the owner's role.
    function unbindIdentityRegistry(address identityRegistry) external;

    /// @notice The registries that were bound.
    function linkedIdentityRegistries() external view returns (address[] memory);

    /// @notice The identity of a wallet; zero for a stranger.
    function storedIdentity(address userAddress) external view returns (address);

    /// @notice The country of a wallet's identity, ISO 3166-1 numeric; 0 where none is known.
    function storedInvestorCountry(address userAddress) external view returns (uint16);
}
