// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Says what an interest-rate index stood at, such as a three-month interbank rate
interface IIndexOracle {
    /// @notice The index that held at `time` (seconds since 1970), WAD a year; it may be below 0. Reverts while it is not known.
    /// @dev Warning: whoever answers is trusted; the deal only asks whose answer it takes.
    function indexAt(uint40 time) external view returns (int64 index);
}
