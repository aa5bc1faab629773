// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {FeeTerms, Step, TrancheTerms} from "interfaces/DealTerms.sol";
import {IWaterfall} from "interfaces/IWaterfall.sol";
import {TrancheId} from "interfaces/Types.sol";

/// @title Figures that follow from where a deal stands; whoever wants them asks here
interface IDealFigures {
    /// @notice Nothing is sold yet.
    error NotBegun();

    /// @notice Principal below a tranche (attachment), and with its own (detachment), over all principal, WAD, down. Under
    ///         ledgers principal counts less its deficiency. 0 and 0 with no principal left.
    function attachmentPoints(TrancheId id) external view returns (uint256 attachment, uint256 detachment);

    /// @notice Principal outstanding / principal at closing, WAD, down.
    function poolFactor(TrancheId id) external view returns (uint256);

    /// @notice What the deal says of a tranche.
    function trancheTerms(TrancheId id) external view returns (TrancheTerms memory);

    /// @notice What the deal says of a fee line, by its place from 0.
    function feeTerms(uint256 place) external view returns (FeeTerms memory);

    /// @notice One step, by its place from 0 in the first list or the second.
    function step(bool accelerated, uint256 place) external view returns (Step memory);

    /// @notice How many steps a list has.
    function stepCount(bool accelerated) external view returns (uint256);

    /// @notice Whose figures they are.
    function waterfall() external view returns (IWaterfall);
}
