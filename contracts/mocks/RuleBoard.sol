// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICompliance} from "interfaces/ICompliance.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Stands in for compliance rules of an issuer's own: who is refused, how much one may hold; here anybody decides
contract RuleBoard is ICompliance {
    error OutOfOrder();

    IERC20 private _token;
    uint256 private _most = type(uint256).max;
    bool private _broken;
    mapping(address account => bool) private _refused;

    /// @notice Holdings are those of this token.
    function watch(IERC20 token) external {
        _token = token;
    }

    /// @notice Nobody may receive beyond `most`.
    function limit(uint256 most) external {
        _most = most;
    }

    function refuse(address account, bool refused) external {
        _refused[account] = refused;
    }

    /// @notice From now on the rule answers nothing.
    function ruin() external {
        _broken = true;
    }

    /// @inheritdoc ICompliance
    function canTransfer(address, address to, uint256 units) external view returns (bool) {
        if (_broken) revert OutOfOrder();
        if (_most == type(uint256).max) return !_refused[to];
        uint256 held = _token.balanceOf(to);
        return !_refused[to] && held <= _most && units <= _most - held;
    }
}
