// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who stands behind a wallet, as ERC-3643 has it
/// @dev Warning: an agent of the registry is trusted to have checked whose wallet it is.
interface IIdentityRegistry {
    /// @notice Which topics are asked for is written in `claimTopicsRegistry`.
    event ClaimTopicsRegistrySet(address indexed claimTopicsRegistry);

    /// @notice Which wallet is whose is written in `identityStorage`.
    event IdentityStorageSet(address indexed identityStorage);

    /// @notice Whose claims count is written in `trustedIssuersRegistry`.
    event TrustedIssuersRegistrySet(address indexed trustedIssuersRegistry);

    /// @notice `investorAddress` is a wallet of `identity`.
    event IdentityRegistered(address indexed investorAddress, address indexed identity);

    /// @notice `investorAddress` is nobody's wallet any more.
    event IdentityRemoved(address indexed investorAddress, address indexed identity);

    /// @notice A wallet went from one identity to another.
    event IdentityUpdated(address indexed oldIdentity, address indexed newIdentity);

    /// @notice The country of a wallet's identity changed.
    event CountryUpdated(address indexed investorAddress, uint16 indexed country);

    /// @notice Registers a wallet. Only an agent. The same again does nothing.
    /// @param country ISO 3166-1 numeric of the identity; 0 leaves what is known.
    function registerIdentity(address userAddress, address identity_, uint16 country) external;

    /// @notice Registers several wallets. Only an agent.
    function batchRegisterIdentity(
        address[] calldata userAddresses,
        address[] calldata identities,
        uint16[] calldata countries
    ) external;

    /// @notice Takes a wallet out, which may hold no note. Only an agent.
    function deleteIdentity(address userAddress) external;

    /// @notice Gives a wallet to another identity; it may hold no note. Only an agent.
    function updateIdentity(address userAddress, address identity_) external;

    /// @notice Sets the country of a wallet's identity. Only an agent.
    function updateCountry(address userAddress, uint16 country) external;

    /// @notice Points to who keeps the topics; everybody is to be refreshed. Only the owner's role.
    function setClaimTopicsRegistry(address claimTopicsRegistry) external;

    /// @notice Points to who keeps the issuers; everybody is to be refreshed. Only the owner's role.
    function setTrustedIssuersRegistry(address trustedIssuersRegistry) external;

    /// @notice The registry is its own storage: accepts itself and refuses any other. Only the owner's role.
    function setIdentityRegistryStorage(address identityRegistryStorage) external;

    /// @notice Whether the wallet is registered.
    function contains(address userAddress) external view returns (bool);

    /// @notice Whether the wallet's identity has every claim that is asked for, now.
    function isVerified(address userAddress) external view returns (bool);

    /// @notice The identity of a wallet; zero for a stranger.
    function identity(address userAddress) external view returns (address);

    /// @notice The country of a wallet's identity, ISO 3166-1 numeric; 0 where none is known.
    function investorCountry(address userAddress) external view returns (uint16);

    /// @notice Where it is written which wallet is whose: here.
    function identityStorage() external view returns (address);

    /// @notice Where it is written whose claims count.
    function issuersRegistry() external view returns (address);

    /// @notice Where it is written which topics are asked for.
    function topicsRegistry() external view returns (address);
}
