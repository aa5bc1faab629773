// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What is needed of forge's cheatcodes
interface Vm {
    function prank(address sender) external;
    function warp(uint256 timestamp) external;
}

Vm constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
