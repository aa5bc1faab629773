// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RunTerms} from "contracts/waterfall/TermsCode.sol";
import {PeriodFigures} from "interfaces/ILoanPool.sol";
import {DayCount, RatePath, ReserveTerms, TriggerKind} from "interfaces/DealTerms.sol";
import {MAX_ACCRUED, Period, TrancheId, Wad} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @notice A tranche in storage. Settlement units; cash that ever comes is below 2^113. Principal paid is what is neither
///         outstanding nor lost; interest paid stands in the distributor. A run of a deal without losses reads and writes the
///         first slot only.
/// @param marked The second slot has something to say.
/// @param open The second slot is never empty: the first loss costs a run no more than later ones.
struct TrancheBook {
    uint112 principal;
    uint128 interestDue;
    bool marked;
    uint112 lost;
    uint112 deficiency;
    bool open;
    uint112 atClosing;
}

/// @notice A fee line in storage, one slot.
/// @param due Carried from earlier periods.
/// @param open The slot is never empty: the first payment costs a run no more than later ones.
struct LineBook {
    uint128 due;
    uint120 paid;
    bool open;
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

/// @notice The deal in storage; what every run reads is in the first two slots. No slot is ever empty. Terms that a run needs
///         are code (see `TermsCode`).
/// @param poolBalance At the last run.
/// @param stopped Revolving has ended before its period.
/// @param declared The senior class voted for acceleration.
/// @param left Cash that no step took.
/// @param aside The third slot has something to say.
/// @param open Keeps the second slot from being empty.
/// @param empty Set of tranches without units, of an evergreen deal.
struct DealBook {
    Period lastRun;
    int64 index;
    uint112 poolBalance;
    bool begun;
    bool stopped;
    bool declared;
    bool woundUp;
    uint8 hurdleCount;
    uint8 triggerCount;
    uint120 reserve;
    uint120 left;
    bool aside;
    bool open;
    uint120 revolving;
    uint112 unallocated;
    uint8 trancheCount;
    uint8 empty;
    mapping(uint256 place => TrancheBook) tranches;
    mapping(uint256 place => RatePath) paths;
    mapping(uint256 place => LineBook) lines;
    mapping(uint256 place => HurdleBook) hurdles;
    mapping(uint256 place => TriggerBook) triggers;
}

/// @notice A tranche on its way through a run.
/// @param opening Principal before losses and payments.
/// @param openingDeficiency Before this run.
/// @param time Of the period, by the tranche's count, and `year` in the same unit.
/// @param accrued This period's interest, and what of it is left.
/// @param deferred Interest due from earlier periods, with what it earned.
/// @param interest Paid in this run.
/// @param repaid Principal paid in this run.
struct TrancheRun {
    uint256 opening;
    uint256 openingDeficiency;
    uint256 principal;
    uint256 lost;
    uint256 deficiency;
    uint256 missed;
    uint256 time;
    uint256 year;
    uint256 accrued;
    uint256 accruedLeft;
    uint256 deferred;
    uint256 interest;
    uint256 repaid;
}

/// @notice A fee line on its way through a run.
/// @param due Accrued and carried.
/// @param settled Paid of it in this run.
/// @param split Paid above it, as a share of what was left.
struct LineRun {
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
/// @param empty Set of tranches without units: they are paid nothing (evergreen).
/// @param beside Revolving account that covers principal beside the pool (evergreen).
/// @param index WAD a year; the last known one where `untold`.
/// @param on Set of the triggers that are on.
struct Run {
    Period period;
    PeriodFigures figures;
    RunTerms terms;
    uint256 cash;
    uint256 cashBefore;
    uint256 reserve;
    uint256 revolving;
    uint256 unallocated;
    uint256 empty;
    uint256 beside;
    uint256 openingBalance;
    int64 index;
    bool untold;
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
        ReserveTerms memory terms = run.terms.reserve;
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

    /// @dev The terms are there already.
    function load(DealBook storage self, Run memory run) internal view {
        run.cash = self.left;
        run.reserve = self.reserve;
        if (self.aside) {
            run.revolving = self.revolving;
            run.unallocated = self.unallocated;
            run.empty = self.empty;
        }
        run.openingBalance = self.poolBalance;
        run.index = self.index;
        run.tranches = new TrancheRun[](run.terms.tranches.length);
        for (uint256 i; i < run.tranches.length; ++i) _loadTranche(run.tranches[i], self.tranches[i]);
        run.lines = new LineRun[](run.terms.lines.length);
        for (uint256 i; i < run.lines.length; ++i) {
            LineBook storage line = self.lines[i];
            run.lines[i].due = line.due;
            run.lines[i].paid = line.paid;
        }
        run.hurdles = new HurdleRun[](self.hurdleCount);
        run.triggers = new TriggerBook[](self.triggerCount);
        for (uint256 i; i < run.triggers.length; ++i) run.triggers[i] = self.triggers[i];
    }

    function _loadTranche(TrancheRun memory to, TrancheBook storage from) private view {
        to.principal = from.principal;
        to.opening = from.principal;
        to.deferred = from.interestDue;
        if (!from.marked) return;
        to.lost = from.lost;
        to.deficiency = from.deficiency;
        to.openingDeficiency = from.deficiency;
    }

    /* TO STORAGE */

    /// @dev Sizes are checked first: what follows in one go is one write a slot.
    function store(DealBook storage self, Run memory run) internal {
        uint112 poolBalance = run.figures.balance.toUint112();
        uint120 reserve = run.reserve.toUint120();
        uint120 left = run.cash.toUint120();
        bool before = self.aside;
        bool aside = run.revolving != 0 || run.unallocated != 0 || run.empty != 0;
        self.lastRun = run.period;
        self.index = run.index;
        self.poolBalance = poolBalance;
        self.woundUp = run.figures.last;
        self.reserve = reserve;
        self.left = left;
        self.aside = aside;
        if (aside || before) {
            self.revolving = run.revolving.toUint120();
            self.unallocated = run.unallocated.toUint112();
        }
        for (uint256 i; i < run.tranches.length; ++i) _storeTranche(run.tranches[i], self.tranches[i]);
        for (uint256 i; i < run.lines.length; ++i) _storeLine(run.lines[i], self.lines[i]);
        for (uint256 i; i < run.hurdles.length; ++i) self.hurdles[i].balance = run.hurdles[i].balance.toUint128();
        for (uint256 i; i < run.triggers.length; ++i) _storeTrigger(run.triggers[i], self.triggers[i]);
    }

    function _storeLine(LineRun memory from, LineBook storage to) private {
        uint128 due = from.due.toUint128();
        uint120 paid = (from.paid + from.settled + from.split).toUint120();
        to.due = due;
        to.paid = paid;
    }

    function _storeTrigger(TriggerBook memory from, TriggerBook storage to) private {
        to.calm = from.calm;
        to.on = from.on;
        to.since = from.since;
        to.figure = from.figure;
    }

    function _storeTranche(TrancheRun memory from, TrancheBook storage to) private {
        uint112 principal = from.principal.toUint112();
        uint128 due = from.deferred.toUint128();
        bool before = to.marked;
        bool marked = from.lost != 0 || from.deficiency != 0;
        to.principal = principal;
        to.interestDue = due;
        to.marked = marked;
        if (!marked && !before) return;
        to.lost = from.lost.toUint112();
        to.deficiency = from.deficiency.toUint112();
    }
}
