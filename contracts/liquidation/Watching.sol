// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Watch} from "interfaces/ITriggerBook.sol";

/// @notice A trigger of a case as it is kept, in one word: see `WatchingWord`.
type Watching is uint256;

using WatchingWord for Watching global;

/// @title The word of a watch: since when clauses hold, last checkpoint, claim, watched, fired, loans
/// @dev From the lowest bit: since 3 times 32, last 32, claim 96, watched 1, fired 1, loans 30. A checkpoint reads and writes it once.
library WatchingWord {
    uint256 private constant WATCHED = 1 << 224;
    uint256 private constant FIRED = 1 << 225;
    uint256 private constant LOANS = 226;
    uint256 private constant SINCE = type(uint96).max;
    uint256 private constant LAST = uint256(type(uint32).max) << 96;

    /// @notice Somebody noted its claim.
    function isWatched(Watching self) internal pure returns (bool) {
        return Watching.unwrap(self) & WATCHED != 0;
    }

    /// @notice It fired and was not calmed.
    function hasFired(Watching self) internal pure returns (bool) {
        return Watching.unwrap(self) & FIRED != 0;
    }

    /// @notice Since when each clause holds, 32 bits each.
    function since(Watching self) internal pure returns (uint256) {
        return Watching.unwrap(self) & SINCE;
    }

    /// @notice Its last checkpoint.
    function last(Watching self) internal pure returns (uint256) {
        return uint32(Watching.unwrap(self) >> 96);
    }

    /// @notice As it was noted.
    function claim(Watching self) internal pure returns (uint256) {
        return uint96(Watching.unwrap(self) >> 128);
    }

    /// @notice How many loans were in the case when its claim was noted.
    function loans(Watching self) internal pure returns (uint256) {
        return Watching.unwrap(self) >> LOANS;
    }

    /// @notice With another claim, of so many loans, below 2^30; from then on it is watched.
    function noted(Watching self, uint96 claim_, uint256 loans_) internal pure returns (Watching) {
        uint256 rest = Watching.unwrap(self) & (SINCE | LAST | FIRED);
        return Watching.wrap(rest | (uint256(claim_) << 128) | WATCHED | (loans_ << LOANS));
    }

    /// @notice With other seconds since when clauses hold, at most 96 bits.
    function holdingSince(Watching self, uint256 since_) internal pure returns (Watching) {
        return Watching.wrap((Watching.unwrap(self) & ~SINCE) | since_);
    }

    /// @notice After a checkpoint now.
    function checked(Watching self, uint256 since_) internal view returns (Watching) {
        uint256 rest = Watching.unwrap(self) & ~(SINCE | LAST);
        return Watching.wrap(rest | since_ | (uint256(uint32(block.timestamp)) << 96));
    }

    /// @notice It fired.
    function fired(Watching self) internal pure returns (Watching) {
        return Watching.wrap(Watching.unwrap(self) | FIRED);
    }

    /// @notice It may fire again, and no clause holds.
    function calmed(Watching self) internal pure returns (Watching) {
        return Watching.wrap(Watching.unwrap(self) & ~(FIRED | SINCE));
    }

    /// @notice As it is told.
    function told(Watching self) internal pure returns (Watch memory) {
        return Watch(uint96(since(self)), uint32(last(self)), uint96(claim(self)), isWatched(self), hasFired(self));
    }
}
