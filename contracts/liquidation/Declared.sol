// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Strategy} from "interfaces/ILoanBook.sol";
import {TriggerTerms} from "interfaces/ITriggerBook.sol";

/// @notice What was declared of a trigger as it is kept, in one word: see `DeclaredWord`.
type Declared is uint256;

using DeclaredWord for Declared global;

/// @title The word of a trigger's terms, in the order of `TriggerTerms`
/// @dev From the lowest bit: clauses 24, hold 32, gap 32, age 32, cure 32, fee 88, way 8, count 8. A checkpoint reads it once.
library DeclaredWord {
    /// @notice Puts the word together.
    function pack(TriggerTerms memory terms) internal pure returns (Declared) {
        return
            Declared.wrap(
                uint256(terms.clauses) |
                    (uint256(terms.hold) << 24) |
                    (uint256(terms.gap) << 56) |
                    (uint256(terms.age) << 88) |
                    (uint256(terms.cure) << 120) |
                    (uint256(terms.fee) << 152) |
                    (uint256(terms.way) << 240) |
                    (uint256(terms.count) << 248)
            );
    }

    /// @notice Three sets of conditions, 8 bits each.
    function clauses(Declared self) internal pure returns (uint256) {
        return uint24(Declared.unwrap(self));
    }

    /// @notice Seconds.
    function hold(Declared self) internal pure returns (uint256) {
        return uint32(Declared.unwrap(self) >> 24);
    }

    /// @notice Seconds.
    function gap(Declared self) internal pure returns (uint256) {
        return uint32(Declared.unwrap(self) >> 56);
    }

    /// @notice Seconds.
    function age(Declared self) internal pure returns (uint256) {
        return uint32(Declared.unwrap(self) >> 88);
    }

    /// @notice Seconds.
    function cure(Declared self) internal pure returns (uint32) {
        return uint32(Declared.unwrap(self) >> 120);
    }

    /// @notice Settlement units.
    function fee(Declared self) internal pure returns (uint88) {
        return uint88(Declared.unwrap(self) >> 152);
    }

    /// @notice How the case is sold.
    function way(Declared self) internal pure returns (Strategy) {
        return Strategy(uint8(Declared.unwrap(self) >> 240));
    }

    /// @notice Of its conditions.
    function count(Declared self) internal pure returns (uint256) {
        return Declared.unwrap(self) >> 248;
    }

    /// @notice As it was declared.
    function told(Declared self) internal pure returns (TriggerTerms memory) {
        return
            TriggerTerms({
                clauses: uint24(clauses(self)),
                hold: uint32(hold(self)),
                gap: uint32(gap(self)),
                age: uint32(age(self)),
                cure: cure(self),
                fee: fee(self),
                way: way(self),
                count: uint8(count(self))
            });
    }
}
