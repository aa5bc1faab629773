// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccuracy, Score} from "interfaces/IAccuracy.sol";
import {IOracleHub, Source} from "interfaces/IOracleHub.sol";
import {Answer, Reason} from "interfaces/ISource.sol";
import {WAD} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract Accuracy is IAccuracy, AccessManaged {
    /// @param counts Whether there was a reason against it.
    struct Said {
        bytes32 source;
        uint128 value;
        bool counts;
    }

    /// @dev Where an error ends: 10 times the truth. Below 2^64, and 120,000 of them fit a score.
    uint256 private constant MOST = 10 * WAD;

    /* IMMUTABLES */

    /// @inheritdoc IAccuracy
    IOracleHub public immutable hub;

    /// @inheritdoc IAccuracy
    uint40 public immutable start;

    /// @inheritdoc IAccuracy
    uint32 public immutable length;

    /* STORAGE */

    /// @inheritdoc IAccuracy
    mapping(bytes32 key => mapping(uint32 period => uint128 truth)) public truthOf;

    mapping(bytes32 key => mapping(uint32 period => Said[])) private _said;
    mapping(bytes32 source => mapping(uint32 period => Score)) private _scores;

    /* CONSTRUCTOR */

    constructor(address access, IOracleHub hub_, uint40 start_, uint32 length_) AccessManaged(access) {
        if (length_ == 0 || start_ > block.timestamp) revert PeriodsUnusable(start_, length_);
        (hub, start, length) = (hub_, start_, length_);
    }

    /* NOTES */

    /// @inheritdoc IAccuracy
    function note(bytes32 key) external {
        uint32 period = periodAt(block.timestamp);
        Said[] storage said = _said[key][period];
        if (said.length != 0) revert NotedBefore(key, period);
        Source[] memory sources = hub.policyOf(key).sources;
        Answer[] memory given = hub.answers(key);
        bytes32[] memory ids = new bytes32[](sources.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            ids[i] = _id(address(sources[i].adapter), sources[i].config);
            // One that is far from the others is compared too: it may be right.
            bool counts = given[i].reason == Reason.None || given[i].reason == Reason.Deviates;
            said.push(Said(ids[i], given[i].value, counts));
        }
        emit Noted(key, period, ids, given);
    }

    /* TRUTH */

    /// @inheritdoc IAccuracy
    function tellTruth(bytes32 key, uint32 period, uint128 truth) external restricted {
        if (truth == 0) revert TruthZero();
        if (truthOf[key][period] != 0) revert TruthToldBefore(key, period, truthOf[key][period]);
        Said[] storage said = _said[key][period];
        uint256 count = said.length; // 15 at most
        if (count == 0) revert NothingNoted(key, period);
        truthOf[key][period] = truth;
        emit TruthTold(key, period, truth);
        for (uint256 i = 0; i < count; ++i) if (said[i].counts) _score(said[i], key, period, truth);
    }

    /* VIEWS */

    /// @inheritdoc IAccuracy
    function score(bytes32 source, uint32 period) external view returns (Score memory) {
        return _scores[source][period];
    }

    /// @inheritdoc IAccuracy
    function idOf(address adapter, bytes calldata config) external pure returns (bytes32) {
        return _id(adapter, config);
    }

    /// @inheritdoc IAccuracy
    function periodAt(uint256 time) public view returns (uint32) {
        return uint32((time - start) / length); // in 2^32 seconds of an hour each: 490,000 years
    }

    /// @inheritdoc IAccuracy
    function isNoted(bytes32 key, uint32 period) external view returns (bool) {
        return _said[key][period].length != 0;
    }

    /* INTERNAL */

    function _score(Said storage one, bytes32 key, uint32 period, uint256 truth) private {
        uint256 value = one.value;
        uint256 error = Math.min(((Math.max(value, truth) - Math.min(value, truth)) * WAD) / truth, MOST);
        int256 bias = value < truth ? -int256(error) : int256(error);
        Score storage own = _scores[one.source][period];
        own.count += 1;
        own.errors += uint80(error);
        own.biases += int80(bias);
        if (error > own.worst) own.worst = uint64(error);
        emit Scored(one.source, key, period, bias);
    }

    function _id(address adapter, bytes memory config) private pure returns (bytes32) {
        return keccak256(abi.encode(adapter, config));
    }
}
