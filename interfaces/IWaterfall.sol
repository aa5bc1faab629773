// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TriggerKind, TermsFault} from "interfaces/DealTerms.sol";
import {IDistributor} from "interfaces/IDistributor.sol";
import {IIndexRecord} from "interfaces/IIndexRecord.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {Period, TrancheId} from "interfaces/Types.sol";

/// @notice Where a deal stands between closing and its end.
enum Phase {
    NotBegun,
    Revolving,
    Amortising,
    Accelerated,
    WoundUp
}

/// @notice Where a tranche stands: principal at closing = principal + principalPaid + loss, always. Settlement units.
/// @param interestDue Accrued and not paid at the end of the last run.
/// @param interestPaid With return above principal.
/// @param loss Principal given up; it may come back by recoveries.
/// @param deficiency What the tranche's ledger says is not covered.
struct TrancheState {
    uint256 atClosing;
    uint256 principal;
    uint256 principalPaid;
    uint256 interestDue;
    uint256 interestPaid;
    uint256 loss;
    uint256 deficiency;
}

/// @notice Where a trigger stands.
/// @param figure Of the last run: what is compared, as docs/waterfall.md, rule 27, says.
/// @param since Period in which it went on or off; 0 from the beginning.
struct TriggerState {
    TriggerKind kind;
    TrancheId tranche;
    uint64 level;
    uint256 figure;
    bool on;
    Period since;
}

/// @notice What a run does, or would do.
/// @param cash Of the run, before the steps.
/// @param left Cash that no step took.
/// @param on Set of the triggers that are on.
/// @param passedOver Set of the steps whose condition does not hold.
/// @param due Of each step, settlement units.
/// @param paid Of each step.
/// @param interest Paid to each tranche.
/// @param principal Paid to each tranche.
/// @param figures Of each trigger.
struct RunResult {
    uint256 cash;
    uint256 left;
    uint256 reserve;
    uint256 revolvingAccount;
    uint256 on;
    uint256 passedOver;
    bool accelerated;
    bool revolving;
    uint256[] due;
    uint256[] paid;
    uint256[] interest;
    uint256[] principal;
    uint256[] figures;
}

/// @notice Books of an evergreen tranche after its units changed. Settlement units.
struct EpochTranche {
    uint112 atClosing;
    uint112 principal;
    uint112 lost;
    uint128 interestDue;
}

/// @title The waterfall: who is paid from a period's collections, in which order
/// @notice docs/waterfall.md is its text, rules 3 to 5 and 11 to 28. Dates are the deal's, not the block's: running late changes
///         nothing. The cash stands in the distributor; here stands whose it is.
interface IWaterfall {
    /// @notice All is sold: the reserve begins with `reserve`, the seller is credited with `toSeller` settlement units.
    event Begun(uint256 reserve, uint256 toSeller);

    /// @notice A period was run with `cash` settlement units.
    /// @param on Set of the triggers that are on.
    /// @param passedOver Set of the steps whose condition does not hold.
    event PeriodRun(
        Period indexed period,
        uint256 cash,
        bool accelerated,
        bool revolving,
        uint256 on,
        uint256 passedOver
    );

    /// @notice What each step had to pay and what it paid, in order.
    event StepsPaid(Period indexed period, uint256[] due, uint256[] paid);

    /// @notice Principal that a tranche lost (below 0: that came back) in a period, settlement units.
    event LossBooked(Period indexed period, TrancheId indexed tranche, int256 loss);

    /// @notice What a tranche's deficiency ledger says from this period on, settlement units.
    event DeficiencyChanged(Period indexed period, TrancheId indexed tranche, uint256 deficiency);

    /// @notice A trigger went on, or was cured.
    event TriggerTurned(Period indexed period, uint256 indexed trigger, bool on, uint256 figure);

    /// @notice The index of a period was not told in time: the last known one stood.
    event IndexMissing(Period indexed period, int64 index);

    /// @notice The senior class voted for acceleration: every later run takes the second list.
    event DefaultDeclared(Period lastRun);

    /// @notice The deal is over; what was left is credited to the owner of dust.
    event WoundUp(address indexed dustOwner, uint256 cash);

    error NotTheOffering(address caller, address offering);
    error AlreadyBegun();
    error NotBegun();
    error WrongPeriod(Period given, Period expected);
    error NoSuchTranche(TrancheId given, uint256 tranches);
    error NoSuchPlace(uint256 given, uint256 count);

    /// @notice The deal's terms can't work: rule 35 of docs/waterfall.md, and where (place of a tranche, step, line, hurdle or
    ///         trigger).
    error TermsInvalid(TermsFault fault, uint256 place);

    /// @notice A step could pay a junior tranche's principal or return while a coverage test of a more senior one is on:
    ///         rule 35 of docs/waterfall.md.
    /// @param accelerated The step is of the second list.
    /// @param step Its place from 0.
    /// @param trigger Place of the test.
    error JuniorAhead(bool accelerated, uint256 step, uint256 trigger);

    /// @notice A deal that revolves must end it on each coverage test; this one does not.
    error RevolvesPastTest(uint256 trigger);

    /// @notice Loans are bought up to the first run that is not revolving, and not once a trigger or the vote ended revolving.
    error NotRevolving();

    /// @notice The price is above the revolving account.
    error AboveAccount(uint256 price, uint256 account);

    error NotTheFund(address caller, address fund);
    error NotThePool(address caller, address pool);
    error NotTheVote(address caller, address vote);
    error AlreadyDeclared();
    error NoAcceleration();

    /// @notice Takes what the closing raised into the books: the price and what is above the reserve's first target to the
    ///         seller. Only the offering, once, which has sent the cash to the distributor.
    /// @param sold Units of each tranche.
    function begin(uint256[] calldata sold) external;

    /// @notice Runs `period`: by anyone, each once, in order, once it is reported.
    function run(Period period) external;

    /// @notice What `run` would do now, to the unit. Reverts as it would.
    function previewRun(Period period) external view returns (RunResult memory);

    /// @notice Takes the price of further loans out of the revolving account and credits the seller with it. Only the pool,
    ///         whose manager bought them.
    function spend(uint256 price) external;

    /// @notice Takes over the books that an epoch of an evergreen deal leaves, and its cash. Only the fund.
    /// @dev Warning: the fund is a contract of the deal and trusted with these figures; the cash is counted by the distributor.
    /// @param reserve_ Of now, as `account` the revolving account. Settlement units.
    /// @param empty Set of tranches without units.
    /// @param received What gates sent to the distributor, settlement units.
    /// @param paid What the fund is credited with for those who leave, settlement units.
    function settleEpoch(
        EpochTranche[] calldata tranches,
        uint120 reserve_,
        uint120 account,
        uint8 empty,
        uint256 received,
        uint256 paid
    ) external;

    /// @notice Turns acceleration on from the next run. Only the vote of the senior class.
    function declareDefault() external;

    /// @notice Where a tranche stands.
    function tranche(TrancheId id) external view returns (TrancheState memory);

    /// @notice How many tranches the deal has.
    function trancheCount() external view returns (uint256);

    /// @notice The most senior tranche with principal; reverts when none has any.
    function seniorTranche() external view returns (TrancheId);

    /// @notice Where the terms of the first list of steps or the second stand, as code (`DealFigures.step` reads them); nobody
    ///         where there is no second one.
    function termsAt(bool accelerated) external view returns (address);

    /// @notice Who settles the epochs of an evergreen deal; nobody in a closed-end one.
    function fund() external view returns (address);

    /// @notice Where a trigger stands, by its place from 0.
    function trigger(uint256 place) external view returns (TriggerState memory);

    /// @notice How many triggers the deal has.
    function triggerCount() external view returns (uint256);

    /// @notice Whether a clean-up trigger was on after the last run.
    function cleanUpOn() external view returns (bool);

    /// @notice What a fee line has had in all, and what is due from earlier periods. Settlement units.
    function feeLine(uint256 place) external view returns (uint256 paid, uint256 due);

    /// @notice Whose hurdle it is, and what is left to it after the last run, settlement units.
    function hurdle(uint256 place) external view returns (TrancheId tranche_, uint256 balance);

    /// @notice Cash of the reserve, and its target with the principals of now. Settlement units.
    function reserve() external view returns (uint256 cash, uint256 target);

    /// @notice Cash that waits for further loans, settlement units.
    function revolvingAccount() external view returns (uint256);

    /// @notice Cash that no step of the last run took; it is cash of the next. Settlement units.
    function cashLeft() external view returns (uint256);

    /// @notice Lost and borne by no tranche, settlement units.
    function unallocatedLoss() external view returns (uint256);

    /// @notice Where the deal stands.
    function phase() external view returns (Phase);

    /// @notice The last period that was run; 0 before the first.
    function lastRun() external view returns (Period);

    /// @notice The loans whose collections are run.
    function pool() external view returns (ILoanPool);

    /// @notice Where the cash stands.
    function distributor() external view returns (IDistributor);

    /// @notice Who sold the notes.
    function offering() external view returns (address);

    /// @notice Who may declare a default; nobody in a deal without a vote.
    function vote() external view returns (address);

    /// @notice Where the indices of periods are told; none in a deal without floating rates.
    function indexRecord() external view returns (IIndexRecord);

    /// @notice Who has what is left at the end.
    function dustOwner() external view returns (address);
}
