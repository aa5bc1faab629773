// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What is known of a wallet, in one word: see `Records`.
type Record is uint256;

using Records for Record global;

/// @title The word of a wallet: number of its identity, country, class, until when verified, on whose claims it rests
/// @dev From the lowest bit: identity 32, country 16, class 8, verified until 40, generation 16, wallets of the identity 8,
///      bits of the issuers 64. Every wallet of an identity has the same word.
library Records {
    /// @notice Puts a word together.
    function pack(
        uint32 identity_,
        uint16 country_,
        uint8 class_,
        uint40 until_,
        uint16 generation_,
        uint8 wallets_,
        uint64 relies_
    ) internal pure returns (Record) {
        return
            Record.wrap(
                uint256(identity_) |
                    (uint256(country_) << 32) |
                    (uint256(class_) << 48) |
                    (uint256(until_) << 56) |
                    (uint256(generation_) << 96) |
                    (uint256(wallets_) << 112) |
                    (uint256(relies_) << 128)
            );
    }

    /// @notice Number of the identity; 0 for a stranger.
    function identity(Record self) internal pure returns (uint32) {
        return uint32(Record.unwrap(self));
    }

    /// @notice ISO 3166-1 numeric; 0 where none is known.
    function country(Record self) internal pure returns (uint16) {
        return uint16(Record.unwrap(self) >> 32);
    }

    /// @notice 0 unknown, 1 retail, 2 professional, 3 institutional.
    function class(Record self) internal pure returns (uint8) {
        return uint8(Record.unwrap(self) >> 48);
    }

    /// @notice First second at which a claim that is needed has run out.
    function until(Record self) internal pure returns (uint40) {
        return uint40(Record.unwrap(self) >> 56);
    }

    /// @notice Wallets of the identity.
    function wallets(Record self) internal pure returns (uint8) {
        return uint8(Record.unwrap(self) >> 112);
    }

    /// @notice Whether every claim that is needed stands, given the issuers that are `dead` in `generation`.
    function verified(Record self, uint64 dead, uint16 generation) internal view returns (bool) {
        uint256 word = Record.unwrap(self);
        return block.timestamp < uint40(word >> 56) && uint16(word >> 96) == generation && (word >> 128) & dead == 0;
    }
}
