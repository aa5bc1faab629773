// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Correction, ILoanPool, PeriodRecord, PoolTerms, Report} from "interfaces/ILoanPool.sol";
import {Proceeds} from "interfaces/Proceeds.sol";
import {MAX_AMOUNT, Period, WAD} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title What a report and its correction must satisfy, and the sums to date with them. Rules 6 to 9
library Reports {
    using SafeCast for uint256;

    /// @notice A report as rule 6 demands it, in a period that has brought so much already. The share of the books that one period
    ///         may take leaves room for all others.
    function check(Report memory given, uint256 loanCount, Period periodCount, uint256 brought) internal pure {
        bool complete = _listed(given.root, given.loansPaying) && (given.gross == 0 || given.loansPaying != 0);
        bool within = given.costs <= given.gross && given.recovered <= given.gross - given.costs;
        if (!complete || !within || given.loansPaying > loanCount) {
            revert ILoanPool.ReportDoesNotAddUp(given, loanCount);
        }
        uint256 most = MAX_AMOUNT / periodCount.number();
        if (brought + given.gross > most) revert ILoanPool.AboveLimit(brought + given.gross, most);
    }

    /// @notice The sums of a period that is open with proceeds (rule 10a). A false report before must not stop a sale: of what is
    ///         written off counts what the books have room for.
    function bring(
        PeriodRecord storage current,
        PeriodRecord storage previous,
        Proceeds calldata given,
        Period periodCount
    ) internal returns (uint256 writtenOff) {
        bool within = given.costs <= given.gross && given.recovered <= given.gross - given.costs;
        if (!within) revert ILoanPool.ProceedsDoNotAddUp(given);
        (uint256 most, uint256 gross) = (MAX_AMOUNT / periodCount.number(), uint256(current.gross) + given.gross);
        if (gross > most) revert ILoanPool.AboveLimit(gross, most);
        current.net += given.gross - given.costs;
        if (given.writtenOff != 0) {
            writtenOff = Math.min(given.writtenOff, MAX_AMOUNT - previous.writtenOff - current.writtenOff);
            current.writtenOff += uint112(writtenOff); // there is room
        }
        if (given.recovered != 0) current.recovered += given.recovered;
        current.gross = uint112(gross); // at most MAX_AMOUNT
    }

    /// @notice Takes out of the gross what is none of these loans' (rule 40 of docs/liquidation.md): no balance of this pool is gone with it.
    function exclude(PeriodRecord storage current, uint112 elsewhere, Period period) internal {
        current.gross -= elsewhere;
        emit ILoanPool.CameFromElsewhere(period, elsewhere);
    }

    /// @notice The sums to date with one more period; what proceeds brought in it stands there already.
    function add(PeriodRecord storage current, PeriodRecord storage previous, Report memory given) internal {
        // A period's gross is at most its part of MAX_AMOUNT, and recovered is part of it, net of it and of the asset.
        uint112 net = current.net + previous.net + given.gross - given.costs;
        uint112 writtenOff = _sum(uint256(previous.writtenOff) + current.writtenOff, given.writtenOff);
        uint112 recovered = current.recovered + previous.recovered + given.recovered;
        uint112 gross = current.gross + previous.gross + given.gross;
        uint112 closedValue = _sum(previous.closedValue, given.closedValue);
        uint112 closedPlan = _sum(previous.closedPlan, given.closedPlan);
        // In one go: one write a slot.
        current.net = net;
        current.writtenOff = writtenOff;
        current.recovered = recovered;
        current.gross = gross;
        current.loansPaying = given.loansPaying;
        current.closedValue = closedValue;
        current.closedPlan = closedPlan;
        current.root = given.root;
    }

    /// @notice A correction as rule 7 demands it; where `paid`, the period has gross.
    function check(Correction calldata given, bool paid, uint256 loanCount, Period reported) internal pure {
        bool complete = _listed(given.root, given.loansPaying) && (!paid || given.loansPaying != 0);
        if (!complete || given.loansPaying > loanCount) revert ILoanPool.CorrectionDoesNotAddUp(given, reported);
    }

    /// @notice The sums to date with a correction's differences.
    function change(PeriodRecord storage current, Correction calldata given, Period period) internal {
        current.writtenOff = _change(period, current.writtenOff, given.writtenOff);
        current.closedValue = _change(period, current.closedValue, given.closedValue);
        current.closedPlan = _change(period, current.closedPlan, given.closedPlan);
    }

    /// @dev Differences without a period would be lost in silence.
    function saysNothing(Correction calldata one) internal pure returns (bool) {
        bool noRoot = one.root == 0 && one.loansPaying == 0;
        return noRoot && one.writtenOff == 0 && one.closedValue == 0 && one.closedPlan == 0;
    }

    /// @notice What is gone of a pool: collected and given up. Recovered counts as far as written off, the rest was collected.
    function gone(PeriodRecord storage to) internal view returns (uint256) {
        uint256 writtenOff = to.writtenOff;
        return to.gross - Math.min(to.recovered, writtenOff) + writtenOff; // recovered is part of gross
    }

    /// @notice The records of all periods as a deal begins with them; gives the number of the last.
    function schedule(
        mapping(Period period => PeriodRecord record) storage records,
        PoolTerms memory terms
    ) internal returns (Period) {
        uint40[] memory ends = terms.periodEnds;
        if (ends.length == 0 || ends.length != terms.plan.length) {
            revert ILoanPool.ScheduleMismatch(ends.length, terms.plan.length);
        }
        Period previous;
        uint256 planned;
        records[previous].end = terms.closing;
        for (uint256 i; i < ends.length; ++i) {
            Period period = previous.next();
            uint40 previousEnd = records[previous].end;
            if (ends[i] <= previousEnd) revert ILoanPool.ScheduleNotRising(period, ends[i], previousEnd);
            planned += terms.plan[i];
            records[period].end = ends[i];
            records[period].planned = planned.toUint112();
            previous = period;
        }
        return previous;
    }

    /// @notice WAD, down; 1 where nothing was planned (rule 8).
    function ratio(uint256 value, uint256 planned) internal pure returns (uint256) {
        return planned == 0 ? WAD : (value * WAD) / planned; // value < 2^112
    }

    function _listed(bytes32 root, uint32 loans) private pure returns (bool) {
        return (root == 0) == (loans == 0);
    }

    function _sum(uint256 before, uint256 more) private pure returns (uint112) {
        uint256 total = before + more;
        if (total > MAX_AMOUNT) revert ILoanPool.AboveLimit(total, MAX_AMOUNT);
        return uint112(total); // at most MAX_AMOUNT
    }

    function _change(Period period, uint256 before, int120 difference) private pure returns (uint112) {
        int256 total = int256(before) + difference; // before < 2^112
        if (total < 0) revert ILoanPool.TotalBelowZero(period);
        return _sum(uint256(total), 0);
    }
}
