// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEvergreenFund} from "interfaces/IEvergreenFund.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";

/// @notice What an epoch met of what was asked, and its price value : units. Settlement units and note units.
/// @param interest What the note had been given when it was settled, settlement units.
/// @param principal The same.
struct EpochRecord {
    uint112 askedCash;
    uint112 entered;
    uint112 askedUnits;
    uint112 ended;
    uint128 value;
    uint112 units;
    uint120 interest;
    uint120 principal;
}

/// @notice All that a controller has at a gate, in seven slots. Settlement units and note units.
/// @param entry Cash that waits, in `entryEpoch`.
/// @param claimCash Cash that was met and whose `claimUnits` are not claimed yet.
/// @param exit Units that wait, in `exitEpoch`.
/// @param leaveUnits Units that ended and whose `leaveCash` is not claimed yet.
/// @param backUnits Units of cancelled requests, as `backCash`.
/// @param seenInterest What the note had been given when earnings were last counted, settlement units.
/// @param seenPrincipal The same.
/// @param earnedInterest By units here and not paid, in parts of a settlement unit.
/// @param earnedPrincipal The same.
struct Position {
    uint112 entry;
    uint32 entryEpoch;
    uint112 claimCash;
    uint112 claimUnits;
    uint112 backUnits;
    uint112 exit;
    uint32 exitEpoch;
    uint112 leaveUnits;
    uint120 leaveCash;
    uint120 backCash;
    uint120 seenInterest;
    uint120 seenPrincipal;
    uint256 earnedInterest;
    uint256 earnedPrincipal;
}

/// @title The gate of one evergreen tranche: requests by ERC-7540 that wait for an epoch, and what is claimable afterwards
/// @notice docs/evergreen.md, sections 2 and 5, is its text. Cash and units that wait are kept in books of the controllers;
///         whatever is sent here unasked is nobody's.
/// @dev Warning: the gate must be a receiver that compliance admits; what it holds belongs to its controllers, and they were
///      asked for when they requested and are again when they claim.
interface IGate {
    /// @notice The epoch is settled: what it met, at which price.
    event EpochSettled(uint32 indexed epoch, EpochRecord record);

    /// @notice Claimable units became a request of exit.
    event TurnedBack(address indexed controller, uint256 units, address sender);

    /// @notice Units that wait here have earned `cash` settlement units for `controller`.
    event EarnedPaid(address indexed controller, uint256 cash);

    /// @notice All that waited for `lost` waits for `found`.
    event PositionMoved(address indexed lost, address indexed found);

    error ZeroRequest();

    /// @notice The caller neither is `whose` account nor its operator.
    error NotOperator(address whose, address caller);

    /// @notice An earlier request of this kind waits in an epoch that is closed and not settled.
    error EpochNotSettled(uint256 epoch);

    /// @notice The requests of one epoch, or what can be claimed, end at `allowed`.
    error AboveLimit(uint256 given, uint256 allowed);

    /// @notice More than can be claimed; settlement units or note units, as given.
    error AboveClaimable(uint256 given, uint256 claimable);

    /// @notice Compliance refuses this movement (zero address: a mint).
    error NotEligible(address from, address to, uint256 units);

    error NothingPending(address controller);
    error TooLateToCancel(uint256 epoch);

    /// @notice The note has frozen the controller.
    error HolderFrozen(address holder);

    /// @notice Something waits for the wallet already: two positions are not made one.
    error HasPosition(address controller);

    error NotTheFund(address caller, address fund);
    error NotTheNote(address caller, address note);

    /// @notice Nobody knows the price of an epoch before it is settled.
    error NoPreview();

    /// @notice Makes `units` that can be claimed a request of exit of the open epoch: the way out of who may not hold them.
    function turnBack(uint256 units, address controller) external;

    /// @notice Pays what units that wait here have earned, to the controller whoever calls.
    /// @return cash Settlement units, interest and principal each down; the part of a unit stays to the controller's credit.
    function claimEarned(address controller) external returns (uint256 cash);

    /// @notice Moves all that is here of `lost` to `found`, for which nothing waits; what both earned is added up. Only the note, whose
    ///         wallet is recovered.
    /// @return moved Whether there was anything.
    function recover(address lost, address found) external returns (bool moved);

    /// @notice The same for who has no wallet to recover. Only the transfer agent.
    /// @dev Warning: the transfer agent is trusted to have the right to do so.
    function movePosition(address lost, address found) external;

    /// @notice Sends `cash` to the distributor, at settlement. Only the fund.
    function forward(uint256 cash) external;

    /// @notice Takes over what an epoch did: units are made and ended, what was not met waits in the next. Only the fund.
    /// @param made Units made, with those of nobody.
    /// @param ownerless Units of them at par for `dustOwner`.
    function settle(
        uint32 epoch,
        EpochRecord calldata record,
        uint256 made,
        uint256 ownerless,
        address dustOwner
    ) external;

    /// @notice All that `controller` has here after the epochs settled by now.
    function position(address controller) external view returns (Position memory);

    /// @notice What `claimEarned` would pay, were the controller not frozen. Settlement units.
    function earned(address controller) external view returns (uint256 cash);

    /// @notice Settlement units and note units that are here for `controller`, in one sum: 0 where nothing is.
    function waiting(address controller) external view returns (uint256);

    /// @notice What waits in an epoch that is not settled. Settlement units, note units.
    function asked(uint256 epoch) external view returns (uint256 cash, uint256 units);

    /// @notice What a settled epoch met.
    function record(uint256 epoch) external view returns (EpochRecord memory);

    /// @notice The last epoch that was settled; 0 before the first.
    function lastSettled() external view returns (uint32);

    /// @notice Who settles.
    function fund() external view returns (IEvergreenFund);

    /// @notice Whose units are bought and sold here.
    function note() external view returns (ITrancheNote);
}
