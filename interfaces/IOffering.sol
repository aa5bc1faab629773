// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILoanPool} from "interfaces/ILoanPool.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {IWaterfall} from "interfaces/IWaterfall.sol";
import {TrancheId} from "interfaces/Types.sol";

/// @notice Where the sale stands.
enum Sale {
    Draft,
    Open,
    Closed,
    Cancelled
}

/// @notice What is for sale of one tranche.
/// @param cap Units that are sold at most.
/// @param minimum Units below which the deal is cancelled.
struct TrancheOffer {
    ITrancheNote note;
    uint112 cap;
    uint112 minimum;
}

/// @notice What is left of an investor's order of one tranche; with both parts had, nothing is.
/// @param units Ordered.
/// @param handedOver Whether the notes are had.
/// @param refunded Whether the cash is had that bought no notes.
struct Order {
    uint112 units;
    bool handedOver;
    bool refunded;
}

/// @title Sale of the notes at par, and the purchase of the loans with what it raised
/// @notice Orders are taken until the closing date, also above the cap; then anyone may close. What each investor has of notes
///         and cash is fixed from closing on and handed over whenever somebody asks.
interface IOffering {
    /// @notice Orders can be made until `deadline` (seconds).
    event Opened(IWaterfall indexed waterfall, uint256 deadline);

    /// @notice `investor` brought `units` settlement units more.
    event Ordered(address indexed investor, TrancheId indexed tranche, uint256 units);

    /// @notice `investor` took `units` settlement units back.
    event OrderReduced(address indexed investor, TrancheId indexed tranche, uint256 units);

    /// @notice The deal is made: so many units of each tranche are sold.
    event Closed(uint256[] sold);

    /// @notice The deal is not made: everybody can have the whole order back.
    event SaleCancelled();

    /// @notice The notes of an order are with the investor.
    event HandedOver(address indexed investor, TrancheId indexed tranche, uint256 notes);

    /// @notice The cash of an order that bought no notes is with the investor.
    event Refunded(address indexed investor, TrancheId indexed tranche, uint256 cash);

    /// @notice What is left of an order is another wallet's.
    event OrderRecovered(address indexed lost, address indexed found, TrancheId indexed tranche, uint256 units);

    /// @notice There must be from 1 to `allowed` tranches.
    error WrongNumberOfTranches(uint256 given, uint256 allowed);

    /// @notice The minimum must be from 1 to the cap.
    error MinimumOutOfRange(TrancheId tranche, uint256 minimum, uint256 cap);

    /// @notice A note stands for one tranche only.
    error NoteTwice(TrancheId tranche);

    /// @notice The note's cash stands elsewhere than the pool's.
    error OtherDistributor(TrancheId tranche);

    /// @notice The caps together must reach the purchase price, and not go above what the books hold.
    error CapsOutOfRange(uint256 caps, uint256 purchasePrice, uint256 allowed);

    /// @notice The waterfall runs another offering's deal.
    error OtherOffering(IWaterfall waterfall);

    /// @notice The offering has no role, or one with a delay, for a call that closing makes.
    error ClosingNotAllowed(address target, bytes4 selector);

    error WrongSale(Sale given, Sale needed);

    /// @notice The deadline (seconds) has passed.
    error DeadlinePassed(uint256 now_, uint256 deadline);

    /// @notice The deadline (seconds) has not come.
    error BeforeDeadline(uint256 now_, uint256 deadline);

    error NoSuchTranche(TrancheId given, uint256 tranches);
    error ZeroUnits();

    /// @notice The investor may not hold so many notes.
    error NotEligible(address investor, TrancheId tranche, uint256 units);

    /// @notice The order is smaller, or the books end at `available`.
    error AboveLimit(uint256 given, uint256 available);

    /// @notice There is no order, or what was asked for was had.
    error NoOrder(address investor, TrancheId tranche);

    /// @notice A wallet with an order of its own left takes no second.
    error HasOrder(address investor, TrancheId tranche);

    /// @notice Opens the subscription of the deal that `waterfall` will run. Only the arranger, once, before the deadline, and
    ///         once the offering may make all calls of closing.
    /// @dev Warning: from closing on the waterfall says whose all cash is, and what stands at its address is the arranger's
    ///      word. Who orders checks first that it is this deal's `Waterfall`, with the terms that were promised.
    function open(IWaterfall waterfall) external;

    /// @notice Brings `units` settlement units for as many units of note, or for more of them. The caller must be one who may
    ///         hold all that is ordered then.
    function order(TrancheId tranche, uint256 units) external;

    /// @notice Takes `units` of the caller's order back, until the deadline: all, or so many that the rest could be ordered.
    function reduce(TrancheId tranche, uint256 units) external;

    /// @notice Makes the deal, or cancels it. By anyone, from the deadline on. Refused where what was raised does not arrive
    ///         whole at the distributor.
    function close() external;

    /// @notice Hands over what is left of an investor's order, notes and cash, both or nothing. By anyone, after closing or
    ///         cancelling. Where the investor is not admitted, or the settlement asset refuses it, the other part can be
    ///         asked for alone.
    /// @return notes Units, of those not handed over before.
    /// @return cash Settlement units, of those not refunded before.
    function settle(TrancheId tranche, address investor) external returns (uint256 notes, uint256 cash);

    /// @notice Hands an investor's notes over. By anyone, once an order, after closing, while compliance admits the investor.
    /// @return notes Units: order * sold / orders, down.
    function handOver(TrancheId tranche, address investor) external returns (uint256 notes);

    /// @notice Pays an investor's cash back. By anyone, once an order, after closing or cancelling.
    /// @return cash Settlement units: order * (orders - sold) / orders, down; the whole order when cancelled.
    function refund(TrancheId tranche, address investor) external returns (uint256 cash);

    /// @notice Moves what is left of a lost wallet's order to a new one of the same investor, which must be one who may hold the
    ///         notes. Only the transfer agent, after closing or cancelling.
    /// @dev Warning: as with notes, the agent is trusted that both wallets are one investor's. A freeze does not go along.
    function recoverOrder(TrancheId tranche, address lost, address found) external;

    /// @notice Where the sale stands.
    function sale() external view returns (Sale);

    /// @notice What is left of an investor's order.
    function orderOf(TrancheId tranche, address investor) external view returns (Order memory);

    /// @notice All orders of a tranche, units.
    function ordered(TrancheId tranche) external view returns (uint256);

    /// @notice Units sold of a tranche; 0 until closing.
    function sold(TrancheId tranche) external view returns (uint256);

    /// @notice What is for sale of a tranche.
    function offer(TrancheId tranche) external view returns (TrancheOffer memory);

    /// @notice The note of a tranche.
    function note(TrancheId tranche) external view returns (ITrancheNote);

    /// @notice How many tranches are for sale.
    function trancheCount() external view returns (uint256);

    /// @notice First second at which no order is taken and the sale can be closed: the deal's closing date.
    function deadline() external view returns (uint256);

    /// @notice Cash that stands here by the books: orders until closing, then what is to be handed back. Settlement units.
    function cashHeld() external view returns (uint256);

    /// @notice The loans that are bought with what is raised.
    function pool() external view returns (ILoanPool);

    /// @notice What runs the deal; nobody in draft.
    function waterfall() external view returns (IWaterfall);
}
