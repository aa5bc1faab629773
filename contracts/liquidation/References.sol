// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice What a value fell from, since when, and the value of the last checkpoint, one slot; 0 for none. WAD; values above 2^112 are
///         kept as that.
struct Reference {
    uint112 value;
    uint32 at;
    uint112 last;
}

/// @title From what a value fell within a window. Rule 32
library References {
    /// @notice Brings it up to date with a value (WAD) that is seen now.
    /// @param window Seconds.
    /// @param seen When it was last looked at; 0: too long ago to count.
    function refer(
        Reference memory self,
        uint256 value,
        uint256 window,
        uint256 seen
    ) internal view returns (Reference memory) {
        if (block.timestamp > self.at + window) {
            self = seen == 0 ? Reference(0, 0, 0) : Reference(self.last, uint32(seen), 0);
        }
        self.last = capped(value);
        if (self.last >= self.value) (self.value, self.at) = (self.last, uint32(block.timestamp));
        return self;
    }

    /// @notice As much of a value as is kept.
    function capped(uint256 value) internal pure returns (uint112) {
        return uint112(Math.min(value, type(uint112).max));
    }
}
