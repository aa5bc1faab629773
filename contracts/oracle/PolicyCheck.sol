// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOracleHub, OnFailure, Policy, Source} from "interfaces/IOracleHub.sol";
import {WAD} from "interfaces/Types.sol";

/// @title What a policy must be before it is set (rules 2 and 11)
library PolicyCheck {
    uint256 private constant MOST_SOURCES = 15;

    /// @dev A cold adapter, its cold feed and two slots are about 10,000.
    uint256 private constant LEAST_GAS = 20_000;

    /// @dev With 15 sources that is 7.5 million: a quarter of a block.
    uint256 private constant MOST_GAS = 500_000;

    function check(bytes32 key, Policy calldata policy) internal view {
        uint256 count = policy.sources.length;
        if (count == 0 || count > MOST_SOURCES) revert IOracleHub.SourceCount(count, MOST_SOURCES);
        if (policy.quorum == 0 || policy.quorum > count) revert IOracleHub.QuorumImpossible(policy.quorum, count);
        if (policy.lowest >= policy.highest) revert IOracleHub.BoundsEmpty(policy.lowest, policy.highest);
        if (policy.onFailure == OnFailure.HoldLower) {
            uint256 last = policy.haircut.value() + (policy.haircutGrowth.value() * policy.holdAtMost) / 1 days;
            if (last >= WAD) revert IOracleHub.HaircutTooLarge(last, WAD);
        }
        bytes32[] memory seen = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            Source calldata source = policy.sources[i];
            if (source.gasLimit < LEAST_GAS || source.gasLimit > MOST_GAS) {
                revert IOracleHub.GasLimitOutside(source.gasLimit, LEAST_GAS, MOST_GAS);
            }
            if (address(source.adapter).code.length == 0) revert IOracleHub.NoAdapter(address(source.adapter));
            seen[i] = keccak256(abi.encode(source.adapter, source.config));
            for (uint256 j = 0; j < i; ++j) if (seen[j] == seen[i]) revert IOracleHub.SourceTwice(j, i);
            source.adapter.check(key, source.config);
        }
    }
}
