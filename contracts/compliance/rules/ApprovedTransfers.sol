// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Remembering} from "contracts/compliance/rules/Remembering.sol";
import {IRegulatedCompliance} from "interfaces/IRegulatedCompliance.sol";
import {IRule, Kind, Movement} from "interfaces/IRule.sol";

/// @title An agent approves each transfer in advance, for one time
contract ApprovedTransfers is Remembering {
    /// @notice The transfer may be made once before `until`.
    event Approved(address indexed from, address indexed to, uint256 units, uint40 until);

    /// @notice It may not be made any more.
    event Withdrawn(address indexed from, address indexed to, uint256 units);

    /* STORAGE */

    mapping(address from => mapping(address to => mapping(uint256 units => uint40 until))) private _until;

    /* CONSTRUCTOR */

    constructor(IRegulatedCompliance compliance_) Remembering(compliance_) {}

    /* APPROVALS */

    /// @notice Approves one transfer of exactly so many units. Only an agent of the note.
    /// @param until Seconds; the first at which it may no more be made.
    function approve(address from, address to, uint256 units, uint40 until) external {
        _onlyAgent();
        _until[from][to][units] = until;
        emit Approved(from, to, units, until);
    }

    /// @notice Takes an approval back. Only an agent of the note.
    function withdraw(address from, address to, uint256 units) external {
        _onlyAgent();
        delete _until[from][to][units];
        emit Withdrawn(from, to, units);
    }

    /// @notice Second before which the transfer may be made; 0 for one that was not approved.
    function approvedUntil(address from, address to, uint256 units) external view returns (uint40) {
        return _until[from][to][units];
    }

    /* RULE */

    /// @inheritdoc IRule
    function begin() external view returns (uint8 uses) {
        _onlyCompliance();
        return CHECKS_TRANSFERS | RECORDS;
    }

    /// @inheritdoc IRule
    function allows(Movement calldata movement) external view returns (bool) {
        Movement memory moved = movement;
        if (moved.within()) return true;
        return block.timestamp < _until[moved.from.wallet][moved.to.wallet][moved.units];
    }

    /// @inheritdoc IRule
    function words() external pure returns (string memory) {
        return "No agent approved this transfer.";
    }

    /* INTERNAL */

    function _transferred(Movement calldata movement) internal override {
        Movement memory moved = movement;
        if (moved.kind != Kind.TRANSFER || moved.within()) return;
        delete _until[moved.from.wallet][moved.to.wallet][moved.units];
    }
}
