// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PlanFigures, Valuation} from "contracts/fund/Valuation.sol";
import {EvergreenTerms, IEvergreenFund, Mark} from "interfaces/IEvergreenFund.sol";
import {ILoanPool, PeriodRecord} from "interfaces/ILoanPool.sol";
import {IValueSource} from "interfaces/IValueSource.sol";
import {MAX_AMOUNT, Period} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title What the loans of a pool are worth from period to period: rules 10 to 13 of docs/evergreen.md
library LoanValue {
    /// @param present The plan's value at the end of each period.
    /// @param boughtAt When further loans were last bought.
    struct Book {
        Mark mark;
        uint64 boughtAt;
        mapping(Period period => uint256 value) present;
    }

    /// @notice Discounts the plan, and looks that a cut-off is shorter than every period. The loop over periods runs once, in a
    ///         constructor.
    function begin(Book storage self, ILoanPool pool, EvergreenTerms memory terms) internal {
        uint256 count = pool.periodCount().number();
        PeriodRecord memory later = pool.record(_period(count));
        for (uint256 i = count; i != 0; --i) {
            PeriodRecord memory before = pool.record(_period(i - 1));
            uint256 time = later.end - before.end;
            if (terms.cutOff >= time) revert IEvergreenFund.TermsInvalid();
            uint256 next = self.present[_period(i)];
            uint256 planned = later.planned - before.planned;
            self.present[_period(i - 1)] = Valuation.discounted(next, planned, terms.fees, terms.rate, time);
            later = before;
        }
        self.mark.value = self.present[_period(0)];
        self.mark.balance = pool.grossBalance();
    }

    /// @notice Further loans were bought: at cost.
    function buy(Book storage self, ILoanPool pool, Period period, uint256 price) internal {
        self.boughtAt = uint64(block.timestamp);
        _set(self, pool, period, Math.min(MAX_AMOUNT, loans(self, pool, period) + price));
    }

    /// @notice Takes the observation of a value source, or refuses it.
    function observe(Book storage self, ILoanPool pool, IValueSource source, Period period) internal {
        (uint256 told, Period known, uint40 at) = source.latest(address(pool));
        bool early = at < recordOf(pool, period).end || at <= self.boughtAt;
        if (known != period || early || at > block.timestamp) revert IEvergreenFund.ValueNotUsable(known, at);
        _set(self, pool, period, Math.min(MAX_AMOUNT, told));
    }

    /// @notice At the end of a period that is reported.
    function loans(Book storage self, ILoanPool pool, Period period) internal view returns (uint256) {
        Mark memory at = self.mark;
        if (at.period == period) return at.value;
        PeriodRecord memory reported = recordOf(pool, period);
        PlanFigures memory plan = PlanFigures({
            presentAtMark: self.present[at.period],
            present: self.present[period],
            knownAtMark: recordOf(pool, at.period).planned,
            known: reported.planned,
            whole: recordOf(pool, pool.periodCount()).planned
        });
        return Valuation.loans(at, plan, reported.net - reported.recovered, reported.writtenOff);
    }

    /// @notice Of a period. Read at one place: the fund's code is near its limit.
    function recordOf(ILoanPool pool, Period period) internal view returns (PeriodRecord memory) {
        return pool.record(period);
    }

    function _set(Book storage self, ILoanPool pool, Period period, uint256 value) private {
        PeriodRecord memory at = recordOf(pool, period);
        self.mark = Mark(value, period, at.net - at.recovered, at.writtenOff, pool.poolBalance(period));
        emit IEvergreenFund.Marked(period, value);
    }

    function _period(uint256 number) private pure returns (Period) {
        return Period.wrap(uint32(number)); // at most the number of periods
    }
}
