// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEarningToken} from "interfaces/IEarningToken.sol";

/// @notice What stands behind each unit of a basket: `weight` units of `note`.
struct Part {
    IEarningToken note;
    uint96 weight;
}

/// @title A basket of notes: each unit is so many units of each note, and earns what they earn
/// @notice The weights are chosen when the basket is made and are exact at every moment, so no note has to be priced. It is itself a
///         token that only some may hold and whose holders earn cash, so a vault can stand over it.
/// @dev Warning: the basket must be admitted as a holder of each note, like any investor.
/// @dev Warning: each note's transfer agent can freeze the basket's notes or take them by force; all units bear it alike.
/// @dev All cash of a basket is told as interest: what a part of it was at its note, the note tells.
interface INoteBasket is IEarningToken {
    /// @notice `caller` brought the notes for `units` of basket, which are `receiver`'s.
    event Bundled(address indexed caller, address indexed receiver, uint256 units);

    /// @notice `owner` gave `units` of basket for their notes, which went to `receiver`.
    event Unbundled(address indexed owner, address indexed receiver, uint256 units);

    /// @notice Cash that the notes earned was claimed, and so much of it (settlement units) belongs to units of the basket.
    event Harvested(uint256 cash);

    /// @notice `holder` was paid these settlement units.
    event CashPaid(address indexed holder, uint256 cash);

    /// @notice The transfer agent moved units, and with them unclaimed cash in parts of a settlement unit.
    event UnitsForced(address indexed from, address indexed to, uint256 units, uint256 parts);

    /// @notice All that `lost` had is `found`'s: units, and unclaimed cash in parts of a settlement unit.
    event UnitsRecovered(address indexed lost, address indexed found, uint256 units, uint256 parts);

    /// @notice A basket has from 2 to `allowed` notes.
    error WrongNumberOfNotes(uint256 given, uint256 allowed);

    /// @notice Of each note at least one unit, of each another note.
    error PartOutOfRange(uint256 place, uint256 weight);

    /// @notice The cash of this part comes in another asset than that of the first.
    error OtherSettlement(uint256 place);

    /// @notice Compliance refuses this movement (zero address: a mint).
    /// @dev Who may not hold a note may not hold it in a basket.
    error NotEligible(address from, address to, uint256 units);

    /// @notice A note's transfer agent has frozen the holder.
    error HolderFrozen(address holder);

    /// @notice No unit moves while one of its notes is paused.
    error NotePaused();

    /// @notice Fewer of these notes are here than are booked, or others left than were to leave: units.
    error BooksMoved(IEarningToken note, uint256 found, uint256 expected);

    /// @notice The books end at `allowed` units.
    error AboveLimit(uint256 given, uint256 allowed);

    /// @notice The basket can't claim what its notes have earned; who comes in now would share in it.
    error CashOutOfReach();

    /// @notice A forced transfer of nothing would carry nothing.
    error ZeroUnits();

    /// @notice The wallet has neither units nor cash to move.
    error NothingToRecover(address lost);

    /// @notice A wallet can't be recovered to itself.
    error SameWallet(address wallet);

    /// @notice Takes weight * units of each note from the caller for `units` of the basket. Refused unless all that is booked is here.
    function bundle(uint256 units, address receiver) external;

    /// @notice Gives the notes of `units` of the caller's to `receiver`: of each, units * min(here, booked) / supply, down.
    function unbundle(uint256 units, address receiver) external;

    /// @notice Claims what the basket's notes have earned. By anyone; every call that needs it does so by itself.
    /// @return cash Settlement units that belong to units of the basket from now on.
    function harvest() external returns (uint256 cash);

    /// @notice Moves units, also from a frozen holder, and as much of the unclaimed cash, in parts, down. Only the transfer agent.
    /// @dev Warning: no allowance is asked for; the transfer agent is trusted to have the right to do so.
    function forceTransfer(address from, address to, uint256 units) external;

    /// @notice Moves all units and all unclaimed cash to a new wallet of the same holder. Only the transfer agent.
    /// @dev Warning: the transfer agent is trusted to have checked that both are the same holder's.
    function recover(address lost, address found) external;

    /// @notice What stands behind each unit.
    function parts() external view returns (Part[] memory);

    /// @notice Whether one of the notes is paused.
    function paused() external view returns (bool);

    /// @notice Cash that was harvested and not paid, settlement units.
    function cashHeld() external view returns (uint256);
}
