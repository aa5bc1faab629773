// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Stands in for an asset whose balances change by themselves: accounts have shares, a share is worth `worth / ONE`
contract RebasingToken is IERC20 {
    uint256 public constant ONE = 1_000;

    uint256 public worth = ONE;
    mapping(address account => uint256 shares) public sharesOf;
    mapping(address owner => mapping(address spender => uint256 amount)) public allowance;
    uint256 private _shares;

    /// @notice From now on each share is worth `worth_ / ONE`.
    function rebase(uint256 worth_) external {
        worth = worth_;
    }

    function mint(address to, uint256 amount) external {
        uint256 shares = (amount * ONE) / worth;
        sharesOf[to] += shares;
        _shares += shares;
        emit Transfer(address(0), to, amount);
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
        return true;
    }

    function balanceOf(address account) external view returns (uint256) {
        return (sharesOf[account] * worth) / ONE;
    }

    function totalSupply() external view returns (uint256) {
        return (_shares * worth) / ONE;
    }

    function decimals() external pure returns (uint8) {
        return 2;
    }

    function _move(address from, address to, uint256 amount) private {
        uint256 shares = (amount * ONE) / worth;
        sharesOf[from] -= shares;
        sharesOf[to] += shares;
        emit Transfer(from, to, amount);
    }
}
