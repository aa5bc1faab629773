// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ABOVE_SUPPLY, bit} from "contracts/compliance/Codes.sol";
import {only, Table} from "contracts/compliance/rules/Table.sol";
import {Kind, Movement} from "interfaces/IRule.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title There are no more units
/// @dev Asked of what is made; a transfer makes nothing.
library SupplyLimit {
    /// @param params Units.
    function put(Table storage table, bytes calldata params) internal {
        table.supplyLimit = SafeCast.toUint112(only(params));
    }

    function refusal(Table storage table, Movement memory movement, address token) internal view returns (uint256) {
        if (movement.kind != Kind.MINT) return 0;
        uint256 supply = token == address(0) ? 0 : IERC20(token).totalSupply();
        return bit(ABOVE_SUPPLY, supply + movement.units > table.supplyLimit);
    }
}
