// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Cover, Means} from "contracts/fund/Cover.sol";
import {Side, Sides} from "contracts/fund/Sides.sol";
import {MAX_AMOUNT, WAD} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title One epoch as a function of figures: rules 19 to 24 of docs/evergreen.md
/// @dev Values and cash are below 2^113, units below 2^112, WAD below 2^60: no product here overflows.
library Settlement {
    using Cover for Means;
    using Sides for Side;

    /// @notice Rule 20: who comes pays who leaves, within a tranche; nobody else is touched.
    function matchUp(Side[] memory sides) internal pure {
        for (uint256 i; i < sides.length; ++i) {
            Side memory one = sides[i];
            one.now = one.value;
            if (one.closed || one.units == 0) continue;
            one.worth = (one.exit * one.value) / one.units;
            uint256 entry = one.entering();
            uint256 ended = one.worth <= entry ? one.exit : (entry * one.units) / one.value;
            uint256 cash = (ended * one.value) / one.units;
            uint256 made = one.unitsFor(cash);
            if (made == 0) continue; // who comes would get nothing for it
            one.made = made;
            one.ended = ended;
            one.entered = cash;
            one.paid = cash;
        }
    }

    /// @notice Rule 21, from the most junior tranche upwards.
    function enter(Means memory means, Side[] memory sides, uint64[] memory limits) internal pure {
        for (uint256 i = sides.length; i != 0; --i) {
            Side memory one = sides[i - 1];
            if (one.closed) continue;
            uint256 more = Math.min(one.entering() - one.entered, _roomToEnter(sides, limits, i - 1));
            more = means.roomToEnter(sides, i - 1, more);
            uint256 made = one.unitsFor(one.entered + more);
            if (made == 0 || one.units + made > MAX_AMOUNT) {
                more = 0;
                made = one.unitsFor(one.entered);
            }
            one.entered += more;
            one.made = made;
            one.now += more;
        }
    }

    /// @notice Rule 23: senior first, or pro rata to what each asks.
    function leave(Means memory means, Side[] memory sides, uint64[] memory limits, bool seniorFirst) internal pure {
        uint256 cash = Math.saturatingSub(means.accountNow(sides), means.lacking(sides)); // rule 22
        uint256 wanted;
        for (uint256 i; i < sides.length; ++i) wanted += sides[i].worth - sides[i].paid;
        uint256 all = cash;
        for (uint256 i; i < sides.length; ++i) {
            Side memory one = sides[i];
            if (one.closed || one.units == 0) continue;
            uint256 before = one.paid;
            uint256 share = cash;
            if (!seniorFirst) share = wanted == 0 ? 0 : (all * (one.worth - before)) / wanted;
            _leaveOne(means, sides, limits, i, share);
            cash -= one.paid - before;
        }
    }

    function _leaveOne(
        Means memory means,
        Side[] memory sides,
        uint64[] memory limits,
        uint256 place,
        uint256 share
    ) private pure {
        Side memory one = sides[place];
        uint256 before = one.paid;
        uint256 most = before + Math.min(Math.min(one.worth - before, share), _roomToLeave(sides, limits, place));
        _end(one, Math.max(before, means.roomToLeave(sides, place, most)));
        one.now -= one.paid - before;
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
