// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Accounts} from "contracts/liquidation/Accounts.sol";
import {Exposure} from "contracts/liquidation/Exposure.sol";
import {Groups} from "contracts/liquidation/Groups.sol";
import {Account, Behind, Group, IAuctionHouse} from "interfaces/IAuctionHouse.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {Proceeds} from "interfaces/Proceeds.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The groups of tranches of a house: whose a case is, and what is exposed in each. Rules 15 and 37 to 40
abstract contract HouseGroups is IAuctionHouse {
    using Accounts for Account;

    /// @inheritdoc IAuctionHouse
    ILoanPool public immutable pool;

    // Of group 0: most deals have no other.
    address private immutable _distributor;
    uint256 private immutable _end;

    /// @inheritdoc IAuctionHouse
    address public book;

    /// @dev Of group 0, its low bits: with the book in one slot, which is read anyway.
    uint96 private _exposed;

    /// @dev Of each group, what is above 96 bits.
    mapping(uint8 group => uint256) private _exposedAbove;

    /// @inheritdoc IAuctionHouse
    uint8 public groups = 1;

    /// @dev Those behind the first, whose proceeds cost a read less than in a list.
    mapping(uint8 group => Group) private _further;

    mapping(uint64 caseId => Behind behind) private _behind;

    constructor(ILoanPool pool_) {
        pool = pool_;
        _end = Groups.endOf(pool_);
        _distributor = address(pool_.distributor());
    }

    /// @inheritdoc IAuctionHouse
    function poolOf(uint8 group) public view returns (ILoanPool found) {
        if (group == 0) return pool;
        found = _further[group].pool;
        if (address(found) == address(0)) revert NoSuchGroup(group, groups);
    }

    /// @inheritdoc IAuctionHouse
    function exposedOf(uint8 group) external view returns (uint256) {
        if (group != 0) poolOf(group); // that there is one
        return (group == 0 ? _exposed : _further[group].exposed) + (_exposedAbove[group] << 96);
    }

    /// @inheritdoc IAuctionHouse
    function behindOf(uint64 caseId) external view returns (Behind memory) {
        return _behind[caseId];
    }

    function _addGroup(ILoanPool pool_) internal returns (uint8 group) {
        group = groups;
        Groups.add(_further, group, pool, pool_);
        groups = group + 1;
    }

    /// @dev Rules 39 and 40.
    function _move(uint64 caseId, Account storage account, uint8 group, uint256 lasts) internal {
        uint8 from = account.group;
        if (group == from || !Groups.canMove(poolOf(from), poolOf(group))) return;
        if (lasts != 0 && block.timestamp + lasts > _lastOf(group)) return; // it could not be sold there
        Behind storage behind = _setApart(caseId, account);
        uint96 uncertain = account.exposed;
        _setExposed(account, 0);
        account.group = group;
        _setExposed(account, uncertain);
        uint256 rest = account.rest();
        uint256 moved = _moveClaim(caseId, from, group, Math.saturatingSub(rest, behind.short));
        behind.short = uint96(rest - moved); // part of it
    }

    /// @dev Rules 38 and 40.
    function _adopt(uint64 caseId, Account storage account, uint8 home, uint96 claim, uint96 writtenOff) internal {
        uint8 group = account.group;
        if (home == group) return;
        Behind storage behind = _setApart(caseId, account);
        behind.unrecovered[group] -= writtenOff;
        behind.unrecovered[home] += writtenOff;
        behind.short += uint96(claim - _moveClaim(caseId, home, group, claim)); // part of it
    }

    /// @dev Of a case that moved, whose further loans were written off in part.
    function _loseMore(uint64 caseId, uint8 group, uint96 writtenOff) internal {
        _behind[caseId].unrecovered[group] += writtenOff;
    }

    /// @dev From now on it is kept whose loss was what; to now all of it was its group's.
    function _setApart(uint64 caseId, Account storage account) internal returns (Behind storage behind) {
        behind = _behind[caseId];
        if (account.moved) return behind;
        account.moved = true;
        behind.unrecovered[account.group] = account.unrecovered();
    }

    /// @dev Rule 40: of the proceeds of a case that moved, of which so much `took` off its rest, what its group has in its books. What of them
    ///      is none of the group's gross is given back.
    function _ofTheGroup(
        uint64 caseId,
        Account storage account,
        Proceeds memory proceeds,
        uint256 took
    ) internal returns (uint112 elsewhere) {
        Behind storage behind = _behind[caseId];
        uint256 all = took + proceeds.writtenOff;
        uint256 beyond = Math.saturatingSub(all, Math.saturatingSub(account.rest() + took, behind.short));
        if (beyond != 0) behind.short -= uint96(beyond); // what is brought and lost is at most the rest
        uint256 cash = Math.min(beyond, took);
        proceeds.writtenOff -= uint112(beyond - cash); // part of it
        if (proceeds.recovered != 0) proceeds.recovered = _recover(behind, account.group, proceeds.recovered);
        if (proceeds.writtenOff != 0) behind.unrecovered[account.group] += uint96(proceeds.writtenOff);
        // What came in with it, and what is recovered here, is this group's gross: neither surplus nor fees.
        elsewhere = proceeds.gross - uint112(took - cash) - proceeds.recovered;
    }

    function _setExposed(Account storage account, uint96 rest) internal {
        uint96 was = account.exposed;
        if (rest == was) return;
        account.exposed = rest;
        uint8 group = account.group;
        int256 carry;
        if (group == 0) (_exposed, carry) = Exposure.change(_exposed, was, rest);
        else (_further[group].exposed, carry) = Exposure.change(_further[group].exposed, was, rest);
        if (carry != 0) _exposedAbove[group] = uint256(int256(_exposedAbove[group]) + carry); // what is there was carried
    }

    /// @dev No round of its cases can end later.
    function _lastOf(uint8 group) internal view returns (uint256) {
        return group == 0 ? _end : _further[group].end;
    }

    function _distributorOf(uint8 group) internal view returns (address) {
        return group == 0 ? _distributor : _further[group].distributor;
    }

    /// @dev Of what is recovered, what its own group wrote off: what others did comes first.
    function _recover(Behind storage behind, uint8 group, uint112 left) private returns (uint96 own) {
        for (uint8 other; other < behind.unrecovered.length; ++other) {
            if (other == group) continue;
            uint96 part = uint96(Math.min(left, behind.unrecovered[other]));
            behind.unrecovered[other] -= part;
            left -= part;
        }
        own = uint96(Math.min(left, behind.unrecovered[group]));
        behind.unrecovered[group] -= own;
    }

    function _moveClaim(uint64 caseId, uint8 from, uint8 to, uint256 claim) private returns (uint256) {
        return Groups.moveClaim(caseId, [poolOf(from), poolOf(to)], [from, to], claim);
    }
}
