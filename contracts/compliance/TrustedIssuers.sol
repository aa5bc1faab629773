// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IClaimTopicsRegistry} from "interfaces/IClaimTopicsRegistry.sol";
import {IIdentities} from "interfaces/IIdentities.sol";
import {IIdentityRegistry} from "interfaces/IIdentityRegistry.sol";
import {ITrustedIssuers} from "interfaces/ITrustedIssuers.sol";
import {ITrustedIssuersRegistry} from "interfaces/ITrustedIssuersRegistry.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";

/// @title Which claims are asked for, and whose count: ERC-3643's registries of topics and of issuers in one
contract TrustedIssuers is ITrustedIssuers, ITrustedIssuersRegistry, IClaimTopicsRegistry, AccessManaged, ERC165 {
    /// @dev Whoever is refreshed goes through all issuers of all topics. Issuers: half of the 64 bits that a registry gives to
    ///      those on whom somebody rests, so that there is always one left.
    uint256 private constant MOST_TOPICS = 15;
    uint256 private constant MOST_ISSUERS = 32;
    uint256 private constant MOST_REGISTRIES = 8;

    /* STORAGE */

    /// @inheritdoc ITrustedIssuers
    mapping(address registry => bool) public isTold;

    uint256[] private _topics;
    address[] private _issuers;
    address[] private _registries;
    mapping(address issuer => uint256[] topics) private _topicsOf;
    mapping(uint256 topic => address[] issuers) private _issuersOf;

    /* CONSTRUCTOR */

    constructor(address authority) AccessManaged(authority) {}

    /* REGISTRIES */

    /// @inheritdoc ITrustedIssuers
    function tell(address registry) external restricted {
        if (isTold[registry]) return;
        if (_registries.length == MOST_REGISTRIES) revert TooMany(MOST_REGISTRIES);
        isTold[registry] = true;
        _registries.push(registry);
        emit RegistryTold(registry);
    }

    /* TOPICS */

    /// @inheritdoc IClaimTopicsRegistry
    function addClaimTopic(uint256 claimTopic) external restricted {
        if (_topics.length == MOST_TOPICS) revert TooMany(MOST_TOPICS);
        for (uint256 i; i < _topics.length; ++i) if (_topics[i] == claimTopic) revert TopicTwice(claimTopic);
        _topics.push(claimTopic);
        emit ClaimTopicAdded(claimTopic);
        for (uint256 i; i < _registries.length; ++i) {
            // One that asks another by now would refuse, and hold up all others.
            if (IIdentityRegistry(_registries[i]).topicsRegistry() != address(this)) continue;
            IIdentities(_registries[i]).topicsChanged();
        }
    }

    /// @inheritdoc IClaimTopicsRegistry
    function removeClaimTopic(uint256 claimTopic) external restricted {
        for (uint256 i; i < _topics.length; ++i) {
            if (_topics[i] != claimTopic) continue;
            _topics[i] = _topics[_topics.length - 1];
            _topics.pop();
            emit ClaimTopicRemoved(claimTopic);
            // Who was verified with one claim more is verified still; whoever lacked it is refreshed.
            return;
        }
    }

    /// @inheritdoc IClaimTopicsRegistry
    function getClaimTopics() external view returns (uint256[] memory) {
        return _topics;
    }

    /* ISSUERS */

    /// @inheritdoc ITrustedIssuersRegistry
    function addTrustedIssuer(address trustedIssuer, uint256[] calldata claimTopics) external restricted {
        if (trustedIssuer == address(0)) revert ZeroIssuer();
        if (isTrustedIssuer(trustedIssuer)) revert IssuerTwice(trustedIssuer);
        if (_issuers.length == MOST_ISSUERS) revert TooMany(MOST_ISSUERS);
        _issuers.push(trustedIssuer);
        _trustFor(trustedIssuer, claimTopics);
        emit TrustedIssuerAdded(trustedIssuer, claimTopics);
    }

    /// @inheritdoc ITrustedIssuersRegistry
    function removeTrustedIssuer(address trustedIssuer) external restricted {
        _distrust(trustedIssuer);
        _take(_issuers, trustedIssuer);
        emit TrustedIssuerRemoved(trustedIssuer);
        _tellOf(trustedIssuer);
    }

    /// @inheritdoc ITrustedIssuersRegistry
    function updateIssuerClaimTopics(address trustedIssuer, uint256[] calldata claimTopics) external restricted {
        _distrust(trustedIssuer);
        _trustFor(trustedIssuer, claimTopics);
        emit ClaimTopicsUpdated(trustedIssuer, claimTopics);
        _tellOf(trustedIssuer);
    }

    /// @inheritdoc ITrustedIssuersRegistry
    function getTrustedIssuers() external view returns (address[] memory) {
        return _issuers;
    }

    /// @inheritdoc ITrustedIssuersRegistry
    function getTrustedIssuersForClaimTopic(uint256 claimTopic) external view returns (address[] memory) {
        return _issuersOf[claimTopic];
    }

    /// @inheritdoc ITrustedIssuersRegistry
    function isTrustedIssuer(address issuer) public view returns (bool) {
        return _topicsOf[issuer].length != 0;
    }

    /// @inheritdoc ITrustedIssuersRegistry
    function getTrustedIssuerClaimTopics(address trustedIssuer) external view returns (uint256[] memory) {
        if (!isTrustedIssuer(trustedIssuer)) revert IssuerUnknown(trustedIssuer);
        return _topicsOf[trustedIssuer];
    }

    /// @inheritdoc ITrustedIssuersRegistry
    function hasClaimTopic(address issuer, uint256 claimTopic) external view returns (bool) {
        uint256[] storage topics = _topicsOf[issuer];
        for (uint256 i; i < topics.length; ++i) if (topics[i] == claimTopic) return true;
        return false;
    }

    /// @notice Answers for ERC-3643's two registries.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return
            interfaceId == type(ITrustedIssuersRegistry).interfaceId ||
            interfaceId == type(IClaimTopicsRegistry).interfaceId ||
            super.supportsInterface(interfaceId);
    }

    /* INTERNAL */

    function _trustFor(address issuer, uint256[] calldata topics) private {
        if (topics.length == 0) revert NoTopics(issuer);
        if (topics.length > MOST_TOPICS) revert TooMany(MOST_TOPICS);
        for (uint256 i; i < topics.length; ++i) {
            for (uint256 j; j < i; ++j) if (topics[j] == topics[i]) revert TopicTwice(topics[i]);
            _issuersOf[topics[i]].push(issuer);
        }
        _topicsOf[issuer] = topics;
    }

    function _distrust(address issuer) private {
        if (!isTrustedIssuer(issuer)) revert IssuerUnknown(issuer);
        uint256[] storage topics = _topicsOf[issuer];
        for (uint256 i; i < topics.length; ++i) _take(_issuersOf[topics[i]], issuer);
        delete _topicsOf[issuer];
    }

    function _take(address[] storage list, address one) private {
        uint256 last = list.length - 1;
        for (uint256 i; i <= last; ++i) {
            if (list[i] != one) continue;
            list[i] = list[last];
            list.pop();
            return;
        }
    }

    function _tellOf(address issuer) private {
        for (uint256 i; i < _registries.length; ++i) {
            if (IIdentityRegistry(_registries[i]).issuersRegistry() != address(this)) continue;
            IIdentities(_registries[i]).issuerChanged(issuer);
        }
    }
}
