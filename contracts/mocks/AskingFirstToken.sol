// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CallingToken} from "contracts/mocks/CallingToken.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title The same that calls before it moves, as ERC-777 asks its payer
contract AskingFirstToken is CallingToken {
    function _update(address from, address to, uint256 amount) internal override {
        _callBack(from);
        ERC20._update(from, to, amount);
    }
}
