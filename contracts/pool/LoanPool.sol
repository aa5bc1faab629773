// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactPull} from "contracts/ExactPull.sol";
import {TapeLeaves} from "contracts/pool/TapeLeaves.sol";
import {ClassTotal, Field, ILoanPool, Loan, PeriodRecord, PoolTerms, TapeCommitment} from "interfaces/ILoanPool.sol";
import {MAX_AMOUNT, Period, WAD} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract LoanPool is ILoanPool, AccessManaged {
    using ExactPull for IERC20;
    using SafeERC20 for IERC20;

    /// @dev More kinds of loan in one tape would be several deals; the loop over them runs once, in the constructor.
    uint256 private constant MAX_CLASSES = 16;

    /* IMMUTABLES */

    /// @inheritdoc ILoanPool
    IERC20 public immutable settlement;

    /// @inheritdoc ILoanPool
    address public immutable seller;

    /// @inheritdoc ILoanPool
    uint256 public immutable purchasePrice;

    /// @inheritdoc ILoanPool
    bytes32 public immutable tapeRoot;

    /// @inheritdoc ILoanPool
    uint256 public immutable loanCount;

    /// @inheritdoc ILoanPool
    uint256 public immutable grossBalance;

    /// @inheritdoc ILoanPool
    Period public immutable periodCount;

    /* STORAGE */

    /// @inheritdoc ILoanPool
    bool public purchased;

    /// @inheritdoc ILoanPool
    Period public lastReported;

    /// @inheritdoc ILoanPool
    Period public lastReleased;

    /// @dev Cumulative, so that any ratio to date is two reads; period 0 is the closing date with nothing planned.
    mapping(Period period => PeriodRecord record) private _records;

    ClassTotal[] private _classes;

    /* CONSTRUCTOR */

    constructor(address authority, PoolTerms memory terms) AccessManaged(authority) {
        if (terms.seller == address(0)) revert NoSeller();
        TapeCommitment memory tape = terms.tape;
        if (tape.root == 0 || tape.loanCount == 0) revert EmptyTape(tape.root, tape.loanCount);
        settlement = terms.settlement;
        seller = terms.seller;
        purchasePrice = terms.purchasePrice;
        tapeRoot = tape.root;
        loanCount = tape.loanCount;
        grossBalance = tape.grossBalance;
        _commit(tape);
        periodCount = _schedule(terms.closing, terms.periodEnds, terms.plan);
    }

    /* PURCHASE */

    /// @inheritdoc ILoanPool
    function purchase() external restricted {
        if (purchased) revert AlreadyPurchased();
        uint256 closing = _records[Period.wrap(0)].end;
        if (block.timestamp < closing) revert TooEarly(block.timestamp, closing);
        purchased = true;
        emit Purchased(seller, purchasePrice);

        settlement.safeTransferFrom(msg.sender, seller, purchasePrice);
    }

    /* PERIODS */

    /// @inheritdoc ILoanPool
    function report(Period period, uint256 cash, bytes32 reportRoot, uint32 loansPaying) external restricted {
        if (!purchased) revert NotPurchased();
        if (period > periodCount) revert NoSuchPeriod(period, periodCount);
        if (period != lastReported.next()) revert WrongPeriod(period, lastReported.next());
        PeriodRecord storage current = _records[period];
        if (block.timestamp < current.end) revert TooEarly(block.timestamp, current.end);
        bool complete = (reportRoot == 0) == (loansPaying == 0) && (cash == 0 || loansPaying != 0);
        if (!complete || loansPaying > loanCount) {
            revert ReportDoesNotAddUp(cash, reportRoot, loansPaying, loanCount);
        }

        uint256 collected = _records[lastReported].collected + cash;
        if (collected > MAX_AMOUNT) revert AboveLimit(collected, MAX_AMOUNT);
        current.collected = uint112(collected); // at most MAX_AMOUNT
        current.reportRoot = reportRoot;
        current.loansPaying = loansPaying;
        lastReported = period;
        emit Reported(period, cash, reportRoot, loansPaying);

        settlement.pullExact(msg.sender, cash);
    }

    /// @inheritdoc ILoanPool
    function release(Period period) external restricted {
        if (period != lastReleased.next()) revert WrongPeriod(period, lastReleased.next());
        uint256 cash = collectedIn(period);
        lastReleased = period;
        emit Released(period, cash);

        if (cash != 0) settlement.safeTransfer(msg.sender, cash);
    }

    /* PROOFS */

    /// @inheritdoc ILoanPool
    function verifyLoan(Loan calldata loan, bytes32[] calldata proof) public view returns (bool) {
        return TapeLeaves.verify(TapeLeaves.ofLoan(loan), proof, tapeRoot, loanCount);
    }

    /// @inheritdoc ILoanPool
    function verifyField(
        Field calldata field,
        bytes32[] calldata fieldProof,
        Loan calldata loan,
        bytes32[] calldata loanProof
    ) external view returns (bool) {
        bytes32 leaf = TapeLeaves.ofField(field);
        return TapeLeaves.verify(leaf, fieldProof, loan.fieldsRoot, loan.fieldCount) && verifyLoan(loan, loanProof);
    }

    /// @inheritdoc ILoanPool
    function verifyCollection(
        Period period,
        bytes32 fieldsRoot,
        uint256 cash,
        bytes32 salt,
        bytes32[] calldata proof
    ) external view returns (bool) {
        PeriodRecord storage reported = _records[period];
        bytes32 leaf = TapeLeaves.ofCollection(period, fieldsRoot, cash, salt);
        return TapeLeaves.verify(leaf, proof, reported.reportRoot, reported.loansPaying);
    }

    /* VIEWS */

    /// @inheritdoc ILoanPool
    function tapeClasses() external view returns (ClassTotal[] memory) {
        return _classes;
    }

    /// @inheritdoc ILoanPool
    function record(Period period) external view returns (PeriodRecord memory) {
        if (period > periodCount) revert NoSuchPeriod(period, periodCount);
        return _records[period];
    }

    /// @inheritdoc ILoanPool
    function collectedIn(Period period) public view returns (uint256) {
        if (period > lastReported || period.number() == 0) revert NotReported(period, lastReported);
        return _records[period].collected - _records[Period.wrap(uint32(period.number() - 1))].collected;
    }

    /// @inheritdoc ILoanPool
    function collectionRatio(Period period) external view returns (uint256) {
        if (period > lastReported) revert NotReported(period, lastReported);
        PeriodRecord storage reported = _records[period];
        return reported.planned == 0 ? WAD : (reported.collected * WAD) / reported.planned;
    }

    /// @inheritdoc ILoanPool
    function cashHeld() external view returns (uint256) {
        return _records[lastReported].collected - _records[lastReleased].collected;
    }

    /* INTERNAL */

    function _schedule(uint40 closing, uint40[] memory ends, uint112[] memory plan) private returns (Period) {
        if (ends.length == 0 || ends.length != plan.length) revert ScheduleMismatch(ends.length, plan.length);
        Period previous;
        uint256 planned;
        _records[previous].end = closing;
        for (uint256 i; i < ends.length; ++i) {
            Period period = previous.next();
            uint40 previousEnd = _records[previous].end;
            if (ends[i] <= previousEnd) revert ScheduleNotRising(period, ends[i], previousEnd);
            planned += plan[i];
            _records[period].end = ends[i];
            _records[period].planned = SafeCast.toUint112(planned);
            previous = period;
        }
        return previous;
    }

    function _commit(TapeCommitment memory tape) private {
        uint256 count = tape.classes.length;
        if (count == 0 || count > MAX_CLASSES) revert WrongNumberOfClasses(count, MAX_CLASSES);
        if (tape.grossBalance > MAX_AMOUNT) revert AboveLimit(tape.grossBalance, MAX_AMOUNT);
        uint256 loans;
        uint256 balance;
        bytes32 previous;
        emit TapeCommitted(tape.root, tape.loanCount, tape.grossBalance);
        for (uint256 i; i < count; ++i) {
            ClassTotal memory total = tape.classes[i];
            if (total.schema <= previous || total.loans == 0) revert WrongClass(i, total.schema, total.loans);
            previous = total.schema;
            loans += total.loans;
            balance += total.grossBalance;
            _classes.push(total);
            emit ClassCommitted(total.assetClass, total.schema, total.loans, total.grossBalance);
        }
        if (loans != tape.loanCount || balance != tape.grossBalance) {
            revert TapeTotalsMismatch(loans, tape.loanCount, balance, tape.grossBalance);
        }
    }
}
