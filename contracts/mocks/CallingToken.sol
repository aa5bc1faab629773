// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title Stands in for an asset that calls back while it moves; it is besides an investor, and whatever role it is given
contract CallingToken is ERC20 {
    using Address for address;

    address private _target;
    bytes private _call;

    /// @notice Whether the call that was armed has been made, and whether it was obeyed.
    bool public called;
    bool public obeyed;

    constructor() ERC20("Calling", "CALL") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Makes this call now, in the token's own name.
    function act(address target, bytes calldata data) external returns (bytes memory answer) {
        return target.functionCall(data);
    }

    /// @notice Makes this call in the middle of the next transfer.
    function arm(address target, bytes calldata data) external {
        _target = target;
        _call = data;
        called = false;
        obeyed = false;
    }

    function decimals() public pure override returns (uint8) {
        return 2;
    }

    function _update(address from, address to, uint256 amount) internal virtual override {
        super._update(from, to, amount);
        _callBack(from);
    }

    function _callBack(address from) internal {
        address target = _target;
        if (target == address(0) || from == address(0)) return;
        _target = address(0);
        called = true;
        try this.act(target, _call) {
            obeyed = true;
        } catch {
            obeyed = false;
        }
    }
}
