// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What rules know of a country. A list is replaced by raising its number: what bears an older one is off the list.
struct Country {
    uint8 allowed;
    uint8 denied;
}

/// @notice Parameters of all rules that only compare, packed by when they are read: the first slot by every movement while anything
///         is on.
/// @param rules Bit n: `Rule` n is on.
/// @param checkTransfers Bit n: module n is asked of transfers; `checkMints`, `records` likewise.
/// @param ends Bit n: module n is asked and told only where an identity begins or ceases to hold.
/// @param allowed Number of the list of countries in force; `denied`, `listed` likewise.
/// @param classes Bit n: class n may hold.
struct Table {
    uint16 rules;
    uint16 checkTransfers;
    uint16 checkMints;
    uint16 records;
    uint16 ends;
    uint16 suspended;
    uint8 allowed;
    uint8 denied;
    uint8 listed;
    uint8 classes;
    uint64 share;
    uint64 denomination;
    // of transfers
    uint112 minHolding;
    uint112 maxHolding;
    // of what is issued
    uint112 supplyLimit;
    uint112 minInvestment;
    // of the time
    uint40 opens;
    uint40 closes;
    uint8 weekdays;
    uint24 dayBegins;
    uint24 dayEnds;
    address currency;
    mapping(uint16 country => Country) countries;
    mapping(address account => uint8 listed) counterparties;
}

/// @notice The one number that is a rule's parameter.
function only(bytes calldata params) pure returns (uint256) {
    return abi.decode(params, (uint256));
}
