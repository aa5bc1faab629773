// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Book, Stretch} from "contracts/notes/Book.sol";
import {Credit, IDistributor, NoteIndex, Share} from "interfaces/IDistributor.sol";
import {IWaterfall} from "interfaces/IWaterfall.sol";
import {PARTS} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract Distributor is IDistributor, AccessManaged {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @notice What an account may have. Once `open` the slot is never empty again: a credit costs the same each time.
    struct Account {
        uint248 cash;
        bool open;
    }

    uint16 private constant EVER = type(uint16).max;
    uint16 private constant OPEN = 1; // 2 January 1970: no vote is open

    /* IMMUTABLES */

    /// @inheritdoc IDistributor
    IERC20 public immutable settlement;

    /* STORAGE */

    /// @inheritdoc IDistributor
    address public waterfall;

    /// @inheritdoc IDistributor
    address public house;

    // Holders and credits change with every run, what is the deal's seldom. The last of each slot keeps it from being empty.
    uint120 private _heldForHolders;
    uint120 private _heldForCredits;
    bool private _heldOpen;
    uint248 private _heldForDeal;
    bool private _dealOpen;

    mapping(address account => Account credit) private _credits;

    mapping(address note => Book book) private _books;

    mapping(address note => mapping(uint256 place => Stretch stretch) stretches) private _stretches;

    /* CONSTRUCTOR */

    constructor(address authority, IERC20 settlement_) AccessManaged(authority) {
        settlement = settlement_;
    }

    /* WATERFALL */

    /// @inheritdoc IDistributor
    function appoint(address waterfall_) external restricted {
        if (waterfall != address(0)) revert AlreadyAppointed(waterfall);
        waterfall = waterfall_;
        _heldOpen = true;
        _dealOpen = true;
        emit Appointed(waterfall_);
    }

    /// @inheritdoc IDistributor
    function appointHouse(address house_) external restricted {
        if (house != address(0)) revert AlreadyAppointed(house);
        house = house_;
        emit HouseAppointed(house_);
    }

    /// @inheritdoc IDistributor
    function openBook(uint256 units) external {
        Book storage kept = _books[msg.sender];
        if (kept.watchedTo != 0) revert AlreadyOpen(msg.sender);
        kept.watchedTo = OPEN;
        kept.units = units.toUint112();
    }

    /// @inheritdoc IDistributor
    function resize(uint256 units) external {
        Book storage kept = _books[msg.sender];
        if (kept.watchedTo == 0) revert NotOpen(msg.sender);
        mapping(uint256 place => Stretch) storage all = _stretches[msg.sender];
        uint256 count = kept.stretches;
        if (count == 0) {
            all[0].units = kept.units;
            count = 1;
        }
        (uint256 interest, uint256 principal) = (kept.interest, kept.principal);
        Stretch storage current = all[count - 1];
        // Where nothing was given since, the stretch had no length: it begins anew.
        if (current.interest != interest || current.principal != principal) {
            (uint256 interestIndex, uint256 principalIndex) = _reached(current, interest, principal);
            current = all[count++];
            (current.interest, current.principal) = (uint120(interest), uint120(principal)); // no wider in the book
            (current.interestIndex, current.principalIndex) = (interestIndex, principalIndex);
        }
        current.units = units.toUint112();
        kept.units = uint112(units); // just cast
        kept.stretches = uint32(count); // one an epoch
    }

    /// @inheritdoc IDistributor
    function openAccounts(address[] calldata accounts) external {
        for (uint256 i; i < accounts.length; ++i) _credits[accounts[i]].open = true;
    }

    /// @inheritdoc IDistributor
    function book(uint256 received, Share[] calldata shares, Credit[] calldata credits) external {
        if (msg.sender != waterfall) revert NotTheWaterfall(msg.sender, waterfall);
        uint256 shared;
        for (uint256 i; i < shares.length; ++i) shared += _distribute(shares[i]);
        uint256 credited;
        for (uint256 i; i < credits.length; ++i) credited += _credit(credits[i]);
        // What the deal does not have can't be given away: this line reverts.
        if (received != shared + credited) _heldForDeal = (_heldForDeal + received - shared - credited).toUint248();
        _heldForHolders = (_heldForHolders + shared).toUint120();
        _heldForCredits = (_heldForCredits + credited).toUint120();
    }

    /// @inheritdoc IDistributor
    function snapshotOf(address note, uint40 until) external restricted returns (uint32 snapshot) {
        Book storage kept = _books[note];
        snapshot = ++kept.snapshots;
        uint256 day = Math.ceilDiv(until, 1 days);
        // Of two votes that are open at once, as when the senior class changes and comes back, the longer one counts.
        if (day > kept.watchedTo) kept.watchedTo = uint16(Math.min(day, EVER));
    }

    /* PAYMENTS */

    /// @inheritdoc IDistributor
    function payCredit(address account) external returns (uint256 cash) {
        Account storage credit = _credits[account];
        cash = credit.cash;
        credit.cash = 0;
        _heldForCredits = (_heldForCredits - cash).toUint120();
        emit CreditPaid(account, cash);

        if (cash != 0) settlement.safeTransfer(account, cash); // some assets refuse to move nothing
    }

    /// @inheritdoc IDistributor
    function payHolder(address holder, uint256 cash) external {
        _takeForHolder(cash);
        settlement.safeTransfer(holder, cash);
    }

    /// @inheritdoc IDistributor
    function tryPayHolder(address holder, uint256 cash) external returns (bool paid) {
        _takeForHolder(cash);
        paid = settlement.trySafeTransfer(holder, cash);
        if (!paid) _heldForHolders += uint120(cash); // it was taken from there
    }

    /// @inheritdoc IDistributor
    function release(address account, uint256 cash) external {
        if (msg.sender != house) revert NotTheHouse(msg.sender, house);
        uint256 most = spare();
        if (cash > most) revert NotSpare(cash, most);
        emit Released(account, cash);

        settlement.safeTransfer(account, cash);
    }

    /* VIEWS */

    /// @inheritdoc IDistributor
    function spare() public view returns (uint256) {
        uint256 toRun = waterfall == address(0) ? 0 : IWaterfall(waterfall).pool().cashToRun();
        uint256 others = uint256(_heldForHolders) + _heldForCredits + _heldForDeal + toRun;
        return Math.saturatingSub(settlement.balanceOf(address(this)), others);
    }

    /// @inheritdoc IDistributor
    function mark(address note) external view returns (uint256 interest, uint256 principal, uint32 snapshot) {
        Book storage kept = _books[note];
        (interest, principal) = (kept.interest, kept.principal);
        uint256 day = kept.watchedTo;
        // Most notes are never voted on: this keeps a transfer of theirs cheap.
        if (day <= OPEN) return (interest, principal, 0);
        if (day == EVER || block.timestamp / 1 days < day) snapshot = kept.snapshots;
    }

    /// @inheritdoc IDistributor
    function growthSince(
        address note,
        uint256 interestSeen,
        uint256 principalSeen
    ) public view returns (uint256 interest, uint256 principal) {
        Book storage kept = _books[note];
        (uint256 interestGiven, uint256 principalGiven) = (kept.interest, kept.principal);
        (uint256 units, uint256 stretches) = (kept.units, kept.stretches); // one read
        if (interestGiven < interestSeen || principalGiven < principalSeen) {
            revert NotGivenYet(note, interestSeen, principalSeen);
        }
        if (stretches != 0) return _grown(note, kept, interestSeen, principalSeen);
        if (units == 0) return (0, 0);
        unchecked {
            // See _indices.
            interest = (interestGiven * PARTS) / units - (interestSeen * PARTS) / units;
            principal = (principalGiven * PARTS) / units - (principalSeen * PARTS) / units;
        }
    }

    /// @inheritdoc IDistributor
    function growthBetween(
        address note,
        uint256 interestFrom,
        uint256 principalFrom,
        uint256 interestTo,
        uint256 principalTo
    ) external view returns (uint256 interest, uint256 principal) {
        (uint256 interestThen, uint256 principalThen) = growthSince(note, interestTo, principalTo);
        (interest, principal) = growthSince(note, interestFrom, principalFrom);
        interest -= interestThen;
        principal -= principalThen;
    }

    /// @inheritdoc IDistributor
    function indexOf(address note) external view returns (NoteIndex memory found) {
        Book storage kept = _books[note];
        (found.total, found.principal) = _indices(note, kept);
        found.snapshots = kept.snapshots;
        if (kept.units == 0) return found;
        // Of a stretch that never began all is 0.
        uint256 last = Math.max(kept.stretches, 1) - 1;
        Stretch storage current = _stretches[note][last];
        found.interestRemainder = ((kept.interest - current.interest) * PARTS) % kept.units;
        found.principalRemainder = ((kept.principal - current.principal) * PARTS) % kept.units;
    }

    /// @inheritdoc IDistributor
    function given(address note) external view returns (uint256 interest, uint256 principal) {
        return (_books[note].interest, _books[note].principal);
    }

    /// @inheritdoc IDistributor
    function creditOf(address account) external view returns (uint256) {
        return _credits[account].cash;
    }

    /// @inheritdoc IDistributor
    function heldForCredits() external view returns (uint256) {
        return _heldForCredits;
    }

    /// @inheritdoc IDistributor
    function heldForHolders() external view returns (uint256) {
        return _heldForHolders;
    }

    /// @inheritdoc IDistributor
    function heldForDeal() external view returns (uint256) {
        return _heldForDeal;
    }

    /* INTERNAL */

    function _distribute(Share calldata share) private returns (uint256 cash) {
        cash = share.interest + share.principal;
        if (cash == 0) return 0;
        Book storage kept = _books[share.note];
        if (kept.units == 0) revert NoUnits(share.note);
        kept.interest = (kept.interest + share.interest).toUint120();
        kept.principal = (kept.principal + share.principal).toUint120();
        (uint256 total, uint256 principal) = _indices(share.note, kept);
        emit Distributed(share.note, share.interest, share.principal, total, principal);
    }

    function _credit(Credit calldata credit) private returns (uint256 cash) {
        cash = credit.cash;
        if (cash == 0) return 0;
        Account storage account = _credits[credit.account];
        account.cash = (account.cash + cash).toUint248();
        account.open = true;
        emit Credited(credit.account, cash);
    }

    function _takeForHolder(uint256 cash) private {
        Book storage kept = _books[msg.sender];
        if (kept.interest == 0 && kept.principal == 0) revert NotANote(msg.sender);
        _heldForHolders = (_heldForHolders - cash).toUint120();
    }

    /// @dev Cash to date * PARTS / units, down, is what adding each cash and carrying its remainder comes to. Cash is below 2^113
    ///      and PARTS below 2^126: a product is below 2^239, both together below 2^240.
    function _indices(address note, Book storage kept) private view returns (uint256 total, uint256 principal) {
        (uint256 interest, uint256 repaid) = (kept.interest, kept.principal);
        (uint256 units, uint256 stretches) = (kept.units, kept.stretches); // one read
        if (stretches != 0) {
            (total, principal) = _reached(_stretches[note][stretches - 1], interest, repaid);
            return (total + principal, principal);
        }
        if (units == 0) return (0, 0);
        unchecked {
            principal = (repaid * PARTS) / units;
            total = principal + (interest * PARTS) / units;
        }
    }

    /// @dev Where the indices of a stretch stood when the note had been given so much. All that was ever given, times PARTS, is
    ///      below 2^240, so no index is above that, whatever the units were.
    function _reached(
        Stretch storage stretch,
        uint256 interestGiven,
        uint256 principalGiven
    ) private view returns (uint256 interest, uint256 principal) {
        interest = _indexAt(stretch.interestIndex, interestGiven - stretch.interest, stretch.units);
        principal = _indexAt(stretch.principalIndex, principalGiven - stretch.principal, stretch.units);
    }

    function _indexAt(uint256 atBegin, uint256 given_, uint256 units) private pure returns (uint256) {
        return units == 0 ? atBegin : atBegin + (given_ * PARTS) / units;
    }

    /// @dev A stream of which nothing was given since is not looked up, nor is where the index began in a stretch that lasts.
    function _grown(
        address note,
        Book storage kept,
        uint256 interestSeen,
        uint256 principalSeen
    ) private view returns (uint256 interest, uint256 principal) {
        (uint256 interestGiven, uint256 principalGiven) = (kept.interest, kept.principal);
        if (interestGiven == interestSeen && principalGiven == principalSeen) return (0, 0);
        mapping(uint256 place => Stretch) storage all = _stretches[note];
        uint256 last = kept.stretches - 1;
        uint256 then = _stretchOf(all, last, interestSeen + principalSeen);
        uint256 units = kept.units;
        if (interestGiven != interestSeen) {
            interest = _indexAt(0, interestGiven - all[last].interest, units);
            if (then == last) interest -= _indexAt(0, interestSeen - all[last].interest, units);
            else {
                interest += all[last].interestIndex;
                interest -= _indexAt(all[then].interestIndex, interestSeen - all[then].interest, all[then].units);
            }
        }
        if (principalGiven != principalSeen) {
            principal = _indexAt(0, principalGiven - all[last].principal, units);
            if (then == last) principal -= _indexAt(0, principalSeen - all[last].principal, units);
            else {
                principal += all[last].principalIndex;
                principal -= _indexAt(all[then].principalIndex, principalSeen - all[then].principal, all[then].units);
            }
        }
    }

    /// @dev The last stretch that began when no more than `given` was given; each began with more than the one before.
    function _stretchOf(
        mapping(uint256 place => Stretch) storage all,
        uint256 last,
        uint256 given_
    ) private view returns (uint256 low) {
        if (_beganAt(all[last]) <= given_) return last; // most holders were here lately
        uint256 high = last;
        while (high - low > 1) {
            uint256 middle = (low + high) / 2;
            if (_beganAt(all[middle]) <= given_) low = middle;
            else high = middle;
        }
    }

    function _beganAt(Stretch storage stretch) private view returns (uint256) {
        return uint256(stretch.interest) + stretch.principal;
    }
}
