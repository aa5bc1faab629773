// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Stands in for an asset whose issuer blacklists accounts; here anybody can
contract RefusingToken is ERC20 {
    error Refused(address account);

    mapping(address account => bool) private _refused;

    constructor() ERC20("Refusing", "REFUSE") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function refuse(address account, bool refused) external {
        _refused[account] = refused;
    }

    function decimals() public pure override returns (uint8) {
        return 2;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (_refused[from]) revert Refused(from);
        if (_refused[to]) revert Refused(to);
        super._update(from, to, amount);
    }
}
