// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What is asked of Chainlink's aggregators (their `AggregatorV3Interface`), and of the proxies before them
interface IAggregatorV3 {
    /// @notice Decimals of an answer.
    function decimals() external view returns (uint8);

    /// @notice The last round.
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);

    /// @notice Of a proxy only: the aggregator behind it.
    function aggregator() external view returns (address);

    /// @notice Of an aggregator only: the smallest answer that it gives.
    function minAnswer() external view returns (int192);

    /// @notice Of an aggregator only: the largest answer that it gives.
    function maxAnswer() external view returns (int192);

    /// @notice Of an aggregator before off-chain reporting only: the smallest submission that it takes.
    function minSubmissionValue() external view returns (int256);

    /// @notice The largest.
    function maxSubmissionValue() external view returns (int256);
}
