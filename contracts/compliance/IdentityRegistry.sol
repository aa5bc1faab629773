// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Agents} from "contracts/access/Agents.sol";
import {Claims} from "contracts/compliance/Claims.sol";
import {IIdentities, Registration} from "interfaces/IIdentities.sol";
import {IClaimTopicsRegistry} from "interfaces/IClaimTopicsRegistry.sol";
import {IIdentityRegistry} from "interfaces/IIdentityRegistry.sol";
import {IIdentityRegistryStorage} from "interfaces/IIdentityRegistryStorage.sol";
import {IRegistryWatcher} from "interfaces/IRegistryWatcher.sol";
import {ITrustedIssuers} from "interfaces/ITrustedIssuers.sol";
import {Record, Records} from "interfaces/Records.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";

contract IdentityRegistry is IIdentityRegistry, IIdentityRegistryStorage, Claims, Agents, ERC165 {
    /// @dev A claim that comes or goes is written to each of them, and what an identity holds is summed over them.
    uint256 private constant MOST_WALLETS = 8;
    uint256 private constant MOST_WATCHERS = 16;

    /* STORAGE */

    mapping(address wallet => Record) private _records;
    mapping(uint32 number => address identity) private _identityOf;
    uint32 private _lastNumber;
    address[] private _watchers;
    address[] private _bound;

    /* CONSTRUCTOR */

    /// @param countryTopic Of the claim whose value is a country.
    /// @param classTopic Of the claim whose value is a class.
    constructor(
        address authority,
        uint256 countryTopic,
        uint256 classTopic
    ) AccessManaged(authority) Claims(countryTopic, classTopic) {}

    /* WALLETS */

    /// @inheritdoc IIdentityRegistry
    function registerIdentity(address userAddress, address identity_, uint16 country) external {
        _onlyAgent();
        _register(userAddress, identity_, country, false);
    }

    /// @inheritdoc IIdentityRegistry
    function batchRegisterIdentity(
        address[] calldata userAddresses,
        address[] calldata identities,
        uint16[] calldata countries
    ) external {
        _onlyAgent();
        uint256 count = userAddresses.length;
        if (identities.length != count) revert DifferentLengths(count, identities.length);
        if (countries.length != count) revert DifferentLengths(count, countries.length);
        for (uint256 i; i < count; ++i) _register(userAddresses[i], identities[i], countries[i], false);
    }

    /// @inheritdoc IIdentities
    function register(Registration[] calldata registrations) external {
        _onlyAgent();
        for (uint256 i; i < registrations.length; ++i) {
            Registration calldata one = registrations[i];
            if (one.claims.length != one.signatures.length) {
                revert DifferentLengths(one.claims.length, one.signatures.length);
            }
            bool news;
            for (uint256 j; j < one.claims.length; ++j) {
                if (one.claims[j].identity != one.identity) revert OtherIdentity(one.claims[j].identity, one.identity);
                if (_keep(one.claims[j], one.signatures[j])) news = true;
            }
            _register(one.wallet, one.identity, one.country, news);
        }
    }

    /// @inheritdoc IIdentityRegistryStorage
    function addIdentityToStorage(address userAddress, address identity_, uint16 country) external {
        _onlyAgent();
        _register(userAddress, identity_, country, false);
    }

    /// @inheritdoc IIdentityRegistry
    function deleteIdentity(address userAddress) external {
        _onlyAgent();
        _remove(userAddress);
    }

    /// @inheritdoc IIdentityRegistryStorage
    function removeIdentityFromStorage(address userAddress) external {
        _onlyAgent();
        _remove(userAddress);
    }

    /// @inheritdoc IIdentityRegistry
    function updateIdentity(address userAddress, address identity_) external {
        _onlyAgent();
        _give(userAddress, identity_);
    }

    /// @inheritdoc IIdentityRegistryStorage
    function modifyStoredIdentity(address userAddress, address identity_) external {
        _onlyAgent();
        _give(userAddress, identity_);
    }

    /// @inheritdoc IIdentityRegistry
    function updateCountry(address userAddress, uint16 country) external {
        _onlyAgent();
        _state(userAddress, country);
    }

    /// @inheritdoc IIdentityRegistryStorage
    function modifyStoredInvestorCountry(address userAddress, uint16 country) external {
        _onlyAgent();
        _state(userAddress, country);
    }

    /* WHOM IT ASKS AND TELLS */

    /// @inheritdoc IIdentityRegistry
    function setClaimTopicsRegistry(address claimTopicsRegistry) external restricted {
        if (!ITrustedIssuers(claimTopicsRegistry).isTold(address(this))) revert NotTold(claimTopicsRegistry);
        _topics = IClaimTopicsRegistry(claimTopicsRegistry);
        _beginGeneration();
        emit ClaimTopicsRegistrySet(claimTopicsRegistry);
    }

    /// @inheritdoc IIdentityRegistry
    function setTrustedIssuersRegistry(address trustedIssuersRegistry) external restricted {
        if (!ITrustedIssuers(trustedIssuersRegistry).isTold(address(this))) revert NotTold(trustedIssuersRegistry);
        _setIssuers(trustedIssuersRegistry);
        _beginGeneration();
        emit TrustedIssuersRegistrySet(trustedIssuersRegistry);
    }

    /// @inheritdoc IIdentityRegistry
    function setIdentityRegistryStorage(address identityRegistryStorage) external restricted {
        if (identityRegistryStorage != address(this)) revert OwnStorageOnly(identityRegistryStorage);
        emit IdentityStorageSet(identityRegistryStorage);
    }

    /// @inheritdoc IIdentityRegistryStorage
    function bindIdentityRegistry(address identityRegistry) external restricted {
        if (_bound.length == MOST_WATCHERS) revert TooManyWatchers(MOST_WATCHERS);
        _addAgent(identityRegistry);
        _bound.push(identityRegistry);
        emit IdentityRegistryBound(identityRegistry);
    }

    /// @inheritdoc IIdentityRegistryStorage
    function unbindIdentityRegistry(address identityRegistry) external restricted {
        _takeOut(_bound, identityRegistry);
        _removeAgent(identityRegistry);
        emit IdentityRegistryUnbound(identityRegistry);
    }

    /// @inheritdoc IIdentities
    function watch(address compliance) external restricted {
        if (isWatched(compliance)) return;
        if (_watchers.length == MOST_WATCHERS) revert TooManyWatchers(MOST_WATCHERS);
        _watchers.push(compliance);
        emit Watched(compliance);
        IRegistryWatcher(compliance).standingChanged(_dead, _generation);
    }

    /// @inheritdoc IIdentities
    function unwatch(address compliance) external restricted {
        _takeOut(_watchers, compliance);
        emit Unwatched(compliance);
        // A generation in which nobody is verified. One that fails is let go all the same, or it held everybody up for ever.
        // solhint-disable-next-line no-empty-blocks
        try IRegistryWatcher(compliance).standingChanged(0, 0) {} catch {}
    }

    /* VIEWS */

    /// @inheritdoc IIdentityRegistry
    function contains(address userAddress) external view returns (bool) {
        return _records[userAddress].identity() != 0;
    }

    /// @inheritdoc IIdentityRegistry
    function isVerified(address userAddress) external view returns (bool) {
        return _records[userAddress].verified(_dead, _generation);
    }

    /// @inheritdoc IIdentityRegistry
    function identity(address userAddress) public view returns (address) {
        return _identityOf[_records[userAddress].identity()];
    }

    /// @inheritdoc IIdentityRegistryStorage
    function storedIdentity(address userAddress) external view returns (address) {
        return identity(userAddress);
    }

    /// @inheritdoc IIdentityRegistry
    function investorCountry(address userAddress) public view returns (uint16) {
        return _records[userAddress].country();
    }

    /// @inheritdoc IIdentityRegistryStorage
    function storedInvestorCountry(address userAddress) external view returns (uint16) {
        return investorCountry(userAddress);
    }

    /// @inheritdoc IIdentityRegistry
    function identityStorage() external view returns (address) {
        return address(this);
    }

    /// @inheritdoc IIdentityRegistry
    function issuersRegistry() external view returns (address) {
        return address(_issuers);
    }

    /// @inheritdoc IIdentityRegistry
    function topicsRegistry() external view returns (address) {
        return address(_topics);
    }

    /// @inheritdoc IIdentityRegistryStorage
    function linkedIdentityRegistries() external view returns (address[] memory) {
        return _bound;
    }

    /// @inheritdoc IIdentities
    function recordsOf(address from, address to) external view returns (Record, Record) {
        return (_records[from], _records[to]);
    }

    /// @inheritdoc IIdentities
    function walletsOf(uint32 number) external view returns (address[] memory) {
        return _known[_identityOf[number]].wallets;
    }

    /// @inheritdoc IIdentities
    function unitsOf(
        uint32 number,
        address token,
        address butFor,
        address andFor
    ) external view returns (uint256 units) {
        address[] storage wallets = _known[_identityOf[number]].wallets;
        for (uint256 i; i < wallets.length; ++i) {
            address wallet = wallets[i];
            if (wallet != butFor && wallet != andFor) units += IERC20(token).balanceOf(wallet);
        }
    }

    /// @inheritdoc IIdentities
    function holdsBefore(address wallet, address token) external view returns (bool) {
        address[] storage wallets = _known[identity(wallet)].wallets;
        for (uint256 i; i < wallets.length; ++i) {
            if (wallets[i] < wallet && IERC20(token).balanceOf(wallets[i]) != 0) return true;
        }
        return false;
    }

    /// @inheritdoc IIdentities
    function isWatched(address compliance) public view returns (bool) {
        for (uint256 i; i < _watchers.length; ++i) if (_watchers[i] == compliance) return true;
        return false;
    }

    /// @inheritdoc IIdentities
    function holds(address wallet) external view returns (bool) {
        (, uint256 units) = _held(wallet);
        return units != 0;
    }

    /// @notice Answers for ERC-3643's registry and its storage.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return
            interfaceId == type(IIdentityRegistry).interfaceId ||
            interfaceId == type(IIdentityRegistryStorage).interfaceId ||
            super.supportsInterface(interfaceId);
    }

    /* INTERNAL */

    /// @param news Claims came in with the wallet, so everything is reckoned again.
    function _register(address wallet, address owner, uint16 country, bool news) private {
        if (wallet == address(0)) revert ZeroWallet();
        if (owner == address(0)) revert ZeroIdentity();
        Known storage known = _known[owner];
        address before = identity(wallet);
        if (before != address(0) && before != owner) revert WalletTaken(wallet, before);
        bool stated = country != 0 && country != known.stated;
        if (stated) known.stated = _inRange(countryTopic, country);
        if (before == owner) {
            if (stated || news) _refresh(owner);
            return;
        }
        if (known.wallets.length == MOST_WALLETS) revert TooManyWallets(owner, MOST_WALLETS);
        if (known.number == 0) {
            known.number = ++_lastNumber;
            _identityOf[known.number] = owner;
        }
        // The others are brought up to date first, so that the new wallet joins an identity that is already counted right.
        if (stated || news) _refresh(owner);
        known.wallets.push(wallet);
        emit IdentityRegistered(wallet, owner);
        emit IdentityStored(wallet, owner);
        _refresh(owner);
        Record record = _records[wallet];
        for (uint256 i; i < _watchers.length; ++i) {
            IRegistryWatcher(_watchers[i]).joined(wallet, record);
        }
    }

    function _remove(address wallet) private {
        address owner = identity(wallet);
        if (owner == address(0)) revert WalletUnknown(wallet);
        (address token, uint256 units) = _held(wallet);
        if (units != 0) revert WalletHolds(wallet, token, units);
        _takeOut(_known[owner].wallets, wallet);
        address[] memory gone = new address[](1);
        gone[0] = wallet;
        _tellRewritten(gone, _records[wallet], Record.wrap(0));
        _records[wallet] = Record.wrap(0);
        _refresh(owner);
        emit IdentityRemoved(wallet, owner);
        emit IdentityUnstored(wallet, owner);
    }

    function _give(address wallet, address owner) private {
        address before = identity(wallet);
        if (before == owner) return;
        if (owner == address(0)) revert ZeroIdentity();
        uint16 stated = _known[before].stated;
        _remove(wallet);
        _register(wallet, owner, _known[owner].stated == 0 ? stated : 0, false);
        emit IdentityUpdated(before, owner);
        emit IdentityModified(before, owner);
    }

    function _state(address wallet, uint16 country) private {
        address owner = identity(wallet);
        if (owner == address(0)) revert WalletUnknown(wallet);
        _known[owner].stated = country == 0 ? 0 : _inRange(countryTopic, country);
        _refresh(owner);
        emit CountryUpdated(wallet, country);
        emit CountryModified(wallet, country);
    }

    /// @dev All wallets of an identity have one word. Who keeps counts or copies is told.
    function _write(Known storage known, Facts memory facts) internal override {
        uint256 count = known.wallets.length;
        if (count == 0) return;
        Record word = Records.pack(
            known.number,
            facts.country,
            facts.class,
            facts.until,
            _generation,
            uint8(count),
            facts.relies
        );
        Record old = _records[known.wallets[0]];
        for (uint256 i; i < count; ++i) _records[known.wallets[i]] = word;
        if (old.identity() != 0) _tellRewritten(known.wallets, old, word); // of a first wallet nobody has a copy
    }

    function _tellRewritten(address[] memory wallets, Record old, Record word) private {
        for (uint256 i; i < _watchers.length; ++i) IRegistryWatcher(_watchers[i]).rewritten(wallets, old, word);
    }

    function _tellStanding() internal override {
        for (uint256 i; i < _watchers.length; ++i) IRegistryWatcher(_watchers[i]).standingChanged(_dead, _generation);
    }

    function _held(address wallet) private view returns (address token, uint256 units) {
        for (uint256 i; i < _watchers.length; ++i) {
            (token, units) = IRegistryWatcher(_watchers[i]).heldBy(wallet);
            if (units != 0) return (token, units);
        }
    }

    function _takeOut(address[] storage list, address one) private {
        uint256 count = list.length;
        for (uint256 i; i < count; ++i) {
            if (list[i] != one) continue;
            list[i] = list[count - 1];
            list.pop();
            return;
        }
    }
}
