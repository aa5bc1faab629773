// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBaseRate} from "interfaces/IBaseRate.sol";
import {IIndexOracle} from "interfaces/IIndexOracle.sol";
import {IOracleHub, Reading} from "interfaces/IOracleHub.sol";
import {WAD} from "interfaces/Types.sol";

contract BaseRate is IBaseRate {
    /* IMMUTABLES */

    /// @inheritdoc IBaseRate
    IOracleHub public immutable hub;

    /// @inheritdoc IBaseRate
    bytes32 public immutable key;

    /// @inheritdoc IBaseRate
    uint40 public immutable within;

    /// @inheritdoc IBaseRate
    bool public immutable isGrowth;

    /* CONSTRUCTOR */

    constructor(IOracleHub hub_, bytes32 key_, uint40 within_, bool isGrowth_) {
        (hub, key, within, isGrowth) = (hub_, key_, within_, isGrowth_);
    }

    /* RATE */

    /// @inheritdoc IIndexOracle
    function indexAt(uint40 time) external view returns (int64) {
        Reading memory reading = hub.readFresh(key);
        if (reading.at < time || reading.at - time > within) revert NotOfThatTime(time, reading.at, within);
        uint256 off = isGrowth ? WAD : 0;
        uint256 most = uint64(type(int64).max) + off;
        if (reading.value > most) revert RateTooLarge(reading.value, most);
        return int64(int256(uint256(reading.value)) - int256(off)); // -1 WAD at least
    }
}
