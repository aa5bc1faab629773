// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAuction} from "interfaces/IAuction.sol";

/// @notice How a price falls.
/// @param exponential By `cut` each step, else in equal steps from start to floor.
/// @param cut What is left of the price after a step, WAD: at most 0.999.
/// @param step Seconds; at most `fall`.
/// @param fall Seconds from start to floor.
/// @param linger Seconds that the last price stands.
/// @param cusp Share of start below which the curve ends the round, WAD; 0 for none.
/// @param units Of a lot, at least 1.
/// @param dust Fewest units that are taken or left over.
struct DutchTerms {
    bool exponential;
    uint64 cut;
    uint32 step;
    uint40 fall;
    uint40 linger;
    uint64 cusp;
    uint32 units;
    uint32 dust;
}

/// @notice A round that runs, one slot. Prices are for the whole lot, settlement units; `begun` lasts to the year 2106.
struct DutchRound {
    uint96 start;
    uint96 floor;
    uint32 begun;
    uint32 left;
}

/// @title A price that falls until somebody takes, whole or in parts
interface IDutchAuction is IAuction {
    /// @notice `buyer` took `units` for `cash` settlement units, at `price` for the whole lot.
    event Taken(uint64 indexed caseId, address indexed buyer, uint32 units, uint256 price, uint256 cash);

    error WrongDutchTerms(DutchTerms terms);

    /// @notice A floor is above 0, and a thousand times the floor is at least the start.
    error WrongPrices(uint96 start, uint96 floor);

    /// @notice Nothing is taken from `end` on, or once the price fell below the cusp (seconds).
    error RoundOver(uint256 now_, uint256 end);

    error ZeroUnits();

    /// @notice Of fewer than `atLeast` the buyer has no use.
    error NotEnoughLeft(uint32 left, uint32 atLeast);

    /// @notice The price of the whole lot is above what the buyer allows.
    error PriceTooHigh(uint256 price, uint256 highest);

    /// @notice What is taken and what it leaves are nothing or at least `dust`.
    error LeavesDust(uint32 units, uint32 left, uint32 dust);

    /// @notice Part of the lot is sold: it can't be taken back.
    error PartTaken(uint32 left, uint32 units);

    /// @notice Takes up to `wanted` units, at least `atLeast`, now, at no more than `highest` for the whole lot. The cost is
    ///         price * units / units of the lot, up, against the buyer. By whom compliance admits.
    function take(
        uint64 caseId,
        uint32 wanted,
        uint32 atLeast,
        uint256 highest
    ) external returns (uint32 units, uint256 cash);

    /// @notice Price of the whole lot at a second; the floor once the round is over.
    function priceAt(uint64 caseId, uint256 second) external view returns (uint256);

    /// @notice Most units that so much cash would buy now, and what they cost.
    function unitsFor(uint64 caseId, uint256 cash) external view returns (uint32 units, uint256 cost);

    /// @notice The round that runs.
    function roundOf(uint64 caseId) external view returns (DutchRound memory);

    /// @notice What was said when it was made.
    function terms() external view returns (DutchTerms memory);
}
