// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Cash comes in whole or not at all
/// @dev Everything later counts by the books, so an asset that takes a fee on transfer must be noticed at the door.
library ExactPull {
    using SafeERC20 for IERC20;

    /// @notice The settlement asset moved another amount than it was told (settlement units).
    error CashArrivedShort(uint256 arrived, uint256 expected);

    function pullExact(IERC20 asset, address from, uint256 cash) internal {
        moveExact(asset, from, address(this), cash);
    }

    /// @notice The same to another account of the deal, by the allowance that `from` gave to this contract.
    function moveExact(IERC20 asset, address from, address to, uint256 cash) internal {
        if (cash == 0) return; // some assets refuse to move nothing
        uint256 before = asset.balanceOf(to);
        asset.safeTransferFrom(from, to, cash);
        arrived(asset, to, before, cash);
    }

    /// @notice Sends this contract's own cash on to another account of the deal.
    function sendExact(IERC20 asset, address to, uint256 cash) internal {
        uint256 before = asset.balanceOf(to);
        asset.safeTransfer(to, cash);
        arrived(asset, to, before, cash);
    }

    /// @notice Whether `to`, which had `before`, has as much more.
    function arrived(IERC20 asset, address to, uint256 before, uint256 cash) internal view {
        uint256 more = asset.balanceOf(to) - before;
        if (more != cash) revert CashArrivedShort(more, cash);
    }
}
