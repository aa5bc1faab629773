// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What the registry of issuers and topics does beside ERC-3643: it tells registries of identities
interface ITrustedIssuers {
    /// @notice `registry` is told of every change from now on.
    event RegistryTold(address indexed registry);

    /// @notice An issuer is no zero address.
    error ZeroIssuer();

    /// @notice The issuer is trusted already: update its topics instead.
    error IssuerTwice(address issuer);

    /// @notice Nobody trusts the issuer.
    error IssuerUnknown(address issuer);

    /// @notice The topic is asked for already.
    error TopicTwice(uint256 topic);

    /// @notice An issuer trusted for nothing.
    error NoTopics(address issuer);

    /// @notice Only a registry of identities (ERC-3643) can be told.
    error NoRegistry(address given);

    /// @notice At most so many issuers, topics or registries.
    error TooMany(uint256 most);

    /// @notice Tells `registry` of every change. Only the owner's role.
    function tell(address registry) external;

    /// @notice Whether `registry` is told.
    function isTold(address registry) external view returns (bool);
}
