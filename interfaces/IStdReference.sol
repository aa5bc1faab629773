// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What is asked of Band's standard reference (their names)
interface IStdReference {
    /// @param rate Of the base in the quote, 18 decimals.
    /// @param lastUpdatedBase Seconds since 1970.
    /// @param lastUpdatedQuote The same of the quote.
    struct ReferenceData {
        uint256 rate;
        uint256 lastUpdatedBase;
        uint256 lastUpdatedQuote;
    }

    /// @notice The rate of a pair; reverts where a symbol is not known.
    function getReferenceData(string calldata base, string calldata quote) external view returns (ReferenceData memory);
}
