// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IWaterfall, SkipWhen, Step, StepKind, TrancheState} from "interfaces/IWaterfall.sol";
import {Period, TrancheId, WAD} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title The arithmetic of the waterfall: one function a step kind, mirrored by name in salvor/model/waterfall.py
/// @dev Moves no money: it says who is owed what, and the contract around it pays.
library WaterfallEngine {
    using SafeCast for uint256;

    /// @dev Actual/365: the year of every day count here, in seconds.
    uint256 internal constant YEAR = 365 days;

    /// @notice A deal's tranches, most senior first, and its steps in the order of payment.
    struct State {
        TrancheState[] tranches;
        Step[] steps;
    }

    /// @notice One period on its way through the steps. Settlement units.
    /// @param cash Not yet paid to anybody.
    /// @param collected What the period brought in; the base of fees.
    /// @param fees Paid to the fee account so far.
    /// @param interest Paid so far, by tranche.
    /// @param principal Paid so far, by tranche.
    struct Run {
        Period period;
        bool behindPlan;
        uint256 cash;
        uint256 collected;
        uint256 fees;
        uint256[] interest;
        uint256[] principal;
    }

    /// @notice Adds the period's interest to what is due: principal * rate * seconds / year, down, against the holder.
    function accrue(State storage self, uint256 elapsed) internal {
        for (uint256 i; i < self.tranches.length; ++i) {
            TrancheState storage tranche = self.tranches[i];
            // principal < 2^112, rate < 2^64, elapsed < 2^40: no overflow. Over all the time that a period end can tell (2^40
            // seconds) and at the highest rate, interest stays below 2^20 times the principal, so 144 bits hold it.
            uint256 interest = (tranche.principal * tranche.rate.value() * elapsed) / (WAD * YEAR);
            if (interest != 0) tranche.interestDue = (tranche.interestDue + interest).toUint144();
        }
    }

    /// @notice Pays one step out of the run's cash, or passes over it.
    function pay(State storage self, Run memory run, uint256 place) internal {
        Step memory step = self.steps[place];
        if (step.skipWhen == SkipWhen.BehindPlan && run.behindPlan) return;
        uint256 cashBefore = run.cash;
        uint256 due;
        if (step.kind == StepKind.Fee) due = payFee(run, step);
        else if (step.kind == StepKind.Interest) due = payInterest(self, run, step.tranche);
        else if (step.kind == StepKind.Principal) due = payPrincipal(self, run, step.tranche);
        else due = payResidual(self, run, step.tranche);
        emit IWaterfall.StepPaid(run.period, place, step.kind, step.tranche, due, cashBefore - run.cash);
    }

    /// @notice A share of the period's collections, down. What cash does not cover is not carried on.
    function payFee(Run memory run, Step memory step) internal pure returns (uint256 due) {
        due = Math.mulDiv(run.collected, step.rate.value(), WAD);
        uint256 paid = Math.min(due, run.cash);
        run.cash -= paid;
        run.fees += paid;
    }

    /// @notice All interest due; what cash does not cover stays due.
    function payInterest(State storage self, Run memory run, TrancheId id) internal returns (uint256 due) {
        TrancheState storage tranche = self.tranches[id.place()];
        due = tranche.interestDue;
        uint256 paid = Math.min(due, run.cash);
        if (paid == 0) return due;
        tranche.interestDue = (due - paid).toUint144();
        tranche.interestPaid = (tranche.interestPaid + paid).toUint112();
        run.cash -= paid;
        run.interest[id.place()] += paid;
    }

    /// @notice The whole outstanding principal: sequential when the steps stand in order of seniority.
    function payPrincipal(State storage self, Run memory run, TrancheId id) internal returns (uint256 due) {
        TrancheState storage tranche = self.tranches[id.place()];
        due = tranche.principal;
        uint256 paid = Math.min(due, run.cash);
        if (paid == 0) return due;
        tranche.principal = (due - paid).toUint112();
        tranche.principalPaid = (tranche.principalPaid + paid).toUint112();
        run.cash -= paid;
        run.principal[id.place()] += paid;
    }

    /// @notice All that is left: first the tranche's principal, above it the tranche's return.
    function payResidual(State storage self, Run memory run, TrancheId id) internal returns (uint256 due) {
        due = run.cash;
        payPrincipal(self, run, id);
        uint256 above = run.cash;
        if (above == 0) return due;
        TrancheState storage tranche = self.tranches[id.place()];
        tranche.interestPaid = (tranche.interestPaid + above).toUint112();
        run.interest[id.place()] += above;
        run.cash = 0;
    }

    /// @notice After the last period: principal still outstanding is lost.
    function bookLosses(State storage self) internal {
        for (uint256 i; i < self.tranches.length; ++i) {
            TrancheState storage tranche = self.tranches[i];
            if (tranche.principal == 0) continue;
            tranche.loss = tranche.principal;
            tranche.principal = 0;
            emit IWaterfall.LossBooked(TrancheId.wrap(uint8(i)), tranche.loss);
        }
    }
}
