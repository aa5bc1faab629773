// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ABOVE_SHARE, bit} from "contracts/compliance/Codes.sol";
import {only, Table} from "contracts/compliance/rules/Table.sol";
import {Kind, Movement} from "interfaces/IRule.sol";
import {WAD} from "interfaces/Types.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Nobody holds a larger share of the supply
/// @dev Not asked before the first unit is issued: there is no share of nothing.
library SupplyShare {
    /// @param params A share, Wad.
    function put(Table storage table, bytes calldata params) internal {
        table.share = SafeCast.toUint64(only(params));
    }

    function refusal(Table storage table, Movement memory movement, uint256 supply) internal view returns (uint256) {
        if (movement.units == 0 || supply == 0 || movement.within()) return 0;
        if (movement.kind == Kind.MINT) supply += movement.units;
        return bit(ABOVE_SHARE, movement.afterwards() * WAD > supply * table.share);
    }
}
