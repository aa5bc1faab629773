// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDealFigures} from "interfaces/IDealFigures.sol";
import {IWaterfall, TrancheState} from "interfaces/IWaterfall.sol";
import {TrancheId, WAD} from "interfaces/Types.sol";

contract DealFigures is IDealFigures {
    /* IMMUTABLES */

    /// @inheritdoc IDealFigures
    IWaterfall public immutable waterfall;

    /* CONSTRUCTOR */

    constructor(IWaterfall waterfall_) {
        waterfall = waterfall_;
    }

    /* VIEWS */

    /// @inheritdoc IDealFigures
    function attachmentPoints(TrancheId id) external view returns (uint256 attachment, uint256 detachment) {
        uint256 own = _covered(id);
        uint256 count = waterfall.trancheCount();
        uint256 below;
        uint256 all;
        for (uint256 i; i < count; ++i) {
            uint256 principal = _covered(TrancheId.wrap(uint8(i))); // at most 8 tranches
            all += principal;
            if (i > id.place()) below += principal;
        }
        if (all == 0) return (0, 0);
        return ((below * WAD) / all, ((below + own) * WAD) / all);
    }

    /// @inheritdoc IDealFigures
    function poolFactor(TrancheId id) external view returns (uint256) {
        TrancheState memory state = waterfall.tranche(id);
        if (state.atClosing == 0) revert NotBegun();
        return (state.principal * WAD) / state.atClosing;
    }

    /* INTERNAL */

    function _covered(TrancheId id) private view returns (uint256) {
        TrancheState memory state = waterfall.tranche(id);
        return state.principal - state.deficiency;
    }
}
