// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title One of two with the same name
contract Twin {
    function side() external pure returns (string memory) {
        return "right";
    }
}
