// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAuction} from "interfaces/IAuction.sol";
import {ICompliance} from "interfaces/ICompliance.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Where a case stands with the house.
enum Standing {
    None,
    Held,
    OnSale,
    Closed
}

/// @notice How and at which prices a case is sold.
/// @param start Settlement units, for the whole lot.
/// @param floor Settlement units, for the whole lot.
/// @param units Of the lot.
/// @param rounds At least 1.
/// @param haircut What prices lose from round to round, WAD.
/// @param creditBid What is left after the last round is the vehicle's, else the case is held again.
/// @param cost Due to the servicer, settlement units.
/// @param debtor Has what is brought above all that is owed; nobody: the pool has it.
struct SaleTerms {
    IAuction auction;
    uint96 start;
    uint96 floor;
    uint32 units;
    uint8 rounds;
    uint64 haircut;
    bool creditBid;
    uint96 cost;
    address debtor;
}

/// @notice The account of a case. Settlement units.
/// @param outstanding Of the claims in it, when they came in.
/// @param writtenOff Of the claims in it, before.
/// @param standing Held, on sale or closed.
/// @param round Of its sale, from 1.
/// @param rounds It has at most.
/// @param creditBid How its sale ends when nobody buys.
/// @param units Of its lot.
/// @param brought Went to the pool, to date.
/// @param costsDue To the servicer.
/// @param keeper Who showed that its trigger fires.
/// @param keeperDue To the keeper.
/// @param auction Where it was last sold.
/// @param floor Of its last round.
/// @param start Of its last round.
/// @param exposed Outstanding less brought when its cure or sale began; 0 while neither runs.
/// @param debtor Of a sale.
/// @param haircut WAD.
struct Account {
    uint96 outstanding;
    uint96 writtenOff;
    Standing standing;
    uint8 round;
    uint8 rounds;
    bool creditBid;
    uint32 units;
    uint128 brought;
    uint96 costsDue;
    address keeper;
    uint96 keeperDue;
    address auction;
    uint96 floor;
    uint96 start;
    uint96 exposed;
    address debtor;
    uint64 haircut;
}

/// @title The cash of all sales, the account of each case, and who has title to what was sold
/// @dev Gas does not depend on the number of loans, bidders, cases or sales.
/// @dev Warning: the book and the auctions that it names are trusted with all cash here.
interface IAuctionHouse {
    /// @notice From now on `book` says what is sold.
    event BookAppointed(address indexed book);

    /// @notice Round `round` of a sale began.
    event RoundBegun(uint64 indexed caseId, uint8 round, IAuction auction, uint96 start, uint96 floor, uint32 left);

    /// @notice `units` of the lot are `to`'s.
    event TitlePassed(uint64 indexed caseId, address indexed to, uint32 units, uint256 cash);

    /// @notice A case brought cash. Settlement units; what is neither fees nor the debtor's went to the pool.
    event Brought(uint64 indexed caseId, uint256 cash, uint256 fees, uint256 toDebtor, uint256 loss);

    /// @notice A sale ended without a buyer for all of it.
    event SaleEnded(uint64 indexed caseId, bool creditBid, uint32 left, uint256 credit);

    /// @notice A sale ended because all was paid.
    event SaleCancelled(uint64 indexed caseId);

    /// @notice `account` may have `cash` settlement units more.
    event Owed(address indexed account, uint256 cash);

    /// @notice `account` was paid what it was owed.
    event PaidOut(address indexed account, uint256 cash);

    error NoServicer();
    error NotTheBook(address caller, address book);
    error NotTheAuction(address caller, address auction);
    error AlreadyAppointed(address book);

    /// @notice The case stands otherwise than the call needs.
    error WrongStanding(uint64 caseId, Standing given, Standing needed);

    /// @notice Compliance does not admit `account` now.
    error NotEligible(address account);

    /// @notice A sale could end after the deal (seconds).
    error TooLateToSell(uint256 end, uint256 last);

    /// @notice Says who opens and offers cases, once and for all. Only the admin.
    function appoint(address book) external;

    /// @notice Begins the account of a case, or adds further claims to it. Only the book.
    function add(uint64 caseId, uint96 outstanding, uint96 writtenOff) external;

    /// @notice A trigger fired: from now on the case is exposed, and `keeper` has `fee` of what it brings first. Only the book.
    function expose(uint64 caseId, address keeper, uint96 fee) external;

    /// @notice It is cured. The keeper keeps the fee. Only the book.
    function calm(uint64 caseId) external;

    /// @notice Puts a case up for sale. Only the book.
    function offer(uint64 caseId, SaleTerms calldata terms) external;

    /// @notice Ends a sale of which nothing was sold, because all that is owed is paid next. Only the book.
    function cancel(uint64 caseId) external;

    /// @notice Takes a payment on a case that is held. Only the book.
    /// @param closes The case is closed with it, and the rest is lost.
    function pay(uint64 caseId, address from, uint96 cash, bool closes) external;

    /// @notice Takes cash of a bidder whom compliance admits. Only the auction of the case.
    function pull(uint64 caseId, address from, uint256 cash) external;

    /// @notice Cash that is here is `account`'s from now on. Only an auction that sells or sold here.
    function owe(address account, uint256 cash) external;

    /// @notice Passes title and brings the price: `held` is here already, `more` comes from the buyer now. Only the auction.
    /// @param last Nothing is left: the case is closed.
    function pass(uint64 caseId, address buyer, uint32 units, uint256 held, uint256 more, bool last) external;

    /// @notice Begins the next round of a sale whose round is over, or ends the sale. By anyone.
    function relist(uint64 caseId) external;

    /// @notice Pays an account what it is owed. By anyone. Nothing is a valid payment.
    function payOut(address account) external returns (uint256 cash);

    /// @notice Whether compliance admits `account` now.
    function admits(address account) external view returns (bool);

    /// @notice The account of a case.
    function accountOf(uint64 caseId) external view returns (Account memory);

    /// @notice What is left to pay on a case: outstanding less brought, and fees due. Settlement units.
    function leftToPay(uint64 caseId) external view returns (uint256);

    /// @notice What `payOut` would pay, settlement units.
    function owed(address account) external view returns (uint256);

    /// @notice Units of a case's lot that an account holds.
    function titleOf(uint64 caseId, address account) external view returns (uint256);

    /// @notice Outstanding less brought of all cases in cure or on sale, when that began. Settlement units.
    function exposed() external view returns (uint256);

    /// @notice Who opens and offers cases.
    function book() external view returns (address);

    /// @notice Where proceeds go.
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
