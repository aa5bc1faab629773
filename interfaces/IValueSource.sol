// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Period} from "interfaces/Types.sol";

/// @title What the loans of a pool are worth, as somebody outside the deal sees it
interface IValueSource {
    /// @notice The latest observation of the loans of `pool`.
    /// @dev Warning: an evergreen deal that names a source settles at this value; the fund checks period and time, not the amount.
    /// @return value Settlement units, at the end of `period`.
    /// @return period The last period that the observation knows of.
    /// @return observedAt When the loans were looked at, seconds.
    function latest(address pool) external view returns (uint256 value, Period period, uint40 observedAt);
}
