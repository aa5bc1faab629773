// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Side, Sides} from "contracts/fund/Sides.sol";
import {Books} from "contracts/waterfall/Books.sol";
import {ReserveTerms} from "interfaces/DealTerms.sol";
import {WAD} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice An over-collateralisation trigger of the waterfall.
struct CoverTest {
    uint256 tranche;
    uint256 level;
}

/// @notice Before the settlement, settlement units.
/// @param balance Of the pool, at the last run.
struct Means {
    uint256 account;
    uint256 balance;
    uint256 reserve;
    ReserveTerms reserveTerms;
    CoverTest[] tests;
}

/// @notice What is asked of the tests, of one tranche. Settlement units.
/// @param covered Principal that pool balance and account cover at a level of one, less what the reserve lacks.
/// @param base Principal, beside `value`: 1 : 1 without units.
/// @param share Of the reserve, where it counts the tranche.
/// @param more Principal that the slack counts beside what there is.
/// @param anew The first unit that enters makes principal of what is nobody's, or gives the reserve a target.
struct Question {
    uint256 place;
    uint256 covered;
    uint256 base;
    uint256 value;
    uint256 share;
    uint256 more;
    bool entering;
    bool anew;
}

/// @title What the waterfall's tests and its reserve leave room for: rules 22 and 24 of docs/evergreen.md
/// @dev Sums of cash are below 2^116, levels below 2^64, WAD below 2^60: no product here overflows but the one taken in 512 bits.
library Cover {
    using Sides for Side;

    /// @notice The account with what came and left so far.
    function accountNow(Means memory means, Side[] memory sides) internal pure returns (uint256 cash) {
        cash = means.account;
        for (uint256 i; i < sides.length; ++i) cash += sides[i].entered; // before anything is paid of it
        for (uint256 i; i < sides.length; ++i) cash -= sides[i].paid;
    }

    /// @notice What the reserve lacks with the principal after entries.
    function lacking(Means memory means, Side[] memory sides) internal pure returns (uint256) {
        return Math.saturatingSub(_target(means, sides, sides.length), means.reserve);
    }

    /// @notice Cash of `wanted` by which a tranche may be entered.
    function roomToEnter(
        Means memory means,
        Side[] memory sides,
        uint256 place,
        uint256 wanted
    ) internal pure returns (uint256) {
        Question memory ask = _question(sides, place);
        bool reserved = (means.reserveTerms.tranches >> place) & 1 == 1;
        uint256 lacks = Math.saturatingSub(_target(means, sides, reserved ? place : sides.length), means.reserve);
        uint256 covering = means.balance + accountNow(means, sides);
        ask.covered = Math.saturatingSub(covering, reserved ? lacks + 1 : lacks);
        ask.entering = true;
        if (reserved) ask.share = means.reserveTerms.share;
        if (sides[place].units == 0) ask.more = sides[place].value; // nobody's yet
        ask.anew = sides[place].units == 0 && (reserved || ask.more != 0);
        return _room(means, sides, ask, wanted);
    }

    /// @notice Cash of `wanted` that all leavers of a tranche may have, those matched included.
    function roomToLeave(
        Means memory means,
        Side[] memory sides,
        uint256 place,
        uint256 wanted
    ) internal pure returns (uint256) {
        Question memory ask = _question(sides, place);
        Side memory one = sides[place];
        uint256 covering = means.balance + accountNow(means, sides) + one.paid;
        ask.covered = Math.saturatingSub(covering, lacking(means, sides));
        ask.more = one.principalAfter(0, one.made) - one.principalAfter(one.ended, one.made);
        return _room(means, sides, ask, wanted);
    }

    function _room(
        Means memory means,
        Side[] memory sides,
        Question memory ask,
        uint256 wanted
    ) private pure returns (uint256) {
        for (uint256 k; k < means.tests.length; ++k) {
            CoverTest memory test = means.tests[k];
            uint256 principal = _principalTo(sides, test.tranche);
            bool counted = ask.place <= test.tranche;
            if (counted) principal += ask.more;
            if (ask.anew && ask.covered * WAD < test.level * principal) return 0;
            uint256 above = ask.base * ((counted ? test.level : 0) + ask.share);
            uint256 below = ask.value * WAD;
            if (!ask.entering) (above, below) = (below, above);
            if (above <= below) continue;
            uint256 slack = Math.saturatingSub(ask.covered * WAD, test.level * principal);
            wanted = _atMost(wanted, slack, ask.value, above - below);
        }
        return wanted;
    }

    function _question(Side[] memory sides, uint256 place) private pure returns (Question memory ask) {
        Side memory one = sides[place];
        ask.place = place;
        (ask.base, ask.value) = one.units == 0 ? (1, 1) : (one.books.principal, one.value);
    }

    /// @dev Of the reserve, with the principal after entries; at least its floor where `entering` is about to be entered.
    function _target(Means memory means, Side[] memory sides, uint256 entering) private pure returns (uint256) {
        ReserveTerms memory terms = means.reserveTerms;
        uint256 principal;
        for (uint256 i; i < sides.length; ++i) {
            if ((terms.tranches >> i) & 1 == 0) continue;
            Side memory one = sides[i];
            principal += i == entering && one.units == 0 ? one.value : one.principalAfter(0, one.made);
        }
        uint256 target = Books.targetOf(terms, principal);
        return entering == sides.length ? target : Math.max(target, Math.min(terms.floor, terms.cap));
    }

    function _principalTo(Side[] memory sides, uint256 tranche) private pure returns (uint256 sum) {
        for (uint256 i; i <= tranche; ++i) sum += sides[i].principalAfter(sides[i].ended, sides[i].made);
    }

    /// @dev The lesser of `wanted` and slack × value / divisor.
    function _atMost(uint256 wanted, uint256 slack, uint256 value, uint256 divisor) private pure returns (uint256) {
        (uint256 high, uint256 low) = Math.mul512(wanted, divisor);
        (uint256 above, uint256 below) = Math.mul512(slack, value);
        if (high < above || (high == above && low <= below)) return wanted;
        return Math.mulDiv(slack, value, divisor);
    }
}
