// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactPull} from "contracts/ExactPull.sol";
import {Accounts} from "contracts/liquidation/Accounts.sol";
import {Cash, Credit} from "contracts/liquidation/Cash.sol";
import {HouseGroups} from "contracts/liquidation/HouseGroups.sol";
import {Ended, IAuction} from "interfaces/IAuction.sol";
import {Account, IAuctionHouse, Shares, Standing, Way} from "interfaces/IAuctionHouse.sol";
import {ICompliance} from "interfaces/ICompliance.sol";
import {IDistributor} from "interfaces/IDistributor.sol";
import {ILoanBook, Strategy, StrategyTerms} from "interfaces/ILoanBook.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {Proceeds} from "interfaces/Proceeds.sol";
import {WAD} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract AuctionHouse is HouseGroups, AccessManaged {
    using Accounts for Account;
    using ExactPull for IERC20;
    using SafeCast for uint256;

    /* IMMUTABLES */

    /// @inheritdoc IAuctionHouse
    ICompliance public immutable compliance;

    /// @inheritdoc IAuctionHouse
    address public immutable servicer;

    /// @inheritdoc IAuctionHouse
    address public immutable vehicle;

    /// @inheritdoc IAuctionHouse
    IERC20 public immutable settlement;

    /* STORAGE */

    mapping(uint64 caseId => Account account) private _accounts;

    /// @inheritdoc IAuctionHouse
    mapping(uint64 caseId => mapping(address holder => uint256 units)) public titleOf;

    /// @dev By where the cash stands.
    mapping(address account => mapping(uint8 group => Credit credit)) private _credits;

    mapping(Strategy strategy => Way way) private _ways;

    /// @dev Auctions that sell here: a deposit may be reclaimed when its case is long sold elsewhere.
    mapping(address auction => bool) private _known;

    /* CONSTRUCTOR */

    constructor(
        address authority,
        ILoanPool pool_,
        ICompliance compliance_,
        address servicer_,
        address vehicle_
    ) AccessManaged(authority) HouseGroups(pool_) {
        if (servicer_ == address(0)) revert NoServicer();
        compliance = compliance_;
        servicer = servicer_;
        vehicle = vehicle_;
        _credits[servicer_][0].known = true;
        settlement = pool_.settlement();
    }

    /* GROUPS */

    /// @inheritdoc IAuctionHouse
    function addGroup(ILoanPool pool_) external restricted returns (uint8 group) {
        if (book != address(0)) revert AlreadyAppointed(book);
        group = _addGroup(pool_);
        _credits[servicer][group].known = true;
    }

    /// @inheritdoc IAuctionHouse
    function move(uint64 caseId, uint8 group, uint256 lasts) external {
        _onlyBook();
        _move(caseId, _accounts[caseId], group, lasts);
    }

    /* BOOK */

    /// @inheritdoc IAuctionHouse
    function appoint(address book_) external restricted {
        if (book != address(0)) revert AlreadyAppointed(book);
        // What comes in must be able to leave.
        for (uint8 group; group < groups; ++group) {
            _mustObey(group, poolOf(group).house());
            _mustObey(group, IDistributor(_distributorOf(group)).house());
        }
        book = book_;
        for (uint256 i; i <= uint256(type(Strategy).max); ++i) {
            StrategyTerms memory terms = ILoanBook(book_).termsOf(Strategy(i));
            _ways[Strategy(i)] = Way(terms.auction, terms.haircut, terms.rounds, terms.creditBid);
            _known[address(terms.auction)] = true;
        }
        emit BookAppointed(book_);
    }

    /// @inheritdoc IAuctionHouse
    function add(uint64 caseId, uint8 home, uint96 outstanding, uint96 writtenOff, address debtor) external {
        _onlyBook();
        Account storage account = _accounts[caseId];
        if (home != 0 && !pool.purchased()) revert FirstNotClosed();
        if (account.standing == Standing.None) account.group = home;
        account.standing = Standing.Held;
        account.outstanding += outstanding;
        account.writtenOff += writtenOff;
        account.debtor = debtor;
        if (debtor != address(0)) _credits[debtor][account.group].known = true;
        account.open = true;
        account.alsoOpen = true;
        if (account.moved) _loseMore(caseId, account.group, writtenOff);
    }

    /// @inheritdoc IAuctionHouse
    function adopt(uint64 caseId, uint8 home, uint96 claim, uint96 writtenOff) external {
        _onlyBook();
        _adopt(caseId, _accounts[caseId], home, claim, writtenOff);
    }

    /// @inheritdoc IAuctionHouse
    function drop(uint64 caseId) external {
        _onlyBook();
        Account storage account = _accounts[caseId];
        account.standing = Standing.Closed;
        (account.outstanding, account.writtenOff) = (0, 0);
    }

    /// @inheritdoc IAuctionHouse
    function expose(uint64 caseId, address keeper, uint88 fee) external {
        _onlyBook();
        Account storage account = _accounts[caseId];
        if (account.gone) revert NothingLeft(caseId);
        // A fee that an earlier keeper still has to get stays that keeper's; there is room for one.
        if (!account.keeperWaits) {
            (account.keeper, account.keeperDue, account.keeperWaits) = (keeper, fee, fee != 0);
            if (fee != 0) _credits[keeper][account.group].known = true;
        }
        _setExposed(account, uint96(account.rest())); // at most outstanding
    }

    /// @inheritdoc IAuctionHouse
    function calm(uint64 caseId) external {
        _onlyBook();
        _setExposed(_accounts[caseId], 0);
    }

    /// @inheritdoc IAuctionHouse
    function offer(uint64 caseId, Strategy strategy, uint96 start, uint96 floor, uint88 cost) external {
        _onlyBook();
        Account storage account = _accounts[caseId];
        _must(caseId, account, Standing.Held);
        if (account.gone) revert NothingLeft(caseId);
        IAuction auction = _ways[strategy].auction;
        uint256 latest = block.timestamp + auction.longest();
        uint256 end = _lastOf(account.group);
        if (latest > end) revert TooLateToSell(latest, end);
        account.standing = Standing.OnSale;
        account.round = 0;
        account.strategy = strategy;
        account.addCosts(cost);
        _setExposed(account, uint96(account.rest())); // at most outstanding
        poolOf(account.group).awaitProceeds();
        _begin(caseId, account, auction, start, floor, account.left);
    }

    /// @inheritdoc IAuctionHouse
    function cancel(uint64 caseId) external {
        _onlyBook();
        Account storage account = _accounts[caseId];
        _must(caseId, account, Standing.OnSale);
        account.standing = Standing.Held;
        emit SaleCancelled(caseId);
        _ways[account.strategy].auction.cancel(caseId, account.left);
        _bring(caseId, account, Cash(address(0), 0, 0), 0, true);
    }

    /// @inheritdoc IAuctionHouse
    function pay(uint64 caseId, address from, uint96 cash, bool closes) external {
        _onlyBook();
        Account storage account = _accounts[caseId];
        _must(caseId, account, Standing.Held);
        if (closes) account.standing = Standing.Closed;
        if (closes) _setExposed(account, 0);
        _bring(caseId, account, Cash(from, 0, cash), closes ? type(uint256).max : 0, false);
    }

    /* AUCTIONS */

    /// @inheritdoc IAuctionHouse
    function pull(uint64 caseId, address from, uint256 cash, address beaten, uint256 best) external {
        _ofAuction(caseId);
        if (!admits(from)) revert NotEligible(from);
        if (best != 0) _credits[beaten][0].cash += uint248(best); // who bids more says so; a bid is below 2^96
        settlement.moveExact(from, _distributorOf(0), cash);
    }

    /// @inheritdoc IAuctionHouse
    function owe(address account, uint256 cash) external {
        if (!_known[msg.sender]) revert NotTheAuction(msg.sender, address(0));
        if (cash == 0) return;
        _credits[account][0].cash += cash.toUint248();
        emit Owed(account, cash);
    }

    /// @inheritdoc IAuctionHouse
    function pass(uint64 caseId, address buyer, uint32 units, uint256 held, uint256 more, bool last) external {
        Account storage account = _ofAuction(caseId);
        if (!admits(buyer)) revert NotEligible(buyer);
        if (last) {
            account.standing = Standing.Closed;
            account.left = 0;
            _setExposed(account, 0);
        }
        titleOf[caseId][buyer] += units;
        emit TitlePassed(caseId, buyer, units, held + more);

        _bring(caseId, account, Cash(buyer, held, more), last ? type(uint256).max : 0, last);
    }

    /// @inheritdoc IAuctionHouse
    function relist(uint64 caseId) external {
        Account storage account = _accounts[caseId];
        _must(caseId, account, Standing.OnSale);
        Way memory way = _ways[account.strategy];
        Ended memory ended = way.auction.finish(caseId);
        bool again = account.round < way.rounds && block.timestamp + way.auction.longest() <= _lastOf(account.group);
        if (!again) return _endSale(caseId, account, way.creditBid, ended);
        if (ended.forfeited != 0) _bring(caseId, account, Cash(address(0), ended.forfeited, 0), 0, false);
        uint256 kept = WAD - way.haircut;
        uint256 start = Math.mulDiv(ended.start, kept, WAD, Math.Rounding.Ceil); // at most what it was
        uint256 floor = Math.mulDiv(ended.floor, kept, WAD, Math.Rounding.Ceil); // likewise
        _begin(caseId, account, way.auction, uint96(start), uint96(floor), ended.left);
    }

    /* PAYMENTS */

    /// @inheritdoc IAuctionHouse
    function payOut(address account) external returns (uint256 cash) {
        for (uint8 group; group < groups; ++group) cash += payOutOf(account, group); // 4 at most
    }

    /// @inheritdoc IAuctionHouse
    function payOutOf(address account, uint8 group) public returns (uint256 cash) {
        cash = _credits[account][group].cash;
        if (cash == 0) return 0; // some assets refuse to move nothing
        _credits[account][group] = Credit(0, true);
        emit PaidOut(account, group, cash);

        IDistributor(_distributorOf(group)).release(account, cash);
    }

    /* VIEWS */

    /// @inheritdoc IAuctionHouse
    function admits(address account) public view returns (bool) {
        return compliance.canTransfer(address(0), account, 0);
    }

    /// @inheritdoc IAuctionHouse
    function accountOf(uint64 caseId) external view returns (Account memory) {
        return _accounts[caseId];
    }

    /// @inheritdoc IAuctionHouse
    function wayOf(Strategy strategy) external view returns (Way memory) {
        return _ways[strategy];
    }

    /// @inheritdoc IAuctionHouse
    function owed(address account) external view returns (uint256 cash) {
        for (uint8 group; group < groups; ++group) cash += _credits[account][group].cash;
    }

    /// @inheritdoc IAuctionHouse
    function leftToPay(uint64 caseId) external view returns (uint256) {
        return _accounts[caseId].leftToPay();
    }

    /* INTERNAL */

    function _begin(
        uint64 caseId,
        Account storage account,
        IAuction auction,
        uint96 start,
        uint96 floor,
        uint32 left
    ) private {
        uint8 round = ++account.round;
        emit RoundBegun(caseId, round, auction, start, floor);
        auction.begin(caseId, start, floor, left);
    }

    /// @dev Rule 18. After a credit bid the price stays outstanding: the vehicle owes it, and what it brings is the case's. Of a lot that
    ///      was sold in part what is left keeps its part of what was offered.
    function _endSale(uint64 caseId, Account storage account, bool creditBid, Ended memory ended) private {
        account.standing = Standing.Held;
        bool taken = creditBid && vehicle != address(0) && admits(vehicle);
        bool parted = ended.left != ended.units;
        uint256 stays = taken ? ended.rest : account.partOf(ended.left, ended.units);
        _setExposed(account, 0);
        account.gone = taken;
        account.left = parted && !taken ? ended.left : 0;
        if (taken) {
            titleOf[caseId][vehicle] += ended.left;
            emit TitlePassed(caseId, vehicle, ended.left, 0);
        }
        emit SaleEnded(caseId, taken, ended.left, taken ? stays : 0);
        uint256 lost = taken || parted ? type(uint256).max - stays : 0;
        uint256 loss = _bring(caseId, account, Cash(address(0), ended.forfeited, 0), lost, true);
        account.outstanding -= uint96(loss); // part of it
        account.writtenOff += uint96(loss);
    }

    /// @dev Rules 11 to 13. `lost` is the most that is written off: all of the rest, none of it, or all but a credit bid.
    function _bring(
        uint64 caseId,
        Account storage account,
        Cash memory cash,
        uint256 lost,
        bool done
    ) private returns (uint256 loss) {
        Shares memory shares = account.share(cash.held + cash.more);
        uint256 fees = shares.toKeeper + shares.toServicer;
        uint8 group = account.group;
        {
            uint8 place = cash.held == 0 ? group : 0; // where it comes to, or came
            // What is due is below 2^88.
            if (shares.toKeeper != 0) _credits[account.keeper][place].cash += uint248(shares.toKeeper);
            if (shares.toServicer != 0) _credits[servicer][place].cash += uint248(shares.toServicer);
            if (shares.toDebtor != 0) _credits[account.debtor][place].cash += shares.toDebtor.toUint248();
        }
        Proceeds memory proceeds;
        uint112 elsewhere;
        uint256 took;
        (proceeds.recovered, took) = account.bring(shares.toPool);
        if (lost != 0) loss = Math.saturatingSub(account.rest(), type(uint256).max - lost);
        proceeds.gross = (shares.toPool + fees).toUint112();
        proceeds.costs = uint112(fees); // part of gross
        proceeds.writtenOff = uint112(loss); // at most outstanding
        if (account.moved) elsewhere = _ofTheGroup(caseId, account, proceeds, took);
        emit Brought(caseId, group, shares, cash.held, loss);

        if (proceeds.gross != 0 || loss != 0 || done) poolOf(group).takeProceeds(proceeds, elsewhere, done);
        cash.send(settlement, _distributorOf(group), _distributorOf(0), shares.toPool);
    }

    function _mustObey(uint8 group, address house) private view {
        if (house != address(this)) revert OtherHouse(group, house);
    }

    function _onlyBook() private view {
        if (msg.sender != book) revert NotTheBook(msg.sender, book);
    }

    function _ofAuction(uint64 caseId) private view returns (Account storage account) {
        account = _accounts[caseId];
        address auction = address(_ways[account.strategy].auction);
        if (msg.sender != auction) revert NotTheAuction(msg.sender, auction);
        _must(caseId, account, Standing.OnSale);
    }

    function _must(uint64 caseId, Account storage account, Standing needed) private view {
        if (account.standing != needed) revert WrongStanding(caseId, account.standing, needed);
    }
}
