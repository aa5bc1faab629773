// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A library that is deployed apart
library Doubling {
    error TooBig(uint256 value);

    event Doubled(uint256 value);

    function double(uint256 value) external returns (uint256) {
        if (value > 100) revert TooBig(value);
        emit Doubled(2 * value);
        return 2 * value;
    }
}

/// @title Another one
library Halving {
    function halve(uint256 value) external pure returns (uint256) {
        return value / 2;
    }
}

/// @title Needs both to be linked
contract Linked {
    uint256 public last;

    function double(uint256 value) external returns (uint256) {
        last = Doubling.double(value);
        return last;
    }

    function halve(uint256 value) external pure returns (uint256) {
        return Halving.halve(value);
    }
}
