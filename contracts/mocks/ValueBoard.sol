// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

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
    }
}
