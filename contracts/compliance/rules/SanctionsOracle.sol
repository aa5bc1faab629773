// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Remembering} from "contracts/compliance/rules/Remembering.sol";
import {IRegulatedCompliance} from "interfaces/IRegulatedCompliance.sol";
import {IRule, Movement} from "interfaces/IRule.sol";
import {ISanctionsOracle} from "interfaces/ISanctionsOracle.sol";

/// @title Nobody whom an oracle calls sanctioned sends or receives
/// @dev Warning: an oracle that does not answer makes the rule a broken module (docs/compliance.md).
contract SanctionsOracle is Remembering {
    /* STORAGE */

    /// @notice Who is asked.
    ISanctionsOracle public oracle;

    /* CONSTRUCTOR */

    constructor(IRegulatedCompliance compliance_, ISanctionsOracle oracle_) Remembering(compliance_) {
        oracle = oracle_;
    }

    /// @notice Asks another. Only through the compliance.
    function set(ISanctionsOracle oracle_) external {
        _onlyCompliance();
        oracle = oracle_;
    }

    /* RULE */

    /// @inheritdoc IRule
    function begin() external view returns (uint8 uses) {
        _onlyCompliance();
        return CHECKS_TRANSFERS | CHECKS_MINTS;
    }

    /// @inheritdoc IRule
    function allows(Movement calldata movement) external view returns (bool) {
        address from = movement.from.wallet;
        if (from != address(0) && oracle.isSanctioned(from)) return false;
        return !oracle.isSanctioned(movement.to.wallet);
    }

    /// @inheritdoc IRule
    function words() external pure returns (string memory) {
        return "The oracle calls one side sanctioned.";
    }
}
