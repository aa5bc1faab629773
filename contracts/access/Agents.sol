// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAgentRole} from "interfaces/IAgentRole.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

/// @title A list of agents beside the roles of the deal, as ERC-3643 clients expect it
abstract contract Agents is IAgentRole, AccessManaged {
    /* STORAGE */

    /// @inheritdoc IAgentRole
    mapping(address agent => bool) public isAgent;

    /* AGENTS */

    /// @inheritdoc IAgentRole
    function addAgent(address agent) external restricted {
        _addAgent(agent);
    }

    /// @inheritdoc IAgentRole
    function removeAgent(address agent) external restricted {
        _removeAgent(agent);
    }

    /* INTERNAL */

    function _addAgent(address agent) internal {
        if (agent == address(0)) revert ZeroAgent();
        isAgent[agent] = true;
        emit AgentAdded(agent);
    }

    function _removeAgent(address agent) internal {
        isAgent[agent] = false;
        emit AgentRemoved(agent);
    }

    function _onlyAgent() internal view {
        if (!isAgent[msg.sender]) revert NotAnAgent(msg.sender);
    }
}
