// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrancheState} from "interfaces/IWaterfall.sol";
import {MAX_AMOUNT, WAD} from "interfaces/Types.sol";
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

/// @title One epoch as a function of figures: rules 19 to 24 of docs/evergreen.md
/// @dev Values and cash are below 2^113, units below 2^112, WAD below 2^60: no product here overflows.
library Settlement {
    /// @notice Rule 20: who comes pays who leaves, within a tranche; nobody else is touched.
    function matchUp(Side[] memory sides) internal pure {
        for (uint256 i; i < sides.length; ++i) {
            Side memory one = sides[i];
            one.now = one.value;
            if (one.closed || one.units == 0) continue;
            one.worth = (one.exit * one.value) / one.units;
            uint256 ended = one.worth <= one.entry ? one.exit : (one.entry * one.units) / one.value;
            uint256 cash = (ended * one.value) / one.units;
            if ((cash * one.units) / one.value == 0) continue; // who comes would get nothing for it
            one.ended = ended;
            one.entered = cash;
            one.paid = cash;
        }
    }

    /// @notice Rule 21, from the most junior tranche upwards.
    function enter(Side[] memory sides, uint64[] memory limits) internal pure {
        for (uint256 i = sides.length; i != 0; --i) {
            Side memory one = sides[i - 1];
            if (one.closed) continue;
            uint256 more = Math.min(one.entry - one.entered, _roomToEnter(sides, limits, i - 1));
            uint256 made = unitsFor(one, one.entered + more);
            if (made == 0 || one.units + made > MAX_AMOUNT) {
                more = 0;
                made = unitsFor(one, one.entered);
            }
            one.entered += more;
            one.made = made;
            one.now += more;
        }
    }

    /// @notice Rule 23: senior first, or pro rata to what each asks.
    function leave(Side[] memory sides, uint64[] memory limits, uint256 cash, bool seniorFirst) internal pure {
        uint256 wanted;
        for (uint256 i; i < sides.length; ++i) wanted += sides[i].worth - sides[i].paid;
        uint256 all = cash;
        for (uint256 i; i < sides.length; ++i) {
            Side memory one = sides[i];
            if (one.closed || one.units == 0) continue;
            uint256 more = one.worth - one.paid;
            uint256 share = cash;
            if (!seniorFirst) share = wanted == 0 ? 0 : (all * more) / wanted;
            more = Math.min(Math.min(more, share), _roomToLeave(sides, limits, i));
            uint256 before = one.paid;
            _end(one, before + more);
            cash -= one.paid - before;
            one.now -= one.paid - before;
        }
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

    /// @dev Never fewer units than were matched; those that would bring nothing stay.
    function _end(Side memory one, uint256 budget) private pure {
        uint256 ended = one.exit;
        if (budget < one.worth) ended = Math.max(one.ended, (budget * one.units) / one.value);
        uint256 paid = (ended * one.value) / one.units;
        one.ended = paid == 0 ? 0 : ended;
        one.paid = paid;
    }

    function _roomToEnter(
        Side[] memory sides,
        uint64[] memory limits,
        uint256 place
    ) private pure returns (uint256 room) {
        uint256 whole = _sum(sides, 0);
        room = Math.saturatingSub(MAX_AMOUNT, whole);
        for (uint256 j = place; j < limits.length; ++j) {
            if (limits[j] == 0) continue;
            room = Math.min(room, Math.saturatingSub((_sum(sides, j + 1) * WAD) / limits[j], whole));
        }
    }

    function _roomToLeave(
        Side[] memory sides,
        uint64[] memory limits,
        uint256 place
    ) private pure returns (uint256 room) {
        uint256 whole = _sum(sides, 0);
        room = MAX_AMOUNT;
        for (uint256 j; j < place; ++j) {
            uint256 spare = Math.saturatingSub(_sum(sides, j + 1) * WAD, limits[j] * whole);
            room = Math.min(room, spare / (WAD - limits[j])); // limits are below WAD
        }
    }

    function _sum(Side[] memory sides, uint256 from) private pure returns (uint256 sum) {
        for (uint256 i = from; i < sides.length; ++i) sum += sides[i].now;
    }
}
