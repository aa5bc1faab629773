// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Period} from "interfaces/Types.sol";
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
/// @param periodEnds Seconds since 1970, one a period, rising.
/// @param plan Collections that the business plan expects in each period, settlement units.
struct PoolTerms {
    IERC20 settlement;
    address seller;
    uint256 purchasePrice;
    TapeCommitment tape;
    uint40 closing;
    uint40[] periodEnds;
    uint112[] plan;
}

/// @notice The record of one period.
/// @param end Seconds since 1970.
/// @param planned Business plan up to and with this period, settlement units.
/// @param collected Collections up to and with this period, settlement units; 0 until the period is reported.
/// @param loansPaying Leaves under `reportRoot`.
/// @param reportRoot Root of the standard Merkle tree over the period's collections (docs/decisions/0009).
struct PeriodRecord {
    uint40 end;
    uint112 planned;
    uint112 collected;
    uint32 loansPaying;
    bytes32 reportRoot;
}

/// @title The loans: their tape's commitment, their business plan, and what was collected on them
/// @dev Gas does not depend on the number of loans: the tape is a root, a period is a total and a root.
interface ILoanPool {
    /// @notice The tape was committed.
    event TapeCommitted(bytes32 indexed root, uint256 loanCount, uint256 grossBalance);

    /// @notice What it holds of one asset class.
    event ClassCommitted(string assetClass, bytes32 indexed schema, uint32 loans, uint112 grossBalance);

    /// @notice The loans were bought: `price` settlement units went to `seller`.
    event Purchased(address indexed seller, uint256 price);

    /// @notice `cash` settlement units were collected in `period` on `loansPaying` loans.
    event Reported(Period indexed period, uint256 cash, bytes32 reportRoot, uint32 loansPaying);

    /// @notice The cash of `period` went to the waterfall.
    event Released(Period indexed period, uint256 cash);

    error NoSeller();
    error EmptyTape(bytes32 tapeRoot, uint256 loanCount);

    /// @notice The asset classes must add up to the tape.
    error TapeTotalsMismatch(uint256 loans, uint256 loanCount, uint256 balance, uint256 grossBalance);

    /// @notice The tape must have from 1 to `allowed` asset classes.
    error WrongNumberOfClasses(uint256 given, uint256 allowed);

    /// @notice An asset class needs a loan, and a schema above the one before it.
    error WrongClass(uint256 place, bytes32 schema, uint32 loans);

    /// @notice Period ends and plan must have one entry a period, and at least one.
    error ScheduleMismatch(uint256 periodEnds, uint256 planned);

    /// @notice A period must end after the one before it, the first after closing.
    error ScheduleNotRising(Period period, uint40 end, uint40 previousEnd);

    error AlreadyPurchased();
    error NotPurchased();

    /// @notice Nothing may be done for a date that has not come (seconds).
    error TooEarly(uint256 now_, uint256 earliest);

    error WrongPeriod(Period given, Period expected);
    error NoSuchPeriod(Period given, Period last);
    error NotReported(Period given, Period lastReported);

    /// @notice The books of the pool end at `allowed`.
    error AboveLimit(uint256 given, uint256 allowed);

    /// @notice A root needs loans, cash needs a root, and no more loans can pay than were bought.
    error ReportDoesNotAddUp(uint256 cash, bytes32 reportRoot, uint32 loansPaying, uint256 loanCount);

    /// @notice Moves the purchase price from the caller to the seller and starts the deal. Only the offering, once, at or
    ///         after the closing date.
    function purchase() external;

    /// @notice Records the collections of a period and pulls their cash from the caller. Only the servicer, each period once,
    ///         in order, not before the period has ended. No cash is a valid report.
    /// @param cash Settlement units.
    /// @dev Warning: that `reportRoot` adds up to `cash` can't be seen on chain; an auditor checks the loan-level file.
    function report(Period period, uint256 cash, bytes32 reportRoot, uint32 loansPaying) external;

    /// @notice Sends the cash of a period to the caller. Only the waterfall, each period once, in order.
    function release(Period period) external;

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

    /// @notice Collections of one period, settlement units. Reverts when it is not reported.
    function collectedIn(Period period) external view returns (uint256);

    /// @notice Cumulative collection ratio at a reported period: collected to date / planned to date, WAD, down.
    ///         1 WAD where nothing was planned. Gross: no cost is taken off the collections.
    function collectionRatio(Period period) external view returns (uint256);

    /// @notice Cash that stands here by the books: reported, not yet released. Settlement units.
    function cashHeld() external view returns (uint256);

    /// @notice The asset in which the loans are paid for and their collections arrive.
    function settlement() external view returns (IERC20);

    /// @notice Who is paid the purchase price.
    function seller() external view returns (address);

    /// @notice What the loans cost, settlement units.
    function purchasePrice() external view returns (uint256);

    /// @notice Whether the loans are bought.
    function purchased() external view returns (bool);

    /// @notice Root of the standard Merkle tree over the loans.
    function tapeRoot() external view returns (bytes32);

    /// @notice Leaves of that tree.
    function loanCount() external view returns (uint256);

    /// @notice Balance of all loans at the cut-off date, settlement units.
    /// @dev Warning: the totals are what the issuer says; that the leaves add up to them is proved off chain, with the tape.
    function grossBalance() external view returns (uint256);

    /// @notice The totals by asset class.
    function tapeClasses() external view returns (ClassTotal[] memory);

    /// @notice How many periods the deal has.
    function periodCount() external view returns (Period);

    /// @notice The last period that was reported; 0 before the first.
    function lastReported() external view returns (Period);

    /// @notice The last period whose cash went to the waterfall; 0 before the first.
    function lastReleased() external view returns (Period);
}
