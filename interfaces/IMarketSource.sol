// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICumulativePair} from "interfaces/ICumulativePair.sol";
import {ISource} from "interfaces/ISource.sol";

/// @notice Which market: the adapter's config, `abi.encode`d.
/// @param ofToken1 The price of token 1 in token 0 is meant; else of 0 in 1.
/// @param baseDecimals Of the token whose price it is, 0 to 36.
/// @param quoteDecimals Of the token in which it is given, 0 to 36.
/// @param window Seconds over which the price is averaged at least, above 0.
/// @param leastReserve Units of the quote that must be in the market.
struct Market {
    ICumulativePair pair;
    bool ofToken1;
    uint8 baseDecimals;
    uint8 quoteDecimals;
    uint32 window;
    uint112 leastReserve;
}

/// @notice What the accumulators of a pair stood at.
/// @param at Seconds since 1970; 0: never marked.
struct Mark {
    uint256 cumulative0;
    uint256 cumulative1;
    uint40 at;
}

/// @title The time-weighted price of a market as a source
/// @notice One contract for all pairs. Anyone may mark a pair for a window; two marks at least a window apart are kept of each, and the
///         price is averaged since the newer one that is as old as the window.
/// @dev Warning: who can hold a market at another price for the whole window can move this source; the median and the deviation of a
///      policy are what stands against it. Where nobody marks, the average reaches further back. The least reserve is that of
///      now, which a deposit for one transaction lifts: it says that a market is empty, not that it was deep.
interface IMarketSource is ISource {
    /// @notice The accumulators of a pair were kept.
    event Marked(
        ICumulativePair indexed pair,
        uint32 indexed window,
        uint256 cumulative0,
        uint256 cumulative1,
        uint40 at
    );

    /// @notice The next mark can be made at `from` (seconds): marks closer together than the window would leave none that is old enough.
    error TooEarlyToMark(ICumulativePair pair, uint256 time, uint256 from);

    /// @notice Keeps what the accumulators of a pair stand at; the last mark becomes the older one. By anyone, once in a window.
    function mark(ICumulativePair pair, uint32 window) external;

    /// @notice The two marks that are kept of a pair for a window.
    function marks(ICumulativePair pair, uint32 window) external view returns (Mark memory older, Mark memory newer);

    /// @notice The config for a market.
    function configOf(Market calldata market) external pure returns (bytes memory config);
}
