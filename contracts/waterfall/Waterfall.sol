// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {WaterfallEngine} from "contracts/waterfall/WaterfallEngine.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {IOffering} from "interfaces/IOffering.sol";
import {IWaterfall, SkipWhen, Step, StepKind, TrancheState, TrancheTerms} from "interfaces/IWaterfall.sol";
import {Period, TrancheId, Wad, WAD} from "interfaces/Types.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract Waterfall is IWaterfall {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;
    using WaterfallEngine for WaterfallEngine.State;

    /* IMMUTABLES */

    /// @inheritdoc IWaterfall
    ILoanPool public immutable pool;

    /// @inheritdoc IWaterfall
    address public immutable feeAccount;

    /// @inheritdoc IWaterfall
    Wad public immutable collectionTrigger;

    IERC20 private immutable _settlement;
    Period private immutable _lastPeriod;

    /* STORAGE */

    /// @inheritdoc IWaterfall
    Period public lastRun;

    // One slot with lastRun: every run reads and writes both.
    uint112 private _feesEarned;
    uint112 private _feesClaimed;

    WaterfallEngine.State private _state;

    /* CONSTRUCTOR */

    constructor(
        IOffering offering,
        address feeAccount_,
        Wad collectionTrigger_,
        TrancheTerms[] memory tranches,
        Step[] memory steps
    ) {
        if (feeAccount_ == address(0)) revert NoFeeAccount();
        pool = offering.pool();
        feeAccount = feeAccount_;
        collectionTrigger = collectionTrigger_;
        _settlement = pool.settlement();
        _lastPeriod = pool.periodCount();
        _setTranches(tranches, offering);
        _setSteps(steps, tranches.length);
    }

    /* PERIODS */

    /// @inheritdoc IWaterfall
    function run(Period period) external {
        if (period != lastRun.next()) revert WrongPeriod(period, lastRun.next());
        WaterfallEngine.Run memory current = _begin(period);
        _state.accrue(pool.record(period).end - pool.record(lastRun).end);
        lastRun = period;
        for (uint256 place; place < _state.steps.length; ++place) {
            _state.pay(current, place);
        }
        if (period == _lastPeriod) _state.bookLosses();
        _feesEarned += current.fees.toUint112();

        pool.release(period);
        for (uint256 i; i < _state.tranches.length; ++i) {
            _distribute(period, TrancheId.wrap(uint8(i)), current.interest[i], current.principal[i]);
        }
    }

    /// @inheritdoc IWaterfall
    function claimFees() external returns (uint256 cash) {
        cash = cashHeld();
        _feesClaimed = _feesEarned;
        emit FeesClaimed(feeAccount, cash);

        if (cash != 0) _settlement.safeTransfer(feeAccount, cash);
    }

    /* VIEWS */

    /// @inheritdoc IWaterfall
    function cashHeld() public view returns (uint256) {
        return _feesEarned - _feesClaimed;
    }

    /// @inheritdoc IWaterfall
    function feesEarned() external view returns (uint256) {
        return _feesEarned;
    }

    /// @inheritdoc IWaterfall
    function tranche(TrancheId id) external view returns (TrancheState memory) {
        if (id.place() >= _state.tranches.length) revert NoSuchTranche(id, _state.tranches.length);
        return _state.tranches[id.place()];
    }

    /// @inheritdoc IWaterfall
    function trancheCount() external view returns (uint256) {
        return _state.tranches.length;
    }

    /// @inheritdoc IWaterfall
    function step(uint256 place) external view returns (Step memory) {
        return _state.steps[place];
    }

    /// @inheritdoc IWaterfall
    function stepCount() external view returns (uint256) {
        return _state.steps.length;
    }

    /* INTERNAL */

    /// @dev Reverts when the period is not reported. All the cash of the period is in `cash`, and the last step, a residual,
    ///      leaves none: nothing is carried from period to period here.
    function _begin(Period period) private returns (WaterfallEngine.Run memory current) {
        uint256 count = _state.tranches.length;
        current.period = period;
        current.collected = pool.collectedIn(period);
        current.cash = current.collected;
        current.interest = new uint256[](count);
        current.principal = new uint256[](count);
        uint256 ratio = pool.collectionRatio(period);
        current.behindPlan = ratio < collectionTrigger.value();
        emit PeriodRun(period, current.cash, ratio, current.behindPlan);
    }

    function _distribute(Period period, TrancheId id, uint256 interest, uint256 principal) private {
        if (interest + principal == 0) return;
        emit TranchePaid(period, id, interest, principal);
        _state.tranches[id.place()].note.distribute(interest + principal);
    }

    /// @dev What is paid here must be what was sold: a wrong note or size could lock a period's cash for good.
    function _setTranches(TrancheTerms[] memory tranches, IOffering offering) private {
        if (tranches.length != offering.trancheCount()) {
            revert TranchesMismatch(tranches.length, offering.trancheCount());
        }
        for (uint256 i; i < tranches.length; ++i) {
            TrancheTerms memory terms = tranches[i];
            TrancheId id = TrancheId.wrap(uint8(i));
            if (terms.note != offering.note(id) || terms.principal != offering.size(id)) {
                revert NotAsOffered(id, terms.note, terms.principal);
            }
            TrancheState storage state = _state.tranches.push();
            state.note = terms.note;
            state.rate = terms.rate;
            state.principal = terms.principal;
            // The note pulls what it distributes; only this contract can make it do so.
            _settlement.forceApprove(address(terms.note), type(uint256).max);
        }
    }

    function _setSteps(Step[] memory steps, uint256 tranches) private {
        if (steps.length == 0) revert NoSteps();
        for (uint256 i; i < steps.length; ++i) {
            Step memory one = steps[i];
            bool last = i == steps.length - 1;
            if (one.kind == StepKind.Fee ? one.rate.value() > WAD : one.tranche.place() >= tranches) {
                if (one.kind == StepKind.Fee) revert RateAboveOne(i, one.rate);
                revert NoSuchTranche(one.tranche, tranches);
            }
            if ((one.kind == StepKind.Residual) != last) revert ResidualMustBeLast(i);
            if (last && one.skipWhen != SkipWhen.Never) revert ResidualMustAlwaysRun(i);
            _state.steps.push(one);
        }
    }
}
