// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BELOW_MINIMUM, bit, REST_BELOW_MINIMUM} from "contracts/compliance/Codes.sol";
import {only, Table} from "contracts/compliance/rules/Table.sol";
import {Kind, Movement} from "interfaces/IRule.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Whoever holds, holds so much
/// @dev The receiver afterwards, and the sender unless nothing is left. What was allotted is handed over: the order was asked.
library MinHolding {
    /// @param params Units.
    function put(Table storage table, bytes calldata params) internal {
        table.minHolding = SafeCast.toUint112(only(params));
    }

    function refusal(Table storage table, Movement memory movement) internal view returns (uint256) {
        if (movement.units == 0 || movement.kind == Kind.HAND_OVER || movement.within()) return 0;
        uint256 least = table.minHolding;
        uint256 found = bit(BELOW_MINIMUM, movement.afterwards() < least);
        if (movement.kind != Kind.TRANSFER || movement.from.held <= movement.units) return found;
        return found | bit(REST_BELOW_MINIMUM, movement.from.held - movement.units < least);
    }
}
