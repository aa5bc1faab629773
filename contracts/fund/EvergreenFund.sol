// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EpochBooks} from "contracts/fund/EpochBooks.sol";
import {LoanValue} from "contracts/fund/LoanValue.sol";
import {Settler} from "contracts/fund/Settler.sol";
import {Side} from "contracts/fund/Sides.sol";
import {Valuation} from "contracts/fund/Valuation.sol";
import {RunTerms, TermsCode} from "contracts/waterfall/TermsCode.sol";
import {IAuctionHouse} from "interfaces/IAuctionHouse.sol";
import {IDistributor} from "interfaces/IDistributor.sol";
import {Changeable, EvergreenTerms, IEvergreenFund, Mark} from "interfaces/IEvergreenFund.sol";
import {EpochRecord, IGate} from "interfaces/IGate.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {IOffering} from "interfaces/IOffering.sol";
import {IWaterfall, Phase} from "interfaces/IWaterfall.sol";
import {MAX_AMOUNT, Period, TrancheId, WAD} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract EvergreenFund is IEvergreenFund, AccessManaged {
    using LoanValue for ILoanPool;
    using LoanValue for LoanValue.Book;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @param number Of the epoch that is next to be settled.
    /// @param end Its last period; 0 where there is none.
    struct Clock {
        uint32 number;
        uint32 end;
        uint64 cutOff;
        bool paused;
        bool settling;
    }

    /* IMMUTABLES */

    /// @inheritdoc IEvergreenFund
    IOffering public immutable offering;

    ILoanPool private immutable _pool;
    IDistributor private immutable _distributor;
    IERC20 private immutable _settlement;
    uint256 private immutable _periods;
    uint256 private immutable _tranches;
    Settler private immutable _settler = new Settler();

    /* STORAGE */

    Clock private _clock;
    EvergreenTerms private _terms;
    Changeable private _next;
    LoanValue.Book private _value;

    /// @dev Epoch from which `_next` counts; 0 for nothing to come.
    uint32 private _nextFrom;
    IWaterfall private _known;
    uint112 private _announced;
    uint112 private _lossThen;

    /* CONSTRUCTOR */

    constructor(address authority, IOffering offering_, EvergreenTerms memory terms_) AccessManaged(authority) {
        offering = offering_;
        _pool = offering_.pool();
        _distributor = _pool.distributor();
        _settlement = _pool.settlement();
        _periods = _pool.periodCount().number();
        _tranches = offering_.trancheCount();
        if (terms_.every == 0 || terms_.rate > WAD || terms_.fees > WAD) revert TermsInvalid();
        _check(terms_.changeable);
        _terms = terms_;
        _value.begin(_pool, terms_);
        _clock.number = 1;
        _begin(_terms.every);
    }

    /* SETTLEMENT */

    /// @inheritdoc IEvergreenFund
    function settle() external {
        IWaterfall waterfall = _waterfall();
        Period period = _mayWait(waterfall);
        // Asset and gates are called below: until all is done nothing is requested, cancelled or settled again.
        _clock.settling = true;
        _known = waterfall;
        if (_nextFrom != 0 && _nextFrom <= _clock.number) {
            _terms.changeable = _next;
            _nextFrom = 0;
        }
        if (address(_terms.changeable.source) != address(0)) _value.observe(_pool, _terms.changeable.source, period);
        IGate[] memory gates = _gates();
        (uint256 loans_, uint256 nav, Side[] memory sides) = _sides(waterfall, period, gates);
        RunTerms memory run = TermsCode.read(waterfall.termsAt(false));
        uint256 balance = _pool.poolBalance(period);
        Changeable memory by = _terms.changeable;
        sides = _settler.settle(waterfall, balance, run.reserve, sides, by.limits, by.seniorFirst);
        uint256 ownerless = EpochBooks.ownerless(sides);
        _tell(period, loans_, nav, sides);
        _moveCash(period, waterfall, run, gates, sides, ownerless);
        _settleGates(waterfall, gates, sides, ownerless);
        ++_clock.number;
        _begin(_nextEnd(period));
        _clock.settling = false;
    }

    /* WHAT OTHERS TELL */

    /// @inheritdoc IEvergreenFund
    function announceWriteOff(uint256 loss) external restricted {
        if (loss > MAX_AMOUNT) revert AboveLimit(loss, MAX_AMOUNT);
        _announced = uint112(loss);
        _lossThen = _lossOf(_pool.recordOf(_pool.lastReported()).writtenOff).toUint112();
        emit WriteOffAnnounced(loss);
    }

    /// @inheritdoc IEvergreenFund
    function setPaused(bool paused_) external restricted {
        _clock.paused = paused_;
        emit PauseSet(paused_);
    }

    /// @inheritdoc IEvergreenFund
    function change(Changeable calldata terms_) external restricted {
        _check(terms_);
        Clock memory clock = _clock;
        uint32 waits = _nextFrom;
        uint32 from = clock.number + (block.timestamp < clock.cutOff ? 1 : 2);
        if (waits > clock.number && waits < from) revert ChangePending(waits);
        if (waits != 0 && waits <= clock.number) _terms.changeable = _next;
        (_next, _nextFrom) = (terms_, from);
        emit Changed(from, terms_);
    }

    /// @inheritdoc IEvergreenFund
    function bought(uint256 price) external {
        IWaterfall waterfall = _waterfall();
        if (msg.sender != address(waterfall)) revert NotTheWaterfall(msg.sender, address(waterfall));
        if (_clock.settling) revert Settling();
        _value.buy(_pool, waterfall.lastRun(), price);
    }

    /* VIEWS */

    /// @inheritdoc IEvergreenFund
    function openEpoch() external view returns (uint32) {
        Clock memory clock = _clock;
        if (clock.settling) revert Settling();
        if (clock.paused) revert RequestsPaused();
        if (!_revolves()) revert NotRevolving();
        if (clock.end == 0) revert NoFurtherEpoch(clock.number);
        if (block.timestamp < clock.cutOff) return clock.number;
        if (uint256(clock.end) + _terms.every > _periods) revert NoFurtherEpoch(clock.number);
        return clock.number + 1;
    }

    /// @inheritdoc IEvergreenFund
    function mayCancel(uint256 epoch_) external view returns (bool) {
        Clock memory clock = _clock;
        if (clock.settling) return false;
        if (epoch_ > clock.number || clock.end == 0 || block.timestamp < clock.cutOff || !_revolves()) return true;
        uint256 overdue = Math.min(uint256(clock.end) + 1, _periods);
        return block.timestamp >= _endOf(overdue);
    }

    /// @inheritdoc IEvergreenFund
    function paused() external view returns (bool) {
        return _clock.paused;
    }

    /// @inheritdoc IEvergreenFund
    function epoch() external view returns (uint32 number, Period end, uint256 cutOff) {
        return (_clock.number, Period.wrap(_clock.end), _clock.cutOff);
    }

    /// @inheritdoc IEvergreenFund
    function value() external view returns (uint256 loans_, uint256 nav) {
        IWaterfall waterfall = _waterfall();
        return _worth(waterfall, waterfall.lastRun());
    }

    /// @inheritdoc IEvergreenFund
    function trancheValues() external view returns (uint256[] memory values, bool[] memory closed) {
        IWaterfall waterfall = _waterfall();
        (, , Side[] memory sides) = _sides(waterfall, waterfall.lastRun(), _gates());
        values = new uint256[](sides.length);
        closed = new bool[](sides.length);
        for (uint256 i; i < sides.length; ++i) (values[i], closed[i]) = (sides[i].value, sides[i].closed);
    }

    /// @inheritdoc IEvergreenFund
    function presentValue(Period period) external view returns (uint256) {
        return _value.present[period];
    }

    /// @inheritdoc IEvergreenFund
    function mark() external view returns (Mark memory) {
        return _value.mark;
    }

    /// @inheritdoc IEvergreenFund
    function announced() external view returns (uint256) {
        return _open(_waterfall().lastRun());
    }

    /// @inheritdoc IEvergreenFund
    function terms() external view returns (EvergreenTerms memory current) {
        current = _terms;
        if (_nextFrom != 0 && _nextFrom <= _clock.number) current.changeable = _next;
    }

    /* INTERNAL: WHEN */

    function _mayWait(IWaterfall waterfall) private view returns (Period period) {
        Clock memory clock = _clock;
        if (clock.settling) revert Settling();
        if (clock.paused) revert RequestsPaused();
        if (!_revolves()) revert NotRevolving();
        if (clock.end == 0) revert NoFurtherEpoch(clock.number);
        period = waterfall.lastRun();
        Period reported = _pool.lastReported();
        if (period.number() < clock.end) revert EpochNotOver(Period.wrap(clock.end), period);
        if (period != reported) revert NotRun(period, reported);
        if (_pool.recordOf(period).missing) revert PeriodMissing(period);
        // A deal that revolves has a period to come.
        if (block.timestamp >= _endOf(period.number() + 1)) revert NextPeriodOver(period.next());
    }

    /// @dev The offering learns it when it opens, once and for all; it is kept here from the first settlement on.
    function _waterfall() private view returns (IWaterfall waterfall) {
        waterfall = _known;
        if (address(waterfall) == address(0)) waterfall = offering.waterfall();
    }

    function _revolves() private view returns (bool) {
        IWaterfall waterfall = _waterfall();
        return address(waterfall) != address(0) && waterfall.phase() == Phase.Revolving;
    }

    /// @dev Rule 5: a cut-off is shorter than every period, so one more step is enough.
    function _nextEnd(Period period) private view returns (uint256 end) {
        uint256 every = _terms.every;
        end = (period.number() / every + 1) * every;
        while (end <= _periods && _endOf(end) - _terms.cutOff <= block.timestamp) end += every;
    }

    function _begin(uint256 end) private {
        bool any = end <= _periods;
        _clock.end = any ? uint32(end) : 0; // at most the number of periods
        _clock.cutOff = any ? uint64(_endOf(end) - _terms.cutOff) : 0; // ends are below 2^40
    }

    function _endOf(uint256 period) private view returns (uint256) {
        return _pool.recordOf(Period.wrap(uint32(period))).end;
    }

    /* INTERNAL: VALUE */

    function _worth(IWaterfall waterfall, Period period) private view returns (uint256 loans_, uint256 nav) {
        loans_ = _value.loans(_pool, period);
        (uint256 reserve, ) = waterfall.reserve();
        nav = loans_ + waterfall.revolvingAccount() + reserve + waterfall.cashLeft();
        uint256 lines = TermsCode.read(waterfall.termsAt(false)).lines.length;
        uint256 due;
        for (uint256 i; i < lines; ++i) {
            (, uint256 one) = waterfall.feeLine(i);
            due += one;
        }
        nav = Math.saturatingSub(nav, due);
    }

    function _sides(
        IWaterfall waterfall,
        Period period,
        IGate[] memory gates
    ) private view returns (uint256 loans_, uint256 nav, Side[] memory sides) {
        (loans_, nav) = _worth(waterfall, period);
        uint256[] memory values = new uint256[](gates.length);
        sides = new Side[](gates.length);
        for (uint256 i; i < gates.length; ++i) {
            sides[i].books = waterfall.tranche(TrancheId.wrap(uint8(i))); // at most 8
            values[i] = sides[i].books.principal + sides[i].books.loss + sides[i].books.interestDue;
        }
        values = Valuation.spread(nav, values);
        bool[] memory reached = Valuation.markDown(values, _open(period));
        bool short; // whether a tranche above has less than its claim
        for (uint256 i; i < gates.length; ++i) {
            Side memory one = sides[i];
            one.value = values[i];
            one.units = IERC20(address(gates[i].note())).totalSupply();
            (one.entry, one.exit) = gates[i].asked(_clock.number);
            one.closed = reached[i] || (one.value == 0 && (one.units != 0 || short));
            short = short || one.value < one.books.principal + one.books.loss + one.books.interestDue;
        }
    }

    /// @dev Rule 16: what was announced and the runs have not booked, and what disposals lost since or may lose.
    function _open(Period period) private view returns (uint256 open) {
        uint256 booked = _lossOf(_pool.recordOf(period).writtenOff);
        open = Math.saturatingSub(_announced, Math.saturatingSub(booked, _lossThen));
        address house = _pool.house();
        if (house == address(0)) return open;
        Period reported = _pool.lastReported();
        uint256 all = IAuctionHouse(house).exposedOf(0) + uint256(_pool.recordOf(reported).writtenOff);
        // Until a period is reported its record has what disposals wrote off in it, and nothing else.
        if (reported.number() < _periods) all += _pool.recordOf(reported.next()).writtenOff;
        open += Math.saturatingSub(_lossOf(all), booked);
    }

    function _lossOf(uint256 writtenOff) private view returns (uint256) {
        return (writtenOff * _pool.carryingRatio().value()) / WAD; // below 2^113 × 2^60
    }

    /* INTERNAL: SETTLEMENT */

    /// @dev Rule 27. All cash is where the books say before a gate says that it can be claimed.
    function _moveCash(
        Period period,
        IWaterfall waterfall,
        RunTerms memory run,
        IGate[] memory gates,
        Side[] memory sides,
        uint256 ownerless
    ) private {
        uint256 received;
        uint256 paid;
        for (uint256 i; i < gates.length; ++i) {
            (uint256 more, uint256 less) = (sides[i].entered, sides[i].paid);
            received += Math.saturatingSub(more, less);
            paid += Math.saturatingSub(less, more);
            if (more > less) gates[i].forward(more - less);
        }
        // An asset that calls back may have had a period run: what was counted is no more.
        if (waterfall.lastRun() != period) revert Settling();
        EpochBooks.store(waterfall, run, sides, ownerless, received, paid);
        if (paid == 0) return;
        _distributor.payCredit(address(this));
        for (uint256 i; i < gates.length; ++i) {
            (uint256 more, uint256 less) = (sides[i].entered, sides[i].paid);
            if (less > more) _settlement.safeTransfer(address(gates[i]), less - more);
        }
    }

    function _settleGates(IWaterfall waterfall, IGate[] memory gates, Side[] memory sides, uint256 ownerless) private {
        address dustOwner = waterfall.dustOwner();
        for (uint256 i; i < gates.length; ++i) {
            uint256 nobodys = i + 1 == gates.length ? ownerless : 0;
            gates[i].settle(_clock.number, _record(sides[i], gates[i]), sides[i].made + nobodys, nobodys, dustOwner);
        }
    }

    function _record(Side memory one, IGate gate) private view returns (EpochRecord memory record) {
        record.askedCash = uint112(one.entry); // a gate takes no more
        record.entered = uint112(one.entered);
        record.askedUnits = uint112(one.exit);
        record.ended = uint112(one.ended);
        record.value = one.units == 0 ? 1 : one.value.toUint128();
        record.units = one.units == 0 ? 1 : uint112(one.units);
        (uint256 interest, uint256 principal) = _distributor.given(address(gate.note()));
        (record.interest, record.principal) = (uint120(interest), uint120(principal)); // no wider in its book
    }

    function _tell(Period period, uint256 loans_, uint256 nav, Side[] memory sides) private {
        uint256[][4] memory told;
        for (uint256 k; k < 4; ++k) told[k] = new uint256[](sides.length);
        for (uint256 i; i < sides.length; ++i) {
            Side memory one = sides[i];
            (told[0][i], told[1][i], told[2][i], told[3][i]) = (one.entered, one.made, one.ended, one.paid);
        }
        emit EpochSettled(_clock.number, period, loans_, nav, told[0], told[1], told[2], told[3]);
    }

    /// @dev A note without a gate could not be settled: the deal was not put together to its end.
    function _gates() private view returns (IGate[] memory gates) {
        gates = new IGate[](_tranches);
        for (uint256 i; i < gates.length; ++i) {
            address note = address(offering.note(TrancheId.wrap(uint8(i))));
            gates[i] = IGate(offering.note(TrancheId.wrap(uint8(i))).gate());
            if (address(gates[i]) == address(0)) revert NoGate(note);
        }
    }

    function _check(Changeable memory given) private view {
        if (given.limits.length + 1 != _tranches) revert TermsInvalid();
        for (uint256 i; i < given.limits.length; ++i) if (given.limits[i] >= WAD) revert TermsInvalid();
    }
}
