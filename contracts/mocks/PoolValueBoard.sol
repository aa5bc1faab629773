// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IValueSource} from "interfaces/IValueSource.sol";
import {Period} from "interfaces/Types.sol";

/// @title Stands in for whoever values a pool's loans: anybody can write on it
contract PoolValueBoard is IValueSource {
    uint256 private _value;
    Period private _period;
    uint40 private _at;

    function write(uint256 value, Period period, uint40 at) external {
        (_value, _period, _at) = (value, period, at);
    }

    /// @inheritdoc IValueSource
    function latest(address) external view returns (uint256, Period, uint40) {
        return (_value, _period, _at);
    }
}
