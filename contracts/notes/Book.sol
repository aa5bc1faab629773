// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Where the cash of a note's holders stands, in two slots. Both indices and what waits of them follow from cash and
///         units, so that a distribution writes the first one only. All cash that ever comes is below 2^113.
/// @param interest Ever given, settlement units.
/// @param principal Ever given, settlement units.
/// @param watchedTo Day since 1970 before which a vote may be open, so that transfers must remember what was held when it was
///        called; EVER for one beyond the days that fit. OPEN once the note has said its units: the slot is never empty, and
///        a transfer reads no other while no vote is open.
/// @param snapshots Votes called so far. One a second fills 32 bits in 136 years.
/// @param stretches How many stretches the book has; none where its units never changed.
struct Book {
    uint120 interest;
    uint120 principal;
    uint16 watchedTo;
    uint112 units;
    uint32 snapshots;
    uint32 stretches;
}

/// @notice A time with the same units, of a note whose units change: where cash and indices stood when it began.
/// @param interest Given to the note before, settlement units.
/// @param principal The same.
/// @param interestIndex In parts of a settlement unit.
struct Stretch {
    uint120 interest;
    uint120 principal;
    uint256 interestIndex;
    uint256 principalIndex;
    uint112 units;
}
