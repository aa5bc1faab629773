// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICompliance} from "interfaces/ICompliance.sol";

/// @title Rules of one token as modules, as ERC-3643 has it
interface IModularCompliance is ICompliance {
    /// @notice A call went through to a module.
    event ModuleInteraction(address indexed target, bytes4 selector);

    /// @notice `token` is asked for here.
    event TokenBound(address token);

    /// @notice `token` is asked for here no more.
    event TokenUnbound(address token);

    /// @notice `module` is asked from now on.
    event ModuleAdded(address indexed module);

    /// @notice `module` is asked no more.
    event ModuleRemoved(address indexed module);

    /// @notice Binds the token. Only the owner's role: T-REX lets a token bind itself too, and so anybody who says to be one.
    function bindToken(address token) external;

    /// @notice Lets the token go. The owner's role, or the token itself.
    function unbindToken(address token) external;

    /// @notice Asks one more module (an `IRule`). Only the owner's role.
    function addModule(address module) external;

    /// @notice Asks a module no more. Only the owner's role.
    function removeModule(address module) external;

    /// @notice Calls a function of a module: how its parameters are set. Only the owner's role.
    function callModuleFunction(bytes calldata callData, address module) external;

    /// @notice Tells that units moved. Only the token.
    function transferred(address from, address to, uint256 amount) external;

    /// @notice Tells that units came to be. Only the token.
    function created(address to, uint256 amount) external;

    /// @notice Tells that units are no more. Only the token.
    function destroyed(address from, uint256 amount) external;

    /// @notice Whether a module is asked.
    function isModuleBound(address module) external view returns (bool);

    /// @notice The modules that are asked.
    function getModules() external view returns (address[] memory);

    /// @notice The token; zero where none is bound.
    function getTokenBound() external view returns (address);
}
