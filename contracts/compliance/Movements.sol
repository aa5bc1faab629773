// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BoundedCall} from "contracts/BoundedCall.sol";
import "contracts/compliance/Codes.sol" as Codes;
import {Modules} from "contracts/compliance/Modules.sol";
import {RuleBook} from "contracts/compliance/RuleBook.sol";
import {Table} from "contracts/compliance/rules/Table.sol";
import {IIdentities} from "interfaces/IIdentities.sol";
import {IRegulatedCompliance} from "interfaces/IRegulatedCompliance.sol";
import {IRule, Kind, Movement, Side} from "interfaces/IRule.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {IWords} from "interfaces/IWords.sol";
import {Record} from "interfaces/Records.sol";
import {MAX_AMOUNT} from "interfaces/Types.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title How `RegulatedCompliance` judges a movement and remembers it
/// @dev Apart from it because each is a page of its own.
abstract contract Movements is IRegulatedCompliance, ReentrancyGuardTransient {
    using Modules for Modules.State;
    using RuleBook for Table;

    /// @notice All that a movement reads here while no rule is on, in one slot.
    /// @param dead Issuers who are trusted no more; \`generation\` likewise as the registry told.
    /// @param ruled A rule or a module is on.
    /// @param copies Number of the copies in force.
    struct Head {
        IIdentities registry;
        uint64 dead;
        uint16 generation;
        bool ruled;
        uint8 copies;
    }

    /// @dev Of which a module has 100,000; as much again goes for what it says.
    uint256 private constant WORDS_GAS = 300_000;

    /* STORAGE */

    Head internal _head;
    address internal _token;
    Table internal _table;
    // What the registry knows of wallets that have received, so that it is not called for them again: it tells what changes.
    mapping(uint256 place => Record) internal _copies;
    Modules.State internal _modules;

    IWords internal immutable _sentences;

    /* JUDGING */

    /// @dev What is given of both wallets becomes what is known of both identities. One bit for each reason that lies with them.
    function _identify(
        Head memory head,
        address token,
        Movement memory movement
    ) internal view returns (uint256 found) {
        (Record one, Record other) = (_known(head, movement.from.wallet), _known(head, movement.to.wallet));
        _fill(movement.from, one);
        _fill(movement.to, other);
        // Most identities have one wallet: what it holds is what they hold.
        if (one.wallets() > 1 || other.wallets() > 1) _sum(head, token, movement, one, other);
        if (movement.kind == Kind.BURN) return 0;
        if (movement.units > MAX_AMOUNT) return Codes.bit(Codes.UNITS_OUT_OF_RANGE, true);
        if (movement.kind == Kind.FORCED && movement.within()) return 0; // nobody holds more than before
        if (movement.kind == Kind.TRANSFER && one.identity() == 0 && _isGate(token, movement.from.wallet)) {
            movement.kind = Kind.HAND_OVER; // what waited there was no holding
        }
        if (other.identity() == 0) return Codes.bit(Codes.RECEIVER_UNKNOWN, !_toGate(token, movement));
        return Codes.bit(Codes.RECEIVER_UNVERIFIED, !other.verified(head.dead, head.generation));
    }

    /// @dev The copy, or what the registry says.
    function _known(Head memory head, address wallet) internal view returns (Record record) {
        record = _copies[_placeOf(head, wallet)];
        if (Record.unwrap(record) == 0 && wallet != address(0)) (record, ) = head.registry.recordsOf(wallet, wallet);
    }

    /// @dev Whoever receives for the first time is copied. It is what the registry says, so anybody may have it copied.
    function _copy(Head memory head, address wallet) internal {
        if (head.generation == 0) return; // the registry does not tell yet
        uint256 place = _placeOf(head, wallet);
        if (Record.unwrap(_copies[place]) != 0) return;
        (Record record, ) = head.registry.recordsOf(wallet, wallet);
        if (record.identity() != 0) _copies[place] = record;
    }

    function _placeOf(Head memory head, address wallet) internal pure returns (uint256) {
        return (uint256(head.copies) << 160) | uint160(wallet);
    }

    /// @dev One bit for each reason of a rule; an agent's force is not asked of modules, only told.
    function _refusals(address token, Movement memory movement) internal view returns (uint256 found) {
        if (movement.units > MAX_AMOUNT) return 0; // refused already, and sums might overflow
        found = _table.refusals(movement, token);
        if (found & Codes.OF_RECEIVER != 0 && _toGate(token, movement)) found &= ~Codes.OF_RECEIVER;
        if (movement.kind != Kind.FORCED) found |= _modules.refusals(_table, movement);
    }

    /// @dev Refuses by the first reason. Against force only one of the receiver's identity holds.
    function _judge(Movement memory movement, uint256 found) internal view returns (uint8 code) {
        code = _first(found);
        if (movement.kind != Kind.FORCED || code < Codes.COUNTRY_UNKNOWN) _refuse(movement, code);
    }

    /// @dev As a view: what `from` and `to` hold is asked of the token.
    function _asked(address from, address to, uint256 units) internal view returns (Movement memory movement) {
        address token = _token;
        movement.kind =
            from == address(0)
                ? Kind.MINT
                : to == address(0)
                    ? Kind.BURN
                    : Kind.TRANSFER;
        movement.units = units;
        (movement.from.wallet, movement.to.wallet) = (from, to);
        if (token == address(0)) return movement;
        if (from != address(0)) movement.from.held = IERC20(token).balanceOf(from);
        if (to != address(0)) movement.to.held = IERC20(token).balanceOf(to);
    }

    function _found(address from, address to, uint256 units) internal view returns (uint256 found) {
        Head memory head = _head;
        Movement memory movement = _asked(from, to, units);
        found = _identify(head, _token, movement);
        if (head.ruled && movement.kind != Kind.BURN) found |= _refusals(_token, movement);
    }

    /* REMEMBERING */

    /// @dev A movement that no module is told of writes nothing: whoever called has learnt an answer. Before anything is told the
    ///      caller must be the token.
    function _record(Movement memory movement) internal {
        if (Modules.toldOf(_table, movement) == 0) return;
        if (msg.sender != _token) revert NotTheToken(msg.sender, _token);
        _tell(movement);
    }

    /// @dev A token that calls here after its balances changed: T-REX's order.
    function _moved(Kind kind, address from, address to, uint256 units) internal {
        if (msg.sender != _token) revert NotTheToken(msg.sender, _token);
        Movement memory movement = _asked(from, to, units);
        movement.kind = kind;
        if (from != to) {
            if (from != address(0)) movement.from.held += units;
            if (to != address(0)) movement.to.held -= units;
        }
        Head memory head = _head;
        _identify(head, _token, movement);
        if (head.ruled) _record(movement);
    }

    /// @dev Nobody comes back in while a module is told: the balances are still those of before.
    function _tell(Movement memory movement) private nonReentrant {
        uint256 failed = _modules.tell(_table, movement);
        if (failed == 0) return;
        if (movement.kind != Kind.BURN && movement.kind != Kind.FORCED) _refuse(movement, _first(failed));
        bytes4 selector = bytes4(Modules.newsOf(movement));
        for (; failed != 0; failed &= failed - 1) emit ModuleFailed(_moduleOf(_first(failed)), selector);
    }

    /* BROKEN MODULES */

    /// @dev Broken is: no answer, or a "yes" after which it does not take the news. A "no" is an answer.
    function _isBroken(address module, address from, address to, uint256 units) internal returns (bool) {
        uint256 place = _modules.placeOf(module);
        Movement memory movement = _asked(from, to, units);
        if (movement.kind != Kind.TRANSFER || movement.from.held < units) revert NoSuchMovement(from, to, units);
        _identify(_head, _token, movement);
        if ((_table.checkTransfers >> place) & 1 != 0) {
            (bool works, bool allowed) = Modules.ask(module, abi.encodeCall(IRule.allows, (movement)));
            if (!works) return true;
            if (!allowed) return false;
        }
        if ((_table.records >> place) & 1 == 0) return false;
        try IRegulatedCompliance(this).rehearse(module, movement) {
            return false; // it never comes back without an error
        } catch (bytes memory reason) {
            return bytes4(reason) == Rehearsed.selector && reason[35] == 0; // the last byte says whether it took the news
        }
    }

    /* INTERNAL */

    function _refuse(Movement memory movement, uint8 code) private view {
        (address from, address to) = (movement.from.wallet, movement.to.wallet);
        revert TransferRefused(from, to, movement.units, code, _moduleOf(code), _words(code));
    }

    function _words(uint8 code) internal view returns (string memory) {
        if (code < Codes.FIRST_MODULE) return _sentences.sentence(code);
        address module = _moduleOf(code);
        if (module == address(0)) return "";
        if (code % 2 == 1) return "A module is broken: an agent can suspend it.";
        // Asked through `Words`, so that a module that stammers takes away neither the refusal nor the reasons of others.
        try _sentences.said{gas: WORDS_GAS}(module) returns (string memory words) {
            return words;
        } catch {
            return "A module refuses and does not say why.";
        }
    }

    function _moduleOf(uint8 code) internal view returns (address) {
        if (code < Codes.FIRST_MODULE || code >= Codes.FIRST_MODULE + 32) return address(0);
        return _modules.at[(code - Codes.FIRST_MODULE) / 2];
    }

    /// @dev The lowest bit that is set.
    function _first(uint256 found) internal pure returns (uint8) {
        return found == 0 ? 0 : uint8(Math.log2(found & (~found + 1)));
    }

    /// @dev A request of exit: units go where nobody holds them.
    function _toGate(address token, Movement memory movement) private view returns (bool) {
        return movement.kind == Kind.TRANSFER && movement.to.identity == 0 && _isGate(token, movement.to.wallet);
    }

    /// @dev Asked of wallets that are nobody's alone, so no movement between holders pays for it. A token of another make has none.
    function _isGate(address token, address wallet) private view returns (bool) {
        if (wallet == address(0)) return false;
        (bool answered, uint256 gate) = BoundedCall.ask(token, gasleft(), abi.encodeCall(ITrancheNote.gate, ()));
        return answered && gate == uint160(wallet);
    }

    function _fill(Side memory side, Record record) private pure {
        side.identity = record.identity();
        side.country = record.country();
        side.class = record.class();
    }

    /// @dev Of the two wallets it is given what they held before; of the identity's others the token says.
    function _sum(Head memory head, address token, Movement memory movement, Record one, Record other) private view {
        (Side memory from, Side memory to) = (movement.from, movement.to);
        if (movement.within()) {
            uint256 held = _others(head, token, from.identity, movement) + from.held;
            if (from.wallet != to.wallet) held += to.held;
            (from.held, to.held) = (held, held);
            return;
        }
        if (one.wallets() > 1) from.held += _others(head, token, from.identity, movement);
        if (other.wallets() > 1) to.held += _others(head, token, to.identity, movement);
    }

    function _others(
        Head memory head,
        address token,
        uint32 identity,
        Movement memory movement
    ) private view returns (uint256) {
        if (token == address(0)) return 0;
        return head.registry.unitsOf(identity, token, movement.from.wallet, movement.to.wallet);
    }
}
