// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactPull} from "contracts/ExactPull.sol";
import {Asked, GateBooks} from "contracts/fund/GateBooks.sol";
import {Positions} from "contracts/fund/Positions.sol";
import {
    IERC7540CancelDeposit,
    IERC7540CancelRedeem,
    IERC7540Deposit,
    IERC7540Operator,
    IERC7540Redeem,
    IERC7575
} from "interfaces/IERC7540.sol";
import {IEvergreenFund} from "interfaces/IEvergreenFund.sol";
import {EpochRecord, IGate, Position} from "interfaces/IGate.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {MAX_AMOUNT} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

contract Gate is GateBooks, AccessManaged, ReentrancyGuardTransient {
    using ExactPull for IERC20;
    using Positions for Position;
    using SafeERC20 for IERC20;

    /* CONSTRUCTOR */

    constructor(
        address authority,
        IEvergreenFund fund_,
        ITrancheNote note_
    ) GateBooks(fund_, note_) AccessManaged(authority) {}

    /* OPERATORS */

    /// @inheritdoc IERC7540Operator
    function setOperator(address operator, bool approved) external returns (bool) {
        _operators[msg.sender][operator] = approved;
        emit OperatorSet(msg.sender, operator, approved);
        return true;
    }

    /* REQUESTS */

    /// @inheritdoc IERC7540Deposit
    function requestDeposit(uint256 assets, address controller, address owner) external nonReentrant returns (uint256) {
        uint32 epoch = _mayRequest(assets, controller, owner);
        Position storage own = _stored(controller);
        if (own.entry != 0 && own.entryEpoch != epoch) revert EpochNotSettled(own.entryEpoch);
        _ask(epoch, assets, 0);
        // What waits here counts with it, units and cash: it is the controller's already.
        uint256 here = uint256(own.exit) + own.claimUnits + own.backUnits;
        _eligible(address(0), controller, convertToShares(own.entry + assets) + here);
        own.entry += uint112(assets); // with all others at most MAX_AMOUNT
        own.entryEpoch = epoch;
        emit DepositRequest(controller, owner, 0, msg.sender, assets);

        _settlement.pullExact(owner, assets);
        return 0;
    }

    /// @inheritdoc IERC7540Redeem
    function requestRedeem(uint256 shares, address controller, address owner) external nonReentrant returns (uint256) {
        uint32 epoch = _mayRequest(shares, controller, owner);
        if (owner != controller) _eligible(owner, controller, shares);
        Position storage own = _stored(controller);
        _mayExit(own.exit, own.exitEpoch, epoch, shares);
        (uint256 interest, uint256 principal, ) = _distributor.mark(address(note));
        if (uint256(own.exit) + own.claimUnits + own.backUnits == 0) {
            (own.seenInterest, own.seenPrincipal) = (uint120(interest), uint120(principal)); // no wider in its book
        } else {
            Position memory earning = own;
            earning.earn(note, interest, principal);
            _store(controller, earning);
        }
        own.exit += uint112(shares); // with all others at most MAX_AMOUNT
        own.exitEpoch = epoch;
        emit RedeemRequest(controller, owner, 0, msg.sender, shares);

        IERC20(address(note)).safeTransferFrom(owner, address(this), shares);
        return 0;
    }

    /// @inheritdoc IGate
    function turnBack(uint256 units, address controller) external nonReentrant {
        uint32 epoch = _mayRequest(units, controller, controller);
        Position memory own = _upToDate(controller);
        _earn(own);
        own.claimByUnits(units);
        _mayExit(own.exit, own.exitEpoch, epoch, units);
        own.exit += uint112(units); // with all others at most MAX_AMOUNT
        own.exitEpoch = epoch;
        _store(controller, own);
        emit TurnedBack(controller, units, msg.sender);
    }

    /* CANCELLATION */

    /// @inheritdoc IERC7540CancelDeposit
    function cancelDepositRequest(uint256, address controller) external nonReentrant {
        Position memory own = _ofCaller(controller);
        if (own.entry == 0) revert NothingPending(controller);
        if (!fund.mayCancel(own.entryEpoch)) revert TooLateToCancel(own.entryEpoch);
        _asked[own.entryEpoch & 1].cash -= own.entry;
        own.backCash += own.entry;
        own.entry = 0;
        _store(controller, own);
        emit CancelDepositRequest(controller, 0, msg.sender);
    }

    /// @inheritdoc IERC7540CancelRedeem
    function cancelRedeemRequest(uint256, address controller) external nonReentrant {
        Position memory own = _ofCaller(controller);
        if (own.exit == 0) revert NothingPending(controller);
        if (!fund.mayCancel(own.exitEpoch)) revert TooLateToCancel(own.exitEpoch);
        _asked[own.exitEpoch & 1].units -= own.exit;
        own.backUnits += own.exit;
        own.exit = 0;
        _store(controller, own);
        emit CancelRedeemRequest(controller, 0, msg.sender);
    }

    /// @inheritdoc IERC7540CancelDeposit
    function claimCancelDepositRequest(
        uint256,
        address receiver,
        address controller
    ) external nonReentrant returns (uint256 assets) {
        Position memory own = _ofCaller(controller);
        _notFrozen(controller);
        assets = own.backCash;
        own.backCash = 0;
        _store(controller, own);
        emit CancelDepositClaim(controller, receiver, 0, msg.sender, assets);

        if (assets != 0) _settlement.safeTransfer(receiver, assets); // some assets refuse to move nothing
    }

    /// @inheritdoc IERC7540CancelRedeem
    function claimCancelRedeemRequest(
        uint256,
        address receiver,
        address controller
    ) external nonReentrant returns (uint256 shares) {
        Position memory own = _ofCaller(controller);
        _notFrozen(controller);
        _earn(own);
        shares = own.backUnits;
        own.backUnits = 0;
        _store(controller, own);
        emit CancelRedeemClaim(controller, receiver, 0, msg.sender, shares);

        _give(controller, receiver, shares);
    }

    /* CLAIMS */

    /// @inheritdoc IERC7575
    function deposit(uint256 assets, address receiver) external returns (uint256) {
        return deposit(assets, receiver, msg.sender);
    }

    /// @inheritdoc IERC7540Deposit
    function deposit(
        uint256 assets,
        address receiver,
        address controller
    ) public nonReentrant returns (uint256 shares) {
        Position memory own = _mayClaimUnits(controller);
        shares = own.claimByCash(assets);
        _claimed(own, receiver, controller, assets, shares);
    }

    /// @inheritdoc IERC7575
    function mint(uint256 shares, address receiver) external returns (uint256) {
        return mint(shares, receiver, msg.sender);
    }

    /// @inheritdoc IERC7540Deposit
    function mint(uint256 shares, address receiver, address controller) public nonReentrant returns (uint256 assets) {
        Position memory own = _mayClaimUnits(controller);
        assets = own.claimByUnits(shares);
        _claimed(own, receiver, controller, assets, shares);
    }

    /// @inheritdoc IERC7575
    function redeem(
        uint256 shares,
        address receiver,
        address controller
    ) external nonReentrant returns (uint256 assets) {
        Position memory own = _ofCaller(controller);
        _notFrozen(controller);
        assets = own.leaveByUnits(shares);
        _left(own, receiver, controller, assets, shares);
    }

    /// @inheritdoc IERC7575
    function withdraw(
        uint256 assets,
        address receiver,
        address controller
    ) external nonReentrant returns (uint256 shares) {
        Position memory own = _ofCaller(controller);
        _notFrozen(controller);
        shares = own.leaveByCash(assets);
        _left(own, receiver, controller, assets, shares);
    }

    /// @inheritdoc IGate
    function claimEarned(address controller) external nonReentrant returns (uint256 cash) {
        _notFrozen(controller);
        Position memory own = _upToDate(controller);
        _earn(own);
        cash = own.takeEarned();
        _store(controller, own);
        emit EarnedPaid(controller, cash);

        // All whole units that the gate's units have earned: the sum of what controllers have is never above it.
        note.claim();
        if (cash != 0) _settlement.safeTransfer(controller, cash);
    }

    /* TRANSFER AGENT */

    /// @inheritdoc IGate
    function recover(address lost, address found) external nonReentrant returns (bool) {
        if (msg.sender != address(note)) revert NotTheNote(msg.sender, address(note));
        return _move(lost, found);
    }

    /// @inheritdoc IGate
    function movePosition(address lost, address found) external nonReentrant restricted {
        if (!_move(lost, found)) revert NothingPending(lost);
    }

    /* SETTLEMENT */

    /// @inheritdoc IGate
    function forward(uint256 cash) external nonReentrant {
        _onlyFund();
        _settlement.sendExact(address(_distributor), cash);
    }

    /// @inheritdoc IGate
    function settle(
        uint32 epoch,
        EpochRecord calldata record_,
        uint256 made,
        uint256 ownerless,
        address dustOwner
    ) external nonReentrant {
        _onlyFund();
        _records[epoch] = record_;
        lastSettled = epoch;
        Asked storage next = _asked[(epoch + 1) & 1];
        // What waits by the books is at most what came in, so it fits.
        next.cash += record_.askedCash - record_.entered;
        next.units += record_.askedUnits - record_.ended;
        _asked[epoch & 1] = Asked({cash: 0, units: 0, open: true});
        emit EpochSettled(epoch, record_);
        if (made != 0 || record_.ended != 0) note.remake(made, record_.ended);
        if (ownerless == 0) return;
        Position memory own = _upToDate(dustOwner);
        _earn(own);
        own.claimCash += uint112(ownerless); // units were just made for it
        own.claimUnits += uint112(ownerless);
        _store(dustOwner, own);
    }

    /* INTERNAL */

    function _mayRequest(uint256 amount, address controller, address owner) private view returns (uint32) {
        if (amount == 0) revert ZeroRequest();
        _notStranger(owner);
        _notStranger(controller);
        return fund.openEpoch();
    }

    function _mayExit(uint256 waits, uint256 since, uint32 epoch, uint256 units) private {
        if (waits != 0 && since != epoch) revert EpochNotSettled(since);
        _ask(epoch, 0, units);
    }

    /// @dev Up to date in storage. A request reads and writes no slot that it does not need.
    function _stored(address controller) private returns (Position storage own) {
        own = _positions[controller];
        uint256 settled = lastSettled;
        bool behind = own.entry != 0 && own.entryEpoch <= settled;
        if (behind || (own.exit != 0 && own.exitEpoch <= settled)) _store(controller, _upToDate(controller));
    }

    /// @dev One of the two is 0.
    function _ask(uint32 epoch, uint256 cash, uint256 units) private {
        Asked storage all = _asked[epoch & 1];
        uint256 room = MAX_AMOUNT - (cash == 0 ? all.units : all.cash);
        if (cash + units > room) revert AboveLimit(cash + units, room);
        all.cash += uint112(cash);
        all.units += uint112(units);
    }

    function _mayClaimUnits(address controller) private view returns (Position memory own) {
        own = _ofCaller(controller);
        _notFrozen(controller);
        if (fund.paused()) revert IEvergreenFund.RequestsPaused();
        _earn(own);
    }

    function _claimed(
        Position memory own,
        address receiver,
        address controller,
        uint256 assets,
        uint256 shares
    ) private {
        _store(controller, own);
        emit Deposit(controller, receiver, assets, shares);

        _give(controller, receiver, shares);
    }

    function _left(Position memory own, address receiver, address controller, uint256 assets, uint256 shares) private {
        _store(controller, own);
        emit Withdraw(msg.sender, receiver, controller, assets, shares);

        if (assets != 0) _settlement.safeTransfer(receiver, assets);
    }

    /// @dev Units go where the controller's own could go; the note asks for the gate's transfer.
    function _give(address controller, address receiver, uint256 units) private {
        if (units == 0) return;
        if (receiver != controller) _eligible(controller, receiver, units);
        IERC20(address(note)).safeTransfer(receiver, units);
    }

    function _move(address lost, address found) private returns (bool) {
        Position memory own = _upToDate(lost);
        if (own.isEmpty()) return false;
        Position memory there = _upToDate(found);
        if (lost == found || there.waits()) revert HasPosition(found);
        // Each is below 2^240, as all that was ever given (see PARTS).
        own.earnedInterest += there.earnedInterest;
        own.earnedPrincipal += there.earnedPrincipal;
        delete _positions[lost];
        _store(found, own);
        emit PositionMoved(lost, found);
        return true;
    }

    function _store(address controller, Position memory own) private {
        _positions[controller] = own;
    }

    function _ofCaller(address controller) private view returns (Position memory) {
        _notStranger(controller);
        return _upToDate(controller);
    }

    function _notStranger(address whose) private view {
        if (msg.sender != whose && !_operators[whose][msg.sender]) revert NotOperator(whose, msg.sender);
    }

    function _notFrozen(address controller) private view {
        if (note.isFrozen(controller)) revert HolderFrozen(controller);
    }

    function _eligible(address from, address to, uint256 units) private view {
        if (!note.compliance().canTransfer(from, to, units)) revert NotEligible(from, to, units);
    }

    function _onlyFund() private view {
        if (msg.sender != address(fund)) revert NotTheFund(msg.sender, address(fund));
    }
}
