// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Remembering} from "contracts/compliance/rules/Remembering.sol";
import {IRegulatedCompliance} from "interfaces/IRegulatedCompliance.sol";
import {IRule, Kind, Movement} from "interfaces/IRule.sol";

/// @title From a threshold on, a record of who sends to whom is filed before a transfer
contract TravelRule is Remembering {
    /// @notice A record was filed for one transfer.
    event Filed(address indexed from, address indexed to, uint256 units, bytes32 recordHash);

    /// @notice The transfer was made, and its record is used.
    event Travelled(address indexed from, address indexed to, uint256 units, bytes32 recordHash);

    /* STORAGE */

    /// @notice Units from which on a record is needed.
    uint112 public threshold;

    mapping(address from => mapping(address to => mapping(uint256 units => bytes32))) private _records;

    /* CONSTRUCTOR */

    constructor(IRegulatedCompliance compliance_, uint112 threshold_) Remembering(compliance_) {
        threshold = threshold_;
    }

    /// @notice Another threshold. Only through the compliance.
    function set(uint112 threshold_) external {
        _onlyCompliance();
        threshold = threshold_;
    }

    /* RECORDS */

    /// @notice Files the hash of a record for one transfer. Only an agent of the note.
    function file(address from, address to, uint256 units, bytes32 recordHash) external {
        _onlyAgent();
        _records[from][to][units] = recordHash;
        emit Filed(from, to, units, recordHash);
    }

    /// @notice The record that waits for a transfer; zero for none.
    function recordOf(address from, address to, uint256 units) external view returns (bytes32) {
        return _records[from][to][units];
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
        if (moved.within() || moved.units < threshold) return true;
        return _records[moved.from.wallet][moved.to.wallet][moved.units] != bytes32(0);
    }

    /// @inheritdoc IRule
    function words() external pure returns (string memory) {
        return "No travel-rule record was filed for this transfer.";
    }

    /* INTERNAL */

    function _transferred(Movement calldata movement) internal override {
        Movement memory moved = movement;
        if (moved.kind != Kind.TRANSFER || moved.within() || moved.units < threshold) return;
        (address from, address to) = (moved.from.wallet, moved.to.wallet);
        bytes32 recordHash = _records[from][to][moved.units];
        delete _records[from][to][moved.units];
        emit Travelled(from, to, moved.units, recordHash);
    }
}
