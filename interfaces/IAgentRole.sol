// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who acts for a contract from day to day, as ERC-3643 has it
/// @dev Warning: an agent of a note moves, freezes and recovers units; an agent of a registry says who somebody is.
interface IAgentRole {
    /// @notice `agent` may act from now on.
    event AgentAdded(address indexed agent);

    /// @notice `agent` may act no more.
    event AgentRemoved(address indexed agent);

    /// @notice Only an agent may do this.
    error NotAnAgent(address caller);

    /// @notice The zero address can't act.
    error ZeroAgent();

    /// @notice Lets `agent` act, from this block on. Only the owner's role.
    function addAgent(address agent) external;

    /// @notice Stops `agent`, from this block on. Only the owner's role.
    function removeAgent(address agent) external;

    /// @notice Whether `agent` may act.
    function isAgent(address agent) external view returns (bool);
}
