// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICompliance} from "interfaces/ICompliance.sol";
import {IDistributor} from "interfaces/IDistributor.sol";
import {Cash, ITrancheNote} from "interfaces/ITrancheNote.sol";
import {MAX_AMOUNT, PARTS} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC20, ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

contract TrancheNote is ITrancheNote, ERC20Permit, AccessManaged {
    /// @notice What a holder has ever earned, up to an index, and was paid of it. A claim changes the last slot only, a transfer
    ///         after which nothing was distributed none.
    /// @param total The note's total index when this was last brought up to date.
    /// @param principalIndex The note's principal index at that time.
    /// @param earned Ever, interest and principal, in parts of a settlement unit. Below 2^240.
    /// @param earnedPrincipal Of it principal.
    /// @param interestPaid Ever, settlement units; below 2^113, as all cash is.
    /// @param principalPaid Ever, settlement units.
    /// @param pastUnits Held at `pastSnapshot`.
    struct Account {
        uint240 total;
        bool frozen;
        uint256 principalIndex;
        uint256 earned;
        uint256 earnedPrincipal;
        uint120 interestPaid;
        uint120 principalPaid;
        uint112 pastUnits;
        uint32 pastSnapshot;
    }

    /* IMMUTABLES */

    /// @inheritdoc ITrancheNote
    IDistributor public immutable distributor;

    /// @inheritdoc ITrancheNote
    ICompliance public immutable compliance;

    uint8 private immutable _decimals;

    /* STORAGE */

    /// @inheritdoc ITrancheNote
    address public issuer;

    mapping(address holder => Account account) private _accounts;

    /* CONSTRUCTOR */

    constructor(
        address authority,
        IDistributor distributor_,
        ICompliance compliance_,
        string memory name,
        string memory symbol
    ) ERC20(name, symbol) ERC20Permit(name) AccessManaged(authority) {
        distributor = distributor_;
        compliance = compliance_;
        _decimals = IERC20Metadata(address(distributor_.settlement())).decimals();
    }

    /* ISSUE */

    /// @inheritdoc ITrancheNote
    function issue(uint256 units) external restricted {
        if (issuer != address(0)) revert AlreadyIssued(totalSupply());
        if (units > MAX_AMOUNT) revert AboveLimit(units, MAX_AMOUNT);
        issuer = msg.sender;
        _accounts[msg.sender].frozen = true;
        emit Issued(units);
        // Nobody is asked: the offering is no holder, it keeps the notes of those who ordered.
        super._update(address(0), msg.sender, units);
        distributor.openBook(units);
    }

    /// @inheritdoc ITrancheNote
    function handOver(address to, uint256 units) external restricted {
        // Units of anybody else have given their past already.
        if (msg.sender != issuer) revert NotTheIssuer(msg.sender, issuer);
        if (!compliance.canTransfer(address(0), to, units)) revert NotEligible(address(0), to, units);
        _touch(to);
        Account storage account = _accounts[to];
        // Indices began at 0 and these units have been there since.
        account.earned += units * account.total;
        account.earnedPrincipal += units * account.principalIndex;
        super._update(msg.sender, to, units);
    }

    /* CASH */

    /// @inheritdoc ITrancheNote
    function claim() external returns (uint256) {
        return claimFor(msg.sender);
    }

    /// @inheritdoc ITrancheNote
    function claimFor(address holder) public returns (uint256 cash) {
        Account storage account = _accounts[holder];
        if (account.frozen) revert HolderFrozen(holder);
        Cash memory due = _due(account, holder);
        cash = due.interest + due.principal;
        _book(account, due);
        emit Claimed(holder, due.interest, due.principal);

        if (cash != 0) distributor.payHolder(holder, cash); // some assets refuse to move nothing
    }

    /// @inheritdoc ITrancheNote
    function claimMany(address[] calldata holders) external returns (uint256 cash) {
        for (uint256 i; i < holders.length; ++i) {
            Account storage account = _accounts[holders[i]];
            if (account.frozen) continue;
            Cash memory due = _due(account, holders[i]);
            uint256 one = due.interest + due.principal;
            if (one == 0) continue;
            // Booked first, so that an asset that calls back finds nothing left; what is refused is booked back.
            _book(account, due);
            if (distributor.tryPayHolder(holders[i], one)) {
                cash += one;
                emit Claimed(holders[i], due.interest, due.principal);
            } else {
                _unbook(account, due);
            }
        }
    }

    /* TRANSFER AGENT */

    /// @inheritdoc ITrancheNote
    function setFrozen(address holder, bool frozen) external restricted {
        _notIssuer(holder);
        _accounts[holder].frozen = frozen;
        emit FreezeSet(holder, frozen);
    }

    /// @inheritdoc ITrancheNote
    function forceTransfer(address from, address to, uint256 units) external restricted {
        _notIssuer(from);
        _notIssuer(to);
        if (units == 0) revert ZeroUnits();
        uint256 held = balanceOf(from);
        _transfer(from, to, units); // brings both up to date, and refuses more units than are held
        (uint256 interest, uint256 principal) = _carry(from, to, units, held);
        emit ForcedTransfer(from, to, units, interest, principal);
    }

    /// @inheritdoc ITrancheNote
    function recover(address lost, address found) external restricted {
        _notIssuer(lost);
        _notIssuer(found);
        if (lost == found) revert SameWallet(lost);
        uint256 units = balanceOf(lost);
        _transfer(lost, found, units); // brings both up to date
        (uint256 interest, uint256 principal) = _carry(lost, found, 1, 1);
        if (units + principal + interest == 0) revert NothingToRecover(lost);
        if (_accounts[lost].frozen) _accounts[found].frozen = true;
        emit Recovered(lost, found, units, interest, principal);
    }

    /* TRANSFERS */

    function transfer(address to, uint256 units) public override returns (bool) {
        if (_accounts[msg.sender].frozen) revert HolderFrozen(msg.sender);
        return super.transfer(to, units);
    }

    function transferFrom(address from, address to, uint256 units) public override returns (bool) {
        if (_accounts[from].frozen) revert HolderFrozen(from);
        return super.transferFrom(from, to, units);
    }

    /* VIEWS */

    /// @inheritdoc ITrancheNote
    function claimable(address holder) external view returns (uint256) {
        Cash memory due = claimableApart(holder);
        return due.interest + due.principal;
    }

    /// @inheritdoc ITrancheNote
    function claimableApart(address holder) public view returns (Cash memory due) {
        if (holder == issuer) return due;
        return _due(_accounts[holder], holder);
    }

    /// @inheritdoc ITrancheNote
    function paidTo(address holder) external view returns (Cash memory) {
        Account storage account = _accounts[holder];
        return Cash({interest: account.interestPaid, principal: account.principalPaid});
    }

    /// @inheritdoc ITrancheNote
    function isFrozen(address holder) external view returns (bool) {
        return _accounts[holder].frozen;
    }

    /// @inheritdoc ITrancheNote
    function unitsAt(address holder, uint32 snapshot) external view returns (uint256) {
        Account storage account = _accounts[holder];
        // Whoever moved units while the vote was open was remembered.
        return account.pastSnapshot == snapshot ? account.pastUnits : balanceOf(holder);
    }

    /// @notice Decimals of the settlement asset: a unit of note is a unit of cash at par.
    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    /* INTERNAL */

    /// @dev Before a balance changes, both sides are credited for the time they held what they held: a transfer carries no
    ///      claim on the past.
    function _update(address from, address to, uint256 units) internal override {
        if (!compliance.canTransfer(from, to, units)) revert NotEligible(from, to, units);
        (uint240 total, uint32 snapshot) = distributor.mark(address(this));
        _touch(from, total, snapshot);
        _touch(to, total, snapshot);
        super._update(from, to, units);
    }

    function _touch(address holder) private {
        (uint240 total, uint32 snapshot) = distributor.mark(address(this));
        _touch(holder, total, snapshot);
    }

    /// @param snapshot Of the vote that is open; 0 where none is, as nobody will ask.
    function _touch(address holder, uint240 total, uint32 snapshot) private {
        Account storage account = _accounts[holder];
        uint240 last = account.total;
        if (last == total && snapshot == 0) return;
        uint256 units = balanceOf(holder);
        if (snapshot != 0 && account.pastSnapshot != snapshot) {
            account.pastUnits = uint112(units); // at most MAX_AMOUNT
            account.pastSnapshot = snapshot;
        }
        if (last == total) return;
        account.total = total;
        account.earned += units * (total - last);
        uint256 principal = distributor.principalIndex(address(this));
        if (principal == account.principalIndex) return;
        account.earnedPrincipal += units * (principal - account.principalIndex);
        account.principalIndex = principal;
    }

    /// @dev Moves `share / whole` of what `giver` has earned and not claimed; both are up to date. Rounded down, the rest stays.
    function _carry(
        address giver,
        address taker,
        uint256 share,
        uint256 whole
    ) private returns (uint256 interest, uint256 principal) {
        Account storage from = _accounts[giver];
        Account storage to = _accounts[taker];
        uint256 earnedInterest = from.earned - from.earnedPrincipal;
        interest = Math.mulDiv(earnedInterest - uint256(from.interestPaid) * PARTS, share, whole);
        principal = Math.mulDiv(from.earnedPrincipal - uint256(from.principalPaid) * PARTS, share, whole);
        if (interest + principal == 0) return (0, 0);
        from.earned -= interest + principal;
        to.earned += interest + principal;
        if (principal == 0) return (interest, 0);
        from.earnedPrincipal -= principal;
        to.earnedPrincipal += principal;
    }

    function _due(Account storage account, address holder) private view returns (Cash memory due) {
        (uint256 total, uint256 principalIndex) = distributor.indices(address(this));
        uint256 last = account.total;
        uint256 earned;
        uint256 principal;
        unchecked {
            // Indices never fall, and units * index is below 2^240 (see PARTS); paid is the whole units of what was earned.
            if (last == 0) {
                // Nothing moved since closing, and nothing else is kept.
                uint256 units = balanceOf(holder);
                earned = units * total;
                principal = units * principalIndex;
            } else {
                earned = account.earned;
                principal = account.earnedPrincipal;
                if (total != last) {
                    uint256 units = balanceOf(holder);
                    earned += units * (total - last);
                    principal += units * (principalIndex - account.principalIndex);
                }
            }
            due.interest = (earned - principal) / PARTS - account.interestPaid;
            due.principal = principal / PARTS - account.principalPaid;
        }
    }

    /// @dev Only the record changes: what was ever earned is counted from the index again next time.
    function _book(Account storage account, Cash memory due) private {
        unchecked {
            // All cash that ever comes is below 2^113.
            account.interestPaid += uint120(due.interest);
            account.principalPaid += uint120(due.principal);
        }
    }

    function _unbook(Account storage account, Cash memory due) private {
        account.interestPaid -= uint120(due.interest); // it was added just before
        account.principalPaid -= uint120(due.principal);
    }

    function _notIssuer(address holder) private view {
        if (holder == issuer) revert HolderFrozen(holder);
    }
}
