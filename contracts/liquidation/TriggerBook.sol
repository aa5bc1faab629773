// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Conditions, Demand} from "contracts/liquidation/Conditions.sol";
import {Declared, DeclaredWord} from "contracts/liquidation/Declared.sol";
import {Reference, References} from "contracts/liquidation/References.sol";
import {Watching} from "contracts/liquidation/Watching.sol";
import {Account, IAuctionHouse} from "interfaces/IAuctionHouse.sol";
import {ILoanBook, Stage} from "interfaces/ILoanBook.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {IOracleHub, Reading, Status} from "interfaces/IOracleHub.sol";
import {Condition, ITriggerBook, Looks, TriggerTerms, Watch} from "interfaces/ITriggerBook.sol";
import {Period} from "interfaces/Types.sol";

contract TriggerBook is ITriggerBook {
    using References for Reference;

    /// @notice Whose values a look is made with.
    enum With {
        LastGood,
        GoodNow,
        GoodNowRelaxed
    }

    /// @dev Of the clauses in one word.
    uint256 private constant CLAUSES = 3;
    uint256 private constant MOST_CONDITIONS = 8;
    uint256 private constant MOST_MARGIN = 1e9;

    /* IMMUTABLES */

    /// @inheritdoc ITriggerBook
    IOracleHub public immutable hub;

    /// @inheritdoc ITriggerBook
    ILoanBook public immutable book;

    /// @inheritdoc ITriggerBook
    uint256 public immutable count;

    IAuctionHouse private immutable _house;

    /// @dev Settlement units in 1: values are in WAD of money.
    uint256 private immutable _unit;

    /* STORAGE */

    /// @inheritdoc ITriggerBook
    mapping(uint64 caseId => uint256 trigger) public firedBy;

    /// @inheritdoc ITriggerBook
    mapping(uint256 trigger => bytes32 schema) public classOf;

    /// @dev What was declared: of a trigger at place 0, of its conditions from 1 on (see `_place`).
    mapping(uint256 place => uint256 word) private _declared;
    /// @dev By case and trigger in one key (see `_key`): a checkpoint looks there twice.
    mapping(uint256 key => Watching watch) private _watches;
    /// @dev By case, and the place of the condition among what was declared.
    mapping(uint64 caseId => mapping(uint256 place => Reference kept)) private _references;

    /* CONSTRUCTOR */

    constructor(
        IOracleHub hub_,
        ILoanBook book_,
        uint8 decimals,
        TriggerTerms[] memory terms,
        Condition[][] memory conditions,
        bytes32[] memory classes
    ) {
        hub = hub_;
        book = book_;
        _house = book_.house();
        _unit = 10 ** decimals;
        count = terms.length;
        for (uint256 i; i < terms.length; ++i) {
            uint256 own = conditions[i].length;
            bool sets = own <= MOST_CONDITIONS && terms[i].count == own && terms[i].clauses != 0;
            for (uint256 c; c < CLAUSES; ++c) sets = sets && uint8(terms[i].clauses >> (8 * c)) >> own == 0;
            if (!sets || address(book_.termsOf(terms[i].way).auction) == address(0)) revert WrongTrigger(i);
            if (classes[i] != 0) classOf[i] = classes[i];
            _declared[_place(i, 0)] = Declared.unwrap(DeclaredWord.pack(terms[i]));
            for (uint256 k; k < own; ++k) {
                if (conditions[i][k].margin > MOST_MARGIN) revert WrongTrigger(i);
                _declared[_place(i, k + 1)] = Demand.unwrap(Conditions.pack(conditions[i][k]));
            }
        }
    }

    /* CHECKPOINTS */

    /// @inheritdoc ITriggerBook
    function watch(uint64 caseId, uint256 trigger) external {
        Declared terms = _read(trigger);
        bytes32 class = book.caseOf(caseId).schema;
        bytes32 needed = classOf[trigger];
        if (needed != 0 && class != needed) revert OtherClass(caseId, class, needed);
        _watches[_key(caseId, trigger)] = _note(caseId, trigger, _watches[_key(caseId, trigger)], terms);
    }

    /// @inheritdoc ITriggerBook
    function checkAll(uint64[] calldata caseIds, uint256 trigger) external {
        for (uint256 i; i < caseIds.length; ++i) check(caseIds[i], trigger);
    }

    /// @inheritdoc ITriggerBook
    function check(uint64 caseId, uint256 trigger) public returns (uint256 holding) {
        Watching own = _watched(caseId, trigger);
        Declared terms = _read(trigger);
        uint256 holds = _remember(caseId, _place(trigger, 1), terms, own, With.LastGood);
        (own, holding, ) = _update(own, terms, holds);
        _watches[_key(caseId, trigger)] = own;
    }

    /* FIRING */

    /// @inheritdoc ITriggerBook
    function fire(uint64 caseId, uint256 trigger) external {
        Watching own = _watched(caseId, trigger);
        if (own.hasFired()) revert AlreadyFired(caseId, trigger);
        Declared terms = _read(trigger);
        own = _note(caseId, trigger, own, terms);
        uint256 seen = _remember(caseId, _place(trigger, 1), terms, own, With.GoodNow);
        uint256 longest;
        (own, seen, longest) = _update(own, terms, seen);
        if (seen == 0 || longest < terms.hold()) revert NotHeld(caseId, trigger, longest, terms.hold());
        _watches[_key(caseId, trigger)] = own.fired();
        firedBy[caseId] = trigger + 1;
        emit Fired(caseId, trigger, msg.sender);

        book.fire(caseId, msg.sender, terms.fee(), terms.cure(), terms.way());
    }

    /// @inheritdoc ITriggerBook
    function calm(uint64 caseId, uint256 trigger) external {
        Watching own = _watched(caseId, trigger);
        if (!own.hasFired()) revert NotFired(caseId, trigger);
        Declared terms = _read(trigger);
        (uint256 holds, uint256 unknown) = _look(caseId, trigger, terms, _claim(caseId), With.GoodNowRelaxed);
        if (_clauses(terms.clauses(), holds | unknown) != 0) revert StillHolds(caseId, trigger);
        _watches[_key(caseId, trigger)] = own.calmed();
        bool cures = firedBy[caseId] == trigger + 1 && book.caseOf(caseId).stage == Stage.Cure;
        emit Calmed(caseId, trigger, cures);

        if (cures) book.cured(caseId);
    }

    /* VIEWS */

    /// @inheritdoc ITriggerBook
    function conditionsNow(uint64 caseId, uint256 trigger) external view returns (uint256 holds, uint256 unknown) {
        return _look(caseId, trigger, _read(trigger), _claim(caseId), With.GoodNow);
    }

    /// @inheritdoc ITriggerBook
    function watchOf(uint64 caseId, uint256 trigger) external view returns (Watch memory) {
        return _watches[_key(caseId, trigger)].told();
    }

    /// @inheritdoc ITriggerBook
    function termsOf(uint256 trigger) external view returns (TriggerTerms memory terms, Condition[] memory own) {
        terms = _read(trigger).told();
        own = new Condition[](terms.count);
        for (uint256 i; i < own.length; ++i) own[i] = _demand(trigger, i).told();
    }

    /// @inheritdoc ITriggerBook
    function keyOf(bytes11 prefix, uint64 caseId) external pure returns (bytes32) {
        return Conditions.keyOf(prefix, Conditions.bitsOf(prefix), caseId);
    }

    /* INTERNAL */

    /// @dev Notes the claim. What was counted with one that was too far above it does not count (rule 33).
    function _note(uint64 caseId, uint256 trigger, Watching own, Declared terms) private returns (Watching) {
        (uint96 claim, uint256 loans) = (_claim(caseId), book.caseOf(caseId).loans);
        (uint256 noted, uint256 before, bool joined) = (own.claim(), own.since(), own.loans() != loans);
        own = own.noted(claim, loans);
        emit Watched(caseId, trigger, claim);
        if ((claim >= noted && !joined) || before == 0) return own;
        uint256 above;
        for (uint256 i; i < terms.count(); ++i) {
            Demand one = _demand(trigger, i);
            if (one.overstates(noted, claim) || (joined && one.isOfClaim())) above |= 1 << i;
        }
        uint256 since = before;
        for (uint256 c; c < CLAUSES; ++c) {
            if (uint8(terms.clauses() >> (8 * c)) & above != 0) since &= ~(uint256(type(uint32).max) << (32 * c));
        }
        return own.holdingSince(since);
    }

    /// @dev Looks, and brings the references of what can fall up to date first (rule 32).
    function _remember(
        uint64 caseId,
        uint256 place,
        Declared terms,
        Watching own,
        With with
    ) private returns (uint256 holds) {
        for (uint256 bit = 1; bit >> terms.count() == 0; bit <<= 1) {
            Demand one = Demand.wrap(_declared[place]);
            if (one.isOfFall()) _refer(one, caseId, place, terms, own, with);
            (bool yes, ) = _holds(one, caseId, place, terms.age(), own.claim(), with);
            if (yes) holds |= bit;
            ++place;
        }
    }

    function _look(
        uint64 caseId,
        uint256 trigger,
        Declared terms,
        uint256 claim,
        With with
    ) private view returns (uint256 holds, uint256 unknown) {
        for (uint256 i; i < terms.count(); ++i) {
            Demand one = _demand(trigger, i);
            (bool yes, bool known) = _holds(one, caseId, _place(trigger, i + 1), terms.age(), claim, with);
            if (yes) holds |= 1 << i;
            if (!known) unknown |= 1 << i;
        }
    }

    function _holds(
        Demand one,
        uint64 caseId,
        uint256 place,
        uint256 age,
        uint256 claim,
        With with
    ) private view returns (bool yes, bool known) {
        if (!one.isOfValue()) return (_isFact(one, caseId), true);
        uint256 value;
        (value, known) = _valueOf(one, caseId, age, with);
        if (!known) return (false, false);
        bool relaxed = with == With.GoodNowRelaxed;
        if (one.isOfFall()) yes = _hasFallen(one, caseId, place, value, relaxed);
        else yes = one.holds(value, claim, _unit, 0, relaxed);
    }

    function _hasFallen(
        Demand one,
        uint64 caseId,
        uint256 place,
        uint256 value,
        bool relaxed
    ) private view returns (bool) {
        Reference memory kept = _references[caseId][place];
        return one.holds(value, 0, _unit, kept.value, relaxed) && !_isStruck(one, caseId, kept);
    }

    /// @dev Rule 32. While the case is in cure by this fall what it fell from stands, unless it was struck: time cures nothing.
    function _refer(Demand one, uint64 caseId, uint256 place, Declared terms, Watching own, With with) private {
        (uint256 value, bool known) = _valueOf(one, caseId, terms.age(), with);
        Reference memory kept = _references[caseId][place];
        bool seen = block.timestamp <= own.last() + terms.gap();
        bool byThis = own.hasFired() && firedBy[caseId] == (place >> 4) + 1;
        if (known) {
            bool inCure = byThis && book.caseOf(caseId).stage == Stage.Cure;
            if (inCure && !_isStruck(one, caseId, kept)) {
                kept.last = References.capped(value);
            } else {
                kept = kept.refer(value, one.window(), seen ? own.last() : 0);
                bool wrong = value < kept.value && _isStruck(one, caseId, kept);
                if (wrong) kept = Reference(0, 0, 0).refer(value, 0, 0);
            }
        } else {
            kept.last = 0;
        }
        _references[caseId][place] = kept;
    }

    /// @dev What was seen then may have been wrong.
    function _isStruck(Demand one, uint64 caseId, Reference memory kept) private view returns (bool) {
        return hub.struck(one.key(caseId), kept.at);
    }

    function _valueOf(
        Demand one,
        uint64 caseId,
        uint256 age,
        With with
    ) private view returns (uint256 value, bool known) {
        bytes32 key = one.key(caseId);
        if (with == With.LastGood) {
            uint40 at;
            (value, at) = hub.lastGood(key);
            unchecked {
                return (value, at != 0 && block.timestamp <= at + age); // both below 2^41
            }
        }
        Reading memory reading = hub.peek(key);
        return (reading.value, reading.status == Status.Good);
    }

    function _isFact(Demand one, uint64 caseId) private view returns (bool) {
        if (one.looks() == uint8(Looks.PlanBroken)) return book.planBroken(caseId);
        if (one.looks() == uint8(Looks.CourtOverdue)) return book.courtOverdue(caseId);
        ILoanPool pool = _house.poolOf(_house.accountOf(caseId).group);
        if (!pool.isRunning()) return false; // no period is reported next
        Period next = pool.lastReported().next();
        return block.timestamp > uint256(pool.record(next).end) + one.window();
    }

    /// @dev Rule 33. `longest` is how long the clause that holds longest does.
    function _update(
        Watching own,
        Declared terms,
        uint256 holds
    ) private view returns (Watching, uint256 holding, uint256 longest) {
        uint256 before = own.since();
        holding = _clauses(terms.clauses(), holds);
        uint256 since;
        unchecked {
            bool seen = block.timestamp <= own.last() + terms.gap();
            // At most three clauses, and none began later than now.
            for (uint256 c; holding >> c != 0; ++c) {
                if ((holding >> c) & 1 == 0) continue;
                uint256 began = uint32(before >> (32 * c));
                if (began == 0 || !seen) began = block.timestamp;
                since |= began << (32 * c);
                if (block.timestamp - began > longest) longest = block.timestamp - began;
            }
        }
        return (own.checked(since), holding, longest);
    }

    function _read(uint256 trigger) private view returns (Declared) {
        if (trigger >= count) revert NoSuchTrigger(trigger, count);
        return Declared.wrap(_declared[_place(trigger, 0)]);
    }

    function _demand(uint256 trigger, uint256 condition) private view returns (Demand) {
        return Demand.wrap(_declared[_place(trigger, condition + 1)]);
    }

    function _place(uint256 trigger, uint256 within) private pure returns (uint256) {
        unchecked {
            return (trigger << 4) + within; // at most 8 conditions
        }
    }

    /// @dev Only of triggers that there are: a number above 2^64 would be another case's.
    function _key(uint64 caseId, uint256 trigger) private pure returns (uint256) {
        return (uint256(caseId) << 64) | trigger;
    }

    function _clauses(uint256 sets, uint256 holds) private pure returns (uint256 holding) {
        for (uint256 place = 1; sets != 0; place <<= 1) {
            uint256 set = sets & 0xff;
            if (set != 0 && holds & set == set) holding |= place;
            sets >>= 8;
        }
    }

    function _claim(uint64 caseId) private view returns (uint96) {
        Account memory account = _house.accountOf(caseId);
        return account.outstanding > account.brought ? account.outstanding - account.brought : 0;
    }

    function _watched(uint64 caseId, uint256 trigger) private view returns (Watching own) {
        own = _watches[_key(caseId, trigger)];
        if (trigger >= count || !own.isWatched()) revert NotWatched(caseId, trigger);
    }
}
