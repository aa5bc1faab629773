// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrancheState} from "interfaces/IWaterfall.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice A tranche on its way through a settlement. Settlement units and note units.
/// @param value Before the settlement, and `units`: the price is value / units, 1 / 1 where there is no unit.
/// @param worth What all units of exit are worth.
/// @param books Of the waterfall, before the settlement.
/// @param now Value with what was entered and left so far.
struct Side {
    uint256 value;
    uint256 units;
    uint256 entry;
    uint256 exit;
    bool closed;
    TrancheState books;
    uint256 worth;
    uint256 now;
    uint256 entered;
    uint256 made;
    uint256 ended;
    uint256 paid;
}

/// @title What is asked of a tranche at its price, and how its books follow: rules 2, 17, 19 and 26 of docs/evergreen.md
/// @dev Values and cash are below 2^113, units below 2^112: no product here overflows.
library Sides {
    /// @dev Settlement units that a unit may be worth for its tranche to be entered: whoever comes loses less than one unit.
    uint256 private constant DEAREST = 1_000;

    /// @notice Cash of entry that may be taken: none where a unit is dear.
    function entering(Side memory one) internal pure returns (uint256) {
        return one.units != 0 && one.value > DEAREST * one.units ? 0 : one.entry;
    }

    /// @notice Units that so much cash buys at the tranche's price.
    function unitsFor(Side memory one, uint256 cash) internal pure returns (uint256) {
        return one.units == 0 ? cash : (cash * one.units) / one.value;
    }

    /// @notice Rule 2: a figure of a tranche that had units, after they changed.
    function rebooked(uint256 amount, Side memory one, uint256 ended, uint256 made) internal pure returns (uint256) {
        if (one.units == 0) return 0;
        return amount - Math.ceilDiv(amount * ended, one.units) + (amount * made) / one.units; // amounts < 2^128
    }

    /// @notice Principal after so many units ended and were made: what was nobody's becomes principal where somebody comes.
    function principalAfter(Side memory one, uint256 ended, uint256 made) internal pure returns (uint256) {
        if (one.units != 0) return rebooked(one.books.principal, one, ended, made);
        return made == 0 ? 0 : made + one.value;
    }
}
