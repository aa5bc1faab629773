// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NoteVault} from "contracts/notes/vaults/NoteVault.sol";
import {IEarningToken} from "interfaces/IEarningToken.sol";
import {INoteVault} from "interfaces/INoteVault.sol";
import {Bid, IReinvestingNoteVault} from "interfaces/IReinvestingNoteVault.sol";
import {PARTS, WAD} from "interfaces/Types.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract ReinvestingNoteVault is NoteVault, IReinvestingNoteVault {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @notice One slot, so that a deposit reads and writes no other for the books.
    /// @param booked Units.
    /// @param waits Settlement units that wait to be invested.
    struct Books {
        uint128 booked;
        uint128 waits;
    }

    /* IMMUTABLES */

    uint256 private immutable _lowest;
    uint256 private immutable _ceiling;
    uint256 private immutable _rise;

    /* STORAGE */

    Books private _books;

    /// @dev Seconds when the latest cash came.
    uint256 private _bidSince;

    mapping(address holder => uint256 cash) private _credits;

    /* CONSTRUCTOR */

    constructor(
        address authority,
        IEarningToken note_,
        string memory name,
        string memory symbol,
        Bid memory terms_
    ) NoteVault(authority, note_, name, symbol) {
        if (terms_.lowest == 0 || terms_.lowest > terms_.ceiling || terms_.rise == 0) {
            revert BidOutOfRange(terms_.lowest, terms_.ceiling, terms_.rise);
        }
        (_lowest, _ceiling, _rise) = (terms_.lowest, terms_.ceiling, terms_.rise);
    }

    /* REINVESTING */

    /// @inheritdoc IReinvestingNoteVault
    function sell(uint256 cash, uint256 most) external nonReentrant returns (uint256 notes) {
        (uint256 here, ) = _openOut();
        uint256 waits = _books.waits;
        if (cash == 0 || cash > waits) revert CashOutOfRange(cash, waits);
        notes = Math.mulDiv(cash, WAD, bid(), Math.Rounding.Ceil);
        if (notes > most) revert BidTooLow(notes, most);
        IERC20(note).safeTransferFrom(msg.sender, address(this), notes);
        _refuseMoved(here + notes);
        _books.waits -= uint128(cash); // at most what waits
        _book(notes, 0);
        _spend(cash);
        emit Bought(msg.sender, notes, cash);
        settlement.safeTransfer(msg.sender, cash);
        _refuseMoved(here + notes);
    }

    /* VIEWS */

    /// @inheritdoc IReinvestingNoteVault
    function bid() public view returns (uint256) {
        uint256 passed = Math.min(block.timestamp - _bidSince, _rise);
        return _lowest + ((_ceiling - _lowest) * passed) / _rise;
    }

    /// @inheritdoc IReinvestingNoteVault
    function waiting() public view returns (uint256) {
        return _books.waits + _toCome();
    }

    /// @inheritdoc IReinvestingNoteVault
    function terms() external view returns (Bid memory) {
        return Bid(uint104(_lowest), uint104(_ceiling), uint40(_rise));
    }

    /// @inheritdoc INoteVault
    function claimableCash(address holder) external view override returns (uint256) {
        return _credits[holder];
    }

    /* INTERNAL */

    function _decimalsOffset() internal pure override returns (uint8) {
        return 6;
    }

    function _booked() internal view override returns (uint256) {
        return _books.booked;
    }

    function _book(uint256 came, uint256 left) internal override {
        _books.booked = (_books.booked + came - left).toUint128();
    }

    function _open() internal override returns (uint256 here, uint256 kept) {
        (bool reached, ) = _bringUpToDate();
        if (!reached) revert CashOutOfReach();
        (here, kept) = _writeDown();
        if (_books.waits != 0) revert CashWaits(_books.waits);
    }

    function _openOut() internal override returns (uint256 here, uint256 kept) {
        _bringUpToDate();
        return _writeDown();
    }

    function _admits() internal view override returns (bool) {
        return waiting() == 0;
    }

    /// @dev Where notes were taken by force, the books follow.
    function _writeDown() private returns (uint256 here, uint256 kept) {
        here = note.balanceOf(address(this));
        kept = _books.booked;
        if (here >= kept) return (here, kept);
        emit WrittenDown(kept, here);
        _books.booked = uint128(here); // less than was booked
        kept = here;
    }

    function _credit(uint256 cash) internal override {
        _books.waits = (_books.waits + cash).toUint128();
        _bidSince = block.timestamp;
    }

    /// @dev Who leaves has a part in the cash that waits; the last one all of it.
    function _redeeming(address owner, uint256 shares) internal override {
        uint256 waits = _books.waits;
        if (waits == 0 || shares == 0) return;
        uint256 cash = Math.mulDiv(waits, shares, totalSupply());
        _books.waits = uint128(waits - cash);
        _credits[owner] += cash;
    }

    function _take(address holder) internal override returns (uint256 cash) {
        cash = _credits[holder];
        delete _credits[holder];
    }

    /// @dev Cash that waits is in the shares; what is to be claimed came from others that were redeemed.
    function _carry(address, address, uint256, uint256) internal pure override returns (uint256) {
        return 0;
    }

    function _carryAll(address from, address to) internal override returns (uint256 parts) {
        uint256 cash = _credits[from];
        if (cash == 0) return 0;
        delete _credits[from];
        _credits[to] += cash;
        return cash * PARTS;
    }
}
