// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Mark} from "interfaces/IEvergreenFund.sol";
import {MAX_AMOUNT, WAD} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice What a plan says at a mark and at a later period. Settlement units.
/// @param presentAtMark The plan's value at the end of the mark's period.
/// @param knownAtMark Planned to date then.
/// @param whole Planned in all.
struct PlanFigures {
    uint256 presentAtMark;
    uint256 present;
    uint256 knownAtMark;
    uint256 known;
    uint256 whole;
}

/// @title What the loans are worth, and each tranche of it: section 3 of docs/evergreen.md
library Valuation {
    uint256 internal constant YEAR = 365 days;

    /// @notice Rule 10, one period back.
    function discounted(
        uint256 next,
        uint256 planned,
        uint256 fees,
        uint256 rate,
        uint256 time
    ) internal pure returns (uint256) {
        uint256 kept = (planned * (WAD - fees)) / WAD;
        return Math.mulDiv(next + kept, YEAR * WAD, YEAR * WAD + rate * time); // time < 2^40, rate < 2^64
    }

    /// @notice Rule 11: the mark's value along the plan, as far as collections followed it and claims are left.
    function loans(
        Mark memory mark,
        PlanFigures memory plan,
        uint256 came,
        uint256 writtenOff
    ) internal pure returns (uint256) {
        uint256 base = plan.presentAtMark;
        if (base == 0 || mark.balance == 0) return 0;
        uint256 rest = Math.mulDiv(plan.whole - plan.known, mark.value, base);
        uint256 all = Math.mulDiv(plan.whole - plan.knownAtMark, mark.value, base);
        uint256 since = came - mark.came;
        uint256 share = atMostWad(since + rest, all);
        share = Math.min(share, atMostWad(Math.saturatingSub(all, since), rest));
        uint256 gone = Math.saturatingSub(writtenOff, mark.writtenOff);
        uint256 value = Math.mulDiv(mark.value, plan.present, base);
        value = Math.mulDiv(Math.mulDiv(value, share, WAD), Math.saturatingSub(mark.balance, gone), mark.balance);
        return Math.min(value, MAX_AMOUNT);
    }

    /// @notice Rule 15: by seniority; the most junior tranche has all that is left.
    function spread(uint256 nav, uint256[] memory claims) internal pure returns (uint256[] memory values) {
        uint256 last = claims.length - 1;
        values = new uint256[](claims.length);
        for (uint256 i; i < last; ++i) {
            values[i] = Math.min(nav, claims[i]);
            nav -= values[i];
        }
        values[last] = nav;
    }

    /// @notice Rule 16: takes an announced loss off `values` from the bottom, and says which tranches it reaches.
    function markDown(uint256[] memory values, uint256 loss) internal pure returns (bool[] memory reached) {
        reached = new bool[](values.length);
        for (uint256 i = values.length; i != 0 && loss != 0; --i) {
            reached[i - 1] = true;
            uint256 borne = Math.min(loss, values[i - 1]);
            values[i - 1] -= borne;
            loss -= borne;
        }
    }

    /// @notice A share, WAD; of nothing it is all.
    function atMostWad(uint256 part, uint256 whole) internal pure returns (uint256) {
        return part >= whole ? WAD : Math.mulDiv(part, WAD, whole);
    }
}
