// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";

/// @title Stands in for a vault of others: OpenZeppelin's ERC-4626 as it comes, beside which ours is measured
contract PlainVault is ERC4626 {
    uint8 private immutable _offset;

    constructor(IERC20 asset, uint8 offset) ERC20("Plain Vault", "PLAIN") ERC4626(asset) {
        _offset = offset;
    }

    function _decimalsOffset() internal view override returns (uint8) {
        return _offset;
    }
}
