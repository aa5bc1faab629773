// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILoanPool} from "interfaces/ILoanPool.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {Period, TrancheId, Wad} from "interfaces/Types.sol";

/// @notice What a step pays.
/// - Fee: a share of the period's collections, to the fee account.
/// - Interest: all interest due on a tranche, of this period and deferred.
/// - Principal: the tranche's outstanding principal.
/// - Residual: all cash left, to a tranche: first its principal, the rest as its return.
enum StepKind {
    Fee,
    Interest,
    Principal,
    Residual
}

/// @notice When a step is passed over.
/// - Never: the step always runs.
/// - BehindPlan: while the cumulative collection ratio is below the trigger.
enum SkipWhen {
    Never,
    BehindPlan
}

/// @notice One line of the waterfall. A step pays what is due or what cash is left, whichever is less.
/// @param tranche Unused by a fee.
/// @param rate Of a fee: share of the period's collections, WAD.
struct Step {
    StepKind kind;
    SkipWhen skipWhen;
    TrancheId tranche;
    Wad rate;
}

/// @notice What a deal says of a tranche.
/// @param principal Settlement units at closing.
/// @param rate Simple interest a year on outstanding principal, WAD; 0 for an equity tranche.
struct TrancheTerms {
    ITrancheNote note;
    uint112 principal;
    Wad rate;
}

/// @notice Where a tranche stands: principal at closing = principal + principalPaid + loss, always. Settlement units.
/// @param rate WAD a year.
/// @param principal Outstanding.
/// @param interestDue Accrued and not paid; it earns no interest itself. Wider than the rest: it has no limit but time.
/// @param interestPaid Interest, and for a residual tranche all return above its principal.
/// @param loss Principal still outstanding after the last period.
struct TrancheState {
    ITrancheNote note;
    Wad rate;
    uint112 principal;
    uint144 interestDue;
    uint112 interestPaid;
    uint112 principalPaid;
    uint112 loss;
}

/// @title The waterfall: who is paid from a period's collections, in which order
/// @notice Interest is Actual/365: principal * rate * days / 365 from period end to period end, rounded down. Dates are the
///         deal's, not the block's: running late changes nothing. Cash in = cash out + cash held, to the unit.
interface IWaterfall {
    /// @notice A period was run with `cash` settlement units.
    /// @param collectionRatio Cumulative collection ratio at the period, WAD.
    /// @param behindPlan Whether it was below the trigger.
    event PeriodRun(Period indexed period, uint256 cash, uint256 collectionRatio, bool behindPlan);

    /// @notice What a step had to pay and what it paid; a step that is passed over has no event.
    event StepPaid(
        Period indexed period,
        uint256 indexed step,
        StepKind kind,
        TrancheId tranche,
        uint256 due,
        uint256 paid
    );

    /// @notice What a tranche got in a period, settlement units.
    event TranchePaid(Period indexed period, TrancheId indexed tranche, uint256 interest, uint256 principal);

    /// @notice Principal that the last period left unpaid.
    event LossBooked(TrancheId indexed tranche, uint256 loss);

    event FeesClaimed(address indexed feeAccount, uint256 cash);

    error NoFeeAccount();
    error NoSteps();

    /// @notice The offering sells another number of tranches.
    error TranchesMismatch(uint256 given, uint256 offered);

    /// @notice The tranche is not the one that the offering sells in this place: another note, or another size.
    error NotAsOffered(TrancheId tranche, ITrancheNote note, uint256 principal);

    error NoSuchTranche(TrancheId given, uint256 tranches);

    /// @notice A fee above 100 % of collections.
    error RateAboveOne(uint256 step, Wad rate);

    /// @notice A step after a residual can never be paid, and without a residual the last cash has no owner.
    error ResidualMustBeLast(uint256 step);

    /// @notice A residual that can be passed over would leave cash without an owner.
    error ResidualMustAlwaysRun(uint256 step);

    error WrongPeriod(Period given, Period expected);

    /// @notice Pays the collections of `period` through the steps. By anyone, each period once, in order, once it is reported.
    function run(Period period) external;

    /// @notice Sends the fees earned to the fee account. By anyone.
    /// @return cash Settlement units.
    function claimFees() external returns (uint256 cash);

    /// @notice Where a tranche stands.
    function tranche(TrancheId id) external view returns (TrancheState memory);

    /// @notice How many tranches the deal has.
    function trancheCount() external view returns (uint256);

    /// @notice One line of the waterfall, by its place from 0.
    function step(uint256 place) external view returns (Step memory);

    /// @notice How many steps the waterfall has.
    function stepCount() external view returns (uint256);

    /// @notice The last period that was run; 0 before the first.
    function lastRun() external view returns (Period);

    /// @notice Fees earned and not yet claimed: all the cash that stands here by the books. Settlement units.
    function cashHeld() external view returns (uint256);

    /// @notice All fees ever earned, settlement units.
    function feesEarned() external view returns (uint256);

    /// @notice Where the fees go.
    function feeAccount() external view returns (address);

    /// @notice Cumulative collection ratio below which the deal is behind plan, WAD.
    function collectionTrigger() external view returns (Wad);

    /// @notice The loans whose collections are run.
    function pool() external view returns (ILoanPool);
}
