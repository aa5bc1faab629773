// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIndexOracle} from "interfaces/IIndexOracle.sol";

/// @title Stands in for the oracle of an interest-rate index: anybody can write on it
contract IndexBoard is IIndexOracle {
    error NotKnown(uint40 time);

    mapping(uint40 time => int64 index) private _indices;
    mapping(uint40 time => bool known) private _known;

    function write(uint40 time, int64 index) external {
        _indices[time] = index;
        _known[time] = true;
    }

    /// @inheritdoc IIndexOracle
    function indexAt(uint40 time) external view returns (int64) {
        if (!_known[time]) revert NotKnown(time);
        return _indices[time];
    }
}
