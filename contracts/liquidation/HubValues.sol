// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICollateralValues} from "interfaces/ICollateralValues.sol";
import {IOracleHub, Reading, Status} from "interfaces/IOracleHub.sol";
import {WAD} from "interfaces/Types.sol";

/// @title Values of the hub in settlement units: good ones only
contract HubValues is ICollateralValues {
    /// @notice Whose values.
    IOracleHub public immutable hub;

    uint256 private immutable _unit;

    constructor(IOracleHub hub_, uint8 decimals) {
        hub = hub_;
        _unit = 10 ** decimals;
    }

    /// @inheritdoc ICollateralValues
    function worth(bytes32 subject) external view returns (uint256 value, bool good) {
        Reading memory reading = hub.peek(subject);
        return ((reading.value * _unit) / WAD, reading.status == Status.Good);
    }
}
