// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ABOVE_MAXIMUM, bit} from "contracts/compliance/Codes.sol";
import {only, Table} from "contracts/compliance/rules/Table.sol";
import {Movement} from "interfaces/IRule.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Nobody holds more
library MaxHolding {
    /// @param params Units.
    function put(Table storage table, bytes calldata params) internal {
        table.maxHolding = SafeCast.toUint112(only(params));
    }

    function refusal(Table storage table, Movement memory movement) internal view returns (uint256) {
        if (movement.units == 0 || movement.within()) return 0;
        return bit(ABOVE_MAXIMUM, movement.afterwards() > table.maxHolding);
    }
}
