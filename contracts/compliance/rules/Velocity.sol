// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Remembering} from "contracts/compliance/rules/Remembering.sol";
import {IRegulatedCompliance} from "interfaces/IRegulatedCompliance.sol";
import {IRule, Kind, Movement} from "interfaces/IRule.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title An identity sends no more than so much in a rolling period
/// @dev The period is counted in eighths and the one under way: what was sent counts for the period and up to an eighth and
///      eight seconds longer, never shorter.
contract Velocity is Remembering {
    /// @param number Of the eighth since 1970 in which the units were sent.
    struct Eighth {
        uint40 number;
        uint112 units;
    }

    uint256 private constant PARTS = 8;
    uint256 private constant PLACES = PARTS + 1;

    /* STORAGE */

    /// @notice Units in a period.
    uint112 public most;

    /// @notice Seconds; another period forgets what was sent.
    uint40 public period;

    uint32 private _terms;
    mapping(uint32 terms => mapping(uint32 identity => Eighth[9])) private _sent;

    /* CONSTRUCTOR */

    constructor(IRegulatedCompliance compliance_, uint112 most_, uint40 period_) Remembering(compliance_) {
        (most, period) = (most_, period_);
    }

    /// @notice Other terms. What was sent is kept when only `most` changes. Only through the compliance.
    function set(uint112 most_, uint40 period_) external {
        _onlyCompliance();
        if (period_ != period) ++_terms;
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
        if (moved.within() || moved.from.identity == 0) return true;
        return sentBy(moved.from.identity) + moved.units <= most;
    }

    /// @inheritdoc IRule
    function words() external pure returns (string memory) {
        return "The sender has sent too much in this period.";
    }

    /* VIEWS */

    /// @notice Units that count now.
    function sentBy(uint32 identity) public view returns (uint256 units) {
        Eighth[9] storage sent = _sent[_terms][identity];
        uint256 now_ = _number();
        for (uint256 i; i < PLACES; ++i) if (sent[i].number + PARTS >= now_) units += sent[i].units;
    }

    /* INTERNAL */

    function _transferred(Movement calldata movement) internal override {
        Movement memory moved = movement;
        if (moved.kind != Kind.TRANSFER || moved.within() || moved.from.identity == 0) return;
        uint256 now_ = _number();
        Eighth storage one = _sent[_terms][moved.from.identity][now_ % PLACES];
        if (one.number != now_) (one.number, one.units) = (uint40(now_), 0);
        one.units += uint112(moved.units); // at most `most`
    }

    function _number() private view returns (uint256) {
        return block.timestamp / Math.max(Math.ceilDiv(period, PARTS), 1);
    }
}
