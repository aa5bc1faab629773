// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Answer, Reason} from "interfaces/ISource.sol";

/// @title Numbers of any decimals as WAD (rule 14)
library Scaling {
    uint256 internal constant MOST_DECIMALS = 36;
    uint256 private constant WAD_DECIMALS = 18;

    /// @notice Writes `value`, which has so many decimals (0 to 36), into the answer; down.
    function put(Answer memory given, int256 value, uint256 decimals) internal pure {
        if (value < 0) {
            given.reason = Reason.Negative;
            return;
        }
        (uint256 wad, bool fits) = toWad(uint256(value), decimals);
        if (fits) given.value = uint128(wad);
        else given.reason = Reason.TooLarge;
    }

    /// @notice The same as a number, and whether it fits 128 bits.
    function toWad(uint256 value, uint256 decimals) internal pure returns (uint256 wad, bool fits) {
        if (decimals > WAD_DECIMALS) {
            wad = value / 10 ** (decimals - WAD_DECIMALS);
        } else {
            // At most 10^18 < 2^60: what is not below 2^128 before is not afterwards.
            if (value > type(uint128).max) return (0, false);
            wad = value * 10 ** (WAD_DECIMALS - decimals);
        }
        fits = wad <= type(uint128).max;
    }

    /// @notice Seconds as an answer keeps them; what is no date is later than now.
    function time(uint256 at) internal pure returns (uint40) {
        return at > type(uint40).max ? type(uint40).max : uint40(at);
    }
}
