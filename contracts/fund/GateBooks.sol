// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Positions} from "contracts/fund/Positions.sol";
import {Reach} from "contracts/notes/vaults/Reach.sol";
import {IDistributor} from "interfaces/IDistributor.sol";
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
import {PARTS} from "interfaces/Types.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @notice What waits in one epoch. The slot is never empty again, so a request costs the same each time.
struct Asked {
    uint112 cash;
    uint112 units;
    bool open;
}

/// @title The books of a gate and all that can be read of them
abstract contract GateBooks is
    IGate,
    IERC165,
    IERC7575,
    IERC7540Operator,
    IERC7540Deposit,
    IERC7540Redeem,
    IERC7540CancelDeposit,
    IERC7540CancelRedeem
{
    using Positions for Position;

    /* IMMUTABLES */

    /// @inheritdoc IGate
    IEvergreenFund public immutable fund;

    /// @inheritdoc IGate
    ITrancheNote public immutable note;

    IDistributor internal immutable _distributor;
    IERC20 internal immutable _settlement;

    /* STORAGE */

    /// @inheritdoc IGate
    uint32 public lastSettled;

    mapping(address controller => mapping(address operator => bool approved)) internal _operators;

    mapping(address controller => Position position) internal _positions;

    mapping(uint256 epoch => EpochRecord record) internal _records;

    /// @dev Only two epochs have requests: the one that is next to be settled, and the one after. They take turns.
    Asked[2] internal _asked;

    /* CONSTRUCTOR */

    constructor(IEvergreenFund fund_, ITrancheNote note_) {
        fund = fund_;
        note = note_;
        _distributor = note_.distributor();
        _settlement = _distributor.settlement();
        _asked[0].open = true;
        _asked[1].open = true;
    }

    /* REQUESTS */

    /// @inheritdoc IERC7540Operator
    function isOperator(address controller, address operator) external view returns (bool) {
        return _operators[controller][operator];
    }

    /// @inheritdoc IERC7540Deposit
    function pendingDepositRequest(uint256 requestId, address controller) external view returns (uint256) {
        return requestId == 0 ? _upToDate(controller).entry : 0;
    }

    /// @inheritdoc IERC7540Deposit
    function claimableDepositRequest(uint256 requestId, address controller) external view returns (uint256) {
        return requestId == 0 ? _upToDate(controller).claimCash : 0;
    }

    /// @inheritdoc IERC7540Redeem
    function pendingRedeemRequest(uint256 requestId, address controller) external view returns (uint256) {
        return requestId == 0 ? _upToDate(controller).exit : 0;
    }

    /// @inheritdoc IERC7540Redeem
    function claimableRedeemRequest(uint256 requestId, address controller) external view returns (uint256) {
        return requestId == 0 ? _upToDate(controller).leaveUnits : 0;
    }

    /// @inheritdoc IERC7540CancelDeposit
    function pendingCancelDepositRequest(uint256, address) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IERC7540CancelDeposit
    function claimableCancelDepositRequest(uint256 requestId, address controller) external view returns (uint256) {
        return requestId == 0 ? _positions[controller].backCash : 0;
    }

    /// @inheritdoc IERC7540CancelRedeem
    function pendingCancelRedeemRequest(uint256, address) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IERC7540CancelRedeem
    function claimableCancelRedeemRequest(uint256 requestId, address controller) external view returns (uint256) {
        return requestId == 0 ? _positions[controller].backUnits : 0;
    }

    /* PRICE */

    /// @inheritdoc IERC7575
    function asset() external view returns (address) {
        return address(_settlement);
    }

    /// @inheritdoc IERC7575
    function share() external view returns (address) {
        return address(note);
    }

    /// @inheritdoc IERC7575
    function convertToShares(uint256 assets) public view returns (uint256) {
        EpochRecord storage last = _records[lastSettled];
        uint256 worth = last.value;
        // Before the first settlement, and where units are worth nothing, no cash has a price: par.
        return worth == 0 ? assets : (assets * last.units) / worth;
    }

    /// @inheritdoc IERC7575
    function convertToAssets(uint256 shares) public view returns (uint256) {
        EpochRecord storage last = _records[lastSettled];
        return lastSettled == 0 ? shares : (shares * last.value) / last.units;
    }

    /// @inheritdoc IERC7575
    function totalAssets() external view returns (uint256) {
        return convertToAssets(IERC20(address(note)).totalSupply());
    }

    /// @inheritdoc IERC7575
    function previewDeposit(uint256) external pure returns (uint256) {
        revert NoPreview();
    }

    /// @inheritdoc IERC7575
    function previewMint(uint256) external pure returns (uint256) {
        revert NoPreview();
    }

    /// @inheritdoc IERC7575
    function previewRedeem(uint256) external pure returns (uint256) {
        revert NoPreview();
    }

    /// @inheritdoc IERC7575
    function previewWithdraw(uint256) external pure returns (uint256) {
        revert NoPreview();
    }

    /* LIMITS */

    /// @inheritdoc IERC7575
    function maxDeposit(address controller) external view returns (uint256) {
        Position memory own = _upToDate(controller);
        uint256 units = _mayBeGiven(own, controller);
        if (units == own.claimUnits || units == 0) return units == 0 ? 0 : own.claimCash;
        // The most cash that gives no unit more.
        return ((units + 1) * own.claimCash - 1) / own.claimUnits;
    }

    /// @inheritdoc IERC7575
    function maxMint(address controller) external view returns (uint256) {
        return _mayBeGiven(_upToDate(controller), controller);
    }

    /// @inheritdoc IERC7575
    function maxRedeem(address controller) external view returns (uint256) {
        return note.isFrozen(controller) ? 0 : _upToDate(controller).leaveUnits;
    }

    /// @inheritdoc IERC7575
    function maxWithdraw(address controller) external view returns (uint256) {
        return note.isFrozen(controller) ? 0 : _upToDate(controller).leaveCash;
    }

    /* BOOKS */

    /// @inheritdoc IGate
    function position(address controller) external view returns (Position memory) {
        return _upToDate(controller);
    }

    /// @inheritdoc IGate
    function earned(address controller) external view returns (uint256) {
        Position memory own = _upToDate(controller);
        _earn(own);
        return own.earnedInterest / PARTS + own.earnedPrincipal / PARTS;
    }

    /// @inheritdoc IGate
    function waiting(address controller) external view returns (uint256) {
        Position memory own = _upToDate(controller);
        uint256 cash = uint256(own.entry) + own.leaveCash + own.backCash;
        _earn(own);
        return cash + own.unitsHere() + own.earnedInterest / PARTS + own.earnedPrincipal / PARTS;
    }

    /// @inheritdoc IGate
    function asked(uint256 epoch) external view returns (uint256 cash, uint256 units) {
        if (epoch <= lastSettled || epoch > uint256(lastSettled) + 2) return (0, 0);
        return (_asked[epoch & 1].cash, _asked[epoch & 1].units);
    }

    /// @inheritdoc IGate
    function record(uint256 epoch) external view returns (EpochRecord memory) {
        return _records[epoch];
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 id) external pure returns (bool) {
        bool requests =
            id == type(IERC7540Operator).interfaceId ||
                id == type(IERC7540Deposit).interfaceId ||
                id == type(IERC7540Redeem).interfaceId;
        bool cancels = id == type(IERC7540CancelDeposit).interfaceId || id == type(IERC7540CancelRedeem).interfaceId;
        return requests || cancels || id == type(IERC7575).interfaceId || id == type(IERC165).interfaceId;
    }

    /* INTERNAL */

    function _upToDate(address controller) internal view returns (Position memory own) {
        own = _positions[controller];
        own.catchUp(_records, lastSettled, note);
    }

    /// @dev Up to now.
    function _earn(Position memory own) internal view {
        (uint256 interest, uint256 principal, ) = _distributor.mark(address(note));
        own.earn(note, interest, principal);
    }

    /// @dev Claimable units that the controller could take for itself now.
    function _mayBeGiven(Position memory own, address controller) private view returns (uint256) {
        if (note.isFrozen(controller) || fund.paused() || Reach.paused(address(note))) return 0;
        return Reach.most(note.compliance(), address(this), address(this), controller, own.claimUnits);
    }
}
