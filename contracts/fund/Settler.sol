// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CoverTest, Means} from "contracts/fund/Cover.sol";
import {Settlement} from "contracts/fund/Settlement.sol";
import {Side} from "contracts/fund/Sides.sol";
import {ReserveTerms, TriggerKind} from "interfaces/DealTerms.sol";
import {IWaterfall, TriggerState} from "interfaces/IWaterfall.sol";

/// @title Who comes in and who leaves in an epoch: rules 19 to 24 of docs/evergreen.md
/// @dev A contract of its own, because a fund with it would be larger than a contract may be. It keeps nothing.
contract Settler {
    /// @notice What an epoch does to each tranche, by values and requests. Settlement units and note units.
    /// @param balance Of the pool, at the last run.
    /// @param limits Least value below a tranche, WAD.
    function settle(
        IWaterfall waterfall,
        uint256 balance,
        ReserveTerms calldata reserveTerms,
        Side[] calldata asked,
        uint64[] calldata limits,
        bool seniorFirst
    ) external view returns (Side[] memory sides) {
        Means memory means = Means(waterfall.revolvingAccount(), balance, 0, reserveTerms, _tests(waterfall));
        (means.reserve, ) = waterfall.reserve();
        sides = asked;
        Settlement.matchUp(sides);
        Settlement.enter(means, sides, limits);
        Settlement.leave(means, sides, limits, seniorFirst);
    }

    function _tests(IWaterfall waterfall) private view returns (CoverTest[] memory tests) {
        uint256 count = waterfall.triggerCount();
        TriggerState[] memory all = new TriggerState[](count);
        uint256 found;
        for (uint256 i; i < count; ++i) {
            all[found] = waterfall.trigger(i);
            if (all[found].kind == TriggerKind.OverCollateralisation) ++found;
        }
        tests = new CoverTest[](found);
        for (uint256 i; i < found; ++i) tests[i] = CoverTest(all[i].tranche.place(), all[i].level);
    }
}
