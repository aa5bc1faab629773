// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title A holder that is a contract and sends with as little gas as it is told
contract ThriftyHolder {
    /// @notice Sends units with so much gas.
    function send(IERC20 note, address to, uint256 units, uint256 gas) external {
        note.transfer{gas: gas}(to, units);
    }
}
