// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BoundedCall} from "contracts/BoundedCall.sol";
import {Agents} from "contracts/access/Agents.sol";
import "contracts/compliance/Codes.sol" as Codes;
import {Earnings} from "contracts/notes/Earnings.sol";
import {Supervised} from "contracts/notes/Supervised.sol";
import {ICompliance} from "interfaces/ICompliance.sol";
import {IDistributor} from "interfaces/IDistributor.sol";
import {IERC3643} from "interfaces/IERC3643.sol";
import {IIdentities} from "interfaces/IIdentities.sol";
import {IIdentityRegistry} from "interfaces/IIdentityRegistry.sol";
import {IRegulatedCompliance, Refusal} from "interfaces/IRegulatedCompliance.sol";
import {Act, Instruction, IRegulatedNote} from "interfaces/IRegulatedNote.sol";
import {Kind} from "interfaces/IRule.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {MAX_AMOUNT} from "interfaces/Types.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

/// @title How a regulated note moves: asks its compliance, and lets agents act
/// @dev Apart from `RegulatedNote`, which adds ERC-3643's calls, because each is a page of its own.
abstract contract RegulatedUnits is IRegulatedNote, IERC3643, Supervised, Agents {
    /// @notice Read by every movement, in one slot.
    struct Asked {
        IRegulatedCompliance compliance;
        bool paused;
    }

    /* IMMUTABLES */

    /// @inheritdoc IRegulatedNote
    bool public immutable byAgents;

    uint8 private immutable _decimals;

    /* STORAGE */

    Asked internal _asked;

    /// @inheritdoc IERC3643
    IIdentityRegistry public identityRegistry;

    /* CONSTRUCTOR */

    constructor(IDistributor distributor_, IRegulatedCompliance compliance_, bool byAgents_) Earnings(distributor_) {
        byAgents = byAgents_;
        _decimals = IERC20Metadata(address(distributor_.settlement())).decimals();
        _asked.compliance = compliance_;
        identityRegistry = IIdentityRegistry(compliance_.registry());
    }

    /* ISSUE */

    /// @inheritdoc ITrancheNote
    function issue(uint256 units) external restricted {
        if (byAgents) revert OtherIssue(byAgents);
        if (issuer != address(0)) revert AlreadyIssued(totalSupply());
        if (units > MAX_AMOUNT) revert AboveLimit(units, MAX_AMOUNT);
        issuer = msg.sender;
        _freeze(msg.sender, true);
        emit Issued(units);
        // Nobody is asked: the offering is no holder, it keeps the notes of those who ordered.
        super._update(address(0), msg.sender, units);
        distributor.openBook(units);
    }

    /// @inheritdoc ITrancheNote
    function handOver(address to, uint256 units) external restricted {
        // Units of anybody else have given their past already.
        if (msg.sender != issuer) revert NotTheIssuer(msg.sender, issuer);
        _asked.compliance.moving(Kind.HAND_OVER, address(0), to, units, 0, balanceOf(to));
        (uint256 interest, uint256 principal, uint32 snapshot) = distributor.mark(address(this));
        _touch(to, interest, principal, snapshot);
        // Nothing was given at first, and these units have been there since.
        _earn(_accounts[to], units, 0, 0);
        super._update(msg.sender, to, units);
    }

    /* TRANSFERS */

    function transfer(address to, uint256 units) public override returns (bool) {
        return ERC20.transfer(to, units); // `_move` knows who is frozen
    }

    function transferFrom(address from, address to, uint256 units) public override returns (bool) {
        return ERC20.transferFrom(from, to, units);
    }

    /* SUPERVISION */

    /// @inheritdoc IRegulatedNote
    function supervise(Instruction calldata instruction) external {
        _onlyAgent();
        Act act = instruction.act;
        (address from, address to, uint256 units) = (instruction.from, instruction.to, instruction.units);
        uint8 refusedBy;
        if (act == Act.FREEZE || act == Act.UNFREEZE) _bar(from, act == Act.FREEZE);
        else if (act == Act.FREEZE_UNITS) _freezeUnits(from, units);
        else if (act == Act.UNFREEZE_UNITS) _freeUnits(from, units);
        else if (act == Act.FORCE) refusedBy = _forceUnits(from, to, units);
        else units = _recoverUnits(from, to, identityRegistry.identity(from));
        emit Supervision(act, from, to, units, instruction.ref, instruction.reason, refusedBy);
    }

    /* VIEWS */

    /// @inheritdoc IERC3643
    function compliance() public view override(IERC3643, ITrancheNote) returns (ICompliance) {
        return _asked.compliance;
    }

    /// @inheritdoc IERC3643
    function isFrozen(address userAddress) public view override(IERC3643, Supervised) returns (bool) {
        return Supervised.isFrozen(userAddress);
    }

    /// @inheritdoc IERC3643
    function getFrozenTokens(address userAddress) public view returns (uint256) {
        return _accounts[userAddress].frozenUnits;
    }

    /// @notice Decimals of the settlement asset: a unit of note is a unit of cash at par.
    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    /// @inheritdoc IRegulatedNote
    function detectTransferRestriction(address from, address to, uint256 units) public view returns (uint8 code) {
        (, code) = _own(from, to, units);
        if (code == 0) code = _asked.compliance.detectTransferRestriction(from, to, units);
    }

    /// @inheritdoc IRegulatedNote
    function messageForTransferRestriction(uint8 code) public view returns (string memory) {
        return _asked.compliance.messageForTransferRestriction(code);
    }

    /// @inheritdoc IRegulatedNote
    function refusals(address from, address to, uint256 units) external view returns (Refusal[] memory list) {
        (uint8[6] memory codes, ) = _own(from, to, units);
        Refusal[] memory others = _asked.compliance.refusals(from, to, units);
        uint256 count;
        for (uint256 i; i < 6; ++i) if (codes[i] != 0) ++count;
        list = new Refusal[](count + others.length);
        for (uint256 i = others.length; i > 0; --i) list[count + i - 1] = others[i - 1];
        for (uint256 i = 6; i > 0; --i) {
            uint8 code = codes[i - 1];
            if (code != 0) list[--count] = Refusal(code, address(0), messageForTransferRestriction(code));
        }
    }

    /* INTERNAL */

    /// @dev By holders, and by agents who make or take units.
    function _update(address from, address to, uint256 units) internal override {
        Kind kind =
            from == address(0)
                ? Kind.MINT
                : to == address(0)
                    ? Kind.BURN
                    : Kind.TRANSFER;
        _move(kind, from, to, units);
    }

    /// @dev Asks, brings both sides up to date, moves: a transfer carries no claim on the past.
    function _move(Kind kind, address from, address to, uint256 units) private returns (uint8 refusedBy) {
        uint256 held = balanceOf(from);
        if (held < units && kind != Kind.MINT) revert ERC20InsufficientBalance(from, held, units);
        IRegulatedCompliance asked = _asked.compliance;
        if (kind == Kind.TRANSFER) {
            if (_asked.paused) revert NotePaused();
            Seen storage seen = _accounts[from].seen;
            if (seen.barred) revert HolderFrozen(from);
            if (seen.partly) _refuseFrozen(from, units, held);
            if (_accounts[to].seen.barred) revert HolderFrozen(to);
        }
        refusedBy = asked.moving(kind, from, to, units, held, balanceOf(to));
        (uint256 interest, uint256 principal, uint32 snapshot) = distributor.mark(address(this));
        _touch(from, interest, principal, snapshot);
        _touch(to, interest, principal, snapshot);
        super._update(from, to, units);
    }

    function _refuseFrozen(address from, uint256 units, uint256 held) private view {
        uint256 free = held - _accounts[from].frozenUnits; // of those held at most all are frozen
        if (units > free) revert UnitsFrozen(from, units, free);
    }

    /// @dev Reasons that lie with the note itself, in the order of `_move`.
    function _own(address from, address to, uint256 units) private view returns (uint8[6] memory codes, uint8 first) {
        uint256 held = balanceOf(from);
        if (from == address(0) || to == address(0)) codes[0] = Codes.NO_RECEIVER;
        if (held < units) codes[1] = Codes.NOT_ENOUGH_UNITS;
        else if (held - _accounts[from].frozenUnits < units) codes[4] = Codes.UNITS_FROZEN;
        if (_asked.paused) codes[2] = Codes.NOTE_PAUSED;
        if (_accounts[from].seen.barred) codes[3] = Codes.SENDER_FROZEN;
        if (_accounts[to].seen.barred) codes[5] = Codes.RECEIVER_FROZEN;
        for (uint256 i = 6; i > 0; --i) if (codes[i - 1] != 0) first = codes[i - 1];
    }

    /* INTERNAL: WHAT AGENTS DO */

    function _setFrozen(address holder, bool frozen) internal override {
        _bar(holder, frozen);
        emit Supervision(frozen ? Act.FREEZE : Act.UNFREEZE, holder, address(0), 0, 0, 0, 0);
    }

    function _force(address from, address to, uint256 units) internal override {
        emit Supervision(Act.FORCE, from, to, units, 0, 0, _forceUnits(from, to, units));
    }

    function _recover(address lost, address found) internal override {
        uint256 units = _recoverUnits(lost, found, identityRegistry.identity(lost));
        emit Supervision(Act.RECOVER, lost, found, units, 0, 0, 0);
    }

    function _bar(address holder, bool frozen) internal {
        Supervised._setFrozen(holder, frozen);
        emit AddressFrozen(holder, frozen, msg.sender);
    }

    function _freezeUnits(address holder, uint256 units) internal {
        _notIssuer(holder);
        uint256 held = balanceOf(holder);
        uint256 frozen = _accounts[holder].frozenUnits + units;
        if (frozen > held) revert UnitsFrozen(holder, units, held - _accounts[holder].frozenUnits);
        _setFrozenUnits(holder, frozen);
        emit TokensFrozen(holder, units);
    }

    function _freeUnits(address holder, uint256 units) internal {
        uint256 frozen = _accounts[holder].frozenUnits;
        if (units > frozen) revert FewerFrozen(holder, units, frozen);
        _setFrozenUnits(holder, frozen - units);
        emit TokensUnfrozen(holder, units);
    }

    /// @dev An agent takes free units first.
    function _freeFor(address holder, uint256 units) internal {
        uint256 free = balanceOf(holder) - _accounts[holder].frozenUnits;
        if (units > free && units <= balanceOf(holder)) _freeUnits(holder, units - free);
    }

    function _forceUnits(address from, address to, uint256 units) internal returns (uint8 refusedBy) {
        _notIssuer(from);
        _notIssuer(to);
        if (units == 0) revert ZeroUnits();
        uint256 held = balanceOf(from);
        _freeFor(from, units);
        refusedBy = _moveByForce(from, to, units);
        (uint256 interest, uint256 principal) = _carry(from, to, units, held);
        emit ForcedTransfer(from, to, units, interest, principal);
    }

    function _recoverUnits(address lost, address found, address owner) internal returns (uint256 units) {
        _notIssuer(lost);
        _notIssuer(found);
        if (lost == found) revert SameWallet(lost);
        if (owner == address(0) || identityRegistry.identity(lost) != owner || _deniesKey(owner, found)) {
            revert RecoveryNotPossible(lost, found, owner);
        }
        identityRegistry.registerIdentity(found, owner, 0); // nothing happens where it is done
        units = balanceOf(lost);
        uint256 frozen = _accounts[lost].frozenUnits;
        if (frozen != 0) _freeUnits(lost, frozen);
        _moveByForce(lost, found, units);
        if (frozen != 0) _freezeUnits(found, frozen);
        (uint256 interest, uint256 principal) = _carry(lost, found, 1, 1);
        bool waits = _recoverAtGate(lost, found);
        if (units + principal + interest == 0 && !waits) revert NothingToRecover(lost);
        if (_accounts[lost].paid.frozen) _bar(found, true);
        // The wallet stays the identity's while it holds another note.
        if (!IIdentities(address(identityRegistry)).holds(lost)) identityRegistry.deleteIdentity(lost);
        emit Recovered(lost, found, units, interest, principal);
        emit RecoverySuccess(lost, found, owner);
    }

    function _moveByForce(address from, address to, uint256 units) private returns (uint8) {
        if (from == address(0)) revert ERC20InvalidSender(from);
        return _move(Kind.FORCED, from, to, units);
    }

    function _setFrozenUnits(address holder, uint256 units) private {
        _accounts[holder].frozenUnits = uint112(units); // at most what is held
        _accounts[holder].seen.partly = units != 0;
    }

    /// @dev An identity that is an ONCHAINID says whose key a wallet is; any other contract, or none, says nothing.
    function _deniesKey(address owner, address wallet) private view returns (bool) {
        if (owner.code.length == 0) return false;
        bytes memory question = abi.encodeWithSignature(
            "keyHasPurpose(bytes32,uint256)",
            keccak256(abi.encode(wallet)),
            1
        );
        (bool answered, uint256 purpose) = BoundedCall.ask(owner, gasleft(), question);
        return answered && purpose == 0;
    }
}
