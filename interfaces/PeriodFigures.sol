// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What a run needs to know of its period.
/// @param begin Seconds since 1970.
/// @param end Seconds since 1970.
/// @param net Cash of this period, settlement units.
/// @param loss Written off to date, corrections included, at the carrying ratio, less the same of the period before, each
///        rounded down: below 0 where a correction says that less was given up.
/// @param recovered In this period.
/// @param balance Pool balance at the period's end.
/// @param grossBalance Of all tapes committed by now, with what moved in and without what moved out.
/// @param lossToDate Claims written off less recovered, not below 0; the carrying ratio is not in it.
/// @param collectionRatio Net to date / planned to date, WAD, down.
/// @param profitabilityRatio Closed present value to date / its plan to date, WAD, down.
/// @param late Whether the report was late.
/// @param last Whether it is the deal's last run.
struct PeriodFigures {
    uint256 begin;
    uint256 end;
    uint256 net;
    int256 loss;
    uint256 recovered;
    uint256 balance;
    uint256 grossBalance;
    uint256 lossToDate;
    uint256 collectionRatio;
    uint256 profitabilityRatio;
    bool late;
    bool last;
}
