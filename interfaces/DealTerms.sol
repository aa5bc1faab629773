// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIndexRecord} from "interfaces/IIndexRecord.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {Period, TrancheId, Wad} from "interfaces/Types.sol";

/// @notice What a step pays; docs/waterfall.md, rule 18, has the formula of each.
enum StepKind {
    Fee,
    Interest,
    InterestUpTo,
    Principal,
    PrincipalProRata,
    PrincipalToTarget,
    TopUp,
    Release,
    Draw,
    Deficiency,
    Hurdle,
    Split,
    Residual
}

/// @notice When a step runs: always, or by whether one of its triggers is on.
enum When {
    Always,
    WhileAnyOn,
    WhileNoneOn
}

/// @notice How the time between two dates is counted.
enum DayCount {
    Actual365,
    Actual360,
    Thirty360
}

/// @notice Where a tranche's rate comes from.
enum RateKind {
    Fixed,
    StepUp,
    Floating
}

/// @notice What a fee is counted on: nothing (the floor is the amount), the period's net collections, the pool balance at its
///         start or a tranche's principal (these two a year).
enum FeeBasis {
    Fixed,
    Collections,
    PoolBalance,
    TranchePrincipal
}

/// @notice What a trigger looks at; docs/waterfall.md, rule 24.
enum TriggerKind {
    OverCollateralisation,
    InterestCoverage,
    CollectionRatio,
    ProfitabilityRatio,
    CumulativeLoss,
    ReserveBelowTarget,
    ServicerLate,
    InterestMissed,
    CleanUp,
    FinalMaturity,
    EventOfDefault
}

/// @notice One line of the waterfall, packed in a word: 8 bits of kind, then 8 of when, 16 of triggers, 8 of tranches, 16 of
///         lines and 64 of share, from the lowest.
/// @param triggers Set of triggers, bit i for trigger i.
/// @param tranches Place of the tranche; of PrincipalProRata and Draw a set, bit i for tranche i.
/// @param lines Place of the fee line; of Draw a set of them; of Hurdle the place of the hurdle.
/// @param share WAD: of Fee and Split the share, of InterestUpTo the rate a year, of PrincipalToTarget the ratio.
struct Step {
    StepKind kind;
    When when;
    uint16 triggers;
    uint8 tranches;
    uint16 lines;
    uint64 share;
}

/// @notice What a deal says of a tranche.
/// @param rate A year, WAD: the rate, or the margin over the index; of a step-up unused.
/// @param deferrable Interest not paid is deferred; else it is missed.
/// @param compounds Deferred interest earns the tranche's rate.
struct TrancheTerms {
    ITrancheNote note;
    Wad rate;
    RateKind rateKind;
    DayCount dayCount;
    bool deferrable;
    bool compounds;
}

/// @notice Of a step-up up to four pairs, from the first until one with no period; of a floating rate the floor (rates[0]) and
///         the cap (rates[1]).
struct RatePath {
    uint64[4] rates;
    uint32[4] from;
}

/// @notice Who is paid what in a period: the basis, not below the floor, not above the cap.
/// @param rate WAD, of collections or a year.
/// @param carried What is unpaid stays due; else it is lost.
/// @param senior Interest coverage counts it.
/// @param floor Settlement units; of a fixed fee the amount.
struct FeeTerms {
    address payee;
    Wad rate;
    FeeBasis basis;
    TrancheId tranche;
    DayCount dayCount;
    uint112 floor;
    uint112 cap;
    bool carried;
    bool senior;
}

/// @notice A return that a tranche is to earn, compounded at period ends.
/// @param rate A year, WAD.
struct HurdleTerms {
    TrancheId tranche;
    Wad rate;
    DayCount dayCount;
}

/// @notice One test of the deal.
/// @param level WAD; of FinalMaturity a period; unused where the kind is yes or no.
/// @param cureAfter Runs in a row in which it must not hold; 0 for never.
struct TriggerTerms {
    TriggerKind kind;
    TrancheId tranche;
    uint64 level;
    uint16 cureAfter;
}

/// @notice Target of the reserve: share of the principal of a set of tranches, not below the floor, not above the cap; 0 once
///         these have no principal.
/// @param tranches Set, bit i for tranche i.
struct ReserveTerms {
    uint112 floor;
    uint112 cap;
    uint64 share;
    uint8 tranches;
}

/// @notice All cash rules of a deal.
/// @param paths One a tranche.
/// @param steps Packed steps (see `Step`).
/// @param accelerated The second list; empty for a deal without a vote.
/// @param ledgers Losses go through deficiency ledgers; else by net asset value.
/// @param revolvesTo Last period whose run revolves; 0 for none.
/// @param revolvingStops Set of triggers that end revolving.
/// @param vote Who may declare a default: the contract of the senior class's vote; nobody in a deal without.
/// @param indexRecord Where the indices of periods are told; none in a deal without floating rates.
/// @param firstIndex The index until one is told, WAD a year.
/// @param fund Who settles the epochs of an evergreen deal; nobody in a closed-end one.
struct WaterfallTerms {
    TrancheTerms[] tranches;
    RatePath[] paths;
    FeeTerms[] lines;
    HurdleTerms[] hurdles;
    TriggerTerms[] triggers;
    ReserveTerms reserve;
    uint256[] steps;
    uint256[] accelerated;
    bool ledgers;
    Period revolvesTo;
    uint16 revolvingStops;
    address dustOwner;
    address vote;
    IIndexRecord indexRecord;
    int64 firstIndex;
    address fund;
}

/// @notice What can be wrong with a deal's terms.
enum TermsFault {
    TrancheCount,
    NotAsOffered,
    Paths,
    StepUpPairs,
    FloorAboveCap,
    StepCount,
    StepBits,
    StepTranche,
    StepLine,
    StepTrigger,
    LastOnly,
    Conditional,
    RatioZero,
    NoLedgers,
    ShareAboveOne,
    HurdleTranche,
    LineCount,
    LineTranche,
    NoPayee,
    TriggerCount,
    TriggerTranche,
    HurdleCount,
    ReserveTranche,
    RevolvesTooLong,
    NoDustOwner,
    NoIndexRecord,
    VoteWithoutSteps,
    OtherPool,
    Evergreen
}
