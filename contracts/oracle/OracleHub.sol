// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Asking} from "contracts/oracle/Asking.sol";
import {Judging} from "contracts/oracle/Judging.sol";
import {PolicyCheck} from "contracts/oracle/PolicyCheck.sol";
import {Plug, PolicyCode, Stored} from "contracts/oracle/PolicyCode.sol";
import {Strikes} from "contracts/oracle/Strikes.sol";
import {Failure, IOracleHub, Kept, OnFailure, Policy, Reading, Status} from "interfaces/IOracleHub.sol";
import {Answer, ISource, Reason} from "interfaces/ISource.sol";
import {WAD} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract OracleHub is IOracleHub, AccessManaged {
    /* STORAGE */

    /// @dev Where each policy stands (see `PolicyCode`).
    mapping(bytes32 key => address place) private _places;

    mapping(bytes32 key => Kept kept) private _kept;

    mapping(bytes32 key => Strikes strikes) private _struck;

    /// @dev Policies written so far.
    uint256 private _written;

    /* CONSTRUCTOR */

    constructor(address access) AccessManaged(access) {}

    /* POLICIES */

    /// @inheritdoc IOracleHub
    function setPolicy(bytes32 key, Policy calldata policy) external restricted {
        PolicyCheck.check(key, policy);
        if (hasPolicy(key)) _forget(key); // else nothing was kept
        _places[key] = PolicyCode.write(key, policy, ++_written);
        emit PolicySet(key, policy);
    }

    /// @inheritdoc IOracleHub
    function dropPolicy(bytes32 key) external restricted {
        if (!hasPolicy(key)) revert NoSuchPolicy(key);
        delete _places[key];
        _forget(key);
        emit PolicyDropped(key);
    }

    /// @inheritdoc IOracleHub
    function forget(bytes32 key) external restricted {
        if (!hasPolicy(key)) revert NoSuchPolicy(key);
        _forget(key);
        emit Forgotten(key);
    }

    /// @inheritdoc IOracleHub
    function forgetBetween(bytes32 key, uint40 from, uint40 upTo) external restricted {
        _struck[key] = _struck[key].add(from);
        Kept memory own = _kept[key];
        bool value = _within(own.keptAt, from, upTo);
        bool anchor = _within(own.anchoredAt, from, upTo);
        if (!value && !anchor) return;
        if (value) (own.value, own.at, own.keptAt) = (0, 0, 0);
        if (anchor) (own.anchor, own.anchoredAt) = (own.value, own.keptAt);
        _kept[key] = own;
        emit ForgottenWith(key, own);
    }

    /* POKE */

    /// @inheritdoc IOracleHub
    function poke(bytes32 key) external returns (Reading memory reading) {
        Answer[] memory given;
        Stored memory policy;
        (reading, given, policy) = _reading(key);
        for (uint256 i = 0; i < given.length; ++i) {
            if (given[i].reason == Reason.None) continue;
            emit SourceRejected(key, i, address(uint160(policy.plugs[i].whom)), given[i]);
        }
        if (reading.status != Status.Good) {
            emit ValueFailed(key, reading);
            return reading;
        }
        _keep(_kept[key], reading, uint32(policy.pace));
        emit ValueTold(key, reading);
    }

    /* VIEWS */

    /// @inheritdoc IOracleHub
    function read(bytes32 key) external view returns (Reading memory reading) {
        (reading, , ) = _reading(key);
        if (reading.status == Status.Refused) _refuse(key, reading);
    }

    /// @inheritdoc IOracleHub
    function readFresh(bytes32 key) external view returns (Reading memory reading) {
        (reading, , ) = _reading(key);
        if (reading.status != Status.Good) _refuse(key, reading);
    }

    /// @inheritdoc IOracleHub
    function peek(bytes32 key) external view returns (Reading memory reading) {
        (reading, , ) = _reading(key);
    }

    /// @inheritdoc IOracleHub
    function peekWithout(
        bytes32 key,
        ISource adapter,
        bytes calldata config
    ) external view returns (Reading memory reading) {
        if (!hasPolicy(key)) {
            reading.why = Failure.NoPolicy;
            return reading;
        }
        Stored memory policy = PolicyCode.read(_places[key]);
        bytes32 question = keccak256(abi.encodeCall(ISource.answer, (key, config)));
        uint256 left = 0;
        for (uint256 i = 0; i < policy.plugs.length; ++i) {
            Plug memory plug = policy.plugs[i];
            if (uint160(plug.whom) == uint160(address(adapter)) && keccak256(plug.question) == question) continue;
            policy.plugs[left++] = plug;
        }
        Answer[] memory given = new Answer[](left);
        for (uint256 i = 0; i < left; ++i) given[i] = Asking.ask(policy.plugs[i], policy.limits);
        return Judging.judge(given, policy.pace);
    }

    /// @inheritdoc IOracleHub
    function answers(bytes32 key) external view returns (Answer[] memory given) {
        (, given, ) = _reading(key);
    }

    /// @inheritdoc IOracleHub
    function policyOf(bytes32 key) external view returns (Policy memory) {
        if (!hasPolicy(key)) revert NoSuchPolicy(key);
        return PolicyCode.policyAt(_places[key]);
    }

    /// @inheritdoc IOracleHub
    function hasPolicy(bytes32 key) public view returns (bool) {
        return _places[key] != address(0);
    }

    /// @inheritdoc IOracleHub
    function lastGood(bytes32 key) external view returns (uint128 value, uint40 at) {
        Kept storage own = _kept[key];
        return (own.value, own.at);
    }

    /// @inheritdoc IOracleHub
    function struck(bytes32 key, uint40 second) external view returns (bool) {
        return _struck[key].covers(second);
    }

    /// @inheritdoc IOracleHub
    function kept(bytes32 key) external view returns (Kept memory) {
        return _kept[key];
    }

    /* INTERNAL */

    function _reading(
        bytes32 key
    ) private view returns (Reading memory reading, Answer[] memory given, Stored memory policy) {
        address place = _places[key];
        if (place == address(0)) {
            reading.why = Failure.NoPolicy;
            return (reading, given, policy);
        }
        policy = PolicyCode.read(place);
        uint256 count = policy.plugs.length;
        given = new Answer[](count);
        for (uint256 i = 0; i < count; ++i) given[i] = Asking.ask(policy.plugs[i], policy.limits);
        reading = Judging.judge(given, policy.pace);
        Kept storage own = _kept[key];
        if (reading.status == Status.Good) {
            if (!Judging.tooFast(reading.value, own.anchor, own.anchoredAt, policy.pace)) {
                return (reading, given, policy);
            }
            (reading.status, reading.why) = (Status.Refused, Failure.TooFast);
        }
        _hold(reading, own, policy.failing);
    }

    /// @dev What stands instead of a value that failed (rule 11).
    function _hold(Reading memory reading, Kept storage own, uint256 failing) private view {
        (reading.value, reading.confidence, reading.at, reading.age) = (0, 0, 0, 0);
        OnFailure stands = OnFailure(uint8(failing >> 160));
        (uint256 value, uint40 at) = (own.value, own.at);
        if (stands == OnFailure.Refuse || at == 0) return;
        uint256 age = block.timestamp - at;
        if (age > uint32(failing >> 128)) return;
        uint256 haircut = uint64(failing) + (uint64(failing >> 64) * age) / 1 days;
        uint256 most = type(uint128).max;
        uint256 held =
            stands == OnFailure.HoldLower
                ? (value * (WAD - haircut)) / WAD // below WAD: see `PolicyCheck`
                : Math.min(Math.ceilDiv(value * (WAD + haircut), WAD), most); // 128 + 81 bits
        reading.value = uint128(held);
        reading.confidence = uint128(held > value ? held - value : value - held);
        (reading.at, reading.age) = (at, uint40(age));
        reading.status = Status.Held;
    }

    function _forget(bytes32 key) private {
        delete _kept[key];
        _struck[key] = _struck[key].add(0);
    }

    function _keep(Kept storage own, Reading memory reading, uint256 window) private {
        (own.value, own.at, own.keptAt) = (reading.value, reading.at, uint40(block.timestamp));
        uint256 anchoredAt = own.anchoredAt;
        if (anchoredAt != 0 && block.timestamp - anchoredAt < window) return;
        (own.anchor, own.anchoredAt) = (reading.value, uint40(block.timestamp));
    }

    /// @dev Nothing was kept at 0.
    function _within(uint40 time, uint40 from, uint40 upTo) private pure returns (bool) {
        return time != 0 && from <= time && time <= upTo;
    }

    function _refuse(bytes32 key, Reading memory reading) private pure {
        revert NotGoodEnough(key, reading.status, reading.why, reading.counted, reading.quorum);
    }
}
