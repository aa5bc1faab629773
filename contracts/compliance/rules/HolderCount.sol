// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Remembering} from "contracts/compliance/rules/Remembering.sol";
import {IHolderCount} from "interfaces/IHolderCount.sol";
import {IIdentities} from "interfaces/IIdentities.sol";
import {IRegistryWatcher} from "interfaces/IRegistryWatcher.sol";
import {IRegulatedCompliance} from "interfaces/IRegulatedCompliance.sol";
import {IRule, Movement, Side} from "interfaces/IRule.sol";
import {Record} from "interfaces/Records.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract HolderCount is IHolderCount, IRegistryWatcher, Remembering {
    /// @notice Identities that hold a unit.
    struct Tally {
        uint32 all;
        uint32[4] ofClass;
        mapping(uint16 country => uint32) ofCountry;
    }

    /// @notice Limits; a country's counts while it bears the number of the list in force.
    struct Most {
        uint32 all;
        uint32[4] ofClass;
        uint32 list;
        mapping(uint16 country => uint32) listed;
        mapping(uint16 country => uint32) ofCountry;
    }

    /* STORAGE */

    /// @inheritdoc IHolderCount
    bool public isCounted;

    // A count that is made from the token goes on beside the one in force, under the next number.
    bool private _counting;
    uint32 private _round;
    uint32 private _lastRound;
    address private _lastWallet;
    uint256 private _units;
    mapping(uint32 round => Tally) private _tallies;
    Most private _most;

    /* CONSTRUCTOR */

    constructor(
        IRegulatedCompliance compliance_,
        uint32 all,
        uint32[4] memory classes,
        uint16[] memory countries,
        uint32[] memory ofCountry
    ) Remembering(compliance_) {
        _set(all, classes, countries, ofCountry);
    }

    /* RULE */

    /// @inheritdoc IRule
    function begin() external returns (uint8 uses) {
        _onlyCompliance();
        address token = compliance.getTokenBound();
        // Whoever moved before nobody told of is not counted.
        isCounted = token.code.length == 0 || IERC20(token).totalSupply() == 0;
        _counting = false;
        _round = ++_lastRound;
        return CHECKS_TRANSFERS | CHECKS_MINTS | RECORDS | ENDS_ONLY;
    }

    /// @inheritdoc IHolderCount
    function set(
        uint32 all,
        uint32[4] calldata classes,
        uint16[] calldata countries,
        uint32[] calldata ofCountry
    ) external {
        _onlyCompliance();
        _set(all, classes, countries, ofCountry);
    }

    /// @inheritdoc IRule
    function allows(Movement calldata movement) external view returns (bool) {
        Movement memory moved = movement;
        if (!moved.begins()) return true;
        if (!isCounted) return false;
        Tally storage tally = _tallies[_round];
        (Side memory from, uint16 country, uint8 class) = (moved.from, moved.to.country, moved.to.class);
        // One that gives its last unit makes room.
        bool ceases = moved.ceases();
        if (_isFull(tally.all, ceases, _most.all)) return false;
        if (_isFull(tally.ofClass[class], ceases && from.class == class, _most.ofClass[class])) return false;
        if (_most.listed[country] != _most.list) return true;
        return !_isFull(tally.ofCountry[country], ceases && from.country == country, _most.ofCountry[country]);
    }

    /// @inheritdoc IRule
    function words() external pure returns (string memory) {
        return "There are as many holders, in all or of the receiver's country or class, as may be.";
    }

    /* REGISTRY */

    /// @inheritdoc IRegistryWatcher
    function rewritten(address[] calldata, Record old, Record word) external {
        if (!_isRegistry() || word.identity() == 0) return; // a wallet that leaves holds nothing
        // Until when it is verified is not counted: whoever hands a claim in can't end a count with it.
        if (old.country() == word.country() && old.class() == word.class()) return;
        if (compliance.unitsOf(word.identity()) == 0) return;
        _endCount();
        if (!_isTold()) return;
        _leave(old.country(), old.class());
        _enter(_tallies[_round], word.country(), word.class());
    }

    /// @inheritdoc IRegistryWatcher
    function joined(address wallet, Record word) external {
        address token = compliance.getTokenBound();
        if (!_isRegistry() || token == address(0)) return;
        uint256 units = IERC20(token).balanceOf(wallet);
        if (units == 0) return;
        _endCount();
        // One that held before has been counted.
        if (!_isTold() || units != compliance.unitsOf(word.identity())) return;
        _enter(_tallies[_round], word.country(), word.class());
    }

    /// @inheritdoc IRegistryWatcher
    // solhint-disable-next-line no-empty-blocks
    function standingChanged(uint64 dead, uint16 generation) external {} // claims change no count

    /* REBUILD */

    /// @inheritdoc IHolderCount
    function rebuild(address[] calldata wallets) external {
        _onlyAgent();
        if (!_counting) {
            _counting = true;
            ++_lastRound;
            (_lastWallet, _units) = (address(0), 0);
            compliance.tellAll(true); // also of what changes no count: it changes what was summed
        }
        IIdentities registry = IIdentities(compliance.registry());
        address token = compliance.getTokenBound();
        Tally storage tally = _tallies[_lastRound];
        (address last, uint256 units) = (_lastWallet, _units);
        for (uint256 i; i < wallets.length; ++i) {
            address wallet = wallets[i];
            if (wallet <= last) revert NotAscending(wallet, last);
            last = wallet;
            uint256 held = IERC20(token).balanceOf(wallet);
            units += held;
            (Record record, ) = registry.recordsOf(wallet, wallet);
            if (held == 0 || record.identity() == 0) continue;
            // An identity counts at the first of its wallets that holds.
            if (record.wallets() > 1 && registry.holdsBefore(wallet, token)) continue;
            _enter(tally, record.country(), record.class());
        }
        (_lastWallet, _units) = (last, units);
    }

    /// @inheritdoc IHolderCount
    function finishRebuild() external {
        _onlyAgent();
        if (!_counting) revert NothingCounted();
        uint256 supply = IERC20(compliance.getTokenBound()).totalSupply();
        if (_units != supply) revert SupplyNotMatched(_units, supply);
        _round = _lastRound;
        isCounted = true;
        emit Rebuilt(_tallies[_round].all, _units);
        _endCount();
    }

    /* VIEWS */

    /// @inheritdoc IHolderCount
    function holders() external view returns (uint32) {
        return _tallies[_round].all;
    }

    /// @inheritdoc IHolderCount
    function holdersOfCountry(uint16 country) external view returns (uint32) {
        return _tallies[_round].ofCountry[country];
    }

    /// @inheritdoc IHolderCount
    function holdersOfClass(uint8 class) external view returns (uint32) {
        return _tallies[_round].ofClass[class];
    }

    /// @inheritdoc IRegistryWatcher
    function heldBy(address) external pure returns (address, uint256) {
        return (address(0), 0); // the compliance of the note says so
    }

    /* INTERNAL */

    function _created(Movement calldata movement) internal override {
        _count(movement);
    }

    function _transferred(Movement calldata movement) internal override {
        _count(movement);
    }

    function _destroyed(Movement calldata movement) internal override {
        _count(movement);
    }

    function _count(Movement memory movement) private {
        _endCount();
        if (!isCounted) return;
        if (movement.ceases()) _leave(movement.from.country, movement.from.class);
        if (movement.begins()) _enter(_tallies[_round], movement.to.country, movement.to.class);
    }

    /// @dev What was summed so far is no more what is.
    function _endCount() private {
        if (!_counting) return;
        _counting = false;
        // Taken out meanwhile it is told of nothing, and the registry goes on all the same.
        if (compliance.isModuleBound(address(this))) compliance.tellAll(false);
    }

    /// @dev One that is asked no more was told of nothing since: its count is none, and must not hold the registry up.
    function _isTold() private returns (bool) {
        if (isCounted && !compliance.isAsked(address(this))) isCounted = false;
        return isCounted;
    }

    function _enter(Tally storage tally, uint16 country, uint8 class) private {
        ++tally.all;
        ++tally.ofClass[class];
        ++tally.ofCountry[country];
    }

    function _leave(uint16 country, uint8 class) private {
        Tally storage tally = _tallies[_round];
        --tally.all;
        --tally.ofClass[class];
        --tally.ofCountry[country];
    }

    function _set(uint32 all, uint32[4] memory classes, uint16[] memory countries, uint32[] memory most) private {
        if (countries.length != most.length) revert DifferentLengths(countries.length, most.length);
        _most.all = all;
        _most.ofClass = classes;
        uint32 list = ++_most.list;
        for (uint256 i; i < countries.length; ++i) {
            _most.listed[countries[i]] = list;
            _most.ofCountry[countries[i]] = most[i];
        }
        emit LimitsSet(all, classes, countries, most);
    }

    function _isFull(uint256 there, bool oneLeaves, uint256 most) private pure returns (bool) {
        return there + (oneLeaves ? 0 : 1) > most;
    }

    /// @dev One that was asked before tells still, and must be able to go on.
    function _isRegistry() private view returns (bool) {
        return msg.sender == compliance.registry();
    }
}
