// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactPull} from "contracts/ExactPull.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {IOffering} from "interfaces/IOffering.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {Period, TrancheId} from "interfaces/Types.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

contract Offering is IOffering {
    using ExactPull for IERC20;
    using SafeERC20 for IERC20;

    struct Tranche {
        ITrancheNote note;
        uint256 size;
        uint256 subscribed;
    }

    /// @dev Time to close once all is sold, in which nobody can take a unit back and so put closing off. Long enough for
    ///      anyone to call `close`, short enough that a seller who can't be paid keeps nobody in for long.
    uint256 private constant CLOSING_WINDOW = 7 days;

    /* IMMUTABLES */

    /// @inheritdoc IOffering
    ILoanPool public immutable pool;

    IERC20 private immutable _settlement;
    uint256 private immutable _target;

    /* STORAGE */

    /// @inheritdoc IOffering
    bool public closed;

    /// @inheritdoc IOffering
    uint256 public raised;

    Tranche[] private _tranches;

    /* CONSTRUCTOR */

    /// @param notes One a tranche, most senior first.
    /// @param sizes Units for sale of each; together the pool's purchase price.
    constructor(ILoanPool pool_, ITrancheNote[] memory notes, uint256[] memory sizes) {
        if (notes.length != sizes.length) revert SizesMismatch(notes.length, sizes.length);
        uint256 sum;
        for (uint256 i; i < notes.length; ++i) {
            if (sizes[i] == 0) revert EmptyTranche(TrancheId.wrap(uint8(i)));
            if (notes[i].settlement() != pool_.settlement()) revert OtherSettlement(TrancheId.wrap(uint8(i)));
            for (uint256 j; j < i; ++j) if (notes[j] == notes[i]) revert NoteTwice(TrancheId.wrap(uint8(i)));
            sum += sizes[i];
            _tranches.push(Tranche({note: notes[i], size: sizes[i], subscribed: 0}));
        }
        if (sum != pool_.purchasePrice()) revert SizesDoNotAddUp(sum, pool_.purchasePrice());
        pool = pool_;
        _settlement = pool_.settlement();
        _target = sum;
    }

    /* SUBSCRIPTION */

    /// @inheritdoc IOffering
    function subscribe(TrancheId tranche, uint256 units) external {
        Tranche storage wanted = _open(tranche, units);
        uint256 available = wanted.size - wanted.subscribed;
        if (units > available) revert AboveSize(tranche, units, available);
        wanted.subscribed += units;
        raised += units;
        emit Subscribed(msg.sender, tranche, units);

        wanted.note.mint(msg.sender, units);
        _settlement.pullExact(msg.sender, units);
    }

    /// @inheritdoc IOffering
    function unsubscribe(TrancheId tranche, uint256 units) external {
        Tranche storage wanted = _open(tranche, units);
        uint256 closing = pool.record(Period.wrap(0)).end;
        bool closable = raised == _target && block.timestamp >= closing;
        if (closable && block.timestamp < closing + CLOSING_WINDOW) revert ReadyToClose(closing + CLOSING_WINDOW);
        // The caller's notes are burned first: whoever holds that many, that many are subscribed.
        wanted.note.burn(msg.sender, units);
        wanted.subscribed -= units;
        raised -= units;
        emit Unsubscribed(msg.sender, tranche, units);

        _settlement.safeTransfer(msg.sender, units);
    }

    /* CLOSING */

    /// @inheritdoc IOffering
    function close() external {
        if (closed) revert OfferingClosed();
        if (raised != _target) revert NotSold(raised, _target);
        closed = true;
        emit Closed(raised);

        _settlement.forceApprove(address(pool), raised);
        pool.purchase();
    }

    /* VIEWS */

    /// @inheritdoc IOffering
    function subscribed(TrancheId tranche) external view returns (uint256) {
        return _tranche(tranche).subscribed;
    }

    /// @inheritdoc IOffering
    function size(TrancheId tranche) external view returns (uint256) {
        return _tranche(tranche).size;
    }

    /// @inheritdoc IOffering
    function note(TrancheId tranche) external view returns (ITrancheNote) {
        return _tranche(tranche).note;
    }

    /// @inheritdoc IOffering
    function trancheCount() external view returns (uint256) {
        return _tranches.length;
    }

    /// @inheritdoc IOffering
    function cashHeld() external view returns (uint256) {
        return closed ? 0 : raised;
    }

    /* INTERNAL */

    function _open(TrancheId tranche, uint256 units) private view returns (Tranche storage) {
        if (closed) revert OfferingClosed();
        if (units == 0) revert ZeroUnits();
        return _tranche(tranche);
    }

    function _tranche(TrancheId id) private view returns (Tranche storage) {
        if (id.place() >= _tranches.length) revert NoSuchTranche(id, _tranches.length);
        return _tranches[id.place()];
    }
}
