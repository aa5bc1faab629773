// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Reach} from "contracts/notes/vaults/Reach.sol";
import {ICompliance} from "interfaces/ICompliance.sol";
import {IEarningBooks, IEarningToken} from "interfaces/IEarningToken.sol";
import {NoteIndex} from "interfaces/IDistributor.sol";
import {INoteVault} from "interfaces/INoteVault.sol";
import {Cash} from "interfaces/ITrancheNote.sol";
import {MAX_AMOUNT, PARTS} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @dev What both kinds of vault share; each says what is booked and what becomes of harvested cash.
abstract contract NoteVault is INoteVault, ERC4626, AccessManaged, ReentrancyGuardTransient {
    using Math for uint256;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @notice What had been given to the note at the last harvest (settlement units), and where its two indices were.
    struct Harvest {
        uint120 interest;
        uint120 principal;
        uint256 interestIndex;
        uint256 principalIndex;
    }

    /// @notice Less than a unit of each that the booked notes have earned, in parts.
    struct Rest {
        uint128 interest;
        uint128 principal;
    }

    /// @param taken Ever credited of what the note's record says was paid to the vault, settlement units.
    /// @param held See `cashHeld`.
    struct Cashbook {
        uint128 taken;
        uint128 held;
    }

    /// @notice What a harvest finds: the cash to credit, and where the indices are.
    struct Count {
        uint256 credit;
        uint256 interestIndex;
        uint256 principalIndex;
        Rest rest;
    }

    /* IMMUTABLES */

    /// @inheritdoc INoteVault
    IEarningToken public immutable note;

    /// @inheritdoc INoteVault
    IERC20 public immutable settlement;

    IEarningBooks internal immutable _earnings;

    /* STORAGE */

    Harvest internal _harvested;
    Rest private _rest;
    Cashbook private _cash;

    /* CONSTRUCTOR */

    constructor(
        address authority,
        IEarningToken note_,
        string memory name,
        string memory symbol
    ) ERC20(name, symbol) ERC4626(note_) AccessManaged(authority) {
        note = note_;
        _earnings = note_.distributor();
        settlement = _earnings.settlement();
        (uint256 interest, uint256 principal, ) = _earnings.mark(address(note_));
        NoteIndex memory index = _earnings.indexOf(address(note_));
        uint256 ofInterest = index.total - index.principal;
        _harvested = Harvest(interest.toUint120(), principal.toUint120(), ofInterest, index.principal);
    }

    /* IN AND OUT */

    function deposit(uint256 assets, address receiver) public override nonReentrant returns (uint256 shares) {
        if (assets > MAX_AMOUNT) revert ERC4626ExceededMaxDeposit(receiver, assets, MAX_AMOUNT);
        uint256 kept = _open();
        shares = assets.mulDiv(totalSupply() + _virtual(), kept + 1);
        if (shares == 0 && assets != 0) revert NoShares(assets);
        _enter(kept, receiver, assets, shares);
    }

    function mint(uint256 shares, address receiver) public override nonReentrant returns (uint256 assets) {
        uint256 most = MAX_AMOUNT * _virtual();
        if (shares > most) revert ERC4626ExceededMaxMint(receiver, shares, most);
        uint256 kept = _open();
        assets = shares.mulDiv(kept + 1, totalSupply() + _virtual(), Math.Rounding.Ceil);
        _enter(kept, receiver, assets, shares);
    }

    function withdraw(
        uint256 assets,
        address receiver,
        address owner
    ) public override nonReentrant returns (uint256 shares) {
        (uint256 here, uint256 kept) = _openOut();
        uint256 supply = totalSupply() + _virtual();
        uint256 most = balanceOf(owner).mulDiv(kept + 1, supply);
        if (assets > most) revert ERC4626ExceededMaxWithdraw(owner, assets, most);
        shares = assets.mulDiv(supply, kept + 1, Math.Rounding.Ceil);
        _leave(here, receiver, owner, assets, shares);
    }

    function redeem(
        uint256 shares,
        address receiver,
        address owner
    ) public override nonReentrant returns (uint256 assets) {
        uint256 most = balanceOf(owner);
        if (shares > most) revert ERC4626ExceededMaxRedeem(owner, shares, most);
        (uint256 here, uint256 kept) = _openOut();
        assets = shares.mulDiv(kept + 1, totalSupply() + _virtual());
        _leave(here, receiver, owner, assets, shares);
    }

    /* SHARES */

    function transfer(address to, uint256 shares) public override(ERC20, IERC20) nonReentrant returns (bool) {
        _refuseFrozen(msg.sender);
        _refusePaused();
        _refuseIneligible(msg.sender, to, shares);
        return super.transfer(to, shares);
    }

    function transferFrom(
        address from,
        address to,
        uint256 shares
    ) public override(ERC20, IERC20) nonReentrant returns (bool) {
        _refuseFrozen(from);
        _refusePaused();
        _refuseIneligible(from, to, shares);
        return super.transferFrom(from, to, shares);
    }

    /// @inheritdoc INoteVault
    function forceTransfer(address from, address to, uint256 shares) external restricted nonReentrant {
        if (shares == 0) revert ZeroShares();
        _refuseIneligible(from, to, shares);
        uint256 held = balanceOf(from);
        _transfer(from, to, shares);
        emit SharesForced(from, to, shares, _carry(from, to, shares, held));
    }

    /// @inheritdoc INoteVault
    function recover(address lost, address found) external restricted nonReentrant {
        if (lost == found) revert SameWallet(lost);
        uint256 shares = balanceOf(lost);
        _refuseIneligible(lost, found, shares);
        _transfer(lost, found, shares);
        uint256 parts = _carryAll(lost, found);
        if (shares + parts == 0) revert NothingToRecover(lost);
        emit SharesRecovered(lost, found, shares, parts);
    }

    /* CASH */

    /// @inheritdoc INoteVault
    function harvest() external nonReentrant returns (uint256 cash) {
        uint256 held = _cash.held;
        _openOut();
        return _cash.held - held;
    }

    /// @inheritdoc INoteVault
    function claimCash() external returns (uint256) {
        return claimCashFor(msg.sender);
    }

    /// @inheritdoc INoteVault
    function claimCashFor(address holder) public nonReentrant returns (uint256 cash) {
        _refuseFrozen(holder);
        cash = _take(holder);
        _cash.held -= cash.toUint128();
        emit CashPaid(holder, cash);
        if (cash != 0) settlement.safeTransfer(holder, cash); // some assets refuse to move nothing
    }

    /* VIEWS */

    /// @notice Booked units that are here.
    function totalAssets() public view override returns (uint256) {
        return Math.min(_booked(), note.balanceOf(address(this)));
    }

    function maxDeposit(address receiver) public view override returns (uint256) {
        if (receiver == address(0)) return 0; // to compliance that is a burn
        if (Reach.paused(address(note)) || note.isFrozen(address(this)) || note.isFrozen(msg.sender)) return 0;
        uint256 here = note.balanceOf(address(this));
        if (here < _booked() || !_admits()) return 0;
        uint256 outside = note.totalSupply() - here;
        return Reach.most(note.compliance(), msg.sender, address(this), receiver, outside);
    }

    function maxMint(address receiver) public view override returns (uint256) {
        return _convertToShares(maxDeposit(receiver), Math.Rounding.Floor);
    }

    function maxWithdraw(address owner) public view override returns (uint256) {
        if (Reach.paused(address(note)) || note.isFrozen(owner)) return 0;
        uint256 most = Math.min(previewRedeem(balanceOf(owner)), Reach.free(note, address(this)));
        return Reach.most(note.compliance(), address(this), address(this), owner, most);
    }

    function maxRedeem(address owner) public view override returns (uint256) {
        uint256 assets = maxWithdraw(owner);
        if (assets == 0) return 0;
        uint256 shares = balanceOf(owner);
        if (assets == previewRedeem(shares)) return shares;
        // The last share before one unit more would have to leave.
        return _convertToShares(assets + 1, Math.Rounding.Ceil) - 1;
    }

    /// @inheritdoc INoteVault
    function cashHeld() external view returns (uint256) {
        return _cash.held;
    }

    /// @inheritdoc INoteVault
    function claimableCash(address holder) external view virtual returns (uint256);

    /* INTERNAL: WHAT EACH KIND SAYS */

    /// @dev Shares that nobody holds.
    function _virtual() internal pure virtual returns (uint256);

    /// @dev Units by the books.
    function _booked() internal view virtual returns (uint256);

    /// @dev Shares for units that came; both are booked.
    function _give(address receiver, uint256 shares, uint256 assets) internal virtual;

    /// @dev Shares for units that are about to leave; both are taken off the books.
    function _takeBack(address owner, uint256 shares, uint256 assets) internal virtual;

    /// @dev Cash that was harvested is from now on the shares'.
    function _credit(uint256 cash) internal virtual;

    /// @dev Before somebody comes in: units by the books. Refuses where nobody may.
    function _open() internal virtual returns (uint256 kept);

    /// @dev Before somebody leaves, whom nothing stops: units here, and those of them that count.
    function _openOut() internal virtual returns (uint256 here, uint256 kept);

    /// @dev Whether `_open` would refuse nobody, all booked units being here.
    function _admits() internal view virtual returns (bool);

    /// @dev Takes what a holder can claim off the books, and says how much.
    function _take(address holder) internal virtual returns (uint256 cash);

    /// @dev Moves `share / whole` of a holder's unclaimed cash; both are up to date.
    function _carry(address from, address to, uint256 share, uint256 whole) internal virtual returns (uint256 parts);

    function _carryAll(address from, address to) internal virtual returns (uint256 parts);

    /* INTERNAL: IN AND OUT */

    function _enter(uint256 kept, address receiver, uint256 assets, uint256 shares) private {
        // Asked as `maxDeposit` asks; where it is the vault that could send no more, again once the notes are here.
        ICompliance rule = note.compliance();
        bool eligible = rule.canTransfer(address(this), receiver, assets);
        _bring(kept, assets);
        if (!eligible && !rule.canTransfer(address(this), receiver, assets)) {
            revert NotEligible(address(this), receiver, assets);
        }
        _give(receiver, shares, assets);
        emit Deposit(msg.sender, receiver, assets, shares);
    }

    function _leave(uint256 here, address receiver, address owner, uint256 assets, uint256 shares) private {
        _refuseFrozen(owner);
        if (msg.sender != owner) _spendAllowance(owner, msg.sender, shares);
        _takeBack(owner, shares, assets);
        emit Withdraw(msg.sender, receiver, owner, assets, shares);
        IERC20(note).safeTransfer(receiver, assets);
        uint256 found = note.balanceOf(address(this));
        if (found != here - assets) revert BooksMoved(found, here - assets);
    }

    /// @dev Pulls units from the caller; then all that will be booked must be here, whatever came and went meanwhile.
    function _bring(uint256 kept, uint256 units) internal {
        IERC20(note).safeTransferFrom(msg.sender, address(this), units);
        _refuseShort(kept + units);
    }

    function _refuseShort(uint256 booked) internal view {
        uint256 found = note.balanceOf(address(this));
        if (found < booked) revert BooksMoved(found, booked);
    }

    function _refuseFrozen(address holder) private view {
        if (note.isFrozen(holder)) revert HolderFrozen(holder);
    }

    function _refusePaused() private view {
        if (Reach.paused(address(note))) revert NotePaused();
    }

    function _refuseIneligible(address from, address to, uint256 shares) private view {
        uint256 held = balanceOf(from);
        if (shares > held) revert ERC20InsufficientBalance(from, held, shares);
        uint256 units = _convertToAssets(shares, Math.Rounding.Floor);
        if (!note.compliance().canTransfer(address(this), to, units)) revert NotEligible(address(this), to, units);
    }

    /* INTERNAL: CASH */

    /// @dev Harvests if there is something new. `reached` is false where the vault can't claim.
    function _bringUpToDate() internal returns (bool reached, uint256 credit) {
        (uint256 interest, uint256 principal, ) = _earnings.mark(address(note));
        Harvest storage last = _harvested;
        if (last.interest == interest && last.principal == principal) return (true, 0);
        try note.claimFor(address(this)) returns (uint256) {
            credit = _bookHarvest();
            (last.interest, last.principal) = (uint120(interest), uint120(principal)); // no wider in the note's books
            return (true, credit);
        } catch {
            return (false, 0);
        }
    }

    function _bookHarvest() private returns (uint256 credit) {
        Count memory found = _count(0);
        credit = found.credit;
        _harvested.interestIndex = found.interestIndex;
        _harvested.principalIndex = found.principalIndex;
        _rest = found.rest;
        _cash = Cashbook((_cash.taken + credit).toUint128(), (_cash.held + credit).toUint128());
        if (credit != 0) _credit(credit);
        emit Harvested(credit);
    }

    /// @dev What a harvest would credit.
    function _toCome() internal view returns (uint256) {
        if (note.isFrozen(address(this))) return 0;
        return _count(note.claimable(address(this))).credit;
    }

    function _spend(uint256 cash) internal {
        _cash.held -= cash.toUint128();
    }

    /// @param coming Will have been claimed at the note, settlement units.
    function _count(uint256 coming) private view returns (Count memory found) {
        Cash memory record = note.paidTo(address(this));
        uint256 paid = record.interest + record.principal + coming;
        NoteIndex memory index = _earnings.indexOf(address(note));
        (found.interestIndex, found.principalIndex) = (index.total - index.principal, index.principal);
        // What the booked units have earned is below 2^240 (see PARTS): nothing that was sent here unasked counts.
        uint256 units = _booked();
        uint256 interest = _rest.interest + units * (found.interestIndex - _harvested.interestIndex);
        uint256 principal = _rest.principal + units * (found.principalIndex - _harvested.principalIndex);
        found.rest = Rest(uint128(interest % PARTS), uint128(principal % PARTS));
        if (totalSupply() == 0) return found;
        uint256 unowed = (settlement.balanceOf(address(this)) + coming).saturatingSub(_cash.held);
        found.credit = Math.min(Math.min(paid - _cash.taken, interest / PARTS + principal / PARTS), unowed);
    }
}
