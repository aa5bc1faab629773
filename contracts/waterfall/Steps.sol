// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Accrual} from "contracts/waterfall/Accrual.sol";
import {Books, LineRun, Run, TrancheRun} from "contracts/waterfall/Books.sol";
import {Step, StepKind, When} from "interfaces/DealTerms.sol";
import {WAD} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The steps, one function a kind: each takes from the run's cash what is due, or what there is. Rules 12 and 17 to 19
library Steps {
    using Books for Run;

    /// @dev Of a packed step: two fit into a word.
    uint256 internal constant BITS = 120;

    /* WORDS */

    /// @notice Opens a packed step (see `Step`).
    function unpack(uint256 word) internal pure returns (Step memory) {
        return
            Step({
                kind: StepKind(uint8(word)),
                when: When(uint8(word >> 8)),
                triggers: uint16(word >> 16),
                tranches: uint8(word >> 32),
                lines: uint16(word >> 40),
                share: uint64(word >> 56)
            });
    }

    /* RUN */

    /// @notice Pays one step, or passes over it.
    function pay(Run memory run, uint256 place, uint256 word) internal pure {
        Step memory step = unpack(word);
        if (!holds(step, run.on)) {
            run.passedOver |= 1 << place;
            return;
        }
        uint256 before = run.cash;
        uint256 due = _pay(run, step);
        run.due[place] = due;
        // Release and draw bring cash, all others take it.
        run.paid[place] = run.cash > before ? run.cash - before : before - run.cash;
    }

    /// @notice Whether a step's condition holds, with these triggers on.
    function holds(Step memory step, uint256 on) internal pure returns (bool) {
        if (step.when == When.Always) return true;
        return (on & step.triggers != 0) == (step.when == When.WhileAnyOn);
    }

    function _pay(Run memory run, Step memory step) private pure returns (uint256) {
        StepKind kind = step.kind;
        if (kind == StepKind.Fee) return fee(run, step);
        if (kind == StepKind.Interest) return interest(run, step);
        if (kind == StepKind.InterestUpTo) return interestUpTo(run, step);
        if (kind == StepKind.Principal) return principal(run, step.tranches, run.tranches[step.tranches].principal);
        if (kind == StepKind.PrincipalProRata) return principalProRata(run, step);
        if (kind == StepKind.PrincipalToTarget) return principalToTarget(run, step);
        if (kind == StepKind.TopUp) return topUp(run);
        if (kind == StepKind.Release) return release(run);
        if (kind == StepKind.Draw) return draw(run, step);
        if (kind == StepKind.Deficiency) return deficiency(run, step);
        if (kind == StepKind.Hurdle) return hurdle(run, step);
        // A tranche without units has nobody to be paid; principal and interest due of it are 0.
        if ((run.empty >> step.tranches) & 1 == 1) return 0;
        if (kind == StepKind.Split) return split(run, step);
        return residual(run, step);
    }

    /* KINDS */

    /// @notice A share of what is accrued and carried, less what earlier steps paid of it.
    function fee(Run memory run, Step memory step) internal pure returns (uint256 due) {
        LineRun memory line = run.lines[step.lines];
        due = Math.saturatingSub((line.due * step.share) / WAD, line.settled); // below 2^128 * 2^64
        line.settled += _take(run, due);
    }

    /// @notice All interest due, deferred first.
    function interest(Run memory run, Step memory step) internal pure returns (uint256 due) {
        TrancheRun memory tranche = run.tranches[step.tranches];
        due = tranche.deferred + tranche.accruedLeft;
        uint256 paid = _take(run, due);
        uint256 first = Math.min(paid, tranche.deferred);
        tranche.deferred -= first;
        tranche.accruedLeft -= paid - first;
        _toTranche(run, step.tranches, paid, 0);
    }

    /// @notice This period's interest up to a rate, less what of it was paid.
    function interestUpTo(Run memory run, Step memory step) internal pure returns (uint256 due) {
        TrancheRun memory tranche = run.tranches[step.tranches];
        uint256 atRate = Accrual.interest(tranche.opening, step.share, tranche.time, tranche.year);
        due = Math.saturatingSub(Math.min(tranche.accrued, atRate), tranche.accrued - tranche.accruedLeft);
        uint256 paid = _take(run, due);
        tranche.accruedLeft -= paid;
        _toTranche(run, step.tranches, paid, 0);
    }

    /// @notice Up to `due` of a tranche's principal.
    function principal(Run memory run, uint256 place, uint256 due) internal pure returns (uint256) {
        if (run.revolves) return _putAside(run, due);
        _repay(run, place, _take(run, due));
        return due;
    }

    /// @notice By principal; what rounding left goes to the most senior that has principal left, then the next.
    function principalProRata(Run memory run, Step memory step) internal pure returns (uint256 due) {
        due = run.principalOf(step.tranches);
        if (run.revolves) return _putAside(run, due);
        uint256 paid = _take(run, due);
        if (paid == 0) return due;
        uint256 count = run.tranches.length;
        uint256[] memory parts = new uint256[](count);
        uint256 left = paid;
        for (uint256 i; i < count; ++i) {
            if ((step.tranches >> i) & 1 == 0) continue;
            parts[i] = (paid * run.tranches[i].principal) / due; // paid and principal are below 2^115
            left -= parts[i];
        }
        for (uint256 i; i < count; ++i) {
            if ((step.tranches >> i) & 1 == 0) continue;
            uint256 more = Math.min(left, run.tranches[i].principal - parts[i]);
            left -= more;
            _repay(run, i, parts[i] + more);
        }
    }

    /// @notice What brings this tranche and all above it to pool balance / ratio.
    function principalToTarget(Run memory run, Step memory step) internal pure returns (uint256) {
        uint256 target = (run.figures.balance * WAD) / step.share; // the ratio is not 0
        uint256 above = Math.saturatingSub(run.principalTo(step.tranches), target);
        return principal(run, step.tranches, Math.min(above, run.tranches[step.tranches].principal));
    }

    /// @notice What the reserve lacks.
    function topUp(Run memory run) internal pure returns (uint256 due) {
        due = Math.saturatingSub(run.stepTarget(), run.reserve);
        run.reserve += _take(run, due);
    }

    /// @notice What the reserve holds above its target becomes cash.
    function release(Run memory run) internal pure returns (uint256 due) {
        due = Math.saturatingSub(run.reserve, run.stepTarget());
        run.reserve -= due;
        run.cash += due;
    }

    /// @notice What the cash lacks to pay these lines and the interest of these tranches, out of the reserve.
    function draw(Run memory run, Step memory step) internal pure returns (uint256 due) {
        for (uint256 i; i < run.lines.length; ++i) {
            if ((step.lines >> i) & 1 == 1) due += run.lines[i].due - run.lines[i].settled;
        }
        for (uint256 i; i < run.tranches.length; ++i) {
            if ((step.tranches >> i) & 1 == 1) due += run.tranches[i].deferred + run.tranches[i].accruedLeft;
        }
        due = Math.saturatingSub(due, run.cash);
        uint256 drawn = Math.min(due, run.reserve);
        run.reserve -= drawn;
        run.cash += drawn;
    }

    /// @notice The tranche's deficiency, paid as principal and taken off the ledger.
    function deficiency(Run memory run, Step memory step) internal pure returns (uint256 due) {
        TrancheRun memory tranche = run.tranches[step.tranches];
        due = tranche.deficiency;
        uint256 paid = _take(run, due);
        tranche.deficiency -= paid;
        _repay(run, step.tranches, paid);
    }

    /// @notice What is left to the hurdle.
    function hurdle(Run memory run, Step memory step) internal pure returns (uint256 due) {
        due = run.hurdles[step.lines].balance;
        _toTranche(run, step.tranches, _take(run, due), 0);
    }

    /// @notice All cash: a share to the line's payee, the rest to the tranche.
    function split(Run memory run, Step memory step) internal pure returns (uint256 due) {
        due = run.cash;
        uint256 share = (due * step.share) / WAD;
        run.lines[step.lines].split += share;
        run.cash = 0;
        _toTranche(run, step.tranches, due - share, 0);
    }

    /// @notice All cash: principal first, the rest is the tranche's return.
    function residual(Run memory run, Step memory step) internal pure returns (uint256 due) {
        due = run.cash;
        _repay(run, step.tranches, _take(run, run.tranches[step.tranches].principal));
        _toTranche(run, step.tranches, _take(run, run.cash), 0);
    }

    /* INTERNAL */

    function _take(Run memory run, uint256 due) private pure returns (uint256 paid) {
        paid = Math.min(due, run.cash);
        run.cash -= paid;
    }

    /// @dev In a revolving run principal waits in the account, which is never brought above the sum of all principal: no more
    ///      than that is due.
    function _putAside(Run memory run, uint256 principalDue) private pure returns (uint256 due) {
        due = Math.min(principalDue, Math.saturatingSub(run.principalTo(run.tranches.length - 1), run.revolving));
        run.revolving += _take(run, due);
    }

    function _repay(Run memory run, uint256 place, uint256 paid) private pure {
        TrancheRun memory tranche = run.tranches[place];
        tranche.principal -= paid;
        if (tranche.deficiency > tranche.principal) tranche.deficiency = tranche.principal;
        _toTranche(run, place, 0, paid);
    }

    /// @dev Whatever a tranche is paid lowers all its hurdles at once.
    function _toTranche(Run memory run, uint256 place, uint256 asInterest, uint256 asPrincipal) private pure {
        run.tranches[place].interest += asInterest;
        run.tranches[place].repaid += asPrincipal;
        for (uint256 i; i < run.hurdles.length; ++i) {
            if (run.hurdles[i].tranche != place) continue;
            run.hurdles[i].balance = Math.saturatingSub(run.hurdles[i].balance, asInterest + asPrincipal);
        }
    }
}
