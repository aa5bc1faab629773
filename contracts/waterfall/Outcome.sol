// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealBook, LineRun, Run, TrancheRun, TriggerBook} from "contracts/waterfall/Books.sol";
import {Credit, Share} from "interfaces/IDistributor.sol";
import {IWaterfall, RunResult} from "interfaces/IWaterfall.sol";
import {Period, TrancheId} from "interfaces/Types.sol";

/// @title What came out of a run: told as events, shown as a preview, given to holders and accounts
library Outcome {
    /// @notice Emits what happened; storage is still as it was before the run.
    function tell(Run memory done, DealBook storage deal) internal {
        Period period = done.period;
        if (done.untold) emit IWaterfall.IndexMissing(period, done.index);
        emit IWaterfall.PeriodRun(period, done.cashBefore, done.accelerated, done.revolves, done.on, done.passedOver);
        emit IWaterfall.StepsPaid(period, done.due, done.paid);
        for (uint256 i; i < done.triggers.length; ++i) {
            TriggerBook memory read = done.triggers[i];
            if (read.on != deal.triggers[i].on) emit IWaterfall.TriggerTurned(period, i, read.on, read.figure);
        }
        for (uint256 i; i < done.tranches.length; ++i) _tellLosses(done, i);
    }

    /// @notice Who gets what; after the last run what is left is the owner of dust's, and the run holds nothing more.
    function give(
        Run memory done,
        address dustOwner
    ) internal returns (Share[] memory shares, Credit[] memory credits) {
        shares = new Share[](done.tranches.length);
        for (uint256 i; i < shares.length; ++i) {
            TrancheRun memory one = done.tranches[i];
            shares[i] = Share({
                note: address(done.terms.tranches[i].note),
                interest: one.interest,
                principal: one.repaid
            });
        }
        uint256 count = done.lines.length;
        credits = new Credit[](done.figures.last ? count + 1 : count);
        for (uint256 i; i < count; ++i) {
            LineRun memory line = done.lines[i];
            credits[i] = Credit({account: done.terms.lines[i].payee, cash: line.settled + line.split});
        }
        if (!done.figures.last) return (shares, credits);
        uint256 left = done.cash + done.reserve;
        credits[count] = Credit({account: dustOwner, cash: left});
        emit IWaterfall.WoundUp(dustOwner, left);
        done.cash = 0;
        done.reserve = 0;
    }

    /// @notice The same as a preview shows it.
    function result(Run memory done) internal pure returns (RunResult memory shown) {
        uint256 count = done.tranches.length;
        shown.cash = done.cashBefore;
        shown.left = done.figures.last ? 0 : done.cash;
        shown.reserve = done.figures.last ? 0 : done.reserve;
        shown.revolvingAccount = done.revolving;
        shown.on = done.on;
        shown.passedOver = done.passedOver;
        shown.accelerated = done.accelerated;
        shown.revolving = done.revolves;
        shown.due = done.due;
        shown.paid = done.paid;
        shown.interest = new uint256[](count);
        shown.principal = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            shown.interest[i] = done.tranches[i].interest;
            shown.principal[i] = done.tranches[i].repaid;
        }
        shown.figures = new uint256[](done.triggers.length);
        for (uint256 i; i < done.triggers.length; ++i) shown.figures[i] = done.triggers[i].figure;
    }

    function _tellLosses(Run memory done, uint256 place) private {
        TrancheRun memory one = done.tranches[place];
        TrancheId id = TrancheId.wrap(uint8(place)); // at most 8
        // opening = principal + repaid + loss, and loss is below 0 where principal came back
        int256 loss = int256(one.opening) - int256(one.principal + one.repaid);
        if (loss != 0) emit IWaterfall.LossBooked(done.period, id, loss);
        if (done.terms.ledgers && one.deficiency != one.openingDeficiency) {
            emit IWaterfall.DeficiencyChanged(done.period, id, one.deficiency);
        }
    }
}
