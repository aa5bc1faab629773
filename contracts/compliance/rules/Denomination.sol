// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {bit, NOT_A_DENOMINATION} from "contracts/compliance/Codes.sol";
import {Table} from "contracts/compliance/rules/Table.sol";
import {Kind, Movement} from "interfaces/IRule.sol";

/// @title Units move in whole pieces, of one currency
/// @dev What was allotted is handed over in whatever pieces, and who has an odd piece may send all. The currency is compared when the rule is put on and when a token is bound: it can't change later.
library Denomination {
    /// @param params The settlement asset, and the units of one piece: above 0.
    function put(Table storage table, bytes calldata params) internal {
        (table.currency, table.denomination) = abi.decode(params, (address, uint64));
    }

    function refusal(Table storage table, Movement memory movement) internal view returns (uint256) {
        if (movement.kind == Kind.HAND_OVER || movement.within()) return 0;
        if (movement.kind == Kind.TRANSFER && movement.from.held == movement.units) return 0; // an odd rest goes with all
        return bit(NOT_A_DENOMINATION, movement.units % table.denomination != 0);
    }
}
