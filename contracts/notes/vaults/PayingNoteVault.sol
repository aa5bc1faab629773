// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NoteVault} from "contracts/notes/vaults/NoteVault.sol";
import {IEarningToken} from "interfaces/IEarningToken.sol";
import {IPayingNoteVault} from "interfaces/IPayingNoteVault.sol";
import {PARTS} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract PayingNoteVault is NoteVault, IPayingNoteVault {
    /// @param mark What the note had ever been given when the holder was last brought up to date; all that is read of a holder
    ///        while nothing new was distributed.
    /// @param seen The index at that time.
    /// @param parts Earned by then and not paid.
    struct Holder {
        uint128 mark;
        uint256 seen;
        uint256 parts;
    }

    /* STORAGE */

    /// @inheritdoc IPayingNoteVault
    uint256 public cashIndex;

    /// @dev Parts that wait for the next harvest, below the supply.
    uint256 private _remainder;

    mapping(address holder => Holder) private _holders;

    /* CONSTRUCTOR */

    constructor(
        address authority,
        IEarningToken note_,
        string memory name,
        string memory symbol
    ) NoteVault(authority, note_, name, symbol) {}

    /* VIEWS */

    function claimableCash(address holder) external view override returns (uint256) {
        uint256 index = cashIndex;
        uint256 coming = _toCome(); // nothing where nobody has a share
        if (coming != 0) index += (coming * PARTS + _remainder) / totalSupply();
        Holder storage account = _holders[holder];
        return (account.parts + balanceOf(holder) * (index - account.seen)) / PARTS;
    }

    /* INTERNAL */

    function _virtual() internal pure override returns (uint256) {
        return 1; // 10 ** _decimalsOffset()
    }

    /// @dev A share is a note: the supply is the books.
    function _booked() internal view override returns (uint256) {
        return totalSupply();
    }

    function _give(address receiver, uint256 shares, uint256) internal override {
        _mint(receiver, shares);
    }

    function _takeBack(address owner, uint256 shares, uint256) internal override {
        _burn(owner, shares);
    }

    function _open() internal view override returns (uint256) {
        return totalSupply();
    }

    function _openOut() internal override returns (uint256 here, uint256 kept) {
        _bringUpToDate();
        here = note.balanceOf(address(this));
        kept = Math.min(here, totalSupply());
    }

    function _admits() internal pure override returns (bool) {
        return true;
    }

    /// @dev Before shares change, both sides are credited for the time they held what they held.
    function _update(address from, address to, uint256 shares) internal override {
        (uint256 interest, uint256 principal, ) = _earnings.mark(address(note));
        uint256 mark = interest + principal; // both only rise, so their sum tells whether either did
        if (from != address(0)) _touch(from, mark);
        if (!_touch(to, mark) && from == address(0)) revert CashOutOfReach();
        super._update(from, to, shares);
    }

    /// @return reached False where the vault can't claim.
    function _touch(address holder, uint256 mark) private returns (bool reached) {
        if (holder == address(0) || _holders[holder].mark == mark) return true;
        (reached, ) = _bringUpToDate();
        _settle(holder);
        // Otherwise what was not harvested goes with the shares.
        if (reached) _holders[holder].mark = uint128(mark); // the sum of two below 2^120
    }

    function _settle(address holder) private returns (Holder storage account) {
        account = _holders[holder];
        uint256 index = cashIndex;
        if (account.seen == index) return account;
        account.parts += balanceOf(holder) * (index - account.seen);
        account.seen = index;
    }

    function _credit(uint256 cash) internal override {
        uint256 supply = totalSupply();
        uint256 parts = cash * PARTS + _remainder; // all cash is below 2^113, PARTS below 2^126
        cashIndex += parts / supply;
        _remainder = parts % supply;
    }

    function _take(address holder) internal override returns (uint256 cash) {
        _bringUpToDate();
        Holder storage account = _settle(holder);
        cash = account.parts / PARTS;
        account.parts %= PARTS;
    }

    function _carry(address from, address to, uint256 share, uint256 whole) internal override returns (uint256 parts) {
        parts = Math.mulDiv(_holders[from].parts, share, whole);
        if (parts == 0) return 0;
        _holders[from].parts -= parts;
        _holders[to].parts += parts;
    }

    function _carryAll(address from, address to) internal override returns (uint256 parts) {
        return _carry(from, to, 1, 1);
    }
}
