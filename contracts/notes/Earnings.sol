// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDistributor} from "interfaces/IDistributor.sol";
import {Cash, ITrancheNote} from "interfaces/ITrancheNote.sol";
import {MAX_AMOUNT, PARTS} from "interfaces/Types.sol";
import {ERC20, ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title What the units of a note earn: the holder's side of the distributor's two indices, and claims
/// @dev A part of every token that distributes: a note of a closed-end deal, and whatever else pays by units. Who may move
///      units, and how they come to be, is the token's.
abstract contract Earnings is ITrancheNote, ERC20Permit {
    /// @notice What a holder was ever paid, settlement units; all cash is below 2^113. All that a claim of one whose units never
    ///         moved reads and writes.
    /// @param moved Something was earned beside what the units held now have earned since closing: what was seen is above 0.
    struct Paid {
        uint120 interest;
        uint120 principal;
        bool frozen;
        bool moved;
    }

    /// @notice What the note had ever been given when a holder was last brought up to date, settlement units. All that a
    ///         transfer reads of either side when nothing was distributed since.
    /// @param barred The same as `Paid.frozen`, so that neither a claim nor a transfer reads a slot for it alone.
    /// @param partly Some units are frozen: `Account.frozenUnits` says how many, where a note freezes units.
    struct Seen {
        uint120 interest;
        uint120 principal;
        bool barred;
        bool partly;
    }

    /// @param interestEarned Ever, up to what was seen, in parts of a settlement unit. Below 2^240.
    /// @param principalEarned The same of principal.
    /// @param pastUnits Held at `pastSnapshot`.
    /// @param frozenUnits Of those held now, at most as many.
    struct Account {
        Paid paid;
        Seen seen;
        uint256 interestEarned;
        uint256 principalEarned;
        uint112 pastUnits;
        uint32 pastSnapshot;
        uint112 frozenUnits;
    }

    /* IMMUTABLES */

    /// @inheritdoc ITrancheNote
    IDistributor public immutable distributor;

    /* STORAGE */

    /// @inheritdoc ITrancheNote
    address public issuer;

    /// @inheritdoc ITrancheNote
    address public gate;

    mapping(address holder => Account account) internal _accounts;

    /* CONSTRUCTOR */

    constructor(IDistributor distributor_) {
        distributor = distributor_;
    }

    /* EPOCHS */

    /// @inheritdoc ITrancheNote
    function remake(uint256 made, uint256 ended) external {
        if (msg.sender != gate) revert NotTheGate(msg.sender, gate);
        (uint256 interest, uint256 principal, uint32 snapshot) = distributor.mark(address(this));
        _touch(msg.sender, interest, principal, snapshot);
        if (made != 0) _remade(address(0), msg.sender, made);
        if (ended != 0) _remade(msg.sender, address(0), ended);
        uint256 units = totalSupply();
        if (units > MAX_AMOUNT) revert AboveLimit(units, MAX_AMOUNT);
        emit Remade(made, ended);
        distributor.resize(units);
    }

    /* CASH */

    /// @inheritdoc ITrancheNote
    function claim() external returns (uint256) {
        return claimFor(msg.sender);
    }

    /// @inheritdoc ITrancheNote
    function claimFor(address holder) public returns (uint256 cash) {
        Account storage account = _accounts[holder];
        Paid memory paid = account.paid;
        if (paid.frozen) revert HolderFrozen(holder);
        Cash memory due = _due(account, paid, holder);
        cash = due.interest + due.principal;
        _book(account, paid, due);
        emit Claimed(holder, due.interest, due.principal);

        if (cash != 0) distributor.payHolder(holder, cash); // some assets refuse to move nothing
    }

    /// @inheritdoc ITrancheNote
    function claimMany(address[] calldata holders) external returns (uint256 cash) {
        for (uint256 i; i < holders.length; ++i) {
            Account storage account = _accounts[holders[i]];
            Paid memory paid = account.paid;
            if (paid.frozen) continue;
            Cash memory due = _due(account, paid, holders[i]);
            uint256 one = due.interest + due.principal;
            if (one == 0) continue;
            // Booked first, so that an asset that calls back finds nothing left; what is refused is booked back.
            _book(account, paid, due);
            if (distributor.tryPayHolder(holders[i], one)) {
                cash += one;
                emit Claimed(holders[i], due.interest, due.principal);
            } else {
                _unbook(account, due);
            }
        }
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
        Account storage account = _accounts[holder];
        return _due(account, account.paid, holder);
    }

    /// @inheritdoc ITrancheNote
    function paidTo(address holder) external view returns (Cash memory) {
        Paid storage paid = _accounts[holder].paid;
        return Cash({interest: paid.interest, principal: paid.principal});
    }

    /// @inheritdoc ITrancheNote
    function unitsAt(address holder, uint32 snapshot) external view returns (uint256) {
        Account storage account = _accounts[holder];
        // Whoever moved units while the vote was open was remembered.
        return account.pastSnapshot == snapshot ? account.pastUnits : balanceOf(holder);
    }

    /// @inheritdoc ITrancheNote
    function vault(address asset) external view returns (address) {
        return asset == address(distributor.settlement()) ? gate : address(0);
    }

    /* INTERNAL */

    /// @dev The gate takes what its caller may give, and asks the caller itself.
    function _spendAllowance(address owner, address spender, uint256 units) internal override {
        if (allowance(owner, spender) < units && spender == gate) return;
        super._spendAllowance(owner, spender, units);
    }

    /// @dev Nobody is asked: the gate is no holder, it keeps the units of those who asked.
    function _remade(address from, address to, uint256 units) private {
        ERC20._update(from, to, units);
    }

    /// @param interest Ever given to the note, settlement units.
    /// @param principal The same.
    /// @param snapshot Of the vote that is open; 0 where none is, as nobody will ask.
    function _touch(address holder, uint256 interest, uint256 principal, uint32 snapshot) internal {
        Account storage account = _accounts[holder];
        Seen memory seen = account.seen;
        bool same = seen.interest == interest && seen.principal == principal;
        if (same && snapshot == 0) return;
        uint256 units = balanceOf(holder);
        if (snapshot != 0 && account.pastSnapshot != snapshot) {
            account.pastUnits = uint112(units); // at most MAX_AMOUNT
            account.pastSnapshot = snapshot;
        }
        if (same) return;
        _earn(account, units, seen.interest, seen.principal);
        if (seen.interest == 0 && seen.principal == 0) account.paid.moved = true;
        seen.interest = uint120(interest); // no wider in the distributor's book
        seen.principal = uint120(principal);
        account.seen = seen;
    }

    /// @dev Credits what `units` have earned since the note had been given so much.
    function _earn(Account storage account, uint256 units, uint256 interestSeen, uint256 principalSeen) internal {
        (uint256 interest, uint256 principal) = distributor.growthSince(address(this), interestSeen, principalSeen);
        // A slot that would stay the same is not read.
        if (units * interest != 0) account.interestEarned += units * interest;
        if (units * principal != 0) account.principalEarned += units * principal;
    }

    /// @dev Moves `share / whole` of what `giver` has earned and not claimed; both are up to date. Rounded down, the rest stays.
    function _carry(
        address giver,
        address taker,
        uint256 share,
        uint256 whole
    ) internal returns (uint256 interest, uint256 principal) {
        Account storage from = _accounts[giver];
        Account storage to = _accounts[taker];
        interest = Math.mulDiv(from.interestEarned - uint256(from.paid.interest) * PARTS, share, whole);
        principal = Math.mulDiv(from.principalEarned - uint256(from.paid.principal) * PARTS, share, whole);
        // Where something was earned something was seen, so both have moved.
        if (interest != 0) {
            from.interestEarned -= interest;
            to.interestEarned += interest;
        }
        if (principal != 0) {
            from.principalEarned -= principal;
            to.principalEarned += principal;
        }
    }

    function _due(Account storage account, Paid memory paid, address holder) private view returns (Cash memory due) {
        // Of one who never moved nothing else is kept: the units have been there since closing.
        Seen memory seen;
        if (paid.moved) seen = account.seen;
        (uint256 interest, uint256 principal) = distributor.growthSince(address(this), seen.interest, seen.principal);
        unchecked {
            // Units * index is below 2^240 (see PARTS); paid is the whole units of what was earned.
            if (interest + principal != 0) {
                uint256 units = balanceOf(holder);
                (interest, principal) = (units * interest, units * principal);
            }
            if (paid.moved) {
                interest += account.interestEarned;
                principal += account.principalEarned;
            }
            due.interest = interest / PARTS - paid.interest;
            due.principal = principal / PARTS - paid.principal;
        }
    }

    /// @dev Only the record changes: what was ever earned is counted from the index again next time.
    function _book(Account storage account, Paid memory paid, Cash memory due) private {
        unchecked {
            // All cash that ever comes is below 2^113.
            paid.interest += uint120(due.interest);
            paid.principal += uint120(due.principal);
        }
        account.paid = paid;
    }

    function _unbook(Account storage account, Cash memory due) private {
        account.paid.interest -= uint120(due.interest); // it was added just before
        account.paid.principal -= uint120(due.principal);
    }
}
