// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What is asked of Pyth's contract (their names)
/// @notice Prices are pulled: whoever wants a fresh one brings Pyth's signed message there first.
interface IPyth {
    /// @param price Times 10^expo.
    /// @param conf Half the width of the interval, times 10^expo.
    /// @param publishTime Seconds since 1970.
    struct Price {
        int64 price;
        uint64 conf;
        int32 expo;
        uint256 publishTime;
    }

    /// @notice The last price of a feed, however old; reverts where there is none.
    function getPriceUnsafe(bytes32 id) external view returns (Price memory);
}
