// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactPull} from "contracts/ExactPull.sol";
import {IAuction, Offer} from "interfaces/IAuction.sol";
import {Account, IAuctionHouse, SaleTerms, Standing} from "interfaces/IAuctionHouse.sol";
import {ICompliance} from "interfaces/ICompliance.sol";
import {ILoanPool, Proceeds} from "interfaces/ILoanPool.sol";
import {WAD} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract AuctionHouse is IAuctionHouse, AccessManaged {
    using ExactPull for IERC20;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /* IMMUTABLES */

    /// @inheritdoc IAuctionHouse
    ILoanPool public immutable pool;

    /// @inheritdoc IAuctionHouse
    ICompliance public immutable compliance;

    /// @inheritdoc IAuctionHouse
    address public immutable servicer;

    /// @inheritdoc IAuctionHouse
    address public immutable vehicle;

    /// @inheritdoc IAuctionHouse
    IERC20 public immutable settlement;

    /// @dev End of the deal's last period: no round can end later.
    uint256 private immutable _end;

    /* STORAGE */

    /// @inheritdoc IAuctionHouse
    address public book;

    /// @inheritdoc IAuctionHouse
    uint256 public exposed;

    mapping(uint64 caseId => Account account) private _accounts;

    /// @inheritdoc IAuctionHouse
    mapping(uint64 caseId => mapping(address holder => uint256 units)) public titleOf;

    /// @inheritdoc IAuctionHouse
    mapping(address account => uint256 cash) public owed;

    /// @dev Auctions that ever sold here: a deposit may be reclaimed when its case is long sold elsewhere.
    mapping(address auction => bool) private _known;

    /* CONSTRUCTOR */

    constructor(
        address authority,
        ILoanPool pool_,
        ICompliance compliance_,
        address servicer_,
        address vehicle_
    ) AccessManaged(authority) {
        if (servicer_ == address(0)) revert NoServicer();
        pool = pool_;
        compliance = compliance_;
        servicer = servicer_;
        vehicle = vehicle_;
        settlement = pool_.settlement();
        _end = pool_.record(pool_.periodCount()).end;
        settlement.forceApprove(address(pool_), type(uint256).max); // the pool takes what it is told of proceeds, no more
    }

    /* BOOK */

    /// @inheritdoc IAuctionHouse
    function appoint(address book_) external restricted {
        if (book != address(0)) revert AlreadyAppointed(book);
        book = book_;
        emit BookAppointed(book_);
    }

    /// @inheritdoc IAuctionHouse
    function add(uint64 caseId, uint96 outstanding, uint96 writtenOff) external {
        _onlyBook();
        Account storage account = _accounts[caseId];
        account.standing = Standing.Held;
        account.outstanding += outstanding;
        account.writtenOff += writtenOff;
    }

    /// @inheritdoc IAuctionHouse
    function expose(uint64 caseId, address keeper, uint96 fee) external {
        _onlyBook();
        Account storage account = _accounts[caseId];
        // A fee that an earlier keeper still has to get is not another's: it becomes part of the costs.
        account.costsDue += account.keeperDue;
        account.keeper = keeper;
        account.keeperDue = fee;
        _expose(account);
    }

    /// @inheritdoc IAuctionHouse
    function calm(uint64 caseId) external {
        _onlyBook();
        _calm(_accounts[caseId]);
    }

    /// @inheritdoc IAuctionHouse
    function offer(uint64 caseId, SaleTerms calldata terms) external {
        _onlyBook();
        Account storage account = _accounts[caseId];
        _must(caseId, account, Standing.Held);
        uint256 latest = block.timestamp + terms.auction.longest();
        if (latest > _end) revert TooLateToSell(latest, _end);
        account.standing = Standing.OnSale;
        account.round = 0;
        account.rounds = terms.rounds;
        account.creditBid = terms.creditBid;
        account.units = terms.units;
        account.costsDue += terms.cost;
        account.auction = address(terms.auction);
        _known[address(terms.auction)] = true;
        account.floor = terms.floor;
        account.start = terms.start;
        account.debtor = terms.debtor;
        account.haircut = terms.haircut;
        _expose(account);
        pool.awaitProceeds();
        _begin(caseId, account, terms.units);
    }

    /// @inheritdoc IAuctionHouse
    function cancel(uint64 caseId) external {
        _onlyBook();
        Account storage account = _accounts[caseId];
        _must(caseId, account, Standing.OnSale);
        account.standing = Standing.Held;
        emit SaleCancelled(caseId);
        IAuction(account.auction).cancel(caseId);
        _bring(caseId, account, 0, 0, true);
    }

    /// @inheritdoc IAuctionHouse
    function pay(uint64 caseId, address from, uint96 cash, bool closes) external {
        _onlyBook();
        Account storage account = _accounts[caseId];
        _must(caseId, account, Standing.Held);
        settlement.pullExact(from, cash);
        if (closes) account.standing = Standing.Closed;
        if (closes) _calm(account);
        _bring(caseId, account, cash, closes ? type(uint256).max : 0, false);
    }

    /* AUCTIONS */

    /// @inheritdoc IAuctionHouse
    function pull(uint64 caseId, address from, uint256 cash) external {
        Account storage account = _accounts[caseId];
        _onlyAuction(account);
        _must(caseId, account, Standing.OnSale);
        if (!admits(from)) revert NotEligible(from);
        settlement.pullExact(from, cash);
    }

    /// @inheritdoc IAuctionHouse
    function owe(address account, uint256 cash) external {
        if (!_known[msg.sender]) revert NotTheAuction(msg.sender, address(0));
        _owe(account, cash);
    }

    /// @inheritdoc IAuctionHouse
    function pass(uint64 caseId, address buyer, uint32 units, uint256 held, uint256 more, bool last) external {
        Account storage account = _accounts[caseId];
        _onlyAuction(account);
        _must(caseId, account, Standing.OnSale);
        if (!admits(buyer)) revert NotEligible(buyer);
        if (last) {
            account.standing = Standing.Closed;
            _calm(account);
        }
        titleOf[caseId][buyer] += units;
        emit TitlePassed(caseId, buyer, units, held + more);

        if (more != 0) settlement.pullExact(buyer, more);
        _bring(caseId, account, held + more, last ? type(uint256).max : 0, last);
    }

    /// @inheritdoc IAuctionHouse
    function relist(uint64 caseId) external {
        Account storage account = _accounts[caseId];
        _must(caseId, account, Standing.OnSale);
        IAuction auction = IAuction(account.auction);
        (uint32 left, uint256 forfeited) = auction.finish(caseId);
        bool again = account.round < account.rounds && block.timestamp + auction.longest() <= _end;
        if (!again) return _endSale(caseId, account, left, forfeited);
        if (forfeited != 0) _bring(caseId, account, forfeited, 0, false);
        uint256 kept = WAD - account.haircut;
        account.start = uint96(Math.mulDiv(account.start, kept, WAD, Math.Rounding.Ceil)); // at most what it was
        account.floor = uint96(Math.mulDiv(account.floor, kept, WAD, Math.Rounding.Ceil)); // likewise
        _begin(caseId, account, left);
    }

    /* PAYMENTS */

    /// @inheritdoc IAuctionHouse
    function payOut(address account) external returns (uint256 cash) {
        cash = owed[account];
        owed[account] = 0;
        emit PaidOut(account, cash);

        if (cash != 0) settlement.safeTransfer(account, cash); // some assets refuse to move nothing
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
    function leftToPay(uint64 caseId) external view returns (uint256) {
        Account storage account = _accounts[caseId];
        return _rest(account) + account.costsDue + account.keeperDue;
    }

    /* INTERNAL */

    function _begin(uint64 caseId, Account storage account, uint32 left) private {
        uint8 round = ++account.round;
        Offer memory round_ = Offer(account.start, account.floor, account.units, left);
        IAuction auction = IAuction(account.auction);
        emit RoundBegun(caseId, round, auction, round_.start, round_.floor, left);
        auction.begin(caseId, round_);
    }

    /// @dev Rule 18. After a credit bid the price stays outstanding: the vehicle owes it, and what it brings is the case's.
    function _endSale(uint64 caseId, Account storage account, uint32 left, uint256 forfeited) private {
        account.standing = Standing.Held;
        _calm(account);
        bool taken = account.creditBid && vehicle != address(0) && admits(vehicle);
        uint256 credit;
        if (taken) {
            credit = Math.mulDiv(account.floor, left, account.units, Math.Rounding.Ceil);
            titleOf[caseId][vehicle] += left;
            emit TitlePassed(caseId, vehicle, left, 0);
        }
        emit SaleEnded(caseId, taken, left, credit);
        uint256 loss = _bring(caseId, account, forfeited, taken ? type(uint256).max - credit : 0, true);
        if (taken) account.outstanding -= uint96(loss); // part of it
    }

    /// @dev Rules 11 to 13. `lost` is the most that is written off: all of the rest, none of it, or all but a credit bid.
    function _bring(
        uint64 caseId,
        Account storage account,
        uint256 cash,
        uint256 lost,
        bool done
    ) private returns (uint256 loss) {
        Proceeds memory proceeds;
        uint256 fees = _payFees(account, cash);
        uint256 net = cash - fees;
        uint256 claims = uint256(account.outstanding) + account.writtenOff;
        uint256 before = account.brought;
        uint256 toDebtor;
        if (account.debtor != address(0) && before + net > claims) {
            toDebtor = Math.min(net, before + net - claims);
            net -= toDebtor;
            _owe(account.debtor, toDebtor);
        }
        if (net != 0) account.brought = (before + net).toUint128();
        proceeds.recovered = uint112(_recovered(account, before + net) - _recovered(account, before)); // at most written off
        if (lost != 0) {
            uint256 credit = type(uint256).max - lost;
            loss = Math.saturatingSub(_rest(account), credit);
        }
        proceeds.gross = (net + fees).toUint112();
        proceeds.costs = uint112(fees); // part of gross
        proceeds.writtenOff = uint112(loss); // at most outstanding
        emit Brought(caseId, cash, fees, toDebtor, loss);

        if (proceeds.gross != 0 || loss != 0 || done) pool.takeProceeds(proceeds, done);
    }

    function _payFees(Account storage account, uint256 cash) private returns (uint256 fees) {
        uint256 keeperDue = account.keeperDue;
        if (keeperDue != 0) {
            fees = Math.min(cash, keeperDue);
            account.keeperDue = uint96(keeperDue - fees); // less than it was
            _owe(account.keeper, fees);
        }
        uint256 costsDue = account.costsDue;
        if (costsDue != 0) {
            uint256 costs = Math.min(cash - fees, costsDue);
            account.costsDue = uint96(costsDue - costs); // likewise
            _owe(servicer, costs);
            fees += costs;
        }
    }

    function _owe(address account, uint256 cash) private {
        if (cash == 0) return;
        owed[account] += cash;
        emit Owed(account, cash);
    }

    function _expose(Account storage account) private {
        if (account.exposed != 0) return; // since its cure began
        uint256 rest = _rest(account);
        account.exposed = uint96(rest); // at most outstanding
        exposed += rest;
    }

    function _calm(Account storage account) private {
        uint256 rest = account.exposed;
        if (rest == 0) return;
        exposed -= rest;
        account.exposed = 0;
    }

    function _rest(Account storage account) private view returns (uint256) {
        return Math.saturatingSub(account.outstanding, account.brought);
    }

    function _recovered(Account storage account, uint256 brought) private view returns (uint256) {
        return Math.min(Math.saturatingSub(brought, account.outstanding), account.writtenOff);
    }

    function _onlyBook() private view {
        if (msg.sender != book) revert NotTheBook(msg.sender, book);
    }

    function _onlyAuction(Account storage account) private view {
        if (msg.sender != account.auction) revert NotTheAuction(msg.sender, account.auction);
    }

    function _must(uint64 caseId, Account storage account, Standing needed) private view {
        if (account.standing != needed) revert WrongStanding(caseId, account.standing, needed);
    }
}
