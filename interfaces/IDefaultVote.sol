// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDistributor} from "interfaces/IDistributor.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {TrancheId, Wad} from "interfaces/Types.sol";

/// @notice A vote of the senior class.
/// @param until Seconds since 1970; votes count before.
/// @param snapshot Of the note's balances, as the distributor counts them.
/// @param units For it so far.
struct Ballot {
    ITrancheNote note;
    TrancheId tranche;
    uint40 until;
    uint32 snapshot;
    uint112 units;
    bool passed;
}

/// @title The vote of the senior class on acceleration after an event of default
/// @notice One vote at a time, with the units held both when it was called and when they are voted with, later than in that
///         second: units lent for a transaction, or sold since, decide nothing. Notes remember a balance only when it first changes
///         while a vote is open, so a transfer costs nothing for it otherwise, and votes are never used up.
interface IDefaultVote {
    /// @notice `caller` called vote number `number` of a tranche, open until `until` (seconds).
    event VoteCalled(uint256 indexed number, TrancheId indexed tranche, address indexed caller, uint256 until);

    /// @notice `holder` voted for it with `units`.
    event Voted(uint256 indexed number, address indexed holder, uint256 units);

    /// @notice The default is declared with `units` of `supply`.
    event VotePassed(uint256 indexed number, uint256 units, uint256 supply);

    /// @notice The senior class's last vote is open until then (seconds).
    error VoteOpen(uint256 number, uint256 until);

    /// @notice The deal is not sold yet, has no second list of steps, is accelerated already or over.
    error NothingToVoteOn();

    /// @notice No vote is open.
    error NoVoteOpen();

    /// @notice The tranche that was asked is no longer the senior class.
    error NotSenior(TrancheId tranche);

    /// @notice Votes count from the second after the call, which was at `called` (seconds).
    error JustCalled(uint256 number, uint256 called);

    /// @notice Who has no unit, or had none when the vote was called, has no say.
    error NoUnits(address holder);

    error AlreadyVoted(uint256 number, address holder);

    /// @notice The share must be below 1 WAD, and the window from 2 to 2^32 - 1 seconds.
    error CantPass(Wad share, uint40 window);

    /// @notice Calls a vote. By any holder of the senior class, while none of that class is open.
    function call() external returns (uint256 number);

    /// @notice Votes for it with the units held when it was called, as far as they still are. Passes at once when more than the
    ///         share is for it.
    function vote() external;

    /// @notice A vote by its number, from 1.
    function ballot(uint256 number) external view returns (Ballot memory);

    /// @notice Votes called so far.
    function ballots() external view returns (uint256);

    /// @notice Whether `holder` voted in a vote.
    function hasVoted(uint256 number, address holder) external view returns (bool);

    /// @notice Share of the units sold that must be exceeded, WAD.
    function share() external view returns (Wad);

    /// @notice How long a vote is open, seconds.
    function window() external view returns (uint40);

    /// @notice The deal's pool, which knows its waterfall.
    function pool() external view returns (ILoanPool);

    /// @notice Who keeps the snapshots.
    function distributor() external view returns (IDistributor);
}
