// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICompliance} from "interfaces/ICompliance.sol";
import {IEarningToken} from "interfaces/IEarningToken.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title How many units may move, at this block
/// @dev Nothing here reverts: `max*` must not. A question that fails is a no.
library Reach {
    /// @notice Whether nobody may move the token. One without `paused()` never is.
    function paused(address token) internal view returns (bool) {
        return _ask(token, abi.encodeWithSignature("paused()")) != 0;
    }

    /// @notice Units that `holder` has and may send, as far as freezes say.
    function free(IEarningToken token, address holder) internal view returns (uint256) {
        if (token.isFrozen(holder)) return 0;
        uint256 frozen = _ask(address(token), abi.encodeWithSignature("getFrozenTokens(address)", holder));
        return Math.saturatingSub(token.balanceOf(holder), frozen);
    }

    /// @notice What compliance says; one that does not answer says no.
    function allows(ICompliance rule, address from, address to, uint256 units) internal view returns (bool) {
        try rule.canTransfer(from, to, units) returns (bool yes) {
            return yes;
        } catch {
            return false;
        }
    }

    /// @notice The most of `limit` units that compliance lets pass from `from` to `by` and from there to `to`; the same address
    ///         twice is not asked about. See rule 9 of docs/vaults.md.
    function most(
        ICompliance rule,
        address from,
        address by,
        address to,
        uint256 limit
    ) internal view returns (uint256) {
        if (limit == 0 || _passes(rule, from, by, to, limit)) return limit;
        uint256 allowed; // nothing is always allowed
        while (limit - allowed > 1) {
            uint256 middle = allowed + (limit - allowed) / 2;
            if (_passes(rule, from, by, to, middle)) allowed = middle;
            else limit = middle;
        }
        return allowed;
    }

    function _passes(
        ICompliance rule,
        address from,
        address by,
        address to,
        uint256 units
    ) private view returns (bool) {
        return (from == by || allows(rule, from, by, units)) && allows(rule, by, to, units);
    }

    function _ask(address token, bytes memory question) private view returns (uint256 answer) {
        (bool answered, bytes memory data) = token.staticcall(question);
        if (answered && data.length == 32) answer = abi.decode(data, (uint256));
    }
}
