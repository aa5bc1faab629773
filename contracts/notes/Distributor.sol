// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Credit, IDistributor, NoteIndex, Share} from "interfaces/IDistributor.sol";
import {PARTS} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract Distributor is IDistributor, AccessManaged {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @notice As `NoteIndex`, in three slots. The first is all that a transfer of a note reads when nothing has happened.
    /// @param total Below 2^240: all cash that ever comes is below 2^113, and PARTS below 2^126.
    /// @param watchedTo Day since 1970 before which a vote may be open, so that transfers must remember what was held when it was
    ///        called; EVER for one beyond the days that fit.
    /// @param snapshots Votes called so far. One a second fills 32 bits in 136 years.
    /// @param interestRemainder Below the units of the note, which are below 2^112.
    struct Book {
        uint240 total;
        uint16 watchedTo;
        uint256 principal;
        uint112 interestRemainder;
        uint112 principalRemainder;
        uint32 snapshots;
    }

    uint16 private constant EVER = type(uint16).max;

    /* IMMUTABLES */

    /// @inheritdoc IDistributor
    IERC20 public immutable settlement;

    /* STORAGE */

    /// @inheritdoc IDistributor
    address public waterfall;

    uint128 private _heldForHolders;
    uint128 private _heldForDeal;

    /// @inheritdoc IDistributor
    uint256 public heldForCredits;

    /// @inheritdoc IDistributor
    mapping(address account => uint256 cash) public creditOf;

    mapping(address note => Book book) private _books;

    /* CONSTRUCTOR */

    constructor(address authority, IERC20 settlement_) AccessManaged(authority) {
        settlement = settlement_;
    }

    /* WATERFALL */

    /// @inheritdoc IDistributor
    function appoint(address waterfall_) external restricted {
        if (waterfall != address(0)) revert AlreadyAppointed(waterfall);
        waterfall = waterfall_;
        emit Appointed(waterfall_);
    }

    /// @inheritdoc IDistributor
    function book(uint256 received, Share[] calldata shares, Credit[] calldata credits) external {
        if (msg.sender != waterfall) revert NotTheWaterfall(msg.sender, waterfall);
        uint256 shared;
        for (uint256 i; i < shares.length; ++i) shared += _distribute(shares[i]);
        uint256 credited;
        for (uint256 i; i < credits.length; ++i) credited += _credit(credits[i]);
        // What the deal does not have can't be given away: this line reverts.
        _heldForDeal = (_heldForDeal + received - shared - credited).toUint128();
        _heldForHolders = (_heldForHolders + shared).toUint128();
        if (credited != 0) heldForCredits += credited;
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
        cash = creditOf[account];
        creditOf[account] = 0;
        heldForCredits -= cash;
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
        if (!paid) _heldForHolders += uint128(cash); // it was taken from there
    }

    /* VIEWS */

    /// @inheritdoc IDistributor
    function mark(address note) external view returns (uint240 total, uint32 snapshot) {
        Book storage kept = _books[note];
        uint256 day = kept.watchedTo;
        total = kept.total;
        // Most notes are never voted on: this keeps a transfer of theirs cheap.
        if (day == 0) return (total, 0);
        if (day == EVER || block.timestamp / 1 days < day) snapshot = kept.snapshots;
    }

    /// @inheritdoc IDistributor
    function indices(address note) external view returns (uint256 total, uint256 principal) {
        Book storage kept = _books[note];
        return (kept.total, kept.principal);
    }

    /// @inheritdoc IDistributor
    function principalIndex(address note) external view returns (uint256) {
        return _books[note].principal;
    }

    /// @inheritdoc IDistributor
    function indexOf(address note) external view returns (NoteIndex memory) {
        Book storage kept = _books[note];
        return
            NoteIndex({
                total: kept.total,
                principal: kept.principal,
                interestRemainder: kept.interestRemainder,
                principalRemainder: kept.principalRemainder,
                snapshots: kept.snapshots
            });
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
        if (share.units == 0) revert NoUnits(share.note);
        Book storage kept = _books[share.note];
        // A remainder is below 2^112 and cash * PARTS below 2^240: no overflow.
        uint256 interestParts = share.interest * PARTS + kept.interestRemainder;
        uint256 principalParts = share.principal * PARTS + kept.principalRemainder;
        uint256 principal = kept.principal;
        uint256 total = kept.total + interestParts / share.units;
        if (share.principal != 0) {
            total += principalParts / share.units;
            principal += principalParts / share.units;
            kept.principal = principal;
            principalParts %= share.units;
        }
        kept.total = uint240(total); // see Book
        kept.interestRemainder = uint112(interestParts % share.units); // below units, below 2^112
        kept.principalRemainder = uint112(principalParts);
        emit Distributed(share.note, share.interest, share.principal, total, principal);
    }

    function _credit(Credit calldata credit) private returns (uint256 cash) {
        cash = credit.cash;
        if (cash == 0) return 0;
        creditOf[credit.account] += cash;
        emit Credited(credit.account, cash);
    }

    function _takeForHolder(uint256 cash) private {
        if (_books[msg.sender].total == 0) revert NotANote(msg.sender);
        _heldForHolders = (_heldForHolders - cash).toUint128();
    }
}
