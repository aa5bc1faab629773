// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Collection period, counted from 1; 0 is the closing date. Periods follow each other without a gap.
type Period is uint32;

/// @notice Place of a tranche in the order of seniority, from 0 (the most senior).
type TrancheId is uint8;

/// @notice Fixed-point number with 18 decimals: 1e18 is 1, or 100 %.
type Wad is uint64;

using {next, number, same as ==, other as !=, later as >} for Period global;
using {place} for TrancheId global;
using {value} for Wad global;

/// @dev 100 % in WAD.
uint256 constant WAD = 1e18;

/// @dev Largest amount of settlement units or note units that the books accept, 2^112 - 1 (about 5e33: more than all
///      money there is, at 18 decimals). Two amounts share a storage slot, and amount * 2^127 fits 240 bits.
uint256 constant MAX_AMOUNT = type(uint112).max;

/// @dev What accrues by time (interest due, fees due, hurdles) stops growing here, so that no run can be stopped by it.
uint256 constant MAX_ACCRUED = type(uint128).max;

/// @dev Parts of a settlement unit in which an index counts, about 2^126. Upper bound: 2^113 of cash * PARTS < 2^240, so no
///      credit can overflow. Lower bound: above MAX_AMOUNT, so one unit of cash moves the index of any supply. Made of small
///      primes, so that the supply of a tranche of round size divides it and shares come out without a rest (over a power of
///      two, the sole holder of 60,000 notes would be paid 599 of 600).
uint256 constant PARTS = 2 ** 34 * 3 ** 10 * 5 ** 28 * 7 ** 4;

function next(Period period) pure returns (Period) {
    return Period.wrap(Period.unwrap(period) + 1);
}

function number(Period period) pure returns (uint256) {
    return Period.unwrap(period);
}

function same(Period a, Period b) pure returns (bool) {
    return Period.unwrap(a) == Period.unwrap(b);
}

function other(Period a, Period b) pure returns (bool) {
    return Period.unwrap(a) != Period.unwrap(b);
}

function later(Period a, Period b) pure returns (bool) {
    return Period.unwrap(a) > Period.unwrap(b);
}

function place(TrancheId tranche) pure returns (uint256) {
    return TrancheId.unwrap(tranche);
}

function value(Wad wad) pure returns (uint256) {
    return Wad.unwrap(wad);
}
