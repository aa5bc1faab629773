// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Condition, Looks} from "interfaces/ITriggerBook.sol";
import {WAD} from "interfaces/Types.sol";

/// @title When a condition over a value holds. Rules 32 and 35
library Conditions {
    uint256 private constant WHOLE = 1e9;

    /// @notice Whether it holds for a value (WAD), with the level moved to the safe side where it is `relaxed`.
    /// @param claim Settlement units.
    /// @param unit Settlement units in 1.
    /// @param fellFrom Of `ValueFell`, WAD.
    function holds(
        Condition memory self,
        uint256 value,
        uint256 claim,
        uint256 unit,
        uint256 fellFrom,
        bool relaxed
    ) internal pure returns (bool) {
        uint256 level = self.level;
        Looks looks = self.looks;
        if (relaxed) {
            bool up = looks == Looks.CoverageBelow || looks == Looks.ValueBelow;
            level = (level * (up ? WHOLE + self.margin : WHOLE - self.margin)) / WHOLE; // below 2^88 * 2^31
        }
        if (looks == Looks.CoverageBelow) {
            uint256 money = (value * unit) / WAD;
            unchecked {
                return money * WAD < level * claim; // what was divided by WAD; 2^119 * 2^96
            }
        }
        if (looks == Looks.LoanToValueAbove) return claim * WAD > level * ((value * unit) / WAD);
        if (looks == Looks.ValueAbove) return value > level;
        if (looks == Looks.ValueBelow) return value < level;
        return value + level <= fellFrom;
    }

    /// @notice Whether it looks at the claim, and the one that was noted is above it by more than the margin.
    function overstates(Condition memory self, uint256 noted, uint256 claim) internal pure returns (bool) {
        if (self.looks != Looks.CoverageBelow && self.looks != Looks.LoanToValueAbove) return false;
        return claim * WHOLE < noted * (WHOLE - self.margin); // the margin is at most the whole
    }

    /// @notice Whether the hub is asked.
    function isOfValue(Looks looks) internal pure returns (bool) {
        return looks <= Looks.ValueFell;
    }

    /// @notice Prefix and number as text, zeros behind.
    function keyOf(bytes11 prefix, uint64 caseId) internal pure returns (bytes32 key) {
        uint256 digits;
        uint256 rest = caseId;
        uint256 name = uint88(prefix);
        unchecked {
            do {
                digits = (digits >> 8) | ((48 + (rest % 10)) << 248);
                rest /= 10;
            } while (rest != 0);
            uint256 used = 88;
            for (; used != 0 && name & 0xff == 0; used -= 8) name >>= 8;
            return bytes32(prefix) | bytes32(digits >> used); // at most 11 + 20 bytes
        }
    }
}
