// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What one disposal brings to the pool, beside the servicer's reports. Settlement units.
/// @param gross Came from the buyer, the debtor or a forfeited deposit.
/// @param costs Taken off before; gross less costs is the cash that arrives.
/// @param writtenOff Claim amount given up with it.
/// @param recovered Part of the cash that came on claims written off before.
struct Proceeds {
    uint112 gross;
    uint112 costs;
    uint112 writtenOff;
    uint112 recovered;
}
