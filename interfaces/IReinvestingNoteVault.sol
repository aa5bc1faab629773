// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What the vault bids for notes while cash waits: settlement units a note unit (WAD), rising evenly in time.
/// @param lowest When the latest cash came; above 0.
/// @param ceiling The most that the vault ever pays.
/// @param rise Seconds from the one to the other; above 0.
struct Bid {
    uint104 lowest;
    uint104 ceiling;
    uint40 rise;
}

/// @title A vault that buys notes with the cash that its notes earn
/// @notice Cash that waits is not among the assets: no note is bought at a price that nobody accepted.
/// @dev Warning: in a thin market the vault pays up to `ceiling` for a note, whoever sells it, its holders included.
interface IReinvestingNoteVault {
    /// @notice `seller` brought `notes` units for `cash` settlement units.
    event Bought(address indexed seller, uint256 notes, uint256 cash);

    /// @notice The transfer agent took notes from here; the books are down to what is left, units.
    event WrittenDown(uint256 booked, uint256 left);

    /// @notice 0 < lowest <= ceiling, and a rise.
    error BidOutOfRange(uint256 lowest, uint256 ceiling, uint256 rise);

    /// @notice Nobody comes in before the waiting cash (settlement units) has bought notes.
    error CashWaits(uint256 cash);

    /// @notice More cash was asked for than waits, settlement units; or none.
    error CashOutOfRange(uint256 given, uint256 waiting);

    /// @notice The vault wants more notes than the seller gives, units.
    error BidTooLow(uint256 wanted, uint256 most);

    /// @notice Sells notes to the vault for `cash` of what waits: cash * WAD / bid, up. By anyone who may send notes to it.
    /// @param most Units that the caller gives at most; the bid rises with time.
    /// @return notes Units given.
    function sell(uint256 cash, uint256 most) external returns (uint256 notes);

    /// @notice What the vault bids at this second, settlement units a note unit (WAD).
    function bid() external view returns (uint256 price);

    /// @notice Cash that would wait after a harvest now, settlement units.
    function waiting() external view returns (uint256 cash);

    /// @notice As chosen when the vault was made.
    function terms() external view returns (Bid memory);
}
