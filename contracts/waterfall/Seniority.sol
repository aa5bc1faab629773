// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Steps} from "contracts/waterfall/Steps.sol";
import {Step, StepKind, TriggerKind, WaterfallTerms, When} from "interfaces/DealTerms.sol";
import {IWaterfall} from "interfaces/IWaterfall.sol";

/// @title No junior ahead of a failing senior test, by construction: the last part of rule 35 of docs/waterfall.md
/// @notice Used by the constructor alone, on steps and triggers whose places are checked: so no run has to look.
library Seniority {
    /// @notice Refuses a deal whose steps could pay a junior tranche's principal or return while a coverage test of a more
    ///         senior one is on, and that one has principal left.
    function check(WaterfallTerms memory terms) internal pure {
        _checkList(terms, terms.steps, false);
        _checkList(terms, terms.accelerated, true);
        if (terms.revolvesTo.number() == 0) return;
        for (uint256 test; test < terms.triggers.length; ++test) {
            bool stops = (terms.revolvingStops >> test) & 1 == 1;
            if (_isCoverage(terms, test) && !stops) revert IWaterfall.RevolvesPastTest(test);
        }
    }

    function _checkList(WaterfallTerms memory terms, uint256[] memory words, bool accelerated) private pure {
        for (uint256 test; test < terms.triggers.length; ++test) {
            if (!_isCoverage(terms, test)) continue;
            // At most 8 tranches: the one named and all above, as a set.
            uint256 covered = (2 << terms.triggers[test].tranche.place()) - 1;
            uint256 repaid; // set of the tranches whose principal the steps so far pay in full while the test is on
            for (uint256 i; i < words.length; ++i) {
                Step memory step = Steps.unpack(words[i]);
                bool ahead = repaid & covered != covered && _paysBeside(step, covered) && _canRun(step, test);
                if (ahead) revert IWaterfall.JuniorAhead(accelerated, i, test);
                bool brings = step.kind == StepKind.Release || step.kind == StepKind.Draw;
                if (brings && _canRun(step, test)) repaid = 0;
                else if (_mustRun(step, test)) repaid |= _principalOf(step);
            }
        }
    }

    function _isCoverage(WaterfallTerms memory terms, uint256 place) private pure returns (bool) {
        TriggerKind kind = terms.triggers[place].kind;
        return kind == TriggerKind.OverCollateralisation || kind == TriggerKind.InterestCoverage;
    }

    /// @dev Principal or return of a tranche outside the set; the payee of a split stands below all.
    function _paysBeside(Step memory step, uint256 covered) private pure returns (bool) {
        StepKind kind = step.kind;
        if (kind == StepKind.Split) return true;
        if (kind == StepKind.PrincipalProRata) return step.tranches & ~covered != 0;
        bool pays =
            kind == StepKind.Principal ||
                kind == StepKind.PrincipalToTarget ||
                kind == StepKind.Deficiency ||
                kind == StepKind.Hurdle ||
                kind == StepKind.Residual;
        return pays && (covered >> step.tranches) & 1 == 0;
    }

    /// @dev The set of the tranches whose whole principal the step has to pay.
    function _principalOf(Step memory step) private pure returns (uint256) {
        if (step.kind == StepKind.PrincipalProRata) return step.tranches;
        return step.kind == StepKind.Principal ? 1 << step.tranches : 0;
    }

    /// @dev The condition can hold while the test is on, whatever else is.
    function _canRun(Step memory step, uint256 test) private pure returns (bool) {
        if (step.when == When.Always) return true;
        if (step.when == When.WhileAnyOn) return step.triggers != 0;
        return (step.triggers >> test) & 1 == 0;
    }

    /// @dev The condition holds whenever the test is on, whatever else is.
    function _mustRun(Step memory step, uint256 test) private pure returns (bool) {
        if (step.when == When.Always) return true;
        if (step.when == When.WhileAnyOn) return (step.triggers >> test) & 1 == 1;
        return step.triggers == 0;
    }
}
