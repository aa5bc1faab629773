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

    /// @notice One slot: all that a deposit reads and writes of the books while nothing new was distributed.
    /// @param booked Units.
    /// @param mark What the note had ever been given at the last harvest, interest and principal together, settlement units.
    /// @param waits Whether cash waits to be invested.
    struct Books {
        uint112 booked;
        uint128 mark;
        bool waits;
    }

    /* IMMUTABLES */

    uint256 private immutable _lowest;
    uint256 private immutable _ceiling;
    uint256 private immutable _rise;

    /* STORAGE */

    Books private _books;

    /// @dev Settlement units that wait to be invested.
    uint256 private _waits;

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
        (, uint256 kept) = _openOut();
        uint256 waits = _waits;
        if (cash == 0 || cash > waits) revert CashOutOfRange(cash, waits);
        notes = Math.mulDiv(cash, WAD, bid(), Math.Rounding.Ceil);
        if (notes > most) revert BidTooLow(notes, most);
        _bring(kept, notes);
        _wait(waits - cash);
        _book(notes);
        _spend(cash);
        emit Bought(msg.sender, notes, cash);
        settlement.safeTransfer(msg.sender, cash);
        _refuseShort(kept + notes); // the settlement asset may call back
    }

    /* VIEWS */

    /// @inheritdoc IReinvestingNoteVault
    function bid() public view returns (uint256) {
        uint256 passed = Math.min(block.timestamp - _bidSince, _rise);
        return _lowest + ((_ceiling - _lowest) * passed) / _rise;
    }

    /// @inheritdoc IReinvestingNoteVault
    function waiting() public view returns (uint256) {
        return _waits + _toCome();
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

    function _virtual() internal pure override returns (uint256) {
        return 1_000_000; // 10 ** _decimalsOffset()
    }

    function _booked() internal view override returns (uint256) {
        return _books.booked;
    }

    function _give(address receiver, uint256 shares, uint256 assets) internal override {
        _book(assets);
        _mint(receiver, shares);
    }

    /// @dev Who leaves has a part in the cash that waits; the last one all of it.
    function _takeBack(address owner, uint256 shares, uint256 assets) internal override {
        if (_books.waits && shares != 0) {
            uint256 waits = _waits;
            uint256 cash = Math.mulDiv(waits, shares, totalSupply());
            _wait(waits - cash);
            _credits[owner] += cash;
        }
        _books.booked -= uint112(assets); // never above what is booked
        _burn(owner, shares);
    }

    function _book(uint256 notes) private {
        _books.booked = (_books.booked + notes).toUint112();
    }

    function _open() internal override returns (uint256) {
        if (!_harvestNew()) revert CashOutOfReach();
        Books storage books = _books;
        if (books.waits) revert CashWaits(_waits);
        return books.booked;
    }

    function _openOut() internal override returns (uint256 here, uint256 kept) {
        _harvestNew();
        kept = _books.booked;
        here = note.balanceOf(address(this));
        if (here >= kept) return (here, kept);
        // Where notes were taken by force, the books follow.
        emit WrittenDown(kept, here);
        _books.booked = uint112(here); // less than was booked
        kept = here;
    }

    /// @return reached False where the vault can't claim.
    function _harvestNew() private returns (bool reached) {
        (uint256 interest, uint256 principal, ) = _earnings.mark(address(note));
        uint256 mark = interest + principal; // both only rise, so their sum tells whether either did
        if (_books.mark == mark) return true;
        (reached, ) = _bringUpToDate();
        if (reached) _books.mark = uint128(mark); // the sum of two below 2^120
    }

    function _wait(uint256 cash) private {
        _waits = cash;
        _books.waits = cash != 0;
    }

    function _admits() internal view override returns (bool) {
        return waiting() == 0;
    }

    function _credit(uint256 cash) internal override {
        _wait(_waits + cash);
        _bidSince = block.timestamp;
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
