// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAggregatorV3} from "interfaces/IAggregatorV3.sol";
import {ISource} from "interfaces/ISource.sol";

/// @notice Which feed, and what is known of it: the adapter's config, `abi.encode`d.
/// @param feed An aggregator, or the proxy before one.
/// @param decimals Of the feed, 0 to 36.
/// @param lowest The aggregator's `minAnswer`: an answer there or below is no price but a stop.
/// @param highest The aggregator's `maxAnswer`.
/// @param uptime The uptime feed of a rollup's sequencer; the zero address on a chain that has none.
/// @param grace Seconds up to and with which nothing is believed after the sequencer came back.
struct ChainlinkFeed {
    IAggregatorV3 feed;
    uint8 decimals;
    int192 lowest;
    int192 highest;
    IAggregatorV3 uptime;
    uint32 grace;
}

/// @title Chainlink's price feeds as sources
/// @notice One contract for all feeds; the config says which.
/// @dev Warning: `lowest` and `highest` are those of the aggregator when the policy was set. Where Chainlink replaces the aggregator behind
///      a proxy by one with others, or with other decimals, the policy must be set again.
interface IChainlinkSource is ISource {
    /// @notice The config for a feed, from what the feed and its aggregator say.
    /// @dev Warning: an aggregator without limits (neither `minAnswer` nor `minSubmissionValue` is a function of it) gets the widest there are.
    function configOf(
        IAggregatorV3 feed,
        IAggregatorV3 uptime,
        uint32 grace
    ) external view returns (bytes memory config);
}
