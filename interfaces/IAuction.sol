// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAuctionHouse} from "interfaces/IAuctionHouse.sol";

/// @notice What one round offers.
/// @param start Price of the whole lot at which a falling price begins, settlement units.
/// @param floor Least price of the whole lot, settlement units.
/// @param units Of the lot, all of them.
/// @param left Of these for sale in this round.
struct Offer {
    uint96 start;
    uint96 floor;
    uint32 units;
    uint32 left;
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
    function begin(uint64 caseId, Offer calldata offer) external;

    /// @notice Ends a round before its time because all that was owed was paid; bids are credited. Only the house. Refused once a
    ///         part of the lot was taken.
    function cancel(uint64 caseId) external;

    /// @notice Ends a round that is over and has no buyer for what is left. Only the house.
    /// @return left Units not sold.
    /// @return forfeited Deposits that are now the case's, settlement units.
    function finish(uint64 caseId) external returns (uint32 left, uint256 forfeited);

    /// @notice Seconds that a round can last at most, until a buyer has title or `finish` may be called.
    function longest() external view returns (uint256);

    /// @notice Whose cases are sold here.
    function house() external view returns (IAuctionHouse);
}
