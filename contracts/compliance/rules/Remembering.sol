// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAgentRole} from "interfaces/IAgentRole.sol";
import {IIdentityRegistry} from "interfaces/IIdentityRegistry.sol";
import {IRegulatedCompliance} from "interfaces/IRegulatedCompliance.sol";
import {IRule, Movement, Side} from "interfaces/IRule.sol";

/// @title What every rule with a memory has: one compliance, whom alone it obeys, and nothing to remember unless it says so
abstract contract Remembering is IRule {
    uint8 internal constant CHECKS_TRANSFERS = 1;
    uint8 internal constant CHECKS_MINTS = 2;
    uint8 internal constant RECORDS = 4;
    uint8 internal constant ENDS_ONLY = 8;

    /// @notice Only the compliance does this; parameters are set through its `callModuleFunction`.
    error NotTheCompliance(address caller, address compliance);

    /* IMMUTABLES */

    /// @notice Whose rule this is.
    IRegulatedCompliance public immutable compliance;

    /* CONSTRUCTOR */

    constructor(IRegulatedCompliance compliance_) {
        compliance = compliance_;
    }

    /* WHAT IS TOLD */

    /// @inheritdoc IRule
    function created(Movement calldata movement) external {
        _onlyCompliance();
        _created(movement);
    }

    /// @inheritdoc IRule
    function transferred(Movement calldata movement) external {
        _onlyCompliance();
        _transferred(movement);
    }

    /// @inheritdoc IRule
    function destroyed(Movement calldata movement) external {
        _onlyCompliance();
        _destroyed(movement);
    }

    /* INTERNAL */

    // A rule overrides what it remembers by; the rest tells it nothing.
    // solhint-disable no-empty-blocks
    function _created(Movement calldata movement) internal virtual {}

    function _transferred(Movement calldata movement) internal virtual {}

    function _destroyed(Movement calldata movement) internal virtual {}
    // solhint-enable no-empty-blocks

    function _onlyCompliance() internal view {
        if (msg.sender != address(compliance)) revert NotTheCompliance(msg.sender, address(compliance));
    }

    /// @dev What is remembered of a person is kept by the address of its identity: a number is one registry's, and after a change
    ///      of registry it would be somebody else's. Zero for a stranger.
    function _personOf(Side memory side) internal view returns (address) {
        if (side.identity == 0) return address(0);
        return IIdentityRegistry(compliance.registry()).identity(side.wallet);
    }

    /// @dev Agents of a rule are the agents of its note.
    function _onlyAgent() internal view {
        address token = compliance.getTokenBound();
        if (token == address(0) || !IAgentRole(token).isAgent(msg.sender)) revert IAgentRole.NotAnAgent(msg.sender);
    }
}
