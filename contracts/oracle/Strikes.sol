// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The last times in which values of a key may have been wrong, in one word: see `StrikesWord`.
type Strikes is uint256;

using StrikesWord for Strikes global;

/// @title Up to three spans of seconds, both ends included, the newest lowest: rule 13 of docs/oracles.md
/// @dev 80 bits each: since 40, at 40. Spans that meet are one; a fourth makes one of the two oldest.
library StrikesWord {
    uint256 private constant SPAN = 80;
    uint256 private constant MOST = 3;

    /// @notice With one more, which ends now.
    function add(Strikes self, uint40 since) internal view returns (Strikes) {
        uint256 rest = Strikes.unwrap(self);
        uint256 kept;
        uint256 count;
        for (; rest != 0; rest >>= SPAN) {
            (uint40 from, uint40 at) = (uint40(rest), uint40(rest >> 40));
            if (at >= since) {
                if (from < since) since = from;
                continue;
            }
            // Two older ones beside the new one are all there is room for: the third reaches back to the fourth.
            if (++count < MOST) kept |= ((uint256(at) << 40) | from) << (SPAN * count);
            else
                kept =
                    (kept & ~(uint256(type(uint40).max) << (SPAN * (MOST - 1)))) |
                    (uint256(from) << (SPAN * (MOST - 1)));
        }
        return Strikes.wrap(kept | (uint256(uint40(block.timestamp)) << 40) | since);
    }

    /// @notice Whether a second lies in one of them.
    function covers(Strikes self, uint40 second) internal pure returns (bool) {
        for (uint256 rest = Strikes.unwrap(self); rest != 0; rest >>= SPAN) {
            if (uint40(rest) <= second && second <= uint40(rest >> 40)) return true;
        }
        return false;
    }
}
