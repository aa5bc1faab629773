// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {bit, CLASS_NOT_ALLOWED} from "contracts/compliance/Codes.sol";
import {only, Table} from "contracts/compliance/rules/Table.sol";
import {Movement} from "interfaces/IRule.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Receivers of these classes only
library InvestorClass {
    /// @param params A sum of bits. Bit n: class n (1 retail, 2 professional, 3 institutional) may hold.
    function put(Table storage table, bytes calldata params) internal {
        table.classes = SafeCast.toUint8(only(params));
    }

    function refusal(Table storage table, Movement memory movement) internal view returns (uint256) {
        return bit(CLASS_NOT_ALLOWED, (table.classes >> movement.to.class) & 1 == 0);
    }
}
