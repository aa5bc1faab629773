// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILoanPool} from "interfaces/ILoanPool.sol";
import {TrancheId, WAD} from "interfaces/Types.sol";
import {IWaterfall, TrancheState} from "interfaces/IWaterfall.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title How far the loss of what is exposed could reach. Rule 15
library Exposure {
    /// @notice The low 96 bits of a sum in which one case has `rest` instead of what it `was`, and what that carries to those above: one
    ///         word holds a sum with an address beside it, and only a sum above 2^96 needs another.
    function change(uint96 sum, uint96 was, uint96 rest) internal pure returns (uint96 low, int256 carry) {
        unchecked {
            low = sum - was + rest; // modulo 2^96
        }
        if (rest > was && low < sum) carry = 1;
        if (rest < was && low > sum) carry = -1;
    }

    /// @notice Whether it is, at the carrying ratio, above the standing principal of all tranches below.
    function mayReach(ILoanPool pool, uint256 exposed, TrancheId tranche) internal view returns (bool) {
        IWaterfall waterfall = IWaterfall(pool.waterfall());
        uint256 below;
        for (uint256 i = tranche.place() + 1; i < waterfall.trancheCount(); ++i) {
            TrancheState memory state = waterfall.tranche(TrancheId.wrap(uint8(i)));
            below += state.principal - state.deficiency;
        }
        return Math.mulDiv(exposed, pool.carryingRatio().value(), WAD) > below;
    }
}
