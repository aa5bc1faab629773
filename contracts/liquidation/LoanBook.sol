// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CaseLoans} from "contracts/liquidation/CaseLoans.sol";
import {Exposure} from "contracts/liquidation/Exposure.sol";
import {Plans} from "contracts/liquidation/Plans.sol";
import {IAuction} from "interfaces/IAuction.sol";
import {Account, IAuctionHouse, Standing} from "interfaces/IAuctionHouse.sol";
import {ICollateralValues} from "interfaces/ICollateralValues.sol";
import {
    CaseRecord,
    ILoanBook,
    LoanProof,
    Opening,
    Plan,
    Stage,
    Strategy,
    StrategyTerms
} from "interfaces/ILoanBook.sol";
import {TrancheId, WAD} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract LoanBook is CaseLoans, AccessManaged {
    /* IMMUTABLES */

    /// @inheritdoc ILoanBook
    ICollateralValues public immutable values;

    /// @inheritdoc ILoanBook
    uint40 public immutable grace;

    /* STORAGE */

    /// @inheritdoc ILoanBook
    uint64 public cases;

    /// @inheritdoc ILoanBook
    bool public paused;

    mapping(Strategy strategy => StrategyTerms terms) private _terms;

    /* CONSTRUCTOR */

    constructor(
        address authority,
        IAuctionHouse house_,
        ICollateralValues values_,
        bytes32 claimField_,
        uint40 grace_,
        StrategyTerms[5] memory terms
    ) AccessManaged(authority) CaseLoans(house_, claimField_) {
        values = values_;
        grace = grace_;
        uint8 groups = house_.groups();
        for (uint256 i; i < terms.length; ++i) {
            Plans.checkTerms(Strategy(i), terms[i], groups);
            _terms[Strategy(i)] = terms[i];
        }
    }

    /* CASES */

    /// @inheritdoc ILoanBook
    function open(LoanProof calldata given, Opening calldata opening) external restricted returns (uint64 caseId) {
        _notPaused();
        caseId = ++cases;
        CaseRecord storage record = _cases[caseId];
        record.byRank = opening.byRank;
        record.subject = opening.subject;
        record.schema = given.loan.schema;
        record.stage = Stage.Opened;
        emit CaseOpened(caseId, opening.subject, opening.byRank, opening.debtor);
        _beginContent(caseId, opening);
        Account memory account;
        account.debtor = opening.debtor;
        _takeIn(caseId, given, opening.outstanding, opening.writtenOff, account);
    }

    /// @inheritdoc ILoanBook
    function join(uint64 caseId, LoanProof calldata given, uint96 outstanding, uint96 writtenOff) external restricted {
        _notPaused();
        CaseRecord storage record = _refreshed(caseId);
        Account memory account = house.accountOf(caseId);
        if (!_takesLoans(caseId, record, account)) revert AlreadyWorked(caseId);
        _takeIn(caseId, given, outstanding, writtenOff, account);
    }

    /// @inheritdoc ILoanBook
    function confirm(uint64 caseId, bytes32 content) external restricted {
        _refreshed(caseId);
        _mustWait(caseId);
        _takeWaiting(caseId, content, house.accountOf(caseId));
    }

    /// @inheritdoc ILoanBook
    function reject(uint64 caseId) external restricted {
        _refreshed(caseId);
        _mustWait(caseId);
        _dropWaiting(caseId);
    }

    /* STRATEGIES */

    /// @inheritdoc ILoanBook
    function propose(uint64 caseId, Strategy strategy, Plan calldata plan) external restricted {
        _notPaused();
        CaseRecord storage record = _must(caseId, Stage.Held);
        Plans.check(strategy, plan, house.leftToPay(caseId));
        bool waits = _terms[strategy].approval || _moves(caseId, strategy);
        if (!waits) {
            if (_broken(record)) record.broken = true;
            return _begin(caseId, record, strategy, plan);
        }
        record.proposal = keccak256(abi.encode(strategy, plan));
        emit StrategyProposed(caseId, strategy, plan);
    }

    /// @inheritdoc ILoanBook
    function approve(uint64 caseId, Strategy strategy, Plan calldata plan) external restricted {
        CaseRecord storage record = _must(caseId, Stage.Held);
        if (record.proposal != keccak256(abi.encode(strategy, plan))) revert NotProposed(caseId);
        Plans.check(strategy, plan, house.leftToPay(caseId)); // time has passed, and something may have been paid
        _decide(record, strategy, plan);
        _begin(caseId, record, strategy, plan);
    }

    /// @inheritdoc ILoanBook
    function switchTo(uint64 caseId, Strategy strategy, Plan calldata plan) external restricted {
        if (_refreshed(caseId).stage == Stage.Cure) {
            _cases[caseId].stage = Stage.Held;
            house.calm(caseId);
        }
        CaseRecord storage record = _must(caseId, Stage.Held);
        Plans.check(strategy, plan, house.leftToPay(caseId));
        _decide(record, strategy, plan);
        _begin(caseId, record, strategy, plan);
    }

    /// @inheritdoc ILoanBook
    function expire(uint64 caseId) external {
        CaseRecord storage record = _must(caseId, Stage.Held);
        bool broken = _broken(record);
        bool late = record.deadline != 0 && block.timestamp > record.deadline;
        if (!broken && !late) revert NothingExpired(caseId);
        emit StrategyExpired(caseId, record.strategy, broken);
        _hold(record);
        if (broken) record.broken = true;
    }

    /// @inheritdoc ILoanBook
    function pay(uint64 caseId, uint96 cash) external {
        CaseRecord storage record = _refreshed(caseId);
        uint256 rest = house.leftToPay(caseId);
        bool takesNone = record.stage == Stage.Opened || record.stage == Stage.Closed;
        if (takesNone) revert WrongStage(caseId, record.stage, Stage.Held);
        if (cash == 0 && rest != 0) revert ZeroPayment();
        bool closes = cash >= rest;
        if (closes) cash = uint96(rest); // at most cash
        if (record.stage == Stage.ForSale) {
            if (!closes) revert NotInFull(cash, rest);
            house.cancel(caseId);
        } else {
            closes = closes || _paysOff(caseId, record, cash);
            bool instalment = record.strategy == Strategy.PaymentPlan && cash >= record.amount;
            uint256 due = uint256(record.due) + record.interval;
            if (instalment && !closes) record.due = uint40(Math.min(due, type(uint40).max));
        }
        if (closes) record.stage = Stage.Closed;
        emit Paid(caseId, msg.sender, cash, closes);

        house.pay(caseId, msg.sender, cash, closes);
    }

    /* SALES */

    /// @inheritdoc ILoanBook
    function sell(uint64 caseId) external restricted {
        CaseRecord storage record = _must(caseId, Stage.Held);
        if (block.timestamp < record.due) revert TooEarlyToSell(block.timestamp, record.due);
        _offer(caseId, record, record.strategy);
    }

    /// @inheritdoc ILoanBook
    function fire(uint64 caseId, address keeper, uint88 fee, uint40 cure, Strategy after_) external restricted {
        _notPaused();
        CaseRecord storage record = _must(caseId, Stage.Held);
        if (address(_terms[after_].auction) == address(0)) revert NothingToSell(after_);
        uint40 until = uint40(block.timestamp) + cure;
        record.stage = Stage.Cure;
        record.after_ = after_;
        record.cureUntil = until;
        emit CureBegun(caseId, keeper, until, after_);
        house.expose(caseId, keeper, fee);
    }

    /// @inheritdoc ILoanBook
    function cured(uint64 caseId) external restricted {
        CaseRecord storage record = _must(caseId, Stage.Cure);
        record.stage = Stage.Held;
        emit Cured(caseId);
        house.calm(caseId);
    }

    /// @inheritdoc ILoanBook
    function startSale(uint64 caseId) external {
        CaseRecord storage record = _must(caseId, Stage.Cure);
        if (block.timestamp < record.cureUntil) revert TooEarlyToSell(block.timestamp, record.cureUntil);
        _offer(caseId, record, record.after_);
    }

    /// @inheritdoc ILoanBook
    function pause(bool paused_) external restricted {
        paused = paused_;
        emit Paused(paused_);
    }

    /* VIEWS */

    /// @inheritdoc ILoanBook
    function caseOf(uint64 caseId) external view returns (CaseRecord memory record) {
        record = _cases[caseId];
        if (record.stage == Stage.None) revert NoSuchCase(caseId);
        if (record.stage != Stage.ForSale) return record;
        Standing standing = house.accountOf(caseId).standing;
        if (standing == Standing.Closed) record.stage = Stage.Closed;
        if (standing != Standing.Held) return record;
        record.stage = Stage.Held;
        record.strategy = Strategy.Hold;
        (record.deadline, record.due) = (0, 0);
    }

    /// @inheritdoc ILoanBook
    function planBroken(uint64 caseId) external view returns (bool) {
        return _cases[caseId].broken || _broken(_cases[caseId]);
    }

    /// @inheritdoc ILoanBook
    function courtOverdue(uint64 caseId) external view returns (bool) {
        CaseRecord storage record = _cases[caseId];
        if (!_isWorked(record)) return false;
        uint256 due = record.strategy == Strategy.Foreclosure ? record.due : 0;
        if (due == 0 || (record.court != 0 && record.court < due)) due = record.court; // what was approved stands
        return due != 0 && block.timestamp > due + grace;
    }

    /// @inheritdoc ILoanBook
    function openExposure(uint8 group) external view returns (uint256) {
        return house.exposedOf(group);
    }

    /// @inheritdoc ILoanBook
    function mayReach(uint8 group, TrancheId tranche) external view returns (bool) {
        return Exposure.mayReach(house.poolOf(group), house.exposedOf(group), tranche);
    }

    /// @inheritdoc ILoanBook
    function termsOf(Strategy strategy) external view returns (StrategyTerms memory) {
        return _terms[strategy];
    }

    /* INTERNAL */

    /// @dev What the overseer decides makes a broken plan good, and a court date is what it approved: rules 7 and 8.
    function _decide(CaseRecord storage record, Strategy strategy, Plan calldata plan) private {
        record.broken = false;
        record.court = strategy == Strategy.Foreclosure ? plan.due : 0;
    }

    function _begin(uint64 caseId, CaseRecord storage record, Strategy strategy, Plan calldata plan) private {
        uint40 duration = _terms[strategy].duration;
        uint40 deadline = duration == 0 ? 0 : uint40(block.timestamp) + duration;
        record.strategy = strategy;
        record.deadline = deadline;
        (record.due, record.interval, record.amount) = (plan.due, plan.interval, plan.amount);
        record.broughtAt = house.accountOf(caseId).brought;
        record.proposal = 0;
        emit StrategyBegun(caseId, strategy, plan, deadline);
        _move(caseId, strategy, _terms[strategy].auction);
    }

    function _offer(uint64 caseId, CaseRecord storage record, Strategy begun) private {
        _notPaused();
        if (address(_terms[begun].auction) == address(0)) revert NothingToSell(begun);
        Account memory account = house.accountOf(caseId);
        Strategy strategy = account.left == 0 ? begun : account.strategy; // rule 18: the units are those of its auction
        StrategyTerms memory terms = _terms[strategy];
        bool forecloses = begun == Strategy.Foreclosure || strategy == Strategy.Foreclosure;
        if (forecloses && block.timestamp < record.court) revert TooEarlyToSell(block.timestamp, record.court);
        (uint256 value, bool good) = values.worth(record.subject);
        if (!good) revert NoGoodValue(record.subject);
        if (value > MOST) revert AboveMost(value, MOST);
        uint256 start = Math.mulDiv(value, terms.startShare, WAD, Math.Rounding.Ceil);
        if (start > MOST) revert AboveMost(start, MOST);
        if (_broken(record)) record.broken = true;
        if (forecloses) record.court = 0; // it has come
        record.stage = Stage.ForSale;
        record.strategy = strategy;
        record.proposal = 0;
        emit SaleStarted(caseId, strategy, value);
        _move(caseId, begun, terms.auction);
        uint256 floor = Math.mulDiv(value, terms.floorShare, WAD, Math.Rounding.Ceil);
        house.offer(caseId, strategy, uint96(start), uint96(floor), terms.cost); // the floor is at most the start
    }

    /// @dev Rule 39: to the group of what began; what is left of a lot may be sold in the auction of another strategy.
    function _move(uint64 caseId, Strategy begun, IAuction auction) private {
        uint8 named = _terms[begun].group;
        if (named == 0) return;
        house.move(caseId, named - 1, address(auction) == address(0) ? 0 : auction.longest());
    }

    function _moves(uint64 caseId, Strategy strategy) private view returns (bool) {
        uint8 named = _terms[strategy].group;
        return named != 0 && named - 1 != house.accountOf(caseId).group;
    }

    function _hold(CaseRecord storage record) private {
        record.strategy = Strategy.Hold;
        (record.deadline, record.due) = (0, 0);
    }

    /// @dev Rule 5. What was brought before the strategy does not count, nor what goes to fees.
    function _paysOff(uint64 caseId, CaseRecord storage record, uint256 cash) private view returns (bool) {
        if (record.strategy != Strategy.DiscountedPayOff) return false;
        if (record.deadline != 0 && block.timestamp > record.deadline) return false;
        Account memory account = house.accountOf(caseId);
        uint256 net = Math.saturatingSub(cash, uint256(account.costsDue) + account.keeperDue);
        return account.brought + net >= uint256(record.broughtAt) + record.amount;
    }

    function _broken(CaseRecord storage record) private view returns (bool) {
        bool planned = record.strategy == Strategy.PaymentPlan && _isWorked(record);
        return planned && block.timestamp > uint256(record.due) + grace;
    }

    /// @dev In cure too: a trigger that fired for it does not itself end its cause.
    function _isWorked(CaseRecord storage record) private view returns (bool) {
        return record.stage == Stage.Held || record.stage == Stage.Cure;
    }

    /// @dev A sale ends in the house; here it is noticed when the case is touched next.
    function _refreshed(uint64 caseId) private returns (CaseRecord storage record) {
        record = _cases[caseId];
        if (record.stage == Stage.None) revert NoSuchCase(caseId);
        if (record.stage != Stage.ForSale) return record;
        Standing standing = house.accountOf(caseId).standing;
        if (standing == Standing.Closed) record.stage = Stage.Closed;
        if (standing != Standing.Held) return record;
        record.stage = Stage.Held;
        _hold(record);
    }

    function _must(uint64 caseId, Stage needed) private returns (CaseRecord storage record) {
        record = _refreshed(caseId);
        if (record.stage != needed) revert WrongStage(caseId, record.stage, needed);
    }

    function _notPaused() private view {
        if (paused) revert IsPaused();
    }
}
