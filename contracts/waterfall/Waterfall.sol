// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Accrual} from "contracts/waterfall/Accrual.sol";
import {
    Books,
    DealBook,
    HurdleBook,
    LineBook,
    LineRun,
    Run,
    TrancheBook,
    TrancheRun,
    TriggerBook
} from "contracts/waterfall/Books.sol";
import {Losses} from "contracts/waterfall/Losses.sol";
import {Outcome} from "contracts/waterfall/Outcome.sol";
import {Steps} from "contracts/waterfall/Steps.sol";
import {TermsCheck} from "contracts/waterfall/TermsCheck.sol";
import {TermsCode} from "contracts/waterfall/TermsCode.sol";
import {Triggers} from "contracts/waterfall/Triggers.sol";
import {Credit, IDistributor, Share} from "interfaces/IDistributor.sol";
import {IIndexRecord} from "interfaces/IIndexRecord.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {IOffering} from "interfaces/IOffering.sol";
import {ReserveTerms, TriggerKind, WaterfallTerms} from "interfaces/DealTerms.sol";
import {IEvergreenFund} from "interfaces/IEvergreenFund.sol";
import {EpochTranche, IWaterfall, Phase, RunResult, TrancheState, TriggerState} from "interfaces/IWaterfall.sol";
import {Period, TrancheId} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract Waterfall is IWaterfall {
    using Books for DealBook;
    using SafeCast for uint256;

    /* IMMUTABLES */

    /// @inheritdoc IWaterfall
    ILoanPool public immutable pool;

    /// @inheritdoc IWaterfall
    IDistributor public immutable distributor;

    /// @inheritdoc IWaterfall
    address public immutable offering;

    /// @inheritdoc IWaterfall
    address public immutable dustOwner;

    /// @inheritdoc IWaterfall
    IIndexRecord public immutable indexRecord;

    /// @inheritdoc IWaterfall
    address public immutable vote;

    /// @inheritdoc IWaterfall
    address public immutable fund;

    /// @dev Where the terms of each list of steps stand (see `TermsCode`); nowhere where there is no second one.
    address private immutable _terms;
    address private immutable _acceleratedTerms;

    address private immutable _seller;
    uint256 private immutable _price;
    Period private immutable _revolvesTo;
    uint256 private immutable _revolvingStops;

    /* STORAGE */

    DealBook private _deal;

    /* CONSTRUCTOR */

    constructor(IOffering offering_, WaterfallTerms memory terms) {
        offering = address(offering_);
        pool = offering_.pool();
        distributor = pool.distributor();
        _seller = pool.seller();
        _price = pool.purchasePrice();
        dustOwner = terms.dustOwner;
        indexRecord = terms.indexRecord;
        vote = terms.vote;
        fund = terms.fund;
        _revolvesTo = terms.revolvesTo;
        _revolvingStops = terms.revolvingStops;
        TermsCheck.check(terms, offering_);
        (_terms, _acceleratedTerms) = TermsCheck.keep(_deal, terms);
        distributor.openAccounts(TermsCheck.payees(terms.lines));
    }

    /* CLOSING */

    /// @inheritdoc IWaterfall
    function begin(uint256[] calldata sold) external {
        if (msg.sender != offering) revert NotTheOffering(msg.sender, offering);
        if (_deal.begun) revert AlreadyBegun();
        _deal.begun = true;
        uint256 raised;
        uint256 reserved;
        ReserveTerms memory terms = TermsCode.read(_terms).reserve;
        for (uint256 i; i < sold.length; ++i) {
            TrancheBook storage book = _deal.tranches[i];
            book.atClosing = sold[i].toUint112();
            book.principal = uint112(sold[i]); // just cast
            book.open = true;
            raised += sold[i];
            if ((terms.tranches >> i) & 1 == 1) reserved += sold[i];
        }
        for (uint256 i; i < _deal.hurdleCount; ++i) {
            HurdleBook storage account = _deal.hurdles[i];
            account.balance = _deal.tranches[account.tranche.place()].principal;
        }
        _deal.poolBalance = pool.grossBalance().toUint112();
        uint256 kept = Math.min(raised - _price, Books.targetOf(terms, reserved));
        _deal.reserve = kept.toUint120();
        emit Begun(kept, raised - kept);

        _credit(_seller, raised, raised - kept);
    }

    /* PERIODS */

    /// @inheritdoc IWaterfall
    function run(Period period) external {
        Run memory done = _compute(period);
        if (done.on & _revolvingStops != 0) _deal.stopped = true;
        Outcome.tell(done, _deal);
        (Share[] memory shares, Credit[] memory credits) = Outcome.give(done, dustOwner);
        _deal.store(done);

        distributor.book(done.figures.net, shares, credits);
    }

    /// @inheritdoc IWaterfall
    function previewRun(Period period) external view returns (RunResult memory) {
        Run memory done = _compute(period);
        return Outcome.result(done);
    }

    /* REVOLVING AND ACCELERATION */

    /// @inheritdoc IWaterfall
    function spend(uint256 price) external {
        if (msg.sender != address(pool)) revert NotThePool(msg.sender, address(pool));
        // Revolving that ended before its time leaves the account to the holders, and no loans are added after its run.
        bool over = _deal.stopped || _deal.declared || _deal.lastRun > _revolvesTo;
        if (over || _revolvesTo.number() == 0) revert NotRevolving();
        if (price > _deal.revolving) revert AboveAccount(price, _deal.revolving);
        _deal.revolving -= uint120(price); // at most the account

        if (fund != address(0)) IEvergreenFund(fund).bought(price);
        _credit(_seller, 0, price);
    }

    /// @inheritdoc IWaterfall
    function settleEpoch(
        EpochTranche[] calldata tranches,
        uint120 reserve_,
        uint120 account,
        uint8 empty,
        uint256 received,
        uint256 paid
    ) external {
        if (msg.sender != fund) revert NotTheFund(msg.sender, fund);
        for (uint256 i; i < tranches.length; ++i) {
            TrancheBook storage book = _deal.tranches[i];
            book.atClosing = tranches[i].atClosing;
            book.principal = tranches[i].principal;
            book.interestDue = tranches[i].interestDue;
            book.lost = tranches[i].lost;
            book.marked = tranches[i].lost != 0;
        }
        _deal.reserve = reserve_;
        _deal.revolving = account;
        _deal.empty = empty;
        _deal.aside = true; // the next run says whether it is still needed

        _credit(msg.sender, received, paid);
    }

    /// @inheritdoc IWaterfall
    function declareDefault() external {
        if (msg.sender != vote) revert NotTheVote(msg.sender, vote);
        if (_deal.declared) revert AlreadyDeclared();
        if (_acceleratedTerms == address(0)) revert NoAcceleration();
        _deal.declared = true;
        emit DefaultDeclared(_deal.lastRun);
    }

    /* VIEWS */

    /// @inheritdoc IWaterfall
    function tranche(TrancheId id) external view returns (TrancheState memory) {
        TrancheBook storage book = _tranche(id);
        (uint256 interest, ) = distributor.given(address(TermsCode.read(_terms).tranches[id.place()].note));
        return
            TrancheState({
                atClosing: book.atClosing,
                principal: book.principal,
                principalPaid: uint256(book.atClosing) - book.principal - book.lost,
                interestDue: book.interestDue,
                interestPaid: interest,
                loss: book.lost,
                deficiency: book.deficiency
            });
    }

    /// @inheritdoc IWaterfall
    function trancheCount() external view returns (uint256) {
        return _deal.trancheCount;
    }

    /// @inheritdoc IWaterfall
    function seniorTranche() external view returns (TrancheId) {
        for (uint256 i; i < _deal.trancheCount; ++i) {
            if (_deal.tranches[i].principal != 0) return TrancheId.wrap(uint8(i));
        }
        revert NoSuchTranche(TrancheId.wrap(0), 0);
    }

    /// @inheritdoc IWaterfall
    function termsAt(bool accelerated) external view returns (address) {
        return accelerated ? _acceleratedTerms : _terms;
    }

    /// @inheritdoc IWaterfall
    function trigger(uint256 place) external view returns (TriggerState memory) {
        _check(place, _deal.triggerCount);
        TriggerBook storage book = _deal.triggers[place];
        return
            TriggerState({
                kind: book.kind,
                tranche: book.tranche,
                level: book.level,
                figure: book.figure,
                on: book.on,
                since: book.since
            });
    }

    /// @inheritdoc IWaterfall
    function triggerCount() external view returns (uint256) {
        return _deal.triggerCount;
    }

    /// @inheritdoc IWaterfall
    function cleanUpOn() external view returns (bool) {
        for (uint256 i; i < _deal.triggerCount; ++i) {
            TriggerBook storage book = _deal.triggers[i];
            if (book.kind == TriggerKind.CleanUp && book.on) return true;
        }
        return false;
    }

    /// @inheritdoc IWaterfall
    function feeLine(uint256 place) external view returns (uint256 paid, uint256 due) {
        LineBook storage line = _deal.lines[place];
        if (!line.open) revert NoSuchPlace(place, TermsCode.read(_terms).lines.length);
        return (line.paid, line.due);
    }

    /// @inheritdoc IWaterfall
    function hurdle(uint256 place) external view returns (TrancheId tranche_, uint256 balance) {
        _check(place, _deal.hurdleCount);
        HurdleBook storage book = _deal.hurdles[place];
        return (book.tranche, book.balance);
    }

    /// @inheritdoc IWaterfall
    function reserve() external view returns (uint256 cash, uint256 target) {
        uint256 principal;
        ReserveTerms memory terms = TermsCode.read(_terms).reserve;
        for (uint256 i; i < _deal.trancheCount; ++i) {
            if ((terms.tranches >> i) & 1 == 1) principal += _deal.tranches[i].principal;
        }
        return (_deal.reserve, Books.targetOf(terms, principal));
    }

    /// @inheritdoc IWaterfall
    function revolvingAccount() external view returns (uint256) {
        return _deal.revolving;
    }

    /// @inheritdoc IWaterfall
    function cashLeft() external view returns (uint256) {
        return _deal.left;
    }

    /// @inheritdoc IWaterfall
    function unallocatedLoss() external view returns (uint256) {
        return _deal.unallocated;
    }

    /// @inheritdoc IWaterfall
    function phase() external view returns (Phase) {
        if (!_deal.begun) return Phase.NotBegun;
        if (_deal.woundUp) return Phase.WoundUp;
        if (_deal.declared) return Phase.Accelerated;
        return _deal.stopped || !(_revolvesTo > _deal.lastRun) ? Phase.Amortising : Phase.Revolving;
    }

    /// @inheritdoc IWaterfall
    function lastRun() external view returns (Period) {
        return _deal.lastRun;
    }

    /* INTERNAL */

    /// @dev All of rule 11 in memory: a run writes down what this says, a preview shows it.
    function _compute(Period period) private view returns (Run memory current) {
        if (!_deal.begun) revert NotBegun();
        if (period != _deal.lastRun.next()) revert WrongPeriod(period, _deal.lastRun.next());
        current.period = period;
        current.figures = pool.figures(period);
        current.accelerated = _deal.declared;
        current.terms = TermsCode.read(current.accelerated ? _acceleratedTerms : _terms);
        _deal.load(current);
        bool within = !(period > _revolvesTo) && !current.figures.last;
        current.revolves = within && !_deal.stopped && !_deal.declared;
        current.cash += current.figures.net;
        if (!current.revolves) {
            current.cash += current.revolving;
            current.revolving = 0;
        }
        if (fund != address(0)) current.beside = current.revolving;
        current.cashBefore = current.cash;
        _readIndex(current);
        Accrual.accrue(current, _deal);
        Losses.book(current);
        Triggers.read(current, _deal.declared);
        _paySteps(current);
        _carry(current);
    }

    function _paySteps(Run memory current) private pure {
        uint256[] memory list = current.terms.steps;
        current.due = new uint256[](list.length);
        current.paid = new uint256[](list.length);
        for (uint256 i; i < list.length; ++i) Steps.pay(current, i, list[i]);
    }

    /// @dev Rule 11.6.
    function _carry(Run memory current) private pure {
        for (uint256 i; i < current.tranches.length; ++i) {
            TrancheRun memory one = current.tranches[i];
            one.deferred = Books.atMostAccrued(one.deferred + one.accruedLeft);
        }
        for (uint256 i; i < current.lines.length; ++i) {
            LineRun memory line = current.lines[i];
            line.due = current.terms.lines[i].carried ? line.due - line.settled : 0;
        }
        if (current.figures.last) Losses.end(current);
    }

    /// @dev Rule 14. The last known one is there already.
    function _readIndex(Run memory current) private view {
        if (address(indexRecord) == address(0)) return;
        (int64 index, bool told) = indexRecord.told(current.period);
        if (told) current.index = index;
        current.untold = !told;
    }

    function _credit(address account, uint256 received, uint256 cash) private {
        Credit[] memory credits = new Credit[](1);
        credits[0] = Credit({account: account, cash: cash});
        distributor.book(received, new Share[](0), credits);
    }

    function _tranche(TrancheId id) private view returns (TrancheBook storage) {
        if (id.place() >= _deal.trancheCount) revert NoSuchTranche(id, _deal.trancheCount);
        return _deal.tranches[id.place()];
    }

    function _check(uint256 place, uint256 count) private pure {
        if (place >= count) revert NoSuchPlace(place, count);
    }
}
