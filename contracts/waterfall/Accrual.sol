// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Books, DealBook, HurdleBook, LineRun, Run, TrancheRun} from "contracts/waterfall/Books.sol";
import {DayCounts} from "contracts/waterfall/DayCounts.sol";
import {DayCount, FeeBasis, FeeTerms, RateKind, RatePath, TrancheTerms} from "interfaces/DealTerms.sol";
import {WAD} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title What grows by time: interest, fees, hurdles. Rules 13 to 16 and 23 of docs/waterfall.md
library Accrual {
    using Books for uint256;

    /// @notice Adds the period's interest, fees and growth of hurdles, on the principal before its losses and payments.
    function accrue(Run memory run, DealBook storage deal) internal view {
        for (uint256 i; i < run.tranches.length; ++i) {
            TrancheRun memory tranche = run.tranches[i];
            TrancheTerms memory terms = run.terms.tranches[i];
            uint256 rate = terms.rate.value();
            if (terms.rateKind != RateKind.Fixed) rate = rateOf(terms, deal.paths[i], run.period.number(), run.index);
            accrueTranche(run, tranche, terms, rate);
        }
        for (uint256 i; i < run.lines.length; ++i) accrueLine(run, run.lines[i], run.terms.lines[i]);
        for (uint256 i; i < run.hurdles.length; ++i) {
            HurdleBook storage hurdle = deal.hurdles[i];
            uint256 grown = _grown(run, hurdle.balance, hurdle.rate.value(), hurdle.dayCount);
            run.hurdles[i].tranche = hurdle.tranche.place();
            run.hurdles[i].balance = (hurdle.balance + grown).atMostAccrued();
        }
    }

    /// @notice Rules 13 and 15: interest on principal is of this period, interest on deferred interest is deferred.
    function accrueTranche(
        Run memory run,
        TrancheRun memory tranche,
        TrancheTerms memory terms,
        uint256 rate
    ) internal pure {
        (uint256 time, uint256 year) = DayCounts.between(run.figures.begin, run.figures.end, terms.dayCount);
        tranche.time = time;
        tranche.year = year;
        if (!terms.deferrable) tranche.missed = tranche.deferred;
        tranche.accrued = interest(tranche.opening, rate, time, year).atMostAccrued();
        tranche.accruedLeft = tranche.accrued;
        if (!terms.deferrable || !terms.compounds) return;
        tranche.deferred = (tranche.deferred + interest(tranche.deferred, rate, time, year)).atMostAccrued();
    }

    /// @notice Rule 16.
    function accrueLine(Run memory run, LineRun memory line, FeeTerms memory terms) internal pure {
        uint256 accrued;
        uint256 rate = terms.rate.value();
        if (terms.basis == FeeBasis.Collections) accrued = (run.figures.net * rate) / WAD;
        else if (terms.basis == FeeBasis.PoolBalance) accrued = _grown(run, run.openingBalance, rate, terms.dayCount);
        else if (terms.basis == FeeBasis.TranchePrincipal) {
            accrued = _grown(run, run.tranches[terms.tranche.place()].opening, rate, terms.dayCount);
        }
        accrued = Math.min(Math.max(accrued, terms.floor), terms.cap);
        line.due = (line.due + accrued).atMostAccrued();
    }

    /// @notice Rule 14: a step-up's last pair whose period has come, or index and margin between floor and cap.
    function rateOf(
        TrancheTerms memory terms,
        RatePath storage path,
        uint256 period,
        int256 index
    ) internal view returns (uint256 rate) {
        if (terms.rateKind == RateKind.Floating) {
            int256 floating = index + int256(terms.rate.value()); // both below 2^64
            rate = floating < 0 ? 0 : uint256(floating);
            return Math.min(Math.max(rate, path.rates[0]), path.rates[1]);
        }
        for (uint256 i; i < 4; ++i) {
            uint256 from = path.from[i];
            if (from == 0 || from > period) break;
            rate = path.rates[i];
        }
    }

    /// @notice amount * rate * time / (year * WAD), down, in one division. Below 2^128 * 2^64 * 2^40: no overflow.
    function interest(uint256 amount, uint256 rate, uint256 time, uint256 year) internal pure returns (uint256) {
        return (amount * rate * time) / (year * WAD);
    }

    function _grown(Run memory run, uint256 amount, uint256 rate, DayCount count) private pure returns (uint256) {
        (uint256 time, uint256 year) = DayCounts.between(run.figures.begin, run.figures.end, count);
        return interest(amount, rate, time, year);
    }
}
