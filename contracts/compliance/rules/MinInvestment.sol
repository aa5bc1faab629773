// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BELOW_INVESTMENT, bit} from "contracts/compliance/Codes.sol";
import {only, Table} from "contracts/compliance/rules/Table.sol";
import {Kind, Movement} from "interfaces/IRule.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Who subscribes has so much afterwards
/// @dev Asked of an order and of what agents make. An order that was cut is handed over as it was allotted.
library MinInvestment {
    /// @param params Units.
    function put(Table storage table, bytes calldata params) internal {
        table.minInvestment = SafeCast.toUint112(only(params));
    }

    function refusal(Table storage table, Movement memory movement) internal view returns (uint256) {
        if (movement.kind != Kind.MINT) return 0;
        return bit(BELOW_INVESTMENT, movement.units != 0 && movement.afterwards() < table.minInvestment);
    }
}
