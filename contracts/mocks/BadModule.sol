// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRule, Movement} from "interfaces/IRule.sol";

/// @title A module that anybody can make misbehave: an outside contract whose code nobody has read
contract BadModule is IRule {
    /// @notice How it answers and listens.
    enum Manner {
        GOOD,
        REVERTS,
        EATS_ALL_GAS,
        ANSWERS_NOTHING,
        ANSWERS_TOO_MUCH,
        ANSWERS_TWO,
        FLOODS
    }

    /// @notice As it was told.
    error Unwilling();

    uint8 private immutable _uses;
    Manner private _asked;
    Manner private _told;
    Manner private _speaks;

    constructor(uint8 uses) {
        _uses = uses;
    }

    /// @notice How it answers and listens from now on.
    function behave(Manner asked, Manner told) external {
        (_asked, _told) = (asked, told);
    }

    /// @notice How it says why it refuses, from now on.
    function speak(Manner manner) external {
        _speaks = manner;
    }

    /// @inheritdoc IRule
    function created(Movement calldata) external view {
        _misbehave(_told);
    }

    /// @inheritdoc IRule
    function transferred(Movement calldata) external view {
        _misbehave(_told);
    }

    /// @inheritdoc IRule
    function destroyed(Movement calldata) external view {
        _misbehave(_told);
    }

    /// @inheritdoc IRule
    function begin() external view returns (uint8) {
        _misbehave(_told);
        return _uses;
    }

    /// @inheritdoc IRule
    function allows(Movement calldata) external view returns (bool) {
        _misbehave(_asked);
        return true;
    }

    /// @inheritdoc IRule
    function words() external view returns (string memory) {
        _misbehave(_speaks);
        return "Bad.";
    }

    // One branch for each manner, so that a test names one.
    // solhint-disable-next-line code-complexity
    function _misbehave(Manner manner) private pure {
        if (manner == Manner.REVERTS) revert Unwilling();
        // There is nothing in the loop but the gas that it burns.
        // solhint-disable-next-line no-empty-blocks
        if (manner == Manner.EATS_ALL_GAS) while (true) {}
        // solhint-disable no-inline-assembly
        if (manner == Manner.ANSWERS_NOTHING)
            assembly ("memory-safe") {
                return(0, 0)
            }
        if (manner == Manner.ANSWERS_TOO_MUCH)
            assembly ("memory-safe") {
                return(0, 20000)
            }
        if (manner == Manner.ANSWERS_TWO)
            assembly ("memory-safe") {
                mstore(0, 2)
                return(0, 32)
            }
        if (manner == Manner.FLOODS)
            assembly ("memory-safe") {
                mstore(0, 1)
                return(0, 190000)
            }
        // solhint-enable no-inline-assembly
    }
}
