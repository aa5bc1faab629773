// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev Reason codes as `detectTransferRestriction` gives them (ERC-1404), and bits of what is refused: bit n is code n. The order
///      is the order of asking. 128 + 2n: module n refuses; 129 + 2n: module n is broken.
uint8 constant NOTE_PAUSED = 1;
uint8 constant SENDER_FROZEN = 2;
uint8 constant RECEIVER_FROZEN = 3;
uint8 constant NOT_ENOUGH_UNITS = 4;
uint8 constant UNITS_FROZEN = 5;
uint8 constant NO_RECEIVER = 6;
uint8 constant UNITS_OUT_OF_RANGE = 7;
uint8 constant RECEIVER_UNKNOWN = 10;
uint8 constant RECEIVER_UNVERIFIED = 11;
uint8 constant COUNTRY_UNKNOWN = 16;
uint8 constant COUNTRY_NOT_ALLOWED = 17;
uint8 constant COUNTRY_DENIED = 18;
uint8 constant CLASS_NOT_ALLOWED = 19;
uint8 constant BELOW_MINIMUM = 20;
uint8 constant REST_BELOW_MINIMUM = 21;
uint8 constant ABOVE_MAXIMUM = 22;
uint8 constant ABOVE_SHARE = 23;
uint8 constant ABOVE_SUPPLY = 24;
uint8 constant WINDOW_CLOSED = 25;
uint8 constant NOT_A_COUNTERPARTY = 26;
uint8 constant BELOW_INVESTMENT = 27;
uint8 constant NOT_A_DENOMINATION = 28;
uint8 constant FIRST_MODULE = 128;

/// @dev Bits of the reasons that rules find with the receiver: country, class, and what it would hold. Not asked of a gate.
uint256 constant OF_RECEIVER = 0xDF0000;

/// @notice The bit of a code where something is refused.
function bit(uint8 code, bool refused) pure returns (uint256) {
    return refused ? uint256(1) << code : 0;
}
