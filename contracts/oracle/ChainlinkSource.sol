// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Scaling} from "contracts/oracle/Scaling.sol";
import {IAggregatorV3} from "interfaces/IAggregatorV3.sol";
import {ChainlinkFeed, IChainlinkSource} from "interfaces/IChainlinkSource.sol";
import {Answer, ISource, Reason} from "interfaces/ISource.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";

contract ChainlinkSource is IChainlinkSource {
    /// @dev Bytes of a config: six words.
    uint256 private constant CONFIG = 192;

    /* ANSWER */

    /// @inheritdoc ISource
    function answer(bytes32, bytes calldata config) external view returns (Answer memory given) {
        ChainlinkFeed memory own = abi.decode(config, (ChainlinkFeed));
        // Not caught with its text: a feed that reverts with megabytes costs nothing here.
        try own.feed.latestRoundData() returns (
            uint80 round,
            int256 said,
            uint256,
            uint256 updatedAt,
            uint80 answeredInRound
        ) {
            given.at = Scaling.time(updatedAt);
            if (updatedAt == 0 || answeredInRound < round || round == 0) given.reason = Reason.Incomplete;
            else if (said <= own.lowest || said >= own.highest) given.reason = _atLimit(said);
            else Scaling.put(given, said, own.decimals);
        } catch {
            given.reason = Reason.Unreachable;
        }
        if (given.reason == Reason.None && address(own.uptime) != address(0) && _isDown(own)) {
            given.reason = Reason.SequencerDown;
        }
    }

    /// @inheritdoc ISource
    function check(bytes32, bytes calldata config) external view {
        if (config.length != CONFIG) revert ConfigUnusable(config);
        ChainlinkFeed memory own = abi.decode(config, (ChainlinkFeed));
        bool plausible = own.decimals <= Scaling.MOST_DECIMALS && own.lowest < own.highest;
        if (!plausible || own.feed.decimals() != own.decimals) revert ConfigUnusable(config);
        if (address(own.uptime) != address(0)) own.uptime.latestRoundData();
    }

    /* CONFIG */

    /// @inheritdoc IChainlinkSource
    function configOf(IAggregatorV3 feed, IAggregatorV3 uptime, uint32 grace) external view returns (bytes memory) {
        IAggregatorV3 inner;
        try feed.aggregator() returns (address behind) {
            inner = IAggregatorV3(behind);
        } catch {
            inner = feed; // no proxy
        }
        (int256 lowest, int256 highest) = _limits(inner);
        return abi.encode(ChainlinkFeed(feed, feed.decimals(), _fit(lowest), _fit(highest), uptime, grace));
    }

    /* INTERNAL */

    function _isDown(ChainlinkFeed memory own) private view returns (bool) {
        try own.uptime.latestRoundData() returns (uint80, int256 down, uint256 startedAt, uint256, uint80) {
            if (down != 0 || startedAt == 0 || startedAt > block.timestamp) return true;
            // Chainlink's own example still refuses at exactly the grace time.
            return block.timestamp - startedAt <= own.grace;
        } catch {
            return true;
        }
    }

    function _limits(IAggregatorV3 inner) private view returns (int256, int256) {
        try inner.minAnswer() returns (int192 least) {
            return (least, inner.maxAnswer());
        } catch {
            // One from before off-chain reporting has another name for it.
            try inner.minSubmissionValue() returns (int256 least) {
                return (least, inner.maxSubmissionValue());
            } catch {
                return (type(int192).min, type(int192).max);
            }
        }
    }

    /// @dev What is wider than an answer can be limits nothing.
    function _fit(int256 limit) private pure returns (int192) {
        return int192(SignedMath.min(SignedMath.max(limit, type(int192).min), type(int192).max));
    }

    function _atLimit(int256 said) private pure returns (Reason) {
        return said < 0 ? Reason.Negative : Reason.AtLimit;
    }
}
