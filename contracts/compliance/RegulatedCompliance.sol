// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Modules} from "contracts/compliance/Modules.sol";
import {Movements} from "contracts/compliance/Movements.sol";
import {RuleBook} from "contracts/compliance/RuleBook.sol";
import {Words} from "contracts/compliance/Words.sol";
import {Table} from "contracts/compliance/rules/Table.sol";
import {IAgentRole} from "interfaces/IAgentRole.sol";
import {ICompliance} from "interfaces/ICompliance.sol";
import {IIdentities} from "interfaces/IIdentities.sol";
import {IModularCompliance} from "interfaces/IModularCompliance.sol";
import {IRegistryWatcher} from "interfaces/IRegistryWatcher.sol";
import {IRegulatedCompliance, Refusal, Rule} from "interfaces/IRegulatedCompliance.sol";
import {Kind, Movement} from "interfaces/IRule.sol";
import {Record} from "interfaces/Records.sol";
import {MAX_AMOUNT} from "interfaces/Types.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";

contract RegulatedCompliance is Movements, IRegistryWatcher, AccessManaged, ERC165 {
    using Modules for Modules.State;
    using RuleBook for Table;

    /* CONSTRUCTOR */

    constructor(address authority, IIdentities registry_) AccessManaged(authority) {
        _head.registry = registry_;
        _sentences = new Words();
    }

    /* TOKEN AND REGISTRY */

    /// @inheritdoc IModularCompliance
    function bindToken(address token) external restricted {
        if (_token != address(0)) revert TokenIsBound(_token);
        _token = token;
        if (_table.isOn(Rule.DENOMINATION)) _checkCurrency();
        emit TokenBound(token);
        _modules.restart(_table);
    }

    /// @inheritdoc IModularCompliance
    function unbindToken(address token) external {
        if (token != _token) revert NotTheToken(token, _token);
        if (msg.sender != token) _checkCanCall(msg.sender, msg.data);
        _token = address(0);
        emit TokenUnbound(token);
    }

    /// @inheritdoc IRegulatedCompliance
    function useRegistry(address registry_) external {
        if (msg.sender != _token) _checkCanCall(msg.sender, msg.data);
        _head.registry = IIdentities(registry_);
        ++_head.copies; // 255 registries, then it reverts
        (_head.dead, _head.generation) = (0, 0); // in which nobody is verified
        if (IIdentities(registry_).isWatched(address(this))) {
            (_head.dead, _head.generation) = IIdentities(registry_).standing();
        }
        emit RegistryUsed(registry_);
        _modules.restart(_table);
    }

    /* MOVEMENTS */

    /// @inheritdoc IRegulatedCompliance
    function moving(
        Kind kind,
        address from,
        address to,
        uint256 units,
        uint256 fromHeld,
        uint256 toHeld
    ) external returns (uint8 refusedBy) {
        Head memory head = _head;
        if (toHeld == 0 && to != address(0)) _copy(head, to);
        // Where no rule is on, nothing else is asked.
        if (!head.ruled && units <= MAX_AMOUNT && _known(head, to).verified(head.dead, head.generation)) return 0;
        Movement memory movement;
        (movement.kind, movement.units) = (kind, units);
        (movement.from.wallet, movement.from.held) = (from, fromHeld);
        (movement.to.wallet, movement.to.held) = (to, toHeld);
        uint256 found = _identify(head, msg.sender, movement);
        if (head.ruled && kind != Kind.BURN) found |= _refusals(msg.sender, movement);
        if (found != 0) refusedBy = _judge(movement, found);
        if (head.ruled) _record(movement);
    }

    /// @inheritdoc IModularCompliance
    function transferred(address from, address to, uint256 amount) external {
        _moved(Kind.TRANSFER, from, to, amount);
    }

    /// @inheritdoc IModularCompliance
    function created(address to, uint256 amount) external {
        _moved(Kind.MINT, address(0), to, amount);
    }

    /// @inheritdoc IModularCompliance
    function destroyed(address from, uint256 amount) external {
        _moved(Kind.BURN, from, address(0), amount);
    }

    /* RULES */

    /// @inheritdoc IRegulatedCompliance
    function setRule(Rule rule, bytes calldata params) external restricted {
        _table.put(rule, params);
        if (rule == Rule.DENOMINATION) {
            if (_table.denomination == 0) revert ParameterOutOfRange(rule, 0, 1, type(uint64).max);
            if (_token != address(0)) _checkCurrency();
        }
        _head.ruled = true;
        emit RuleSet(rule, params);
    }

    /// @inheritdoc IRegulatedCompliance
    function dropRule(Rule rule) external restricted {
        _table.drop(rule);
        _weigh();
        emit RuleDropped(rule);
    }

    /// @inheritdoc IModularCompliance
    function addModule(address module) external restricted {
        _modules.add(_table, module);
        _head.ruled = true;
        emit ModuleAdded(module);
    }

    /// @inheritdoc IModularCompliance
    function removeModule(address module) external restricted {
        _modules.remove(_table, module);
        _weigh();
        emit ModuleRemoved(module);
    }

    /// @inheritdoc IModularCompliance
    function callModuleFunction(bytes calldata callData, address module) external restricted {
        _modules.placeOf(module);
        Address.functionCall(module, callData);
        emit ModuleInteraction(module, bytes4(callData));
    }

    /* BROKEN MODULES */

    /// @inheritdoc IRegulatedCompliance
    function suspendModule(address module) external {
        _onlyAgent();
        _modules.suspend(_table, module);
        emit ModuleSuspended(module, msg.sender);
    }

    /// @inheritdoc IRegulatedCompliance
    function resumeModule(address module) external restricted {
        _modules.resume(_table, module);
        _head.ruled = true;
        emit ModuleResumed(module);
    }

    /// @inheritdoc IRegulatedCompliance
    function reportModule(address module, address from, address to, uint256 units) external {
        if (!_isBroken(module, from, to, units)) revert ModuleWorks(module);
        uint256 since = _modules.since[module];
        // A report that is renewed would put the day off for ever.
        if (since != 0 && block.timestamp < since + Modules.STALE) return;
        _modules.since[module] = uint40(block.timestamp);
        emit ModuleReported(module, uint40(block.timestamp));
    }

    /// @inheritdoc IRegulatedCompliance
    function suspendBroken(address module, address from, address to, uint256 units) external {
        uint256 since = _modules.since[module];
        if (since == 0 || block.timestamp < since + Modules.WAIT || block.timestamp >= since + Modules.STALE) {
            revert NotNow(module, since, block.timestamp);
        }
        if (!_isBroken(module, from, to, units)) revert ModuleWorks(module);
        _modules.suspend(_table, module);
        emit ModuleSuspended(module, msg.sender);
    }

    /// @inheritdoc IRegulatedCompliance
    function rehearse(address module, Movement calldata movement) external {
        if (msg.sender != address(this)) revert NotTheToken(msg.sender, address(this));
        revert Rehearsed(Modules.tellOne(module, Modules.newsOf(movement)));
    }

    /// @inheritdoc IRegulatedCompliance
    function tellAll(bool all) external {
        uint16 one = uint16(1 << _modules.placeOf(msg.sender));
        if (all) _table.ends &= ~one;
        else _table.ends |= one;
    }

    /* IDENTITIES */

    /// @inheritdoc IRegistryWatcher
    function rewritten(address[] calldata wallets, Record, Record word) external {
        Head memory head = _head;
        if (msg.sender != address(head.registry)) return;
        for (uint256 i; i < wallets.length; ++i) {
            uint256 place = _placeOf(head, wallets[i]);
            if (Record.unwrap(_copies[place]) != 0) _copies[place] = word;
        }
    }

    /// @inheritdoc IRegistryWatcher
    // solhint-disable-next-line no-empty-blocks
    function joined(address, Record) external {} // whoever has not received has no copy

    /// @inheritdoc IRegistryWatcher
    function standingChanged(uint64 dead, uint16 generation) external {
        if (msg.sender != address(_head.registry)) return;
        if (generation == 0) ++_head.copies; // it tells no more: what was copied is worth nothing
        (_head.dead, _head.generation) = (dead, generation);
    }

    /* VIEWS */

    /// @inheritdoc ICompliance
    function canTransfer(address from, address to, uint256 units) external view returns (bool) {
        return _found(from, to, units) == 0;
    }

    /// @inheritdoc IRegulatedCompliance
    function detectTransferRestriction(address from, address to, uint256 units) external view returns (uint8) {
        return _first(_found(from, to, units));
    }

    /// @inheritdoc IRegulatedCompliance
    function messageForTransferRestriction(uint8 code) external view returns (string memory) {
        return _words(code);
    }

    /// @inheritdoc IRegulatedCompliance
    function refusals(address from, address to, uint256 units) external view returns (Refusal[] memory list) {
        uint256 found = _found(from, to, units);
        uint256 count;
        for (uint256 rest = found; rest != 0; rest &= rest - 1) ++count;
        list = new Refusal[](count);
        for (uint256 i; i < count; ++i) {
            uint8 code = _first(found);
            list[i] = Refusal(code, _moduleOf(code), _words(code));
            found &= found - 1;
        }
    }

    /// @inheritdoc IRegulatedCompliance
    function isOn(Rule rule) external view returns (bool) {
        return _table.isOn(rule);
    }

    /// @inheritdoc IRegulatedCompliance
    function isSuspended(address module) external view returns (bool) {
        return (_table.suspended >> _modules.placeOf(module)) & 1 != 0;
    }

    /// @inheritdoc IRegulatedCompliance
    function isAsked(address module) external view returns (bool) {
        for (uint256 i; i < 16; ++i) if (_modules.at[i] == module) return (_table.suspended >> i) & 1 == 0;
        return false;
    }

    /// @inheritdoc IModularCompliance
    function isModuleBound(address module) external view returns (bool) {
        for (uint256 i; i < 16; ++i) if (_modules.at[i] == module) return module != address(0);
        return false;
    }

    /// @inheritdoc IModularCompliance
    function getModules() external view returns (address[] memory list) {
        uint256 count;
        for (uint256 i; i < 16; ++i) if (_modules.at[i] != address(0)) ++count;
        list = new address[](count);
        for (uint256 i = 16; i > 0; --i) if (_modules.at[i - 1] != address(0)) list[--count] = _modules.at[i - 1];
    }

    /// @inheritdoc IModularCompliance
    function getTokenBound() external view returns (address) {
        return _token;
    }

    /// @inheritdoc IRegulatedCompliance
    function registry() external view returns (address) {
        return address(_head.registry);
    }

    /// @inheritdoc IRegulatedCompliance
    function unitsOf(uint32 identity) external view returns (uint256) {
        return _token == address(0) ? 0 : _head.registry.unitsOf(identity, _token, address(0), address(0));
    }

    /// @inheritdoc IRegistryWatcher
    function heldBy(address wallet) external view returns (address token, uint256 units) {
        token = _token;
        if (token != address(0)) units = IERC20(token).balanceOf(wallet);
    }

    /// @notice Answers for ERC-3643's modular compliance.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        // `canTransfer` is of the interface that it inherits here.
        bytes4 whole = type(IModularCompliance).interfaceId ^ type(ICompliance).interfaceId;
        return interfaceId == whole || super.supportsInterface(interfaceId);
    }

    /* INTERNAL */

    /// @dev While nothing is on, a movement does not even look at the table.
    function _weigh() private {
        _head.ruled = _table.rules | _table.checkTransfers | _table.checkMints | _table.records != 0;
    }

    function _checkCurrency() private view {
        if (_token.code.length == 0) revert OtherCurrency(_table.currency, address(0)); // put the rule on later
        address settlement = address(ITrancheNote(_token).distributor().settlement());
        if (settlement != _table.currency) revert OtherCurrency(_table.currency, settlement);
    }

    function _onlyAgent() private view {
        if (_token == address(0) || !IAgentRole(_token).isAgent(msg.sender)) revert IAgentRole.NotAnAgent(msg.sender);
    }
}
