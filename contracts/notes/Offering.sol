// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactPull} from "contracts/ExactPull.sol";
import {IDistributor} from "interfaces/IDistributor.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {IOffering, Order, Sale, TrancheOffer} from "interfaces/IOffering.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {IWaterfall} from "interfaces/IWaterfall.sol";
import {MAX_AMOUNT, Period, TrancheId} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract Offering is IOffering, AccessManaged {
    using ExactPull for IERC20;
    using SafeERC20 for IERC20;

    /// @notice One tranche's sale. Units.
    struct Tranche {
        TrancheOffer offer;
        uint112 ordered;
        uint112 sold;
        mapping(address investor => Order order) orders;
    }

    uint256 private constant MAX_TRANCHES = 8;

    /* IMMUTABLES */

    /// @inheritdoc IOffering
    ILoanPool public immutable pool;

    /// @inheritdoc IOffering
    uint256 public immutable deadline;

    IERC20 private immutable _settlement;

    /* STORAGE */

    /// @inheritdoc IOffering
    IWaterfall public waterfall;

    /// @inheritdoc IOffering
    Sale public sale;

    /// @inheritdoc IOffering
    uint256 public cashHeld;

    Tranche[] private _tranches;

    /* CONSTRUCTOR */

    /// @param offers One a tranche, most senior first.
    constructor(address authority, ILoanPool pool_, TrancheOffer[] memory offers) AccessManaged(authority) {
        uint256 count = offers.length;
        if (count == 0 || count > MAX_TRANCHES) revert WrongNumberOfTranches(count, MAX_TRANCHES);
        uint256 caps;
        for (uint256 i; i < count; ++i) {
            TrancheOffer memory one = offers[i];
            TrancheId id = TrancheId.wrap(uint8(i));
            if (one.minimum == 0 || one.minimum > one.cap) revert MinimumOutOfRange(id, one.minimum, one.cap);
            if (address(one.note.distributor()) != address(pool_.distributor())) revert OtherDistributor(id);
            for (uint256 j; j < i; ++j) if (address(offers[j].note) == address(one.note)) revert NoteTwice(id);
            caps += one.cap;
            _tranches.push().offer = one;
        }
        uint256 price = pool_.purchasePrice();
        if (caps < price || caps > MAX_AMOUNT) revert CapsOutOfRange(caps, price, MAX_AMOUNT);
        pool = pool_;
        deadline = pool_.record(Period.wrap(0)).end;
        _settlement = pool_.settlement();
    }

    /* SUBSCRIPTION */

    /// @inheritdoc IOffering
    function open(IWaterfall waterfall_) external restricted {
        _inSale(Sale.Draft);
        _beforeDeadline();
        if (waterfall_.offering() != address(this)) revert OtherOffering(waterfall_);
        _mayClose();
        sale = Sale.Open;
        waterfall = waterfall_;
        emit Opened(waterfall_, deadline);
    }

    /// @inheritdoc IOffering
    function order(TrancheId tranche, uint256 units) external {
        Tranche storage wanted = _changeable(tranche, units);
        uint256 room = MAX_AMOUNT - wanted.ordered;
        if (units > room) revert AboveLimit(units, room);
        Order storage own = wanted.orders[msg.sender];
        _eligible(wanted, tranche, msg.sender, own.units + units);
        wanted.ordered += uint112(units); // at most the room, so any order fits too
        own.units += uint112(units);
        cashHeld += units;
        emit Ordered(msg.sender, tranche, units);

        _settlement.pullExact(msg.sender, units);
    }

    /// @inheritdoc IOffering
    function reduce(TrancheId tranche, uint256 units) external {
        Tranche storage wanted = _changeable(tranche, units);
        Order storage own = wanted.orders[msg.sender];
        if (units > own.units) revert AboveLimit(units, own.units);
        // Handing over asks for no least, so what stays is asked here; all may be taken back by anybody.
        if (units != own.units) _eligible(wanted, tranche, msg.sender, own.units - units);
        own.units -= uint112(units); // at most the order
        wanted.ordered -= uint112(units);
        cashHeld -= units;
        emit OrderReduced(msg.sender, tranche, units);

        _settlement.safeTransfer(msg.sender, units);
    }

    /* CLOSING */

    /// @inheritdoc IOffering
    function close() external {
        _inSale(Sale.Open);
        if (block.timestamp < deadline) revert BeforeDeadline(block.timestamp, deadline);
        (uint256[] memory units, uint256 raised, bool made) = _outcome();
        if (!made) {
            sale = Sale.Cancelled;
            emit SaleCancelled();
            return;
        }
        sale = Sale.Closed;
        cashHeld -= raised;
        emit Closed(units);

        pool.purchase(address(waterfall));
        pool.distributor().appoint(address(waterfall));
        for (uint256 i; i < units.length; ++i) {
            _tranches[i].sold = uint112(units[i]); // at most the cap
            _tranches[i].offer.note.issue(units[i]);
        }
        _settlement.sendExact(address(pool.distributor()), raised);
        waterfall.begin(units);
    }

    /* HANDING OVER */

    /// @inheritdoc IOffering
    function settle(TrancheId tranche, address investor) external returns (uint256 notes, uint256 cash) {
        _afterClosing();
        Order storage own = _tranche(tranche).orders[investor];
        if (own.units == 0) revert NoOrder(investor, tranche);
        if (sale == Sale.Closed && !own.handedOver) notes = _handOver(tranche, investor);
        // Looked up again: with the notes the order may have ended.
        if (own.units != 0 && !own.refunded) cash = _refund(tranche, investor);
    }

    /// @inheritdoc IOffering
    function handOver(TrancheId tranche, address investor) external returns (uint256) {
        _inSale(Sale.Closed);
        return _handOver(tranche, investor);
    }

    /// @inheritdoc IOffering
    function refund(TrancheId tranche, address investor) external returns (uint256) {
        _afterClosing();
        return _refund(tranche, investor);
    }

    /// @inheritdoc IOffering
    function recoverOrder(TrancheId tranche, address lost, address found) external restricted {
        _afterClosing();
        Tranche storage wanted = _tranche(tranche);
        Order memory own = wanted.orders[lost];
        if (own.units == 0) revert NoOrder(lost, tranche);
        if (wanted.orders[found].units != 0) revert HasOrder(found, tranche);
        _eligible(wanted, tranche, found, own.units);
        delete wanted.orders[lost];
        wanted.orders[found] = own;
        emit OrderRecovered(lost, found, tranche, own.units);
    }

    /* VIEWS */

    /// @inheritdoc IOffering
    function orderOf(TrancheId tranche, address investor) external view returns (Order memory) {
        return _tranche(tranche).orders[investor];
    }

    /// @inheritdoc IOffering
    function ordered(TrancheId tranche) external view returns (uint256) {
        return _tranche(tranche).ordered;
    }

    /// @inheritdoc IOffering
    function sold(TrancheId tranche) external view returns (uint256) {
        return _tranche(tranche).sold;
    }

    /// @inheritdoc IOffering
    function offer(TrancheId tranche) external view returns (TrancheOffer memory) {
        return _tranche(tranche).offer;
    }

    /// @inheritdoc IOffering
    function note(TrancheId tranche) external view returns (ITrancheNote) {
        return _tranche(tranche).offer.note;
    }

    /// @inheritdoc IOffering
    function trancheCount() external view returns (uint256) {
        return _tranches.length;
    }

    /* INTERNAL */

    function _handOver(TrancheId tranche, address investor) private returns (uint256 notes) {
        Tranche storage wanted = _tranche(tranche);
        Order storage own = wanted.orders[investor];
        if (own.units == 0 || own.handedOver) revert NoOrder(investor, tranche);
        notes = (uint256(own.units) * wanted.sold) / wanted.ordered; // all below 2^112
        if (own.refunded) delete wanted.orders[investor];
        else own.handedOver = true;
        emit HandedOver(investor, tranche, notes);

        if (notes != 0) wanted.offer.note.handOver(investor, notes);
    }

    function _refund(TrancheId tranche, address investor) private returns (uint256 cash) {
        Tranche storage wanted = _tranche(tranche);
        Order storage own = wanted.orders[investor];
        if (own.units == 0 || own.refunded) revert NoOrder(investor, tranche);
        uint256 all = wanted.ordered;
        cash = (own.units * (all - wanted.sold)) / all; // nothing is sold of a cancelled deal
        if (own.handedOver || sale == Sale.Cancelled) delete wanted.orders[investor];
        else own.refunded = true;
        cashHeld -= cash;
        emit Refunded(investor, tranche, cash);

        if (cash != 0) _settlement.safeTransfer(investor, cash); // some assets refuse to move nothing
    }

    /// @dev Without these roles nobody could close, and after the deadline no order can be taken back.
    function _mayClose() private view {
        _mayCall(address(pool), ILoanPool.purchase.selector);
        _mayCall(address(pool.distributor()), IDistributor.appoint.selector);
        for (uint256 i; i < _tranches.length; ++i) {
            _mayCall(address(_tranches[i].offer.note), ITrancheNote.issue.selector);
            _mayCall(address(_tranches[i].offer.note), ITrancheNote.handOver.selector);
        }
    }

    function _mayCall(address target, bytes4 selector) private view {
        IAccessManager manager = IAccessManager(IAccessManaged(target).authority());
        (bool allowed, ) = manager.canCall(address(this), target, selector);
        if (!allowed) revert ClosingNotAllowed(target, selector);
    }

    /// @dev The deal is made when every tranche has its minimum and all together the price, and when nobody else was faster:
    ///      pool, distributor and notes serve one deal, and the orders of a second would wait here for ever.
    function _outcome() private view returns (uint256[] memory units, uint256 raised, bool made) {
        units = new uint256[](_tranches.length);
        made = true;
        for (uint256 i; i < units.length; ++i) {
            Tranche storage one = _tranches[i];
            units[i] = Math.min(one.ordered, one.offer.cap);
            raised += units[i];
            if (one.ordered < one.offer.minimum || one.offer.note.issuer() != address(0)) made = false;
        }
        bool taken = pool.purchased() || pool.distributor().waterfall() != address(0);
        if (taken || raised < pool.purchasePrice()) made = false;
    }

    function _eligible(Tranche storage wanted, TrancheId tranche, address investor, uint256 units) private view {
        if (wanted.offer.note.compliance().canTransfer(address(0), investor, units)) return;
        revert NotEligible(investor, tranche, units);
    }

    function _changeable(TrancheId tranche, uint256 units) private view returns (Tranche storage) {
        _inSale(Sale.Open);
        _beforeDeadline();
        if (units == 0) revert ZeroUnits();
        return _tranche(tranche);
    }

    function _inSale(Sale needed) private view {
        if (sale != needed) revert WrongSale(sale, needed);
    }

    function _afterClosing() private view {
        if (sale != Sale.Closed) _inSale(Sale.Cancelled);
    }

    function _beforeDeadline() private view {
        if (block.timestamp >= deadline) revert DeadlinePassed(block.timestamp, deadline);
    }

    function _tranche(TrancheId id) private view returns (Tranche storage) {
        if (id.place() >= _tranches.length) revert NoSuchTranche(id, _tranches.length);
        return _tranches[id.place()];
    }
}
