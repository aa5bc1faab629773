// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Lots} from "contracts/compliance/rules/Lots.sol";
import {Remembering} from "contracts/compliance/rules/Remembering.sol";
import {IRegulatedCompliance} from "interfaces/IRegulatedCompliance.sol";
import {IRule, Side} from "interfaces/IRule.sol";

/// @title What is acquired is held for a time that depends on the class of who acquired it
contract HoldPeriod is Lots {
    /* STORAGE */

    /// @notice Seconds by class (0 unknown to 3 institutional); ends are rounded up to a sixteenth.
    uint40[4] public durations;

    /* CONSTRUCTOR */

    constructor(IRegulatedCompliance compliance_, uint40[4] memory durations_) Remembering(compliance_) {
        durations = durations_;
    }

    /// @notice Other terms for lots to come. Only through the compliance.
    function set(uint40[4] calldata durations_) external {
        _onlyCompliance();
        durations = durations_;
    }

    /// @inheritdoc IRule
    function words() external pure returns (string memory) {
        return "Of the sender's units too many are in their hold period.";
    }

    function _endOf(Side memory to) internal view override returns (uint256) {
        return _after(durations[to.class]);
    }
}
