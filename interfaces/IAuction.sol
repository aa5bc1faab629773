// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAuctionHouse} from "interfaces/IAuctionHouse.sol";

/// @notice What a round that ended without a buyer leaves. Settlement units.
/// @param start Its prices of the whole lot.
/// @param floor Least price of the whole lot.
/// @param left Units that were not sold.
/// @param units Of the whole lot.
/// @param rest What they cost at the floor, up.
/// @param forfeited Deposits, and steps of bids, that are now the case's.
struct Ended {
    uint96 start;
    uint96 floor;
    uint32 left;
    uint32 units;
    uint256 rest;
    uint256 forfeited;
}

/// @title A way to find a price: the plug behind the house
/// @dev An auction holds no cash. It tells the house what to pull, to credit and to pass, and the house obeys it for the cases
///      that it sells. Each has one set of terms, for all cases.
interface IAuction {
    /// @notice Only the house calls this.
    error NotTheHouse(address caller, address house);

    /// @notice The round is not over before `end` (seconds).
    error NotOver(uint256 now_, uint256 end);

    /// @notice No round of this case runs here.
    error NoRound(uint64 caseId);

    /// @notice Begins a round. Only the house.
    /// @param start Price of the whole lot at which a falling price begins, settlement units.
    /// @param floor Least price of the whole lot, settlement units.
    /// @param left Units for sale; 0 for the whole lot.
    function begin(uint64 caseId, uint96 start, uint96 floor, uint32 left) external;

    /// @notice Ends a round before its time because all that was owed was paid; bids are credited. Only the house. Refused once a
    ///         part of what its sale offered was taken.
    /// @param offered Units; 0 for the whole lot.
    function cancel(uint64 caseId, uint32 offered) external;

    /// @notice Ends a round that is over and has no buyer for what is left. Only the house.
    function finish(uint64 caseId) external returns (Ended memory);

    /// @notice Seconds that a round can last at most, until a buyer has title or `finish` may be called.
    function longest() external view returns (uint256);

    /// @notice Whose cases are sold here.
    function house() external view returns (IAuctionHouse);
}
