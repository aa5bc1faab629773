// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILoanPool} from "interfaces/ILoanPool.sol";
import {TrancheId, WAD} from "interfaces/Types.sol";
import {IWaterfall, TrancheState} from "interfaces/IWaterfall.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title How far the loss of what is exposed could reach. Rule 15
library Exposure {
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
