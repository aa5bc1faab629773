// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Steps} from "contracts/waterfall/Steps.sol";
import {TermsCode} from "contracts/waterfall/TermsCode.sol";
import {FeeTerms, Step, TrancheTerms} from "interfaces/DealTerms.sol";
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

    /// @inheritdoc IDealFigures
    function trancheTerms(TrancheId id) external view returns (TrancheTerms memory) {
        TrancheTerms[] memory tranches = TermsCode.read(waterfall.termsAt(false)).tranches;
        if (id.place() >= tranches.length) revert IWaterfall.NoSuchTranche(id, tranches.length);
        return tranches[id.place()];
    }

    /// @inheritdoc IDealFigures
    function feeTerms(uint256 place) external view returns (FeeTerms memory) {
        FeeTerms[] memory lines = TermsCode.read(waterfall.termsAt(false)).lines;
        if (place >= lines.length) revert IWaterfall.NoSuchPlace(place, lines.length);
        return lines[place];
    }

    /// @inheritdoc IDealFigures
    function step(bool accelerated, uint256 place) external view returns (Step memory) {
        uint256[] memory list = _steps(accelerated);
        if (place >= list.length) revert IWaterfall.NoSuchPlace(place, list.length);
        return Steps.unpack(list[place]);
    }

    /// @inheritdoc IDealFigures
    function stepCount(bool accelerated) external view returns (uint256) {
        return _steps(accelerated).length;
    }

    /* INTERNAL */

    function _steps(bool accelerated) private view returns (uint256[] memory) {
        address terms = waterfall.termsAt(accelerated);
        return terms == address(0) ? new uint256[](0) : TermsCode.read(terms).steps;
    }

    function _covered(TrancheId id) private view returns (uint256) {
        TrancheState memory state = waterfall.tranche(id);
        return state.principal - state.deficiency;
    }
}
