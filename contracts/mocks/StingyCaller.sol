// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Somebody who asks for a value, or acts, with as much gas as suits them
contract StingyCaller {
    /// @return done Whether the gas was enough.
    function act(address whom, bytes calldata data, uint256 allowed) external returns (bool done) {
        // solhint-disable-next-line avoid-low-level-calls
        (done, ) = whom.call{gas: allowed}(data);
    }

    /// @return done Whether there was an answer.
    /// @return value Its first word.
    function ask(address whom, bytes calldata data, uint256 allowed) external view returns (bool done, uint256 value) {
        bytes memory reply;
        // solhint-disable-next-line avoid-low-level-calls
        (done, reply) = whom.staticcall{gas: allowed}(data);
        if (done) value = abi.decode(reply, (uint256));
    }
}
