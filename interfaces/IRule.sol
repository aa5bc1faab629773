// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice One side of a movement. All that a rule may know of a wallet; read once, for all rules.
/// @param wallet Zero where units come to be, or are no more.
/// @param identity Number of the identity behind the wallet; 0 for a stranger.
/// @param country ISO 3166-1 numeric; 0 where none is known.
/// @param class 0 unknown, 1 retail, 2 professional, 3 institutional.
/// @param held Note units in all wallets of the identity before the movement (of a stranger: in this wallet).
struct Side {
    address wallet;
    uint32 identity;
    uint16 country;
    uint8 class;
    uint256 held;
}

/// @notice How units move: by their holder; made by an agent; taken out by one; handed over by the offering that issued them or
///         the gate where they waited; by force. The last and a burn can't be refused.
enum Kind {
    TRANSFER,
    MINT,
    BURN,
    HAND_OVER,
    FORCED
}

/// @notice Note units on their way.
struct Movement {
    Side from;
    Side to;
    uint256 units;
    Kind kind;
}

using {within, afterwards, begins, ceases, ends} for Movement global;

/// @notice Whether both wallets are one identity's: then it holds as much as before.
function within(Movement memory self) pure returns (bool) {
    return self.from.identity != 0 && self.from.identity == self.to.identity;
}

/// @notice What the receiving identity holds after the movement.
function afterwards(Movement memory self) pure returns (uint256) {
    return self.within() ? self.to.held : self.to.held + self.units;
}

/// @notice Whether the receiving identity holds nothing yet, and will.
function begins(Movement memory self) pure returns (bool) {
    return self.to.identity != 0 && self.to.held == 0 && self.units != 0 && !self.within();
}

/// @notice Whether the sending identity gives all it holds.
function ceases(Movement memory self) pure returns (bool) {
    return self.from.identity != 0 && self.from.held == self.units && self.units != 0 && !self.within();
}

/// @notice Whether an identity begins or ceases to hold.
function ends(Movement memory self) pure returns (bool) {
    return self.begins() || self.ceases();
}

/// @title A rule with a memory of its own: the plug behind which more rules come
/// @dev A rule that only compares is compiled into `RegulatedCompliance` instead (`Rule` in IRegulatedCompliance). Every call
///      has a cap of gas; a call that fails counts as "broken" (docs/compliance.md says who unblocks).
interface IRule {
    /// @notice Begins to be asked, or begins again. Only the compliance.
    /// @return uses When it is asked and told: the sum of CHECKS_TRANSFERS 1, CHECKS_MINTS 2, RECORDS 4, ENDS_ONLY 8: only where
    ///         an identity begins or ceases to hold.
    function begin() external returns (uint8 uses);

    /// @notice Whether the rule has nothing against it. Called for what `uses` names, never for a burn.
    function allows(Movement calldata movement) external view returns (bool);

    /// @notice Units came to be. Only the compliance, before the balance changes.
    function created(Movement calldata movement) external;

    /// @notice Units moved. Only the compliance, before the balances change.
    function transferred(Movement calldata movement) external;

    /// @notice Units are no more. Only the compliance, before the balance changes.
    function destroyed(Movement calldata movement) external;

    /// @notice What the rule says when it refuses, one sentence.
    function words() external view returns (string memory);
}
