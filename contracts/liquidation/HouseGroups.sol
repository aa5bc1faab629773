// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Accounts} from "contracts/liquidation/Accounts.sol";
import {Exposure} from "contracts/liquidation/Exposure.sol";
import {Groups} from "contracts/liquidation/Groups.sol";
import {Account, Behind, Group, IAuctionHouse} from "interfaces/IAuctionHouse.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The groups of tranches of a house: whose a case is, and what is exposed in each. Rules 15 and 37 to 40
abstract contract HouseGroups is IAuctionHouse {
    using Accounts for Account;
    using Groups for Group[];

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

    /// @dev Those behind the first.
    Group[] internal _further;

    mapping(uint64 caseId => Behind behind) private _behind;

    constructor(ILoanPool pool_) {
        pool = pool_;
        _end = Groups.endOf(pool_);
        _distributor = address(pool_.distributor());
    }

    /// @inheritdoc IAuctionHouse
    function groups() external view returns (uint8) {
        return uint8(_further.length + 1); // at most MOST_GROUPS
    }

    /// @inheritdoc IAuctionHouse
    function poolOf(uint8 group) public view returns (ILoanPool) {
        return group == 0 ? pool : _further.at(group).pool;
    }

    /// @inheritdoc IAuctionHouse
    function exposedOf(uint8 group) external view returns (uint256) {
        return (group == 0 ? _exposed : _further.at(group).exposed) + (_exposedAbove[group] << 96);
    }

    /// @inheritdoc IAuctionHouse
    function behindOf(uint64 caseId) external view returns (Behind memory) {
        return _behind[caseId];
    }

    /// @dev Rules 39 and 40.
    function _move(uint64 caseId, Account storage account, uint8 group, uint256 lasts) internal {
        uint8 from = account.group;
        if (group == from || !Groups.canMove(poolOf(from), poolOf(group))) return;
        if (lasts != 0 && block.timestamp + lasts > _lastOf(group)) return; // it could not be sold there
        uint96 uncertain = account.exposed;
        _setExposed(account, 0);
        account.group = group;
        _setExposed(account, uncertain);
        uint256 rest = account.rest();
        uint256 moved = _moveClaim(caseId, from, group, Math.saturatingSub(rest, _behind[caseId].short));
        _behind[caseId] = Behind(uint96(rest - moved), account.writtenOff); // part of it
    }

    /// @dev Rules 38 and 40.
    function _adopt(uint64 caseId, Account storage account, uint8 home, uint96 claim) internal {
        if (home == account.group) return;
        _behind[caseId].short += uint96(claim - _moveClaim(caseId, home, account.group, claim)); // part of it
    }

    /// @dev Rule 40: what of the part that is recovered another group wrote off; that comes first.
    function _elsewhere(uint64 caseId, uint256 was, uint256 now_) internal view returns (uint112) {
        uint256 all = _behind[caseId].elsewhere;
        return uint112(Math.min(now_, all) - Math.min(was, all)); // part of it
    }

    function _setExposed(Account storage account, uint96 rest) internal {
        uint96 was = account.exposed;
        if (rest == was) return;
        account.exposed = rest;
        uint8 group = account.group;
        int256 carry;
        if (group == 0) (_exposed, carry) = Exposure.change(_exposed, was, rest);
        else (_further.at(group).exposed, carry) = Exposure.change(_further.at(group).exposed, was, rest);
        if (carry != 0) _exposedAbove[group] = uint256(int256(_exposedAbove[group]) + carry); // what is there was carried
    }

    /// @dev No round of its cases can end later.
    function _lastOf(uint8 group) internal view returns (uint256) {
        return group == 0 ? _end : _further.at(group).end;
    }

    function _distributorOf(uint8 group) internal view returns (address) {
        return group == 0 ? _distributor : _further.at(group).distributor;
    }

    function _moveClaim(uint64 caseId, uint8 from, uint8 to, uint256 claim) private returns (uint256) {
        return Groups.moveClaim(caseId, [poolOf(from), poolOf(to)], [from, to], claim);
    }
}
