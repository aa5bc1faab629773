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
        reading.quorum = uint8(pace >> 160);
        (uint256 median, uint256 found) = _median(given);
        if (found < reading.quorum) {
            reading.counted = uint8(found); // at most 15
            reading.why = Failure.NoQuorum;
            return reading;
        }
        _count(given, median, (median * uint64(pace >> 96)) / WAD, reading);
        if (reading.counted < reading.quorum) {
            reading.why = Failure.TooFarApart;
            return reading;
        }
        reading.value = uint128(median); // between two answers
        reading.status = Status.Good;
        reading.age = uint40(block.timestamp) - reading.at;
    }

    /// @notice Whether a median is farther from the anchor than the time since allows.
    function tooFast(uint256 median, uint256 anchor, uint256 anchoredAt, uint256 pace) internal view returns (bool) {
        uint256 window = uint32(pace);
        if (window == 0 || anchoredAt == 0) return false;
        uint256 span = Math.max(block.timestamp - anchoredAt, window);
        // 128 + 64 + 40 bits.
        return _distance(median, anchor) > (anchor * uint64(pace >> 32) * span) / (window * WAD);
    }

    /// @dev Sorted as they come: 15 at most, and mostly in the same small range.
    function _median(Answer[] memory given) private pure returns (uint256 median, uint256 found) {
        uint256[] memory sorted = new uint256[](given.length);
        unchecked {
            for (uint256 i = 0; i < given.length; ++i) {
                if (given[i].reason != Reason.None) continue;
                uint256 value = given[i].value;
                uint256 place = found++;
                while (place != 0 && sorted[place - 1] > value) {
                    sorted[place] = sorted[place - 1];
                    --place;
                }
                sorted[place] = value;
            }
            if (found == 0) return (0, 0);
            // Of an odd number both are the same one. Each is below 2^128.
            median = (sorted[(found - 1) / 2] + sorted[found / 2]) / 2;
        }
    }

    /// @dev Those near the median: how many, how old, how wide.
    function _count(Answer[] memory given, uint256 median, uint256 allowed, Reading memory reading) private pure {
        uint256 oldest = type(uint40).max;
        uint256 widest = 0;
        uint256 counted = 0;
        unchecked {
            for (uint256 i = 0; i < given.length; ++i) {
                Answer memory one = given[i];
                if (one.reason != Reason.None) continue;
                uint256 distance = _distance(one.value, median);
                if (distance > allowed) {
                    one.reason = Reason.Deviates;
                    continue;
                }
                ++counted;
                if (one.at < oldest) oldest = one.at;
                if (distance + one.confidence > widest) widest = distance + one.confidence;
            }
        }
        reading.counted = uint8(counted);
        if (counted < reading.quorum) return;
        reading.at = uint40(oldest);
        reading.confidence = uint128(Math.min(widest, type(uint128).max));
    }

    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : b - a;
    }
}
