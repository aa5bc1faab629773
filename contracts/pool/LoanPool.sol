// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactPull} from "contracts/ExactPull.sol";
import {ILoanPool, Loan, PeriodRecord, PoolTerms} from "interfaces/ILoanPool.sol";
import {MAX_AMOUNT, Period, WAD} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract LoanPool is ILoanPool, AccessManaged {
    using ExactPull for IERC20;
    using SafeERC20 for IERC20;

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

    /* CONSTRUCTOR */

    constructor(address authority, PoolTerms memory terms) AccessManaged(authority) {
        if (terms.seller == address(0)) revert NoSeller();
        if (terms.tapeRoot == 0 || terms.loanCount == 0) revert EmptyTape(terms.tapeRoot, terms.loanCount);
        settlement = terms.settlement;
        seller = terms.seller;
        purchasePrice = terms.purchasePrice;
        tapeRoot = terms.tapeRoot;
        loanCount = terms.loanCount;
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
    function verifyLoan(Loan calldata loan, bytes32[] calldata proof) external view returns (bool) {
        bytes memory content = abi.encode(loan.id, loan.expectedRecovery, loan.recoveryLevel);
        return _verify(content, proof, tapeRoot, loanCount);
    }

    /// @inheritdoc ILoanPool
    function verifyCollection(
        Period period,
        string calldata id,
        uint256 cash,
        bytes32[] calldata proof
    ) external view returns (bool) {
        PeriodRecord storage reported = _records[period];
        return _verify(abi.encode(period, id, cash), proof, reported.reportRoot, reported.loansPaying);
    }

    /* VIEWS */

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

    /// @dev An OpenZeppelin standard leaf is hashed twice, so an inner node can't pass as a leaf. The depth follows from the
    ///      number of leaves (in a complete tree depths differ by one at most), so a proof that goes on below the tree fails;
    ///      only a committer who puts a foreign hash in the place of a leaf one level up could hide one more level there.
    function _verify(
        bytes memory content,
        bytes32[] calldata proof,
        bytes32 root,
        uint256 leaves
    ) private pure returns (bool) {
        uint256 depth = Math.log2(leaves);
        if (proof.length != depth && proof.length != Math.log2(leaves, Math.Rounding.Ceil)) return false;
        return MerkleProof.verifyCalldata(proof, root, keccak256(bytes.concat(keccak256(content))));
    }
}
