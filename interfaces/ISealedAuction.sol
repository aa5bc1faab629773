// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAuction} from "interfaces/IAuction.sol";

/// @notice How sealed prices are told and paid.
/// @param secondPrice The winner pays the second best price (Vickrey), else its own.
/// @param commitTime Seconds, from the beginning.
/// @param revealTime Seconds after that.
/// @param payTime Seconds after that.
/// @param depositShare Of the floor, WAD, up; above 0, at most WAD.
struct SealedTerms {
    bool secondPrice;
    uint40 commitTime;
    uint40 revealTime;
    uint40 payTime;
    uint64 depositShare;
}

/// @notice A round that runs, three slots. Amounts are settlement units, for the whole lot; seconds last to the year 2106.
/// @param number Of all rounds here: a commitment is for one of them.
/// @param revealed Of the commitments.
/// @param bidder The best by now.
/// @param place Of its commitment, from 1: of equal prices the earlier wins.
struct SealedRound {
    uint96 floor;
    uint96 deposit;
    uint32 commitments;
    uint32 revealed;
    address bidder;
    uint96 best;
    uint96 second;
    uint96 start;
    uint32 place;
    uint32 begun;
}

/// @title Prices that nobody sees before all are told
/// @dev Warning: a deposit tells that somebody is interested, and the floor what it is at least. Nothing else is seen.
/// @dev Warning: who reveals last has seen what others revealed. A bidder with several admitted accounts can commit a ladder of
///      prices and reveal only the lowest that still wins: that costs a deposit for each price above it, so a deposit share as
///      large as the steps between likely prices makes it useless; in a Vickrey auction it never pays. Compliance that admits one
///      account an investor ends it.
interface ISealedAuction is IAuction {
    /// @notice `bidder` has committed in round `number`, at `place`.
    event Committed(
        uint64 indexed caseId,
        uint32 indexed number,
        address indexed bidder,
        bytes28 seal,
        uint32 place,
        uint96 deposit
    );

    /// @notice `bidder` has told its price; where it does not stand it is out of the contest.
    event Revealed(uint64 indexed caseId, uint32 indexed number, address indexed bidder, uint96 price, bool stands);

    /// @notice The winner has paid `price` in all.
    event Won(uint64 indexed caseId, address indexed bidder, uint96 price);

    /// @notice A deposit is its owner's again.
    event Reclaimed(uint32 indexed number, address indexed bidder, uint96 deposit);

    error WrongSealedTerms(SealedTerms terms);

    /// @notice A floor is above 0.
    error NoFloor();

    /// @notice It is not the time for that: from `begins`, before `ends` (seconds).
    error WrongTime(uint256 now_, uint256 begins, uint256 ends);

    error AlreadyCommitted(address bidder);

    /// @notice What is revealed is not what was committed.
    error NotCommitted(address bidder, bytes28 seal);

    /// @notice Only the winner pays.
    error NotTheWinner(address caller, address winner);

    /// @notice The round that was named does not run.
    error OtherRound(uint32 given, uint32 runs);

    /// @notice The deposit is not the account's to take back: nothing revealed, still the best, or had already.
    error NothingToReclaim(uint32 number, address bidder);

    /// @notice Commits to a price with the deposit of the round. By whom compliance admits, once a round; the allowance is the
    ///         house's.
    /// @param number The round that the seal is for: in another it could never be revealed.
    /// @param seal See `sealOf`.
    function commit(uint64 caseId, uint32 number, bytes28 seal) external;

    /// @notice Tells the price and the salt. A price below the floor, or of who is not admitted any more, is out of the contest.
    function reveal(uint64 caseId, uint96 price, bytes32 salt) external;

    /// @notice Pays what the winner still owes, and has title. Only the winner.
    function pay(uint64 caseId) external;

    /// @notice Owes a bidder who revealed and did not win the deposit again. By anyone, as soon as it was beaten.
    function reclaim(uint32 number, address bidder) external;

    /// @notice The hash to commit: of chain, auction, round, bidder, price and salt, its first 28 bytes.
    function sealOf(uint32 number, address bidder, uint96 price, bytes32 salt) external view returns (bytes28);

    /// @notice What the winner pays in all, by what was revealed; settlement units, 0 without a winner.
    function priceOf(uint64 caseId) external view returns (uint256);

    /// @notice The round that runs, and its number.
    function roundOf(uint64 caseId) external view returns (SealedRound memory, uint32 number);

    /// @notice What was said when it was made.
    function terms() external view returns (SealedTerms memory);
}
