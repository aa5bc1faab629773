// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Condition, Looks} from "interfaces/ITriggerBook.sol";
import {WAD} from "interfaces/Types.sol";

/// @notice A condition as it is kept, in one word: see `Conditions`.
type Demand is uint256;

using Conditions for Demand global;

/// @title The word of a condition, and when one over a value holds. Rules 32 and 35
/// @dev From the lowest bit: looks 8, prefix 88, its length in bits 8, level 88, margin 32, window 32. A checkpoint reads it once.
library Conditions {
    uint256 private constant WHOLE = 1e9;
    uint256 private constant EIGHT_DIGITS = 1e8;

    /// @notice Puts the word together.
    function pack(Condition memory given) internal pure returns (Demand) {
        return
            Demand.wrap(
                uint256(given.looks) |
                    (uint256(uint88(given.prefix)) << 8) |
                    (bitsOf(given.prefix) << 96) |
                    (uint256(given.level) << 104) |
                    (uint256(given.margin) << 192) |
                    (uint256(given.window) << 224)
            );
    }

    /// @notice As it was declared.
    function told(Demand self) internal pure returns (Condition memory) {
        return
            Condition({
                looks: Looks(looks(self)),
                prefix: bytes11(uint88(Demand.unwrap(self) >> 8)),
                level: uint88(level(self)),
                margin: uint32(margin(self)),
                window: uint32(window(self))
            });
    }

    /// @notice What it looks at, as a number: a checkpoint asks often, and each conversion to `Looks` is checked.
    function looks(Demand self) internal pure returns (uint256) {
        return uint8(Demand.unwrap(self));
    }

    /// @notice WAD.
    function level(Demand self) internal pure returns (uint256) {
        return uint88(Demand.unwrap(self) >> 104);
    }

    /// @notice Parts of 10^9 of the level, or of a claim.
    function margin(Demand self) internal pure returns (uint256) {
        return uint32(Demand.unwrap(self) >> 192);
    }

    /// @notice Seconds.
    function window(Demand self) internal pure returns (uint256) {
        return Demand.unwrap(self) >> 224;
    }

    /// @notice Under what the hub knows its value for a case.
    function key(Demand self, uint64 caseId) internal pure returns (bytes32) {
        uint256 word = Demand.unwrap(self);
        return keyOf(bytes11(uint88(word >> 8)), uint8(word >> 96), caseId);
    }

    /// @notice The same of a prefix of so many bits: prefix and number as text, zeros behind.
    function keyOf(bytes11 prefix, uint256 bits, uint64 caseId) internal pure returns (bytes32) {
        (uint256 text, ) = _text(caseId);
        return bytes32(prefix) | bytes32(text >> bits); // at most 11 + 20 bytes
    }

    /// @notice How many bits of a prefix are not the zeros behind.
    function bitsOf(bytes11 prefix) internal pure returns (uint256 bits) {
        uint256 name = uint88(prefix);
        for (bits = 88; bits != 0 && name & 0xff == 0; bits -= 8) name >>= 8;
    }

    /// @notice Whether it holds for a value (WAD), with the level moved to the safe side where it is `relaxed`.
    /// @param claim Settlement units.
    /// @param unit Settlement units in 1.
    /// @param fellFrom Of `ValueFell`, WAD.
    function holds(
        Demand self,
        uint256 value,
        uint256 claim,
        uint256 unit,
        uint256 fellFrom,
        bool relaxed
    ) internal pure returns (bool) {
        uint256 limit = level(self);
        uint256 kind = looks(self);
        if (relaxed) {
            bool up = kind == uint8(Looks.CoverageBelow) || kind == uint8(Looks.ValueBelow);
            limit = (limit * (up ? WHOLE + margin(self) : WHOLE - margin(self))) / WHOLE; // below 2^88 * 2^31
        }
        if (kind == uint8(Looks.CoverageBelow)) {
            uint256 money = (value * unit) / WAD;
            unchecked {
                return money * WAD < limit * claim; // what was divided by WAD; 2^119 * 2^96
            }
        }
        if (kind == uint8(Looks.LoanToValueAbove)) return claim * WAD > limit * ((value * unit) / WAD);
        if (kind == uint8(Looks.ValueAbove)) return value > limit;
        if (kind == uint8(Looks.ValueBelow)) return value < limit;
        return value + limit <= fellFrom;
    }

    /// @notice Whether it looks at the claim, and the one that was noted is above it by more than the margin.
    function overstates(Demand self, uint256 noted, uint256 claim) internal pure returns (bool) {
        if (!isOfClaim(self)) return false;
        return claim * WHOLE < noted * (WHOLE - margin(self)); // the margin is at most the whole
    }

    /// @notice Whether it depends on how much is claimed.
    function isOfClaim(Demand self) internal pure returns (bool) {
        return looks(self) == uint8(Looks.CoverageBelow) || looks(self) == uint8(Looks.LoanToValueAbove);
    }

    /// @notice Whether the hub is asked.
    function isOfValue(Demand self) internal pure returns (bool) {
        return looks(self) <= uint8(Looks.ValueFell);
    }

    /// @notice Whether it remembers what a value fell from.
    function isOfFall(Demand self) internal pure returns (bool) {
        return looks(self) == uint8(Looks.ValueFell);
    }

    /// @dev Digits from the highest byte on, zeros behind. Eight at a time, so that a high number costs what a low one does.
    function _text(uint256 number) private pure returns (uint256 text, uint256 bits) {
        unchecked {
            if (number < EIGHT_DIGITS) {
                bits = 8;
                if (number >= 10)
                    bits =
                        number < 100
                            ? 16
                            : number < 1_000
                                ? 24
                                : 32;
                if (number >= 10_000)
                    bits =
                        number < 1e6
                            ? (number < 1e5 ? 40 : 48)
                            : number < 1e7
                                ? 56
                                : 64;
            } else {
                (text, bits) = _text(number / EIGHT_DIGITS);
                (bits, number) = (bits + 64, number % EIGHT_DIGITS);
            }
            text |= (_eight(number) | 0x3030303030303030) << (256 - bits); // what leads the first digit is shifted away
        }
    }

    /// @dev A byte a digit: halves, quarters and eighths are divided side by side in one word. The factors are 2^19 / 100 and
    ///      2^10 / 10, up: exact below 10^4 and below 10^2.
    function _eight(uint256 number) private pure returns (uint256 digits) {
        unchecked {
            digits = number + (number / 10_000) * (2 ** 32 - 10_000);
            digits += (((digits * 5_243) >> 19) & 0x0000007f0000007f) * (2 ** 16 - 100);
            digits += (((digits * 103) >> 10) & 0x000f000f000f000f) * (2 ** 8 - 10);
        }
    }
}
