// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Earnings} from "contracts/notes/Earnings.sol";
import {IGate} from "interfaces/IGate.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

/// @title What the transfer agent may do with a note: freeze a holder, move units by right, recover a lost wallet
/// @dev A part of every token whose holders are supervised. What compliance says to a forced movement is the token's.
abstract contract Supervised is Earnings, AccessManaged {
    /* TRANSFER AGENT */

    /// @inheritdoc ITrancheNote
    function setGate(address gate_) external restricted {
        if (gate != address(0)) revert GateIsSet(gate);
        if (issuer != address(0)) revert AlreadyIssued(totalSupply());
        gate = gate_;
        emit GateSet(gate_);
    }

    /// @inheritdoc ITrancheNote
    function setFrozen(address holder, bool frozen) external restricted {
        _setFrozen(holder, frozen);
    }

    /// @inheritdoc ITrancheNote
    function forceTransfer(address from, address to, uint256 units) external restricted {
        _force(from, to, units);
    }

    /// @inheritdoc ITrancheNote
    function recover(address lost, address found) external restricted {
        _recover(lost, found);
    }

    /* TRANSFERS */

    function transfer(address to, uint256 units) public virtual override returns (bool) {
        if (_accounts[msg.sender].seen.barred) revert HolderFrozen(msg.sender);
        return super.transfer(to, units);
    }

    function transferFrom(address from, address to, uint256 units) public virtual override returns (bool) {
        if (_accounts[from].seen.barred) revert HolderFrozen(from);
        return super.transferFrom(from, to, units);
    }

    /* VIEWS */

    /// @inheritdoc ITrancheNote
    function isFrozen(address holder) public view virtual returns (bool) {
        return _accounts[holder].paid.frozen;
    }

    /* INTERNAL */

    function _setFrozen(address holder, bool frozen) internal virtual {
        _notIssuer(holder);
        _freeze(holder, frozen);
        emit FreezeSet(holder, frozen);
    }

    function _force(address from, address to, uint256 units) internal virtual {
        _notIssuer(from);
        _notIssuer(to);
        if (units == 0) revert ZeroUnits();
        uint256 held = balanceOf(from);
        _byForce(from, to, units); // brings both up to date, and refuses more units than are held
        (uint256 interest, uint256 principal) = _carry(from, to, units, held);
        emit ForcedTransfer(from, to, units, interest, principal);
    }

    function _recover(address lost, address found) internal virtual {
        _notIssuer(lost);
        _notIssuer(found);
        if (lost == found) revert SameWallet(lost);
        uint256 units = balanceOf(lost);
        _byForce(lost, found, units); // brings both up to date
        (uint256 interest, uint256 principal) = _carry(lost, found, 1, 1);
        bool waits = _recoverAtGate(lost, found);
        if (units + principal + interest == 0 && !waits) revert NothingToRecover(lost);
        if (_accounts[lost].paid.frozen) _freeze(found, true);
        emit Recovered(lost, found, units, interest, principal);
    }

    /// @dev What waits at the gate goes along; says whether anything did.
    function _recoverAtGate(address lost, address found) internal returns (bool waits) {
        waits = gate != address(0) && IGate(gate).recover(lost, found);
    }

    /// @dev How units move without their holder's will.
    function _byForce(address from, address to, uint256 units) internal virtual {
        _transfer(from, to, units);
    }

    /// @dev Kept twice, so that neither a claim nor a transfer reads a slot for it that it needs for nothing else.
    function _freeze(address holder, bool frozen) internal {
        _accounts[holder].paid.frozen = frozen;
        _accounts[holder].seen.barred = frozen;
    }

    function _notIssuer(address holder) internal view {
        if (holder == issuer || holder == gate) revert HolderFrozen(holder);
    }
}
