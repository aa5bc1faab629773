// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistryWatcher} from "interfaces/IRegistryWatcher.sol";
import {Record} from "interfaces/Records.sol";

/// @title Somebody else's contract that a registry tells of changes, until it fails
contract BadWatcher is IRegistryWatcher {
    error Unwilling();

    bool private _fails;

    function fail() external {
        _fails = true;
    }

    /// @inheritdoc IRegistryWatcher
    function standingChanged(uint64, uint16) external view {
        _listen();
    }

    /// @inheritdoc IRegistryWatcher
    function rewritten(address[] calldata, Record, Record) external view {
        _listen();
    }

    /// @inheritdoc IRegistryWatcher
    function joined(address, Record) external view {
        _listen();
    }

    /// @inheritdoc IRegistryWatcher
    function heldBy(address) external view returns (address, uint256) {
        _listen();
        return (address(0), 0);
    }

    function _listen() private view {
        if (_fails) revert Unwilling();
    }
}
