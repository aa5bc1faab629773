// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Books, Run, TriggerBook} from "contracts/waterfall/Books.sol";
import {PeriodFigures} from "interfaces/ILoanPool.sol";
import {TriggerKind} from "interfaces/DealTerms.sol";
import {WAD} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The tests of a deal, read once a run on the same figures. Rules 24 to 27
library Triggers {
    using Books for Run;

    /// @notice Reads every trigger, turns it on or cures it, and says in `run.on` which are on.
    /// @param declared The senior class voted for acceleration before this run.
    function read(Run memory run, bool declared) internal pure {
        uint256 on;
        for (uint256 i; i < run.triggers.length; ++i) {
            TriggerBook memory trigger = run.triggers[i];
            (bool holds, uint256 figure) = test(run, trigger, declared);
            trigger.figure = uint104(Math.min(figure, type(uint104).max));
            turn(trigger, run, holds);
            if (trigger.on) on |= 1 << i;
        }
        run.on = on;
    }

    /// @notice Rule 25.
    function turn(TriggerBook memory trigger, Run memory run, bool holds) internal pure {
        if (holds) {
            trigger.calm = 0;
            if (trigger.on) return;
        } else {
            if (!trigger.on || trigger.cureAfter == 0 || trigger.kind == TriggerKind.EventOfDefault) return;
            if (++trigger.calm < trigger.cureAfter) return;
            trigger.calm = 0;
        }
        trigger.on = holds;
        trigger.since = run.period;
    }

    /// @notice Whether a trigger's condition holds, and the figure that says so.
    function test(
        Run memory run,
        TriggerBook memory trigger,
        bool declared
    ) internal pure returns (bool holds, uint256 figure) {
        TriggerKind kind = trigger.kind;
        PeriodFigures memory figures = run.figures;
        uint256 level = trigger.level;
        if (kind == TriggerKind.OverCollateralisation) {
            return _below(figures.balance + run.beside, run.principalTo(trigger.tranche.place()), level);
        }
        if (kind == TriggerKind.InterestCoverage) {
            return _below(run.cash, interestTo(run, trigger.tranche.place()), level);
        }
        if (kind == TriggerKind.CleanUp) return _below(figures.balance, figures.grossBalance, level);
        if (kind == TriggerKind.CollectionRatio) return (figures.collectionRatio < level, figures.collectionRatio);
        if (kind == TriggerKind.ProfitabilityRatio) {
            return (figures.profitabilityRatio < level, figures.profitabilityRatio);
        }
        if (kind == TriggerKind.CumulativeLoss) {
            holds = figures.lossToDate * WAD > level * figures.grossBalance;
            return (holds, figures.grossBalance == 0 ? 0 : (figures.lossToDate * WAD) / figures.grossBalance);
        }
        if (kind == TriggerKind.ReserveBelowTarget) figure = Math.saturatingSub(run.reserveTarget(), run.reserve);
        else if (kind == TriggerKind.InterestMissed) figure = run.tranches[trigger.tranche.place()].missed;
        else if (kind == TriggerKind.ServicerLate) figure = figures.late ? 1 : 0;
        else if (kind == TriggerKind.EventOfDefault) figure = declared ? 1 : 0;
        else return (run.period.number() >= level, run.period.number()); // final maturity
        holds = figure != 0;
    }

    /// @notice Interest due of a tranche and all above it, and the fees of senior lines.
    function interestTo(Run memory run, uint256 place) internal pure returns (uint256 sum) {
        for (uint256 i; i <= place; ++i) sum += run.tranches[i].deferred + run.tranches[i].accruedLeft;
        for (uint256 i; i < run.lines.length; ++i) if (run.terms.lines[i].senior) sum += run.lines[i].due;
    }

    /// @dev value / base < level, exactly: amounts are below 2^132 here, so times a WAD of 2^64 nothing overflows.
    function _below(uint256 value, uint256 base, uint256 level) private pure returns (bool, uint256) {
        if (base == 0) return (false, 0);
        return (value * WAD < level * base, (value * WAD) / base);
    }
}
