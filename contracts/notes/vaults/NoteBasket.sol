// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Reach} from "contracts/notes/vaults/Reach.sol";
import {ICompliance} from "interfaces/ICompliance.sol";
import {NoteIndex} from "interfaces/IDistributor.sol";
import {IEarningBooks, IEarningToken} from "interfaces/IEarningToken.sol";
import {INoteBasket, Part} from "interfaces/INoteBasket.sol";
import {Cash} from "interfaces/ITrancheNote.sol";
import {MAX_AMOUNT, PARTS} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @dev Its own books and its own compliance, as a vault asks a token for both. Loops run over the notes, eight at most.
contract NoteBasket is INoteBasket, IEarningBooks, ICompliance, ERC20, AccessManaged, ReentrancyGuardTransient {
    using Math for uint256;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @notice A note and where its last harvest left it.
    /// @param mark What the note had ever been given, settlement units.
    /// @param taken Ever credited of what the note's record says was paid to the basket, settlement units.
    /// @param interestRest Less than a settlement unit that the booked notes have earned, in parts.
    /// @param principalRest The same of principal.
    struct Held {
        IEarningToken note;
        uint96 weight;
        uint128 mark;
        uint128 taken;
        uint256 interestIndex;
        uint256 principalIndex;
        uint128 interestRest;
        uint128 principalRest;
    }

    /// @param mark As of the basket when the holder was last brought up to date.
    /// @param paid Ever, settlement units.
    /// @param seen The index at that time.
    /// @param parts Earned by then and not paid, in parts of a settlement unit.
    struct Holder {
        uint128 mark;
        uint128 paid;
        uint256 seen;
        uint256 parts;
    }

    uint256 private constant MAX_NOTES = 8;

    /* IMMUTABLES */

    /// @inheritdoc IEarningBooks
    IERC20 public immutable settlement;

    uint8 private immutable _decimals;

    /* STORAGE */

    /// @inheritdoc INoteBasket
    uint256 public cashHeld;

    uint256 private _index;
    uint256 private _remainder;
    Held[] private _held;
    mapping(address holder => Holder) private _holders;

    /* CONSTRUCTOR */

    constructor(
        address authority,
        Part[] memory parts_,
        string memory name,
        string memory symbol
    ) ERC20(name, symbol) AccessManaged(authority) {
        uint256 count = parts_.length;
        if (count < 2 || count > MAX_NOTES) revert WrongNumberOfNotes(count, MAX_NOTES);
        settlement = parts_[0].note.distributor().settlement();
        _decimals = IERC20Metadata(address(parts_[0].note)).decimals();
        for (uint256 i; i < count; ++i) {
            (IEarningToken note, uint96 weight) = (parts_[i].note, parts_[i].weight);
            bool twice;
            for (uint256 j; j < i; ++j) twice = twice || parts_[j].note == note;
            if (weight == 0 || twice) revert PartOutOfRange(i, weight);
            if (note.distributor().settlement() != settlement) revert OtherSettlement(i);
            NoteIndex memory at = note.distributor().indexOf(address(note));
            Held storage held = _held.push();
            (held.note, held.weight, held.mark) = (note, weight, _markOf(note));
            (held.interestIndex, held.principalIndex) = (at.total - at.principal, at.principal);
        }
    }

    /* IN AND OUT */

    /// @inheritdoc INoteBasket
    function bundle(uint256 units, address receiver) external nonReentrant {
        uint256 supply = totalSupply() + units;
        if (units > MAX_AMOUNT || supply > MAX_AMOUNT) revert AboveLimit(units, MAX_AMOUNT);
        (bool reached, , ) = _harvest();
        if (!reached) revert CashOutOfReach();
        for (uint256 i; i < _held.length; ++i) {
            (IEarningToken note, uint256 weight) = (_held[i].note, _held[i].weight);
            IERC20(note).safeTransferFrom(msg.sender, address(this), weight * units);
        }
        // All have come before any is counted: whatever came and went meanwhile, what is booked must be here.
        for (uint256 i; i < _held.length; ++i) {
            uint256 found = _held[i].note.balanceOf(address(this));
            uint256 booked = _held[i].weight * supply;
            if (found < booked) revert BooksMoved(_held[i].note, found, booked);
        }
        _refuseIneligible(msg.sender, receiver, units);
        _mint(receiver, units);
        emit Bundled(msg.sender, receiver, units);
    }

    /// @inheritdoc INoteBasket
    function unbundle(uint256 units, address receiver) external nonReentrant {
        _refuseFrozen(msg.sender);
        uint256 supply = totalSupply();
        _burn(msg.sender, units);
        emit Unbundled(msg.sender, receiver, units);
        if (units == 0) return;
        for (uint256 i; i < _held.length; ++i) {
            IEarningToken note = _held[i].note;
            uint256 here = note.balanceOf(address(this));
            uint256 leaves = units.mulDiv(Math.min(here, _held[i].weight * supply), supply);
            IERC20(note).safeTransfer(receiver, leaves);
            uint256 found = note.balanceOf(address(this));
            if (found != here - leaves) revert BooksMoved(note, found, here - leaves);
        }
    }

    /* UNITS */

    function transfer(address to, uint256 units) public override(ERC20, IERC20) nonReentrant returns (bool) {
        _refuseStanding(msg.sender, to, units);
        return super.transfer(to, units);
    }

    function transferFrom(
        address from,
        address to,
        uint256 units
    ) public override(ERC20, IERC20) nonReentrant returns (bool) {
        _refuseStanding(from, to, units);
        return super.transferFrom(from, to, units);
    }

    /// @inheritdoc INoteBasket
    function forceTransfer(address from, address to, uint256 units) external restricted nonReentrant {
        if (units == 0) revert ZeroUnits();
        _refuseIneligible(from, to, units);
        uint256 balance = balanceOf(from);
        _transfer(from, to, units);
        emit UnitsForced(from, to, units, _carry(from, to, units, balance));
    }

    /// @inheritdoc INoteBasket
    function recover(address lost, address found) external restricted nonReentrant {
        if (lost == found) revert SameWallet(lost);
        uint256 units = balanceOf(lost);
        _refuseIneligible(lost, found, units);
        _transfer(lost, found, units);
        uint256 carried = _carry(lost, found, 1, 1);
        if (units + carried == 0) revert NothingToRecover(lost);
        emit UnitsRecovered(lost, found, units, carried);
    }

    /* CASH */

    /// @inheritdoc INoteBasket
    function harvest() external nonReentrant returns (uint256 cash) {
        (, , cash) = _harvest();
    }

    /// @inheritdoc IEarningToken
    function claimFor(address holder) external nonReentrant returns (uint256 cash) {
        _refuseFrozen(holder);
        (, bool failed, ) = _harvest();
        // What `mark` counts must have come, or a vault would take what it is paid for all there is.
        if (failed) revert CashOutOfReach();
        Holder storage account = _settle(holder);
        cash = account.parts / PARTS;
        account.parts %= PARTS;
        account.paid += cash.toUint128();
        cashHeld -= cash;
        emit CashPaid(holder, cash);
        if (cash != 0) settlement.safeTransfer(holder, cash); // some assets refuse to move nothing
    }

    /* VIEWS */

    /// @inheritdoc INoteBasket
    function parts() external view returns (Part[] memory found) {
        found = new Part[](_held.length);
        for (uint256 i; i < found.length; ++i) found[i] = Part(_held[i].note, _held[i].weight);
    }

    /// @inheritdoc IEarningToken
    function claimable(address holder) external view returns (uint256) {
        Holder storage account = _holders[holder];
        return (account.parts + balanceOf(holder) * (_indexNow() - account.seen)) / PARTS;
    }

    /// @inheritdoc IEarningToken
    function paidTo(address holder) external view returns (Cash memory) {
        return Cash({interest: _holders[holder].paid, principal: 0});
    }

    /// @inheritdoc IEarningToken
    function isFrozen(address holder) public view returns (bool) {
        for (uint256 i; i < _held.length; ++i) if (_held[i].note.isFrozen(holder)) return true;
        return false;
    }

    /// @inheritdoc INoteBasket
    function paused() public view returns (bool) {
        for (uint256 i; i < _held.length; ++i) if (Reach.paused(address(_held[i].note))) return true;
        return false;
    }

    /// @inheritdoc IEarningToken
    function compliance() external view returns (ICompliance) {
        return this;
    }

    /// @inheritdoc IEarningToken
    function distributor() external view returns (IEarningBooks) {
        return this;
    }

    /// @inheritdoc ICompliance
    function canTransfer(address, address to, uint256 units) public view returns (bool) {
        if (to == address(0)) return true;
        if (units > MAX_AMOUNT) return false;
        for (uint256 i; i < _held.length; ++i) {
            ICompliance rule = _held[i].note.compliance();
            uint256 moved = _held[i].weight * units;
            if (!Reach.allows(rule, address(this), to, moved)) return false;
        }
        return true;
    }

    /// @inheritdoc IEarningBooks
    /// @dev A note whose cash is out of reach by a freeze counts as far as it was harvested: once it is freed, the mark rises.
    function mark(address) public view returns (uint256 given, uint256 principal, uint32 snapshot) {
        for (uint256 i; i < _held.length; ++i) {
            Held storage held = _held[i];
            given += held.note.isFrozen(address(this)) ? held.mark : _markOf(held.note);
        }
        return (given, 0, 0);
    }

    /// @inheritdoc IEarningBooks
    function indexOf(address) external view returns (NoteIndex memory found) {
        found.total = _indexNow();
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    /* INTERNAL */

    /// @dev Before units change hands, both sides are credited for the time they held what they held.
    function _update(address from, address to, uint256 units) internal override {
        (uint256 now_, , ) = mark(address(this));
        if (from != address(0)) _touch(from, now_);
        if (to != address(0)) _touch(to, now_);
        super._update(from, to, units);
    }

    function _touch(address holder, uint256 now_) private {
        if (_holders[holder].mark == now_) return;
        (, bool failed, ) = _harvest();
        Holder storage account = _settle(holder);
        // Otherwise what was not harvested goes with the units.
        if (!failed) account.mark = now_.toUint128();
    }

    function _settle(address holder) private returns (Holder storage account) {
        account = _holders[holder];
        uint256 index = _index;
        if (account.seen == index) return account;
        account.parts += balanceOf(holder) * (index - account.seen);
        account.seen = index;
    }

    function _carry(address from, address to, uint256 share, uint256 whole) private returns (uint256 carried) {
        carried = _holders[from].parts.mulDiv(share, whole);
        if (carried == 0) return 0;
        _holders[from].parts -= carried;
        _holders[to].parts += carried;
    }

    /// @return reached Nothing was left behind.
    /// @return failed A claim was refused although the basket is not frozen.
    function _harvest() private returns (bool reached, bool failed, uint256 credit) {
        uint256 supply = totalSupply();
        reached = true;
        bool found;
        for (uint256 i; i < _held.length; ++i) {
            Held storage held = _held[i];
            uint256 given = _markOf(held.note);
            if (held.mark == given) continue;
            if (held.note.isFrozen(address(this))) {
                reached = false;
                continue;
            }
            try held.note.claimFor(address(this)) returns (uint256) {
                credit += _bookHarvest(held, supply);
                held.mark = given.toUint128();
                found = true;
            } catch {
                (reached, failed) = (false, true);
            }
        }
        if (!found) return (reached, failed, 0);
        credit = Math.min(credit, settlement.balanceOf(address(this)).saturatingSub(cashHeld));
        if (credit != 0) {
            uint256 spread = credit * PARTS + _remainder; // all cash is below 2^113, PARTS below 2^126
            _index += spread / supply;
            _remainder = spread % supply;
            cashHeld += credit;
        }
        emit Harvested(credit);
    }

    function _bookHarvest(Held storage held, uint256 supply) private returns (uint256 credit) {
        uint256[4] memory at;
        (credit, at) = _count(held, supply, 0);
        held.taken += credit.toUint128();
        (held.interestIndex, held.principalIndex) = (at[0], at[1]);
        (held.interestRest, held.principalRest) = (uint128(at[2]), uint128(at[3])); // below PARTS
    }

    /// @dev `at` is both indices, and the rest of interest and of principal in parts.
    /// @param coming Will have been claimed at the note, settlement units.
    function _count(
        Held storage held,
        uint256 supply,
        uint256 coming
    ) private view returns (uint256 credit, uint256[4] memory at) {
        Cash memory record = held.note.paidTo(address(this));
        uint256 paid = record.interest + record.principal + coming;
        NoteIndex memory index = held.note.distributor().indexOf(address(held.note));
        (at[0], at[1]) = (index.total - index.principal, index.principal);
        uint256 booked = held.weight * supply;
        uint256 interest = held.interestRest + booked * (at[0] - held.interestIndex);
        uint256 principal = held.principalRest + booked * (at[1] - held.principalIndex);
        (at[2], at[3]) = (interest % PARTS, principal % PARTS);
        if (supply != 0) credit = Math.min(paid - held.taken, interest / PARTS + principal / PARTS);
    }

    /// @dev The index after a harvest.
    function _indexNow() private view returns (uint256) {
        uint256 supply = totalSupply();
        if (supply == 0) return _index;
        uint256 credit;
        uint256 here = settlement.balanceOf(address(this));
        for (uint256 i; i < _held.length; ++i) {
            Held storage held = _held[i];
            if (held.mark == _markOf(held.note) || held.note.isFrozen(address(this))) continue;
            uint256 coming = held.note.claimable(address(this));
            (uint256 one, ) = _count(held, supply, coming);
            credit += one;
            here += coming;
        }
        credit = Math.min(credit, here.saturatingSub(cashHeld));
        if (credit == 0) return _index; // what is left over waits for the next cash
        return _index + (credit * PARTS + _remainder) / supply;
    }

    function _markOf(IEarningToken note) private view returns (uint128) {
        (uint256 interest, uint256 principal, ) = note.distributor().mark(address(note));
        return (interest + principal).toUint128();
    }

    function _refuseStanding(address from, address to, uint256 units) private view {
        _refuseFrozen(from);
        if (paused()) revert NotePaused();
        _refuseIneligible(from, to, units);
    }

    function _refuseFrozen(address holder) private view {
        if (isFrozen(holder)) revert HolderFrozen(holder);
    }

    function _refuseIneligible(address from, address to, uint256 units) private view {
        if (!canTransfer(from, to, units)) revert NotEligible(from, to, units);
    }
}
