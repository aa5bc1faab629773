// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Failure, Reading, Status} from "interfaces/IOracleHub.sol";
import {Answer, Reason} from "interfaces/ISource.sol";
import {WAD} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title What several answers make together (rules 5 to 8)
library Judging {
    /// @notice The reading of these answers, change apart; marks those that deviate.
    /// @param given Answers with what is wrong with each.
    function judge(Answer[] memory given, uint256 pace) internal view returns (Reading memory reading) {
        uint256 quorum = uint8(pace >> 160);
        reading.quorum = uint8(quorum);
        (uint256 median, uint256 counted) = _median(given);
        if (counted < quorum) {
            reading.why = Failure.NoQuorum;
        } else {
            uint256 oldest;
            uint256 widest;
            (counted, oldest, widest) = _count(given, median, (median * uint64(pace >> 96)) / WAD);
            if (counted < quorum) {
                reading.why = Failure.TooFarApart;
            } else {
                reading.value = uint128(median); // between two answers
                reading.confidence = uint128(Math.min(widest, type(uint128).max));
                reading.at = uint40(oldest);
                reading.age = uint40(block.timestamp - oldest); // none is from the future
                reading.status = Status.Good;
            }
        }
        reading.counted = uint8(counted); // at most 15
    }

    /// @notice Whether a median is farther from the anchor than the time since allows.
    function tooFast(uint256 median, uint256 anchor, uint256 anchoredAt, uint256 pace) internal view returns (bool) {
        uint256 window = uint32(pace);
        // Nothing is a share of 0: from there a value could never move again.
        if (window == 0 || anchor == 0) return false;
        uint256 span = Math.max(block.timestamp - anchoredAt, window);
        // 128 + 64 + 40 bits.
        return _distance(median, anchor) > (anchor * uint64(pace >> 32) * span) / (window * WAD);
    }

    /// @dev Sorted as they come: 15 at most, and mostly in the same small range.
    function _median(Answer[] memory given) private pure returns (uint256 median, uint256 found) {
        uint256 count = given.length;
        uint256[] memory sorted = new uint256[](count);
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                Answer memory one = given[i];
                if (one.reason != Reason.None) continue;
                uint256 value = one.value;
                uint256 place = found++;
                for (; place != 0; --place) {
                    uint256 before = sorted[place - 1];
                    if (before <= value) break;
                    sorted[place] = before;
                }
                sorted[place] = value;
            }
            if (found == 0) return (0, 0);
            // Of an odd number both are the same one. Each is below 2^128.
            median = (sorted[(found - 1) / 2] + sorted[found / 2]) / 2;
        }
    }

    /// @dev Those near the median: how many, how old, how wide.
    function _count(
        Answer[] memory given,
        uint256 median,
        uint256 allowed
    ) private pure returns (uint256 counted, uint256 oldest, uint256 widest) {
        oldest = type(uint40).max;
        uint256 count = given.length;
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                Answer memory one = given[i];
                if (one.reason != Reason.None) continue;
                uint256 value = one.value;
                uint256 distance = value > median ? value - median : median - value;
                if (distance > allowed) {
                    one.reason = Reason.Deviates;
                    continue;
                }
                ++counted;
                if (one.at < oldest) oldest = one.at;
                distance += one.confidence; // of 128 bits each
                if (distance > widest) widest = distance;
            }
        }
    }

    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : b - a;
    }
}
