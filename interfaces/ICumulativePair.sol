// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What is asked of a market that accumulates price times seconds: a pair of Uniswap v2 (their names)
interface ICumulativePair {
    /// @notice What is in it, and when that last changed (seconds modulo 2^32).
    function getReserves() external view returns (uint112 reserve0, uint112 reserve1, uint32 blockTimestampLast);

    /// @notice Sum of price of token 0 in token 1 (times 2^112) times seconds, to the last change; it overflows, as is meant.
    function price0CumulativeLast() external view returns (uint256);

    /// @notice The same of token 1 in token 0.
    function price1CumulativeLast() external view returns (uint256);
}
