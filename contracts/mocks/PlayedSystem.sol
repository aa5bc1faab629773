// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Stands in for any outside system: a price feed, a market, an adapter; it answers what it was taught, or misbehaves
contract PlayedSystem {
    /// @param Answer The bytes that it was taught for the function, or none.
    /// @param Refuse A revert.
    /// @param Bomb A long answer.
    /// @param LongRefusal A revert with a long text.
    /// @param Devour All gas it gets.
    /// @param Know As Answer; a revert to what it was not taught.
    enum Manner {
        Answer,
        Refuse,
        Bomb,
        LongRefusal,
        Devour,
        Know
    }

    error Refused();

    error Long(bytes text);

    Manner private _manner;
    mapping(bytes4 selector => bytes reply) private _replies;

    /// @dev Gas left for the way out of a bomb.
    uint256 private constant WAY_OUT = 2_000;

    // solhint-disable-next-line payable-fallback, no-complex-fallback
    fallback(bytes calldata data) external returns (bytes memory) {
        if (_manner == Manner.Refuse) revert Refused();
        if (_manner == Manner.Bomb) return _long();
        if (_manner == Manner.LongRefusal) revert Long(_long());
        if (_manner == Manner.Devour) while (true) continue;
        bytes memory reply = _replies[bytes4(data)];
        if (_manner == Manner.Know && reply.length == 0) revert Refused();
        return reply;
    }

    function teach(bytes4 selector, bytes calldata reply) external {
        _replies[selector] = reply;
    }

    function behave(Manner manner) external {
        _manner = manner;
    }

    /// @dev As long as the gas allows, at 3 gas a word and its square / 512.
    function _long() private view returns (bytes memory) {
        uint256 words = 1;
        while (gasleft() > (2 * words * (9 + (2 * words) / 512)) + WAY_OUT && words < 2 ** 16) words *= 2;
        return new bytes(words * 16);
    }
}
