// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Plug} from "contracts/oracle/PolicyCode.sol";
import {IOracleHub} from "interfaces/IOracleHub.sol";
import {Answer, Reason} from "interfaces/ISource.sol";

/// @title One source is asked, and can neither stop the others nor be silenced by whoever calls (rules 3 and 4)
library Asking {
    /// @dev Of an answer: four words.
    uint256 private constant SIZE = 128;

    /// @dev What the call itself costs (2,600 for a cold account) and the memory of a reply, with room.
    uint256 private constant AROUND = 10_000;

    /// @notice The answer with the first thing that is wrong with it.
    /// @param limits Lowest 128 bits, highest 128 bits.
    function ask(Plug memory plug, uint256 limits) internal view returns (Answer memory given) {
        uint256 whom = plug.whom;
        unchecked {
            uint256 allowed = uint32(whom >> 192); // 500,000 at most
            // A callee gets 63 of 64 parts at most (EIP-150): with less left than this it would be asked with less than its own.
            uint256 needed = (allowed * 64) / 63 + AROUND;
            if (gasleft() < needed) revert IOracleHub.NotEnoughGas(gasleft(), needed);
            // Low-level: where a reply is too short or no code is there, a typed call would revert here and not there.
            // solhint-disable-next-line avoid-low-level-calls
            (bool done, bytes memory reply) = address(uint160(whom)).staticcall{gas: allowed}(plug.question);
            given.reason = Reason.Unreachable;
            if (!done || reply.length != SIZE) return given;
            (uint256 reason, uint256 value, uint256 confidence, uint256 at) = abi.decode(
                reply,
                (uint256, uint256, uint256, uint256)
            );
            // Wider than an answer's fields; there are 16 reasons.
            if ((reason >> 4) | ((value | confidence) >> 128) | (at >> 40) != 0) return given;
            given.value = uint128(value);
            given.confidence = uint128(confidence);
            given.at = uint40(at);
            if (reason != 0) given.reason = Reason(reason);
            else if (at > block.timestamp)
                given.reason = Reason.FromFuture;
                // Of no time: a source that never answered, whatever the policy allows.
            else if (at == 0 || block.timestamp - at > uint32(whom >> 160)) given.reason = Reason.Stale;
            else if (value < uint128(limits) || value > limits >> 128) given.reason = Reason.OutOfBounds;
            else given.reason = Reason.None;
        }
    }
}
