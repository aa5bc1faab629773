// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Remembering} from "contracts/compliance/rules/Remembering.sol";
import {IRegulatedCompliance} from "interfaces/IRegulatedCompliance.sol";
import {IRule, Kind, Movement} from "interfaces/IRule.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title An identity sends no more than so much in a rolling period
/// @dev What is sent in an eighth of the period counts from its end on: for the period and up to an eighth and a second longer,
///      never shorter.
contract Velocity is Remembering {
    /// @param ends First second after the eighth in which the units were sent.
    struct Part {
        uint112 units;
        uint40 ends;
    }

    uint256 private constant PARTS = 8;
    /// @dev All eighths that can count, and the one under way.
    uint256 private constant PLACES = PARTS + 1;

    /* STORAGE */

    /// @notice Units in a period.
    uint112 public most;

    /// @notice Seconds.
    uint40 public period;

    mapping(address person => Part[9]) private _sent;

    /* CONSTRUCTOR */

    constructor(IRegulatedCompliance compliance_, uint112 most_, uint40 period_) Remembering(compliance_) {
        (most, period) = (most_, period_);
    }

    /// @notice Other terms. What was sent counts on, for the new period. Only through the compliance.
    function set(uint112 most_, uint40 period_) external {
        _onlyCompliance();
        (most, period) = (most_, period_);
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
        // What a stranger has sent, after a change of registry, nobody knows.
        if (moved.from.identity == 0) return moved.units == 0;
        return sentBy(_personOf(moved.from)) + moved.units <= most;
    }

    /// @inheritdoc IRule
    function words() external pure returns (string memory) {
        return "The sender has sent too much in this period.";
    }

    /* VIEWS */

    /// @notice Units that count now.
    function sentBy(address person) public view returns (uint256 units) {
        Part[9] storage sent = _sent[person];
        for (uint256 i; i < PLACES; ++i) if (_counts(sent[i].ends)) units += sent[i].units;
    }

    /* INTERNAL */

    function _transferred(Movement calldata movement) internal override {
        Movement memory moved = movement;
        if (moved.kind != Kind.TRANSFER || moved.within() || moved.from.identity == 0) return;
        uint256 eighth = Math.max(Math.ceilDiv(period, PARTS), 1);
        uint256 ends = (block.timestamp / eighth + 1) * eighth;
        Part[9] storage sent = _sent[_personOf(moved.from)];
        (uint256 place, bool counts) = _placeOf(sent, ends);
        if (!counts) sent[place].units = 0;
        sent[place].units += uint112(moved.units); // at most `most`
        // Against the sender: where another period left no place, both count as long as the later.
        if (!counts || sent[place].ends < ends) sent[place].ends = uint40(ends);
    }

    /// @dev The place of this eighth; else the first that counts no more; else that which counts longest.
    function _placeOf(Part[9] storage sent, uint256 ends) private view returns (uint256 place, bool counts) {
        uint256 free = PLACES;
        for (uint256 i; i < PLACES; ++i) {
            uint256 there = sent[i].ends;
            if (!_counts(there)) {
                if (free == PLACES) free = i;
                continue;
            }
            if (there == ends) return (i, true);
            if (there > sent[place].ends) place = i;
        }
        return free == PLACES ? (place, true) : (free, false);
    }

    function _counts(uint256 ends) private view returns (bool) {
        return block.timestamp < ends + period;
    }
}
