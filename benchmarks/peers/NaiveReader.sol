// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

interface IFeed {
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80);
}

/// @title What people write who read five Chainlink feeds: an age, a sign, a median; no quorum, no try, no bounds
contract NaiveReader {
    IFeed[5] private _feeds;

    error Stale(uint256 feed);

    constructor(IFeed[5] memory feeds) {
        _feeds = feeds;
    }

    function median() external view returns (int256) {
        int256[] memory sorted = new int256[](5);
        for (uint256 i = 0; i < 5; ++i) {
            (, int256 answer, , uint256 updatedAt, ) = _feeds[i].latestRoundData();
            if (answer <= 0 || block.timestamp - updatedAt > 1 hours) revert Stale(i);
            uint256 place = i;
            while (place != 0 && sorted[place - 1] > answer) {
                sorted[place] = sorted[place - 1];
                --place;
            }
            sorted[place] = answer;
        }
        return sorted[2];
    }
}

/// @title The gas of one call, everything cold: what a contract pays that reads
contract GasOfCall {
    function measure(address whom, bytes calldata data) external view returns (uint256 used) {
        uint256 before = gasleft();
        // Either reader is asked by its bytes, so that both cost the same to call.
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, ) = whom.staticcall(data);
        used = before - gasleft();
        require(done, "refused");
    }
}
