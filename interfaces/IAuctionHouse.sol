// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAuction} from "interfaces/IAuction.sol";
import {ICompliance} from "interfaces/ICompliance.sol";
import {Strategy} from "interfaces/ILoanBook.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {Wad} from "interfaces/Types.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Where a case stands with the house.
enum Standing {
    None,
    Held,
    OnSale,
    Closed
}

/// @notice How a case is sold in a strategy, from the book's terms, one slot.
/// @param auction Where; nowhere for a strategy that does not sell.
/// @param haircut What prices lose from round to round, WAD.
/// @param rounds At least 1.
/// @param creditBid What is left after the last round is the vehicle's, else the case is held again.
struct Way {
    IAuction auction;
    uint64 haircut;
    uint8 rounds;
    bool creditBid;
}

/// @notice A group of tranches beside the first, two slots.
/// @param pool Its loans, its books.
/// @param end Of its last period, seconds since 1970.
/// @param distributor Where its cash goes.
/// @param exposed Outstanding less brought of its cases in cure or on sale: the low bits of the sum.
struct Group {
    ILoanPool pool;
    uint40 end;
    address distributor;
    uint96 exposed;
}

/// @notice The account of a case, four slots. Settlement units.
/// @param outstanding Of the claims in it, when they came in; less what was written off at the end of a sale.
/// @param writtenOff Of the claims in it, before; and at the end of a sale.
/// @param standing Held, on sale or closed.
/// @param round Of its sale, from 1.
/// @param strategy In which it is, or was last, sold.
/// @param left Units of a lot of which some were sold when its sale ended; 0: none were, or none is left.
/// @param gone After a credit bid: all of it has an owner.
/// @param brought Went to the pool, to date; stops at 2^96 - 1.
/// @param exposed Outstanding less brought when its cure or sale began; 0 while neither runs.
/// @param open Keeps the slots that a sale writes from being empty: who opens a case pays for them, not who starts its sale.
/// @param group Whose its proceeds and its loss are; 0 for the first.
/// @param keeperWaits Something is due to the keeper: else nobody need read how much.
/// @param servicerWaits The same of costs.
/// @param moved It, or a loan of it, came from another group: what it has left there is kept apart.
/// @param keeper Who showed that its trigger fires, and whom the fee is due.
/// @param keeperDue To the keeper.
/// @param debtor Has what a foreclosure brings above all claims; nobody: the pool has it.
/// @param costsDue To the servicer; stops at 2^88 - 1.
struct Account {
    uint96 outstanding;
    uint96 writtenOff;
    Standing standing;
    uint8 round;
    Strategy strategy;
    uint32 left;
    bool gone;
    uint96 brought;
    uint96 exposed;
    bool open;
    uint8 group;
    bool keeperWaits;
    bool servicerWaits;
    bool moved;
    address keeper;
    uint88 keeperDue;
    address debtor;
    uint88 costsDue;
    bool alsoOpen;
}

/// @notice Whose the cash is that a case brings. Settlement units.
struct Shares {
    uint256 toKeeper;
    uint256 toServicer;
    uint256 toDebtor;
    uint256 toPool;
}

/// @notice What a case that moved, or has a loan that did, has left in other groups. Settlement units.
/// @param short Of the rest, what did not come along into the gross balance of its group.
/// @param unrecovered What each group wrote off of it, and nothing came on since.
struct Behind {
    uint96 short;
    uint96[4] unrecovered;
}

/// @title The cash of all sales, the account of each case, and who has title to what was sold
/// @dev Gas does not depend on the number of loans, bidders, cases or sales.
/// @dev The cash itself stands with the distributors of the groups, which pay out what this contract says of it: bids, deposits and
///      what a winner adds to them with the first, what a case brings at once with that of its group.
/// @dev Warning: the book and the auctions that it names are trusted with all cash of sales.
interface IAuctionHouse {
    /// @notice Tranches over `pool` are a group of this deal.
    event GroupAdded(uint8 indexed group, ILoanPool pool);

    /// @notice What the case, or a loan that joins it, brings from now on is another group's; `claim` (settlement units) went along.
    event CaseMoved(uint64 indexed caseId, uint8 from, uint8 to, uint256 claim);

    /// @notice From now on `book` says what is sold.
    event BookAppointed(address indexed book);

    /// @notice Round `round` of a sale began.
    event RoundBegun(uint64 indexed caseId, uint8 round, IAuction auction, uint96 start, uint96 floor);

    /// @notice `units` of the lot are `to`'s.
    event TitlePassed(uint64 indexed caseId, address indexed to, uint32 units, uint256 cash);

    /// @notice A case brought cash, of which `held` came in before, and `loss` is written off: settlement units. The keeper, the servicer
    ///         and the debtor are owed their shares from now on.
    event Brought(uint64 indexed caseId, uint8 group, Shares shares, uint256 held, uint256 loss);

    /// @notice A sale ended without a buyer for all of it.
    event SaleEnded(uint64 indexed caseId, bool creditBid, uint32 left, uint256 credit);

    /// @notice A sale ended because all was paid.
    event SaleCancelled(uint64 indexed caseId);

    /// @notice A bidder may have `cash` settlement units back.
    event Owed(address indexed account, uint256 cash);

    /// @notice `account` was paid what it was owed and stood with that group's distributor.
    event PaidOut(address indexed account, uint8 group, uint256 cash);

    error NoServicer();
    error TooManyGroups(uint256 most);
    error NoSuchGroup(uint8 group, uint8 count);
    error OtherSettlement(IERC20 given, IERC20 needed);

    /// @notice Claims move between groups as they are, so all carry them at the same ratio, WAD.
    error OtherCarryingRatio(Wad given, Wad needed);

    /// @notice A loan is of one group.
    error SameTape(bytes32 root, uint8 group);

    /// @notice Pool or distributor of the group obey another house.
    error OtherHouse(uint8 group, address house);

    /// @notice The notes of the first group are not sold, or never: what bidders bring could not stand with its distributor.
    error FirstNotClosed();

    error NotTheBook(address caller, address book);
    error NotTheAuction(address caller, address auction);
    error AlreadyAppointed(address book);

    /// @notice The case stands otherwise than the call needs.
    error WrongStanding(uint64 caseId, Standing given, Standing needed);

    /// @notice All of it has an owner.
    error NothingLeft(uint64 caseId);

    /// @notice Compliance does not admit `account` now.
    error NotEligible(address account);

    /// @notice A sale could end after the deal (seconds).
    error TooLateToSell(uint256 end, uint256 last);

    /// @notice Adds a group of tranches: a pool of its own, with its own tape, notes and waterfall, whose house is this one too. Only the
    ///         admin, before the book is appointed; at most 4 with the first. It carries claims at the ratio of the first.
    /// @dev Warning: the pool is trusted with the cash that cases of its group bring; its tranches must be closed-end.
    function addGroup(ILoanPool pool) external returns (uint8 group);

    /// @notice Moves a case to a group, with its outstanding less what it brought. It stays where it is where the other group is not
    ///         running, or ends before a round could (`lasts`, seconds; 0 for what does not sell), and where its own has a last report and not its last run.
    ///         Only the book.
    /// @dev Warning: this takes collateral from the holders of one group and gives it to those of another, for nothing: the deal says
    ///      when, and the overseer.
    function move(uint64 caseId, uint8 group, uint256 lasts) external;

    /// @notice Says who opens and offers cases, once and for all; how its strategies sell is read now. Refused while a pool or a distributor
    ///         of the deal obeys another house, or none. Only the admin.
    function appoint(address book) external;

    /// @notice Begins the account of a case, or adds further claims to it, of a loan that is in the tape of the group `home`. Refused
    ///         before the first group is closed. Only the book.
    function add(uint64 caseId, uint8 home, uint96 outstanding, uint96 writtenOff, address debtor) external;

    /// @notice Loans of the tape of the group `home`, whose amounts the account has, are confirmed in a case: where it is another group's,
    ///         so much of their claim moves there. Only the book.
    function adopt(uint64 caseId, uint8 home, uint96 claim, uint96 writtenOff) external;

    /// @notice The account of a case that was never confirmed ends. Only the book.
    function drop(uint64 caseId) external;

    /// @notice A trigger fired: from now on the case is exposed, and `keeper` has `fee` of what it brings first, unless an earlier
    ///         keeper still has to get one. Refused where nothing is left to sell. Only the book.
    function expose(uint64 caseId, address keeper, uint88 fee) external;

    /// @notice It is cured. The keeper keeps the fee. Only the book.
    function calm(uint64 caseId) external;

    /// @notice Puts a case, or what is left of it, up for sale. Only the book.
    /// @param start Settlement units, for the whole lot.
    /// @param floor Settlement units, for the whole lot.
    /// @param cost Due to the servicer, settlement units.
    function offer(uint64 caseId, Strategy strategy, uint96 start, uint96 floor, uint88 cost) external;

    /// @notice Ends a sale of which nothing was sold, because all that is owed is paid next. Only the book.
    function cancel(uint64 caseId) external;

    /// @notice Takes a payment on a case that is held. Only the book.
    /// @param closes The case is closed with it, and the rest is lost.
    function pay(uint64 caseId, address from, uint96 cash, bool closes) external;

    /// @notice Takes cash of a bidder whom compliance admits, and owes `best` to `beaten`. Only the auction of the case.
    function pull(uint64 caseId, address from, uint256 cash, address beaten, uint256 best) external;

    /// @notice Cash that came in before is `account`'s from now on. Only an auction that sells or sold here.
    function owe(address account, uint256 cash) external;

    /// @notice Passes title and brings the price: `held` came in before, `more` comes from the buyer now. Only the auction.
    /// @param last Nothing is left: the case is closed.
    function pass(uint64 caseId, address buyer, uint32 units, uint256 held, uint256 more, bool last) external;

    /// @notice Begins the next round of a sale whose round is over, or ends the sale. By anyone.
    function relist(uint64 caseId) external;

    /// @notice Pays an account what it is owed, of all groups. By anyone. Nothing is a valid payment.
    function payOut(address account) external returns (uint256 cash);

    /// @notice The same of what stands with one group's distributor, where that of another can't pay.
    function payOutOf(address account, uint8 group) external returns (uint256 cash);

    /// @notice Whether compliance admits `account` now.
    function admits(address account) external view returns (bool);

    /// @notice What a case that moved has left in other groups; nothing for one that did not.
    function behindOf(uint64 caseId) external view returns (Behind memory);

    /// @notice The account of a case.
    function accountOf(uint64 caseId) external view returns (Account memory);

    /// @notice How a strategy sells.
    function wayOf(Strategy strategy) external view returns (Way memory);

    /// @notice What is left to pay on a case: outstanding and written off, less brought, and fees due. Settlement units.
    function leftToPay(uint64 caseId) external view returns (uint256);

    /// @notice What `payOut` would pay, settlement units.
    function owed(address account) external view returns (uint256);

    /// @notice Units of a case's lot that an account holds.
    function titleOf(uint64 caseId, address account) external view returns (uint256);

    /// @notice How many groups there are, the first with them.
    function groups() external view returns (uint8);

    /// @notice The pool of a group.
    function poolOf(uint8 group) external view returns (ILoanPool);

    /// @notice Outstanding less brought of all cases of a group in cure or on sale, when that began. Settlement units.
    function exposedOf(uint8 group) external view returns (uint256);

    /// @notice Who opens and offers cases.
    function book() external view returns (address);

    /// @notice Where proceeds of the first group go.
    function pool() external view returns (ILoanPool);

    /// @notice Who says which accounts may have title.
    function compliance() external view returns (ICompliance);

    /// @notice Whom costs are owed.
    function servicer() external view returns (address);

    /// @notice Who has title after a credit bid; nobody: there is none.
    function vehicle() external view returns (address);

    /// @notice In what is paid.
    function settlement() external view returns (IERC20);
}
