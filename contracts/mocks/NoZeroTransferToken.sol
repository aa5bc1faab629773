// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Stands in for an asset that refuses to move nothing; the deal must work with it
contract NoZeroTransferToken is ERC20 {
    error NothingToMove();

    constructor() ERC20("No Zero Transfer", "NOZERO") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function decimals() public pure override returns (uint8) {
        return 2;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (amount == 0) revert NothingToMove();
        super._update(from, to, amount);
    }
}
