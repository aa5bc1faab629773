// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISanctionsOracle} from "interfaces/ISanctionsOracle.sol";

/// @title A sanctions oracle on which anybody writes, and which can be made to fail
contract SanctionsBoard is ISanctionsOracle {
    /// @notice Whoever asks gets no answer.
    error OutOfOrder();

    bool private _broken;
    mapping(address account => bool) private _sanctioned;

    /// @notice Writes an account on the board, or wipes it off.
    function set(address account, bool sanctioned) external {
        _sanctioned[account] = sanctioned;
    }

    /// @notice From now on nobody is answered, or everybody again.
    function setBroken(bool broken) external {
        _broken = broken;
    }

    /// @inheritdoc ISanctionsOracle
    function isSanctioned(address account) external view returns (bool) {
        if (_broken) revert OutOfOrder();
        return _sanctioned[account];
    }
}
