// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Accounts} from "contracts/liquidation/Accounts.sol";
import {LoanProofs} from "contracts/liquidation/LoanProofs.sol";
import {TapeLeaves} from "contracts/pool/TapeLeaves.sol";
import {Account, IAuctionHouse} from "interfaces/IAuctionHouse.sol";
import {
    CaseRecord,
    ILoanBook,
    Joining,
    LoanProof,
    LoanRecord,
    Opening,
    Stage,
    Strategy
} from "interfaces/ILoanBook.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Which loans are in a case, which wait for the overseer, and what each has of what the case brought. Rules 1 and 2
abstract contract CaseLoans is ILoanBook {
    using Accounts for Account;
    using SafeCast for uint256;

    /// @dev Bids share a slot with their bidder, so all amounts of a case end here: 79 billion at 18 decimals.
    uint256 internal constant MOST = type(uint96).max;

    /// @inheritdoc ILoanBook
    IAuctionHouse public immutable house;

    /// @inheritdoc ILoanBook
    bytes32 public immutable claimField;

    mapping(uint64 caseId => CaseRecord record) internal _cases;
    mapping(bytes32 loanId => LoanRecord record) private _loans;
    mapping(uint64 caseId => Joining batch) private _joining;
    mapping(uint64 caseId => mapping(uint24 batch => bool)) private _dropped;

    constructor(IAuctionHouse house_, bytes32 claimField_) {
        house = house_;
        claimField = claimField_;
    }

    /// @inheritdoc ILoanBook
    function loanOf(bytes32 loanId) external view returns (LoanRecord memory loan) {
        loan = _loans[loanId];
        if (_dropped[loan.caseId][loan.batch]) delete loan;
    }

    /// @inheritdoc ILoanBook
    function joiningOf(uint64 caseId) external view returns (Joining memory) {
        return _joining[caseId];
    }

    /// @inheritdoc ILoanBook
    function shareOf(bytes32 loanId) external view returns (uint256) {
        LoanRecord memory loan = _loans[loanId];
        if (loan.batch == _joining[loan.caseId].batch || _dropped[loan.caseId][loan.batch]) return 0;
        CaseRecord storage record = _cases[loan.caseId];
        uint256 brought = house.accountOf(loan.caseId).brought;
        if (record.byRank) return Math.min(loan.outstanding, Math.saturatingSub(brought, loan.ahead));
        if (record.total == 0) return 0;
        return (Math.min(brought, record.total) * loan.outstanding) / record.total; // below 2^192
    }

    /// @dev What the overseer will have seen of a case beside its loans.
    function _beginContent(uint64 caseId, Opening calldata opening) internal {
        _joining[caseId].content = keccak256(abi.encode(opening.subject, opening.byRank, opening.debtor));
    }

    /// @dev A loan with its claim proved. Of a case that is opened it counts at once, as nothing can be done with that; else it waits.
    function _takeIn(
        uint64 caseId,
        LoanProof calldata given,
        uint96 outstanding,
        uint96 writtenOff,
        Account memory account
    ) internal {
        bytes32 loanId = TapeLeaves.ofLoan(given.loan);
        LoanRecord memory known = _loans[loanId];
        bool isIn = known.caseId != 0 && !_dropped[known.caseId][known.batch];
        if (isIn) revert LoanIsIn(loanId, known.caseId);
        (int256 claim, uint8 home) = LoanProofs.claim(house, loanId, given, claimField);
        uint256 both = uint256(outstanding) + writtenOff;
        if (both == 0 || claim < 0 || both > uint256(claim)) revert NotTheClaim(outstanding, writtenOff, claim);
        _write(caseId, loanId, outstanding, writtenOff, account.writtenOff);
        if (house.groups() > 1) _countHome(caseId, home, outstanding, writtenOff);
        if (_cases[caseId].stage == Stage.Opened) {
            return _count(caseId, home, outstanding, writtenOff, 1, account.debtor);
        }
        Joining storage joins = _joining[caseId];
        joins.outstanding += outstanding;
        joins.writtenOff += writtenOff;
        ++joins.loans;
    }

    function _countHome(uint64 caseId, uint8 home, uint96 outstanding, uint96 writtenOff) private {
        _joining[caseId].homes[home] += outstanding;
        if (writtenOff != 0) _joining[caseId].lost[home] += writtenOff;
    }

    function _write(uint64 caseId, bytes32 loanId, uint96 outstanding, uint96 writtenOff, uint256 before) private {
        Joining storage joins = _joining[caseId];
        uint256 ahead = uint256(_cases[caseId].total) + joins.outstanding;
        uint256 all = ahead + outstanding + writtenOff + before + joins.writtenOff;
        if (all > MOST) revert AboveMost(all, MOST);
        _loans[loanId] = LoanRecord(uint256(caseId).toUint40(), joins.batch, uint96(ahead), outstanding);
        joins.content = keccak256(abi.encode(joins.content, loanId, outstanding, writtenOff));
        emit LoanTaken(caseId, loanId, outstanding, writtenOff);
    }

    /// @dev What waits is in the case from now on.
    function _takeWaiting(uint64 caseId, bytes32 content, Account memory account) internal {
        CaseRecord storage record = _cases[caseId];
        Joining memory joins = _joining[caseId];
        if (joins.content != content) revert OtherLoans(caseId);
        if (!_takesLoans(caseId, record, account)) revert AlreadyWorked(caseId);
        _beginBatch(caseId, joins.batch + 1);
        if (record.stage != Stage.Opened) {
            _count(caseId, account.group, joins.outstanding, joins.writtenOff, joins.loans, account.debtor);
        }
        record.stage = Stage.Held;
        record.proposal = 0;
        emit CaseConfirmed(caseId, record.loans);
        for (uint8 home; home < joins.homes.length; ++home) {
            (uint96 claim, uint96 lost) = (joins.homes[home], joins.lost[home]);
            if (claim != 0 || lost != 0) house.adopt(caseId, home, claim, lost);
        }
    }

    /// @dev What waits does not come in: its loans are free again, and a case that was never confirmed is closed.
    function _dropWaiting(uint64 caseId) internal {
        uint24 batch = _joining[caseId].batch;
        _dropped[caseId][batch] = true;
        _beginBatch(caseId, batch + 1);
        emit LoansRejected(caseId, batch);
        CaseRecord storage record = _cases[caseId];
        if (record.stage != Stage.Opened) return;
        (record.stage, record.total, record.loans) = (Stage.Closed, 0, 0);
        house.drop(caseId);
    }

    /// @dev Rule 2.
    function _takesLoans(
        uint64 caseId,
        CaseRecord storage record,
        Account memory account
    ) internal view returns (bool) {
        if (record.stage == Stage.Opened) return true;
        if (record.stage != Stage.Held) revert WrongStage(caseId, record.stage, Stage.Held);
        return record.strategy == Strategy.Hold && account.takesLoans(record.byRank);
    }

    function _mustWait(uint64 caseId) internal view {
        if (_joining[caseId].content == 0) revert NothingJoins(caseId);
    }

    function _count(
        uint64 caseId,
        uint8 home,
        uint96 outstanding,
        uint96 writtenOff,
        uint32 loans,
        address debtor
    ) private {
        CaseRecord storage record = _cases[caseId];
        record.total += outstanding;
        record.loans += loans;
        house.add(caseId, home, outstanding, writtenOff, debtor);
    }

    function _beginBatch(uint64 caseId, uint24 batch) private {
        delete _joining[caseId];
        _joining[caseId].batch = batch;
    }
}
