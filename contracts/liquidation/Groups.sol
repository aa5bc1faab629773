// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Group, IAuctionHouse} from "interfaces/IAuctionHouse.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {MAX_AMOUNT, Wad} from "interfaces/Types.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Groups of tranches: those behind the first, and how a claim moves. Rules 37 to 40
library Groups {
    uint256 private constant MOST = 4;

    /// @notice Adds a pool that is paid in the same asset, carries claims at the same ratio and has a tape of its own.
    /// @param group Its number.
    function add(mapping(uint8 group => Group) storage self, uint8 group, ILoanPool first, ILoanPool pool) internal {
        if (group == MOST) revert IAuctionHouse.TooManyGroups(MOST);
        IERC20 asset = pool.settlement();
        if (asset != first.settlement()) revert IAuctionHouse.OtherSettlement(asset, first.settlement());
        (Wad ratio, Wad needed) = (pool.carryingRatio(), first.carryingRatio());
        if (ratio.value() != needed.value()) revert IAuctionHouse.OtherCarryingRatio(ratio, needed);
        bytes32 root = pool.tapeRoot();
        for (uint8 i; i < group; ++i) {
            ILoanPool other = i == 0 ? first : self[i].pool;
            if (other.tapeRoot() == root) revert IAuctionHouse.SameTape(root, i);
        }
        self[group] = Group(pool, endOf(pool), address(pool.distributor()), 0);
        emit IAuctionHouse.GroupAdded(group, pool);
    }

    /// @notice Rule 40. Not more than there is, nor than there is room for: no figure of a pool keeps a case from moving.
    function moveClaim(
        uint64 caseId,
        ILoanPool[2] memory pools,
        uint8[2] memory places,
        uint256 rest
    ) internal returns (uint256 claim) {
        (ILoanPool old, ILoanPool other) = (pools[0], pools[1]);
        claim = Math.min(rest, Math.min(old.grossBalance(), MAX_AMOUNT - other.grossBalance()));
        emit IAuctionHouse.CaseMoved(caseId, places[0], places[1], claim);
        if (claim == 0) return 0;
        old.moveClaim(-int120(uint120(claim))); // at most 2^96
        other.moveClaim(int120(uint120(claim))); // likewise
    }

    /// @notice Whether one takes a case that the other gives: no figure of a run that is still to come may change.
    function canMove(ILoanPool old, ILoanPool other) internal view returns (bool) {
        return other.isRunning() && (old.isRunning() || old.isOver());
    }

    /// @notice When the last period of a pool ends.
    function endOf(ILoanPool pool) internal view returns (uint40) {
        return pool.record(pool.periodCount()).end;
    }
}
