// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIndexOracle} from "interfaces/IIndexOracle.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {Period} from "interfaces/Types.sol";

/// @title What an interest-rate index stood at when each period began, told once by anyone
interface IIndexRecord {
    /// @notice The index of a period is known, WAD a year.
    event IndexTold(Period indexed period, int64 index);

    /// @notice The index of a period can be told from its start (seconds).
    error IndexNotDue(Period period, uint256 start);

    error IndexAlreadyTold(Period period);

    /// @notice The period was run with the last known index.
    error IndexTooLate(Period period, Period lastRun);

    /// @notice Asks the oracle for the index at a period's start, from that start until the period is run. By anyone.
    function tell(Period period) external;

    /// @notice The index of a period, WAD a year, and whether it was told.
    function told(Period period) external view returns (int64 index, bool known);

    /// @notice Who is asked.
    function oracle() external view returns (IIndexOracle);

    /// @notice Whose periods they are.
    function pool() external view returns (ILoanPool);
}
