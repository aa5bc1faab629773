// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAuction} from "interfaces/IAuction.sol";
import {IAuctionHouse} from "interfaces/IAuctionHouse.sol";
import {ICollateralValues} from "interfaces/ICollateralValues.sol";
import {Field, Loan} from "interfaces/ILoanPool.sol";
import {TrancheId} from "interfaces/Types.sol";

/// @notice What is done with a case.
enum Strategy {
    Hold,
    DiscountedPayOff,
    PaymentPlan,
    LoanSale,
    Foreclosure
}

/// @notice Where a case is. `Opened` comes before `Held`: the overseer has not confirmed it.
enum Stage {
    None,
    Held,
    Cure,
    ForSale,
    Closed,
    Opened
}

/// @notice What the deal says of a strategy.
/// @param auction Where it sells; nowhere for those that do not sell.
/// @param approval The overseer must approve it.
/// @param duration Seconds that it may take; 0 for no end.
/// @param cost Due to the servicer when a sale starts, settlement units.
/// @param startShare Of the value, WAD, up.
/// @param floorShare Of the value, WAD, up.
/// @param rounds Of a sale, at least 1.
/// @param haircut Of prices, from round to round, WAD.
/// @param creditBid The vehicle takes what nobody buys.
/// @param group Of tranches, from 1, whose its proceeds are; 0: it leaves the case where it is.
struct StrategyTerms {
    IAuction auction;
    bool approval;
    uint40 duration;
    uint88 cost;
    uint64 startShare;
    uint64 floorShare;
    uint8 rounds;
    uint64 haircut;
    bool creditBid;
    uint8 group;
}

/// @notice What a strategy is to do with one case; what it does not need is 0.
/// @param amount Agreed (discounted pay-off) or an instalment (payment plan), settlement units.
/// @param due First due date of a payment plan, court date of a foreclosure; seconds since 1970.
/// @param interval Between instalments, seconds.
struct Plan {
    uint96 amount;
    uint40 due;
    uint32 interval;
}

/// @notice A loan with its claim, proved.
/// @param place 0 for the tape bought at closing, else the place of a further tape.
/// @param field The claim.
struct LoanProof {
    uint256 place;
    Loan loan;
    bytes32[] proof;
    Field field;
    bytes32[] fieldProof;
}

/// @notice What the servicer says when it opens a case.
/// @param byRank A property: loans have what it brings in the order of joining; else pro rata.
/// @param debtor Has what a foreclosure brings above all claims; nobody: the pool has it.
/// @param subject What is valued, as the source of values knows it.
struct Opening {
    uint96 outstanding;
    uint96 writtenOff;
    bool byRank;
    address debtor;
    bytes32 subject;
}

/// @notice A case. Seconds since 1970, settlement units.
/// @param after_ In which way it is sold when its cure is over.
/// @param broken Its last payment plan was broken.
/// @param deadline Of the strategy; 0 for none.
/// @param due As in its plan, moved by instalments.
/// @param cureUntil Before that no sale starts.
/// @param broughtAt What it had brought when its strategy began.
/// @param amount As in its plan.
/// @param total Outstanding of all its loans when they came in.
/// @param interval As in its plan.
/// @param loans How many.
/// @param schema Of its first loan: its class.
/// @param court Date of the foreclosure that the overseer approved or switched to last; 0 for none.
struct CaseRecord {
    Strategy strategy;
    Strategy after_;
    Stage stage;
    bool byRank;
    bool broken;
    uint40 deadline;
    uint40 due;
    uint40 cureUntil;
    uint96 broughtAt;
    uint96 amount;
    uint96 total;
    uint32 interval;
    uint32 loans;
    bytes32 subject;
    bytes32 proposal;
    bytes32 schema;
    uint40 court;
}

/// @notice A loan in a case, one slot.
/// @param batch With which it came in.
/// @param ahead Outstanding of the loans that joined before.
struct LoanRecord {
    uint40 caseId;
    uint24 batch;
    uint96 ahead;
    uint96 outstanding;
}

/// @notice What waits for the overseer. Settlement units.
/// @param outstanding Of loans that join a case which is held; those of one that is opened count already.
/// @param writtenOff The same.
/// @param loans The same.
/// @param batch From 0; the next one begins when the overseer has decided.
/// @param content Hash of all that was said: for a case that is opened of subject, rank and debtor, then with each loan of what came before,
///        its leaf, outstanding and written off (ABI-encoded). 0: nothing waits.
/// @param homes Outstanding by the groups in whose tapes the loans are, in a deal that has several.
/// @param lost Written off by the same.
struct Joining {
    uint96 outstanding;
    uint96 writtenOff;
    uint32 loans;
    uint24 batch;
    bytes32 content;
    uint96[4] homes;
    uint96[4] lost;
}

/// @title Loans that are worked alone, and what is done with them
/// @dev A loan is written only when it comes into a case; what becomes of it follows from the case's account.
interface ILoanBook {
    event CaseOpened(uint64 indexed caseId, bytes32 indexed subject, bool byRank, address debtor);

    /// @notice `loanId` is the loan's leaf in its tape.
    event LoanTaken(uint64 indexed caseId, bytes32 indexed loanId, uint96 outstanding, uint96 writtenOff);

    /// @notice The overseer has seen its loans, its subject and its debtor.
    event CaseConfirmed(uint64 indexed caseId, uint32 loans);

    /// @notice The overseer does not take what waited.
    event LoansRejected(uint64 indexed caseId, uint24 batch);

    event StrategyProposed(uint64 indexed caseId, Strategy strategy, Plan plan);
    event StrategyBegun(uint64 indexed caseId, Strategy strategy, Plan plan, uint40 deadline);
    event StrategyExpired(uint64 indexed caseId, Strategy strategy, bool broken);
    event Paid(uint64 indexed caseId, address indexed payer, uint96 cash, bool closed);
    event CureBegun(uint64 indexed caseId, address indexed keeper, uint40 until, Strategy after_);
    event Cured(uint64 indexed caseId);

    /// @notice A sale starts from this value (settlement units).
    event SaleStarted(uint64 indexed caseId, Strategy strategy, uint256 value);

    event Paused(bool paused);

    error WrongStrategyTerms(Strategy strategy);
    error IsPaused();
    error NoSuchCase(uint64 caseId);

    /// @notice The case is in another stage than the call needs.
    error WrongStage(uint64 caseId, Stage given, Stage needed);

    /// @notice The loan is in a case already.
    error LoanIsIn(bytes32 loanId, uint64 caseId);

    /// @notice The loan, or its claim, is not what the tape says.
    error NotProved(bytes32 loanId);

    /// @notice The group in whose tape the loan is has not bought it yet, or its last report is in.
    error GroupNotRunning(uint8 group);

    /// @notice Outstanding and written off are together above 0 and at most the claim.
    error NotTheClaim(uint256 outstanding, uint256 writtenOff, int256 claim);

    /// @notice Amounts of a case end at `most`.
    error AboveMost(uint256 given, uint256 most);

    /// @notice Something else waits than the overseer saw.
    error OtherLoans(uint64 caseId);

    /// @notice Nothing of the case waits for the overseer.
    error NothingJoins(uint64 caseId);

    /// @notice A case that has another strategy than hold, of which some was sold, or that brought too much for it, takes no further
    ///         loans.
    error AlreadyWorked(uint64 caseId);

    /// @notice The plan does not fit the strategy, or what is left to pay.
    error WrongPlan(Strategy strategy, Plan plan);

    /// @notice Another plan, or none, was proposed.
    error NotProposed(uint64 caseId);

    /// @notice Neither a deadline is past nor a plan broken.
    error NothingExpired(uint64 caseId);

    /// @notice Something is left to pay.
    error ZeroPayment();

    /// @notice While it is for sale, all that is left must be paid.
    error NotInFull(uint256 given, uint256 rest);

    /// @notice The strategy does not sell.
    error NothingToSell(Strategy strategy);

    /// @notice No sale starts before (seconds).
    error TooEarlyToSell(uint256 now_, uint256 earliest);

    /// @notice There is no value that may be acted on.
    error NoGoodValue(bytes32 subject);

    /// @notice Opens a case with its first loan, which some group's tape has. Until it is confirmed nothing is paid on it. Only the
    ///         servicer.
    /// @dev Warning: how much of the claim is outstanding is what the servicer says and the overseer confirms; it is at most the
    ///      claim on the tape. What is written off through a case must not be written off in a report too.
    function open(LoanProof calldata given, Opening calldata opening) external returns (uint64 caseId);

    /// @notice Adds a further loan behind those that are in it, when the overseer confirms it; until then the case goes on as it is. Of a
    ///         slice nothing may have been paid, of a property no more than is outstanding. Only the servicer.
    function join(uint64 caseId, LoanProof calldata given, uint96 outstanding, uint96 writtenOff) external;

    /// @notice Confirms what the servicer said of a case and of the loans that wait, of which `content` is the hash. Loans of another
    ///         group's tape move with their outstanding. Only the overseer.
    /// @dev Warning: nobody else looks at subject (by whose value it is sold), debtor (who has a surplus) and outstanding.
    function confirm(uint64 caseId, bytes32 content) external;

    /// @notice Does not take what waits: its loans are free again. A case that was never confirmed is closed. Only the overseer.
    function reject(uint64 caseId) external;

    /// @notice Begins a strategy, or proposes it where it must be approved or moves the case to another group. Only the servicer.
    function propose(uint64 caseId, Strategy strategy, Plan calldata plan) external;

    /// @notice Begins the strategy that was proposed, with the same plan. Only the overseer.
    function approve(uint64 caseId, Strategy strategy, Plan calldata plan) external;

    /// @notice Begins another strategy; a cure that runs is over. Only the overseer.
    /// @dev Warning: the overseer can end a cure, and so keep a fired trigger from selling.
    function switchTo(uint64 caseId, Strategy strategy, Plan calldata plan) external;

    /// @notice Ends a strategy whose deadline is past or whose plan is broken: it is hold then. By anyone.
    function expire(uint64 caseId) external;

    /// @notice Pays on a case that is confirmed, no more than is left to pay; nothing where nothing is. By anyone; the allowance is the
    ///         house's. Settlement units.
    function pay(uint64 caseId, uint96 cash) external;

    /// @notice Starts the sale of a held case whose strategy sells; what is left of a lot is sold as the rest of it was. Only the
    ///         servicer.
    function sell(uint64 caseId) external;

    /// @notice A trigger fired: the case is sold so after a cure (seconds), and the keeper has a fee of what it brings. Only the
    ///         book of triggers.
    function fire(uint64 caseId, address keeper, uint88 fee, uint40 cure, Strategy after_) external;

    /// @notice The condition of a trigger in cure no longer holds. Only the book of triggers.
    function cured(uint64 caseId) external;

    /// @notice Starts the sale of a case whose cure is over; no foreclosure before the court date that the overseer approved. By anyone.
    function startSale(uint64 caseId) external;

    /// @notice Stops what is new: cases, proposals, fired triggers, sales; or lets it go on. Only the overseer.
    function pause(bool paused_) external;

    /// @notice A case as it is now; one that came back from a sale is held again.
    function caseOf(uint64 caseId) external view returns (CaseRecord memory);

    /// @notice A loan by its leaf, also where it waits; nothing for one that is in no case.
    function loanOf(bytes32 loanId) external view returns (LoanRecord memory);

    /// @notice What of a case waits for the overseer.
    function joiningOf(uint64 caseId) external view returns (Joining memory);

    /// @notice What of a case's cash to date is a loan's, settlement units.
    function shareOf(bytes32 loanId) external view returns (uint256);

    /// @notice Whether its payment plan is, or was last, broken.
    function planBroken(uint64 caseId) external view returns (bool);

    /// @notice Whether the court date of its foreclosure, or one that the overseer approved, is past by more than the grace.
    function courtOverdue(uint64 caseId) external view returns (bool);

    /// @notice Outstanding less brought of all cases of a group in cure or on sale, settlement units.
    function openExposure(uint8 group) external view returns (uint256);

    /// @notice Whether the loss of all that is exposed in a group would reach a tranche of it: at the carrying ratio it is above the standing
    ///         principal of all below. Who lets holders out before the end asks this first.
    function mayReach(uint8 group, TrancheId tranche) external view returns (bool);

    /// @notice What the deal says of a strategy.
    function termsOf(Strategy strategy) external view returns (StrategyTerms memory);

    /// @notice Cases opened so far.
    function cases() external view returns (uint64);

    /// @notice Whether nothing new may begin.
    function paused() external view returns (bool);

    /// @notice Who sells.
    function house() external view returns (IAuctionHouse);

    /// @notice Who says what is worth how much.
    function values() external view returns (ICollateralValues);

    /// @notice keccak256 of the name of the field that is the claim.
    function claimField() external view returns (bytes32);

    /// @notice Seconds after a due date or a court date.
    function grace() external view returns (uint40);
}
