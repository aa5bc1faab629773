// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

<<<<<<< HEAD
import {IValueSource} from "interfaces/IValueSource.sol";
import {Period} from "interfaces/Types.sol";

/// @title Stands in for whoever values a pool's loans: anybody can write on it
contract ValueBoard is IValueSource {
    uint256 private _value;
    Period private _period;
    uint40 private _at;

    function write(uint256 value, Period period, uint40 at) external {
        (_value, _period, _at) = (value, period, at);
    }

    /// @inheritdoc IValueSource
    function latest(address) external view returns (uint256, Period, uint40) {
        return (_value, _period, _at);
=======
import {ICollateralValues} from "interfaces/ICollateralValues.sol";

/// @title Stands in for those who say what a thing is worth; here anybody can
contract ValueBoard is ICollateralValues {
    struct Line {
        uint248 value;
        bool good;
    }

    mapping(bytes32 subject => Line line) private _lines;

    function write(bytes32 subject, uint248 value, bool good) external {
        _lines[subject] = Line(value, good);
    }

    /// @inheritdoc ICollateralValues
    function worth(bytes32 subject) external view returns (uint256 value, bool good) {
        return (_lines[subject].value, _lines[subject].good);
>>>>>>> wf-auction
    }
}
