// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDistributor} from "interfaces/IDistributor.sol";
import {PeriodFigures} from "interfaces/PeriodFigures.sol";
import {Proceeds} from "interfaces/Proceeds.sol";
import {Period, Wad} from "interfaces/Types.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice What is committed of one loan (docs/decisions/0009): a leaf of the tape is made of these three.
/// @param schema Asset class, currency, decimals and the list of its fields, hashed.
/// @param fieldCount Leaves under `fieldsRoot`.
/// @param fieldsRoot Root of the standard Merkle tree over the loan's salted fields.
struct Loan {
    bytes32 schema;
    uint256 fieldCount;
    bytes32 fieldsRoot;
}

/// @notice One disclosed field of a loan.
/// @param name keccak256 of the field's name.
/// @param value Empty where the loan has none, else `abi.encode` of one int256 (settlement units, WAD, days since 1970)
///        or one string.
/// @param salt Drawn for this field of this loan; without it the leaf tells nothing.
struct Field {
    bytes32 name;
    bytes value;
    bytes32 salt;
}

/// @notice What the tape holds of one asset class.
/// @param assetClass Its name, such as "sme_loans".
/// @param schema As in the leaves of its loans.
/// @param loans At least one.
/// @param grossBalance Settlement units.
struct ClassTotal {
    string assetClass;
    bytes32 schema;
    uint32 loans;
    uint112 grossBalance;
}

/// @notice The tape, as it was sold.
/// @param root Root of the OpenZeppelin standard Merkle tree over the loans.
/// @param loanCount Leaves of that tree.
/// @param grossBalance Of all loans at the cut-off date, settlement units.
/// @param classes Totals that add up to the two above; 16 at most, by rising schema.
struct TapeCommitment {
    bytes32 root;
    uint256 loanCount;
    uint256 grossBalance;
    ClassTotal[] classes;
}

/// @notice What is bought, from whom, for how much, and what the business plan says.
/// @param seller Receives the purchase price.
/// @param purchasePrice Settlement units.
/// @param tape The loans' commitment with its totals.
/// @param closing Seconds since 1970; interest runs from here and the purchase can't be earlier.
/// @param grace Seconds after a period's end from which on its report is late.
/// @param periodEnds Seconds since 1970, one a period, rising.
/// @param plan Net collections that the business plan expects in each period, settlement units.
/// @param carryingRatio Part of a claim at which the notes carry it, WAD: above 0, at most WAD.
struct PoolTerms {
    IERC20 settlement;
    address seller;
    uint256 purchasePrice;
    TapeCommitment tape;
    uint40 closing;
    uint40 grace;
    uint40[] periodEnds;
    uint112[] plan;
    Wad carryingRatio;
}

/// @notice What the servicer says of one period. Settlement units.
/// @param gross Collected.
/// @param costs Taken off before; gross less costs is the cash that arrives.
/// @param writtenOff Claim amount given up.
/// @param recovered Part of the cash that came on loans written off before.
/// @param closedValue Present value of what the positions closed in the period brought.
/// @param closedPlan Present value of what the plan said of them.
/// @param root Root of the standard Merkle tree over the period's collections (docs/decisions/0009).
/// @param loansPaying Leaves under it.
/// @param last Nothing comes after: what remained was sold.
struct Report {
    uint112 gross;
    uint112 costs;
    uint112 writtenOff;
    uint112 recovered;
    uint112 closedValue;
    uint112 closedPlan;
    bytes32 root;
    uint32 loansPaying;
    bool last;
}

/// @notice What a report says of an earlier one: it counts in the period that says it. Settlement units, signed.
/// @param period The period that is corrected; 0 for no correction, then the rest is 0 too.
/// @param root Takes the place of that period's root.
/// @param loansPaying Leaves under it.
struct Correction {
    Period period;
    bytes32 root;
    uint32 loansPaying;
    int120 writtenOff;
    int120 closedValue;
    int120 closedPlan;
}

/// @notice The record of one period; amounts are to date, with this period, in settlement units. Until it is reported
///         the first that is not holds the proceeds that came in it, all others 0. Net and gross share slots with what is known from
///         the beginning: the first buyer of a period pays for no new one.
/// @param end Seconds since 1970.
/// @param planned Net collections that the plan expects; known from the beginning.
/// @param loansPaying Leaves under `root`.
/// @param late Whether the report came later than the grace after the end.
/// @param last Whether no report follows.
/// @param missing Whether anybody reported the period as missing, in place of the servicer.
/// @param closed Whether closed positions were ever reported; else a run need not read their values.
struct PeriodRecord {
    uint112 net;
    uint112 planned;
    uint32 loansPaying;
    uint112 gross;
    uint40 end;
    bool late;
    bool last;
    bool closed;
    bool missing;
    uint112 writtenOff;
    uint112 recovered;
    uint112 closedValue;
    uint112 closedPlan;
    bytes32 root;
}

/// @notice Loans bought while the deal revolves.
/// @param root Root of the OpenZeppelin standard Merkle tree over them.
struct FurtherTape {
    bytes32 root;
    uint32 loanCount;
    uint112 grossBalance;
}

/// @title The loans: their tape's commitment, their business plan, and what was collected on them
/// @dev Gas does not depend on the number of loans: the tape is a root, a period is a total and a root.
interface ILoanPool {
    /// @notice The tape was committed.
    event TapeCommitted(bytes32 indexed root, uint256 loanCount, uint256 grossBalance);

    event ClassCommitted(string assetClass, bytes32 indexed schema, uint32 loans, uint112 grossBalance);

    /// @notice The loans were bought for `price` settlement units.
    event Purchased(address indexed seller, uint256 price);

    /// @notice Further loans were bought for `price` settlement units: their tape is at `place`, from 1.
    event FurtherLoansBought(uint256 indexed place, FurtherTape tape, uint256 price);

    /// @notice A period was reported, and its cash is with the distributor.
    event Reported(Period indexed period, Report report, bool late);

    /// @notice `caller` reported a period whose servicer was silent; the same transaction's `Reported` says nothing came.
    event ReportMissing(Period indexed period, address indexed caller);

    /// @notice The report of `period` corrected an earlier one, whose root was `oldRoot`.
    event Corrected(Period indexed period, Correction correction, bytes32 oldRoot);

    /// @notice Proceeds of a disposal stand in the record of `period`, which is open; `writtenOff` is what the books had room for.
    event ProceedsTaken(Period indexed period, Proceeds proceeds, uint256 writtenOff, bool done);

    /// @notice So much of the gross that proceeds have just brought in `period` is none of these loans'.
    event CameFromElsewhere(Period indexed period, uint112 cash);

    /// @notice From now on `house` sells loans that are worked alone.
    event HouseAppointed(address indexed house);

    /// @notice Claims of `claim` settlement units came from another group of tranches, or (below 0) went to one.
    event ClaimMoved(int256 claim);

    error NoSeller();

    /// @notice The distributor would pay out another asset than comes in.
    error OtherSettlement(IERC20 settlement, IERC20 paidOut);

    error EmptyTape(bytes32 tapeRoot, uint256 loanCount);

    error TapeTotalsMismatch(uint256 loans, uint256 loanCount, uint256 balance, uint256 grossBalance);

    /// @notice The tape must have from 1 to `allowed` asset classes.
    error WrongNumberOfClasses(uint256 given, uint256 allowed);

    /// @notice An asset class needs a loan, and a schema above the one before it.
    error WrongClass(uint256 place, bytes32 schema, uint32 loans);

    /// @notice Period ends and plan must have one entry a period, and at least one.
    error ScheduleMismatch(uint256 periodEnds, uint256 planned);

    /// @notice A period must end after the one before it, the first after closing.
    error ScheduleNotRising(Period period, uint40 end, uint40 previousEnd);

    /// @notice The carrying ratio must be above 0 and at most `allowed` (WAD).
    error WrongCarryingRatio(Wad given, uint256 allowed);

    error AlreadyPurchased();
    error AlreadyAppointed(address house);
    error NotTheHouse(address caller, address house);
    error NotPurchased();

    /// @notice Nothing may be done for a date that has not come (seconds).
    error TooEarly(uint256 now_, uint256 earliest);

    error WrongPeriod(Period given, Period expected);
    error NoSuchPeriod(Period given, Period last);
    error NotReported(Period given, Period lastReported);

    /// @notice The books of the pool end at `allowed`.
    error AboveLimit(uint256 given, uint256 allowed);

    /// @notice A root needs loans, gross needs a root, no more loans can pay than were bought, costs are at most gross and
    ///         recovered at most net.
    error ReportDoesNotAddUp(Report report, uint256 loanCount);

    /// @notice Only a period reported before can be corrected; a root needs loans, and what was collected a root.
    error CorrectionDoesNotAddUp(Correction correction, Period reported);

    /// @notice Of the tapes bought later there are `tapes`, counted from 1.
    error NoSuchTape(uint256 given, uint256 tapes);

    error TotalBelowZero(Period period);
    error LastReportIsIn(Period last);

    /// @notice The last report needs a pool with nothing in it after the last run, or a clean-up trigger that was on after it.
    error PoolNotEmpty(uint256 balance);

    /// @notice The last report waits for disposals that run: each can be ended by anyone.
    error ProceedsAwaited(uint256 disposals);
    error TooManyAwaited(uint256 disposals);

    /// @notice Costs are at most gross, and recovered at most what is left.
    error ProceedsDoNotAddUp(Proceeds proceeds);

    /// @notice Records that the loans are bought and whose waterfall runs their collections. Only the offering, once, at or
    ///         after the closing date.
    function purchase(address waterfall) external;

    /// @notice Buys further loans from the seller with cash of the revolving account, not once the last report is in; their
    ///         gross balance counts from the next run on. Only the manager.
    /// @param price Settlement units, at most the account.
    /// @dev Warning: the manager is trusted that the loans are worth the price and that the tape adds up; its gross balance
    ///      raises the pool balance that over-collateralisation is tested on.
    function buyFurther(FurtherTape calldata tape, uint256 price) external returns (uint256 place);

    /// @notice Records what was collected in a period and moves its cash from the caller to the distributor. Only the
    ///         servicer, each period once, in order, not before the period has ended. No cash is a valid report.
    /// @dev Warning: that the root adds up to the cash can't be seen on chain; an auditor checks the loan-level file.
    ///      The gross of one is at most `MAX_AMOUNT` / periods, so that none leaves no room for a later one.
    /// @dev Warning: two false reports end a deal: one writes all off, and once it is run the next may say `last`. Holders have
    ///      the time between them, which is none where two periods wait for their reports.
    function report(Period period, Report calldata report_, Correction calldata correction) external;

    /// @notice Reports the next period as missing: no cash, nothing under a root, late. By anyone, once it is past the period's end
    ///         by more than twice the grace (`TooEarly` says from when on).
    /// @dev Warning: what the servicer collected comes with the report of the next period; after the last one there is none,
    ///      so a deal needs a grace that a servicer in trouble can keep.
    function reportMissing(Period period) external;

    /// @notice Says who sells loans that are worked alone, once and for all. Only the admin.
    function appointHouse(address house) external;

    /// @notice A disposal begins whose proceeds the last report waits for. Only the house.
    function awaitProceeds() external;

    /// @notice Takes proceeds of a disposal, whose cash the caller moves to the distributor in the same call and measures there: they
    ///         count in the period that is open. Where the sum written off would pass the end of the books, as much as fits counts.
    ///         Only the house.
    /// @param elsewhere Part of gross that is none of these loans': it came on a case of another group of tranches, beyond what came into the
    ///        gross balance with it. Settlement units.
    /// @param done A disposal that was awaited has ended.
    /// @dev Warning: the house is trusted with cash and with what it writes off: it is one contract, named once.
    function takeProceeds(Proceeds calldata proceeds, uint112 elsewhere, bool done) external;

    /// @notice Adds a claim to the gross balance, or (below 0) takes it off: a loan came from another group, or went to one. It
    ///         counts from the next run on. Settlement units. Only the house, which takes no more than there is.
    function moveClaim(int120 claim) external;

    /// @notice Whether proceeds and claims are taken: from closing until the last report is in.
    function isRunning() external view returns (bool);

    /// @notice Whether its last run is done: then a claim that is left may still go to another group.
    function isOver() external view returns (bool);

    /// @notice Who sells loans that are worked alone; nobody where that is not done.
    function house() external view returns (address);

    /// @notice Disposals that the last report waits for.
    function awaited() external view returns (uint16);

    /// @notice Proves that `loan` is in the tape. A proof of another length than the tree's depth fails.
    function verifyLoan(Loan calldata loan, bytes32[] calldata proof) external view returns (bool);

    /// @notice Proves that `field` is a field of `loan`, and `loan` in the tape; nothing else of the loan is shown.
    function verifyField(
        Field calldata field,
        bytes32[] calldata fieldProof,
        Loan calldata loan,
        bytes32[] calldata loanProof
    ) external view returns (bool);

    /// @notice Proves that `cash` settlement units were reported in `period` on the loan with this root of fields.
    /// @dev Warning: that the loan is in the tape is for `verifyLoan` to say.
    function verifyCollection(
        Period period,
        bytes32 fieldsRoot,
        uint256 cash,
        bytes32 salt,
        bytes32[] calldata proof
    ) external view returns (bool);

    /// @notice The record of a period; period 0 gives the closing date. Reverts past the last.
    function record(Period period) external view returns (PeriodRecord memory);

    /// @notice What a run needs to know of a reported period. Reverts when it is not reported.
    function figures(Period period) external view returns (PeriodFigures memory);

    /// @notice Cumulative collection ratio at a reported period: net to date / planned to date, WAD, down. 1 WAD where nothing
    ///         was planned.
    function collectionRatio(Period period) external view returns (uint256);

    /// @notice Profitability ratio at a reported period: closed present value to date / its plan, WAD, down; 1 WAD likewise.
    function profitabilityRatio(Period period) external view returns (uint256);

    /// @notice Gross balance of all tapes less what was collected on it and written off, to date; not below 0.
    function poolBalance(Period period) external view returns (uint256);

    /// @notice Cash that was reported and whose period is not run: it stands in the distributor. Settlement units.
    function cashToRun() external view returns (uint256);

    /// @notice Where the cash of the deal stands.
    function distributor() external view returns (IDistributor);

    /// @notice Who runs the collections; nobody before closing.
    function waterfall() external view returns (address);

    /// @notice Proves that a loan is in one of the tapes bought later, by its place from 1.
    function verifyFurtherLoan(
        uint256 place,
        Loan calldata loan,
        bytes32[] calldata proof
    ) external view returns (bool);

    /// @notice A tape bought later, by its place from 1.
    function furtherTape(uint256 place) external view returns (FurtherTape memory);

    /// @notice How many tapes were bought later.
    function furtherTapes() external view returns (uint256);

    /// @notice The asset in which the loans are paid for and their collections arrive.
    function settlement() external view returns (IERC20);

    /// @notice Who is paid the purchase price.
    function seller() external view returns (address);

    /// @notice What the loans cost, settlement units.
    function purchasePrice() external view returns (uint256);

    /// @notice Part of a claim at which the notes carry it: what a write-off costs them. WAD.
    function carryingRatio() external view returns (Wad);

    /// @notice Whether the loans are bought.
    function purchased() external view returns (bool);

    /// @notice Root of the standard Merkle tree over the loans bought at closing.
    function tapeRoot() external view returns (bytes32);

    /// @notice Loans bought, in all tapes.
    function loanCount() external view returns (uint256);

    /// @notice Balance of all loans of all tapes at their cut-off dates, settlement units.
    /// @dev Warning: the totals are what the issuer says; that the leaves add up to them is proved off chain, with the tape.
    function grossBalance() external view returns (uint256);

    /// @notice The totals by asset class.
    function tapeClasses() external view returns (ClassTotal[] memory);

    /// @notice How many periods the deal has.
    function periodCount() external view returns (Period);

    /// @notice The last period that was reported; 0 before the first.
    function lastReported() external view returns (Period);
}
