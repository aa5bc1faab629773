// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {OnFailure, Policy, Source} from "interfaces/IOracleHub.sol";
import {ISource} from "interfaces/ISource.sol";
import {Wad} from "interfaces/Types.sol";
import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

/// @notice A policy as it is read: what a read of a good value needs comes first and is packed.
/// @param limits Lowest 128 bits, highest 128 bits.
/// @param pace Window 32 bits, largest change 64 bits, largest deviation 64 bits, quorum 8 bits; from the lowest bit.
/// @param failing Haircut 64 bits, growth 64 bits, hold at most 32 bits, what stands 8 bits; from the lowest bit.
struct Stored {
    uint256 limits;
    uint256 pace;
    uint256 failing;
    Plug[] plugs;
}

/// @notice A source as it is asked.
/// @param whom Adapter 160 bits, largest age 32 bits, gas 32 bits; from the lowest bit.
/// @param question The whole call.
struct Plug {
    uint256 whom;
    bytes question;
}

/// @title Policies kept as the code of a contract of their own: one cold account to read, where slots would be twenty
library PolicyCode {
    using Bytes for bytes;

    /// @dev PUSH2 size, DUP1, PUSH1 10, RETURNDATASIZE, CODECOPY, RETURNDATASIZE, RETURN: deploys what follows these 10 bytes.
    bytes1 private constant PUSH_SIZE = hex"61";
    bytes7 private constant RETURN_REST = hex"80600a3d393df3";

    /// @dev Bytes of a function's selector.
    uint256 private constant SELECTOR = 4;

    /// @notice The policy is longer than the code of a contract may be: fewer sources, or shorter configs.
    error PolicyTooLong(uint256 size, uint256 most);

    /// @dev EIP-170.
    uint256 private constant LONGEST = 24_576;

    /// @notice Writes a policy down for good; `number` is another one each time.
    function write(bytes32 key, Policy calldata policy, uint256 number) internal returns (address) {
        // An offset comes first, and its first byte is 0: whoever calls this code meets STOP.
        bytes memory data = abi.encode(_stored(key, policy));
        if (data.length > LONGEST) revert PolicyTooLong(data.length, LONGEST);
        return Create2.deploy(0, bytes32(number), abi.encodePacked(PUSH_SIZE, uint16(data.length), RETURN_REST, data));
    }

    /// @notice Reads it as it is used.
    function read(address place) internal view returns (Stored memory) {
        return abi.decode(place.code, (Stored));
    }

    /// @notice Reads it as it was given.
    function policyAt(address place) internal view returns (Policy memory policy) {
        Stored memory stored = read(place);
        (policy.lowest, policy.highest) = (uint128(stored.limits), uint128(stored.limits >> 128));
        policy.changeWindow = uint32(stored.pace);
        policy.maxChange = Wad.wrap(uint64(stored.pace >> 32));
        policy.maxDeviation = Wad.wrap(uint64(stored.pace >> 96));
        policy.quorum = uint8(stored.pace >> 160);
        policy.haircut = Wad.wrap(uint64(stored.failing));
        policy.haircutGrowth = Wad.wrap(uint64(stored.failing >> 64));
        policy.holdAtMost = uint32(stored.failing >> 128);
        policy.onFailure = OnFailure(uint8(stored.failing >> 160));
        policy.sources = new Source[](stored.plugs.length);
        for (uint256 i = 0; i < stored.plugs.length; ++i) {
            uint256 whom = stored.plugs[i].whom;
            (, bytes memory config) = abi.decode(stored.plugs[i].question.slice(SELECTOR), (bytes32, bytes));
            policy.sources[i] = Source(
                ISource(address(uint160(whom))),
                uint32(whom >> 160),
                uint32(whom >> 192),
                config
            );
        }
    }

    function _stored(bytes32 key, Policy calldata policy) private pure returns (Stored memory stored) {
        stored.limits = uint256(policy.lowest) | (uint256(policy.highest) << 128);
        stored.pace =
            uint256(policy.changeWindow) |
            (policy.maxChange.value() << 32) |
            (policy.maxDeviation.value() << 96) |
            (uint256(policy.quorum) << 160);
        stored.failing =
            policy.haircut.value() |
            (policy.haircutGrowth.value() << 64) |
            (uint256(policy.holdAtMost) << 128) |
            (uint256(policy.onFailure) << 160);
        stored.plugs = new Plug[](policy.sources.length);
        for (uint256 i = 0; i < policy.sources.length; ++i) {
            Source calldata source = policy.sources[i];
            stored.plugs[i].whom =
                uint160(address(source.adapter)) |
                (uint256(source.maxAge) << 160) |
                (uint256(source.gasLimit) << 192);
            stored.plugs[i].question = abi.encodeCall(ISource.answer, (key, source.config));
        }
    }
}
