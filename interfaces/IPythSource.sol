// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPyth} from "interfaces/IPyth.sol";
import {ISource} from "interfaces/ISource.sol";
import {Wad} from "interfaces/Types.sol";

/// @notice Which feed: the adapter's config, `abi.encode`d.
/// @param id Pyth's own of the feed.
/// @param maxUncertainty Largest confidence interval that is believed, WAD of the price.
struct PythFeed {
    IPyth pyth;
    bytes32 id;
    Wad maxUncertainty;
}

/// @title Pyth's prices as sources
/// @notice One contract for all feeds; the config says which. Confidence is passed on, rounded up.
interface IPythSource is ISource {
    /// @notice The config for a feed.
    function configOf(PythFeed calldata feed) external pure returns (bytes memory config);
}
