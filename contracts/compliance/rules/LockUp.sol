// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Lots} from "contracts/compliance/rules/Lots.sol";
import {Remembering} from "contracts/compliance/rules/Remembering.sol";
import {IRegulatedCompliance} from "interfaces/IRegulatedCompliance.sol";
import {IRule, Side} from "interfaces/IRule.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title What is acquired stays for a time, and until a date: the later of both
contract LockUp is Lots {
    /* STORAGE */

    /// @notice Seconds that a lot stays; ends are rounded up to a sixteenth of it.
    uint40 public duration;

    /// @notice First second at which a lot may be sent.
    uint40 public until;

    /* CONSTRUCTOR */

    constructor(IRegulatedCompliance compliance_, uint40 duration_, uint40 until_) Remembering(compliance_) {
        (duration, until) = (duration_, until_);
    }

    /// @notice Other terms for lots to come. Only through the compliance.
    function set(uint40 duration_, uint40 until_) external {
        _onlyCompliance();
        (duration, until) = (duration_, until_);
    }

    /// @inheritdoc IRule
    function words() external pure returns (string memory) {
        return "Of the sender's units too many are locked up.";
    }

    function _endOf(Side memory) internal view override returns (uint256) {
        return Math.max(_after(duration), until);
    }
}
