// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Stands in for an asset that the deal must refuse: one in a hundred units is lost on every transfer
contract FeeOnTransferToken is ERC20 {
    uint256 private constant UNITS_A_FEE = 100;

    constructor() ERC20("Fee On Transfer", "FEE") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        bool moved = from != address(0) && to != address(0);
        uint256 fee = moved ? amount / UNITS_A_FEE : 0;
        super._update(from, to, amount - fee);
        if (fee != 0) super._update(from, address(0), fee);
    }
}
