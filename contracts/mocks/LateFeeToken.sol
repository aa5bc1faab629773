// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Stands in for an asset that moves whole today and takes a fee tomorrow, as some stablecoins could; here anybody decides
contract LateFeeToken is ERC20 {
    uint256 private _fee;

    constructor() ERC20("Late Fee", "LATE") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function charge(uint256 fee) external {
        _fee = fee;
    }

    function decimals() public pure override returns (uint8) {
        return 2;
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from != address(0) && to != address(0) ? _fee : 0;
        super._update(from, to, amount - fee);
        if (fee != 0) super._update(from, address(0), fee);
    }
}
