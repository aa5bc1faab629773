// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILoanPool} from "interfaces/ILoanPool.sol";
import {IOracleHub, Reading} from "interfaces/IOracleHub.sol";
import {IPoolValue} from "interfaces/IPoolValue.sol";
import {IValueSource} from "interfaces/IValueSource.sol";
import {Period, WAD} from "interfaces/Types.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

contract PoolValue is IPoolValue {
    /* IMMUTABLES */

    /// @inheritdoc IPoolValue
    IOracleHub public immutable hub;

    /// @inheritdoc IPoolValue
    ILoanPool public immutable pool;

    /// @inheritdoc IPoolValue
    bytes32 public immutable key;

    /// @inheritdoc IPoolValue
    uint256 public immutable unit;

    /* CONSTRUCTOR */

    constructor(IOracleHub hub_, bytes32 key_, ILoanPool pool_) {
        (hub, key, pool) = (hub_, key_, pool_);
        unit = 10 ** IERC20Metadata(address(pool_.settlement())).decimals();
    }

    /* VALUE */

    /// @inheritdoc IValueSource
    function latest(address pool_) external view returns (uint256 value, Period period, uint40 observedAt) {
        if (pool_ != address(pool)) revert AnotherPool(pool_, address(pool));
        Reading memory reading = hub.readFresh(key);
        observedAt = reading.at;
        value = (uint256(reading.value) * unit) / WAD;
        uint256 number = pool.lastReported().number();
        // As many steps as periods ended since: few, where the policy limits the age.
        while (number != 0 && pool.record(Period.wrap(uint32(number))).end > observedAt) --number;
        period = Period.wrap(uint32(number));
    }
}
