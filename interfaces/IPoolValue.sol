// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILoanPool} from "interfaces/ILoanPool.sol";
import {IOracleHub} from "interfaces/IOracleHub.sol";
import {IValueSource} from "interfaces/IValueSource.sol";

/// @title What the loans of one pool are worth, from the hub: the value source of an evergreen deal
/// @notice Good values only: while the hub holds one, there is none here and the epoch waits. An observation knows of a period when its
///         oldest answer is not before the period's end and the period was reported.
interface IPoolValue is IValueSource {
    /// @notice It knows one pool.
    error AnotherPool(address given, address known);

    /// @notice Which value of the hub is read; WAD of a whole unit of the settlement asset.
    function key() external view returns (bytes32);

    /// @notice Whose values are read.
    function hub() external view returns (IOracleHub);

    /// @notice Whose loans they are.
    function pool() external view returns (ILoanPool);

    /// @notice Settlement units in a whole one.
    function unit() external view returns (uint256);
}
