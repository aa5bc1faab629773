// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIndexOracle} from "interfaces/IIndexOracle.sol";
import {IOracleHub} from "interfaces/IOracleHub.sol";

/// @title An interest-rate index out of the hub: whom an `IndexRecord` asks
/// @notice It knows what the rate is now, so it is asked soon after the time that is meant. The hub's values are not below 0: an index that
///         may be is told there as 1 + the rate.
interface IBaseRate is IIndexOracle {
    /// @notice The oldest answer is from before the time that is asked, or too long after it (seconds).
    error NotOfThatTime(uint256 asked, uint256 observed, uint256 within);

    /// @notice The rate does not fit.
    error RateTooLarge(uint256 given, uint256 most);

    /// @notice Whether the value tells 1 + the rate: then 1 WAD is taken off it.
    function isGrowth() external view returns (bool);

    /// @notice Which value of the hub is read, WAD a year.
    function key() external view returns (bytes32);

    /// @notice Seconds after a time in which an answer is still of it.
    function within() external view returns (uint40);

    /// @notice Whose values are read.
    function hub() external view returns (IOracleHub);
}
