// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PeriodFigures} from "interfaces/ILoanPool.sol";
import {DayCount, FeeTerms, RatePath, ReserveTerms, TrancheTerms, TriggerKind} from "interfaces/DealTerms.sol";
import {MAX_ACCRUED, Period, TrancheId, Wad} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @notice A tranche in storage. Settlement units; cash that ever comes is below 2^113. Principal paid is what is neither
///         outstanding nor lost.
/// @param marked The last slot is not empty: a run of a deal without losses does not read it.
struct TrancheBook {
    TrancheTerms terms;
    uint112 atClosing;
    uint112 principal;
    bool marked;
    uint128 interestDue;
    uint128 interestPaid;
    uint112 lost;
    uint112 deficiency;
}

/// @notice A fee line in storage.
/// @param due Carried from earlier periods.
struct LineBook {
    FeeTerms terms;
    uint128 due;
    uint128 paid;
}

/// @notice A hurdle in storage, one slot.
struct HurdleBook {
    TrancheId tranche;
    Wad rate;
    DayCount dayCount;
    uint128 balance;
}

/// @notice A trigger in storage, one slot.
/// @param calm Runs in a row in which it did not hold, while it is on.
struct TriggerBook {
    TriggerKind kind;
    TrancheId tranche;
    uint64 level;
    uint16 cureAfter;
    uint16 calm;
    bool on;
    Period since;
    uint104 figure;
}

/// @notice The deal in storage; what every run reads is in the first three slots.
/// @param stopped Revolving has ended before its period.
/// @param declared The senior class voted for acceleration.
/// @param left Cash that no step took.
/// @param poolBalance At the last run.
/// @param steps Packed steps of the first list (0) and the second (1), two a word, the earlier one in the lower half.
struct DealBook {
    Period lastRun;
    uint120 reserve;
    int64 index;
    bool begun;
    bool stopped;
    bool declared;
    bool woundUp;
    uint120 revolving;
    uint120 left;
    uint8[2] stepCounts;
    uint112 unallocated;
    uint112 poolBalance;
    uint8 trancheCount;
    uint8 lineCount;
    uint8 hurdleCount;
    uint8 triggerCount;
    mapping(uint256 place => TrancheBook) tranches;
    mapping(uint256 place => RatePath) paths;
    mapping(uint256 place => LineBook) lines;
    mapping(uint256 place => HurdleBook) hurdles;
    mapping(uint256 place => TriggerBook) triggers;
    mapping(uint256 list => mapping(uint256 pair => uint256 words)) steps;
}

/// @notice A tranche on its way through a run.
/// @param opening Principal before losses and payments.
/// @param time Of the period, by the tranche's count, and `year` in the same unit.
/// @param accrued This period's interest, and what of it is left.
/// @param deferred Interest due from earlier periods, with what it earned.
/// @param interest Paid in this run.
/// @param repaid Principal paid in this run.
struct TrancheRun {
    TrancheTerms terms;
    uint256 atClosing;
    uint256 opening;
    uint256 principal;
    uint256 lost;
    uint256 deficiency;
    uint256 missed;
    uint256 time;
    uint256 year;
    uint256 accrued;
    uint256 accruedLeft;
    uint256 deferred;
    uint256 interestPaid;
    uint256 interest;
    uint256 repaid;
}

/// @notice A fee line on its way through a run.
/// @param due Accrued and carried.
/// @param settled Paid of it in this run.
/// @param split Paid above it, as a share of what was left.
struct LineRun {
    FeeTerms terms;
    uint256 due;
    uint256 settled;
    uint256 split;
    uint256 paid;
}

/// @notice A hurdle on its way through a run.
struct HurdleRun {
    uint256 tranche;
    uint256 balance;
}

/// @notice One period on its way through the rules. Settlement units.
/// @param cash Not yet paid to anybody.
/// @param openingBalance Pool balance of the last run.
/// @param on Set of the triggers that are on.
struct Run {
    Period period;
    PeriodFigures figures;
    uint256 cash;
    uint256 cashBefore;
    uint256 reserve;
    uint256 revolving;
    uint256 unallocated;
    uint256 openingBalance;
    ReserveTerms reserveTerms;
    bool ledgers;
    bool revolves;
    bool accelerated;
    uint256 on;
    uint256 passedOver;
    TrancheRun[] tranches;
    LineRun[] lines;
    HurdleRun[] hurdles;
    TriggerBook[] triggers;
    uint256[] due;
    uint256[] paid;
}

/// @title Storage to memory and back: what is between is the same for a run and its preview
library Books {
    using SafeCast for uint256;

    /// @notice Principal of a tranche and all above it.
    function principalTo(Run memory run, uint256 place) internal pure returns (uint256 sum) {
        for (uint256 i; i <= place; ++i) sum += run.tranches[i].principal;
    }

    /// @notice Principal of a set of tranches.
    function principalOf(Run memory run, uint256 set) internal pure returns (uint256 sum) {
        for (uint256 i; i < run.tranches.length; ++i) if ((set >> i) & 1 == 1) sum += run.tranches[i].principal;
    }

    /// @notice Rule 19, as the steps see it: the last run keeps nothing back from those whose reserve it is.
    function stepTarget(Run memory run) internal pure returns (uint256) {
        return run.figures.last ? 0 : reserveTarget(run);
    }

    /// @notice Rule 19, as triggers see it.
    function reserveTarget(Run memory run) internal pure returns (uint256) {
        ReserveTerms memory terms = run.reserveTerms;
        return targetOf(terms, principalOf(run, terms.tranches));
    }

    function targetOf(ReserveTerms memory terms, uint256 principal) internal pure returns (uint256) {
        if (principal == 0) return 0;
        uint256 share = (principal * terms.share) / 1e18; // below 2^115 * 2^64
        return Math.min(Math.max(terms.floor, share), terms.cap);
    }

    function atMostAccrued(uint256 amount) internal pure returns (uint256) {
        return Math.min(amount, MAX_ACCRUED);
    }

    /* FROM STORAGE */

    function load(DealBook storage self, Run memory run) internal view {
        run.cash = self.left;
        run.reserve = self.reserve;
        run.revolving = self.revolving;
        run.unallocated = self.unallocated;
        run.openingBalance = self.poolBalance;
        run.accelerated = self.declared && self.stepCounts[1] != 0;
        run.tranches = new TrancheRun[](self.trancheCount);
        for (uint256 i; i < run.tranches.length; ++i) _loadTranche(run.tranches[i], self.tranches[i]);
        run.lines = new LineRun[](self.lineCount);
        for (uint256 i; i < run.lines.length; ++i) {
            LineBook storage line = self.lines[i];
            run.lines[i].terms = line.terms;
            run.lines[i].due = line.due;
            run.lines[i].paid = line.paid;
        }
        run.hurdles = new HurdleRun[](self.hurdleCount);
        run.triggers = new TriggerBook[](self.triggerCount);
        for (uint256 i; i < run.triggers.length; ++i) run.triggers[i] = self.triggers[i];
    }

    function _loadTranche(TrancheRun memory to, TrancheBook storage from) private view {
        to.terms = from.terms;
        to.principal = from.principal;
        to.deferred = from.interestDue;
        to.interestPaid = from.interestPaid;
        to.atClosing = from.atClosing;
        to.opening = to.principal;
        if (!from.marked) return;
        to.lost = from.lost;
        to.deficiency = from.deficiency;
    }

    /* TO STORAGE */

    function store(DealBook storage self, Run memory run) internal {
        self.reserve = run.reserve.toUint120();
        self.left = run.cash.toUint120();
        self.revolving = run.revolving.toUint120();
        self.unallocated = run.unallocated.toUint112();
        self.poolBalance = run.figures.balance.toUint112();
        for (uint256 i; i < run.tranches.length; ++i) _storeTranche(run.tranches[i], self.tranches[i]);
        for (uint256 i; i < run.lines.length; ++i) {
            LineRun memory line = run.lines[i];
            self.lines[i].due = line.due.toUint128();
            self.lines[i].paid = (line.paid + line.settled + line.split).toUint128();
        }
        for (uint256 i; i < run.hurdles.length; ++i) self.hurdles[i].balance = run.hurdles[i].balance.toUint128();
        for (uint256 i; i < run.triggers.length; ++i) _storeTrigger(run.triggers[i], self.triggers[i]);
    }

    function _storeTrigger(TriggerBook memory from, TriggerBook storage to) private {
        to.calm = from.calm;
        to.on = from.on;
        to.since = from.since;
        to.figure = from.figure;
    }

    function _storeTranche(TrancheRun memory from, TrancheBook storage to) private {
        to.principal = from.principal.toUint112();
        to.interestDue = from.deferred.toUint128();
        to.interestPaid = (from.interestPaid + from.interest).toUint128();
        bool marked = from.lost != 0 || from.deficiency != 0;
        if (!marked && !to.marked) return;
        to.marked = marked;
        to.lost = from.lost.toUint112();
        to.deficiency = from.deficiency.toUint112();
    }
}
