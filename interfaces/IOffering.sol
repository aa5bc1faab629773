// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILoanPool} from "interfaces/ILoanPool.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {TrancheId} from "interfaces/Types.sol";

/// @title Sale of the notes at par, and the purchase of the loans with what it raised
/// @notice Cash waits here until every tranche is sold in full; until then whoever subscribed can take it back.
interface IOffering {
    /// @notice `investor` paid `units` settlement units for as many units of note.
    event Subscribed(address indexed investor, TrancheId indexed tranche, uint256 units);

    /// @notice `investor` handed `units` of note back and was paid as many settlement units.
    event Unsubscribed(address indexed investor, TrancheId indexed tranche, uint256 units);

    /// @notice All tranches are sold, the loans are bought.
    event Closed(uint256 raised);

    error SizesMismatch(uint256 notes, uint256 sizes);

    /// @notice A tranche of no units has no holders: cash that falls to it could never be paid.
    error EmptyTranche(TrancheId tranche);

    /// @notice A note stands for one tranche only.
    error NoteTwice(TrancheId tranche);

    /// @notice The note is paid in another asset than the loans.
    error OtherSettlement(TrancheId tranche);

    /// @notice The tranches together must pay the purchase price exactly.
    error SizesDoNotAddUp(uint256 sizes, uint256 purchasePrice);

    error OfferingClosed();
    error NoSuchTranche(TrancheId given, uint256 tranches);
    error ZeroUnits();
    error AboveSize(TrancheId tranche, uint256 given, uint256 available);
    error NotSold(uint256 raised, uint256 target);

    /// @notice All is sold and the closing date has come: until then (seconds) the offering can be closed, and not left.
    error ReadyToClose(uint256 until);

    /// @notice Buys `units` of note at par with as many of the caller's settlement units. The caller must be admitted.
    function subscribe(TrancheId tranche, uint256 units) external;

    /// @notice Hands `units` of the caller's notes back at par. Only before closing, and not in the seven days from the
    ///         closing date while all is sold: else one unit taken back at the right moment would put closing off for ever.
    /// @dev Warning: the right belongs to the note; whoever holds it before closing can hand it back.
    /// @dev Warning: an admitted investor can buy a unit just ahead of another's order for all that is left; the order is then
    ///      refused with what is available.
    function unsubscribe(TrancheId tranche, uint256 units) external;

    /// @notice Pays the purchase price to the seller and ends the offering. By anyone, once all is sold and the closing date
    ///         has come.
    function close() external;

    /// @notice Whether the loans are bought and the sale is over.
    function closed() external view returns (bool);

    /// @notice Units sold of a tranche.
    function subscribed(TrancheId tranche) external view returns (uint256);

    /// @notice Units for sale of a tranche in all.
    function size(TrancheId tranche) external view returns (uint256);

    /// @notice The note of a tranche.
    function note(TrancheId tranche) external view returns (ITrancheNote);

    /// @notice How many tranches are for sale.
    function trancheCount() external view returns (uint256);

    /// @notice Settlement units paid in for notes that stand.
    function raised() external view returns (uint256);

    /// @notice Cash that stands here by the books, settlement units.
    function cashHeld() external view returns (uint256);

    /// @notice The loans that are bought with what is raised.
    function pool() external view returns (ILoanPool);
}
