// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAuction} from "interfaces/IAuction.sol";

/// @notice How bids climb.
/// @param duration Seconds.
/// @param window Seconds before the end in which a bid moves the end.
/// @param extension Seconds that the end can move at most.
/// @param increment Least step, settlement units; above 0.
/// @param incrementShare Least step as a share of the best bid, WAD, up.
struct EnglishTerms {
    uint40 duration;
    uint40 window;
    uint40 extension;
    uint96 increment;
    uint64 incrementShare;
}

/// @notice A round that runs, two slots. Amounts are settlement units, for the whole lot; seconds last to the year 2106.
struct EnglishRound {
    address bidder;
    uint96 best;
    uint96 start;
    uint96 floor;
    uint32 end;
    uint32 latest;
}

/// @title Bids that climb until nobody goes on
interface IEnglishAuction is IAuction {
    /// @notice `bidder` leads with `amount`; the round ends at `end`.
    event BidMade(uint64 indexed caseId, address indexed bidder, uint96 amount, uint32 end);

    error WrongEnglishTerms(EnglishTerms terms);

    /// @notice A floor is above 0.
    error NoFloor();

    /// @notice Nothing is bid from `end` on (seconds), and who leads then has the right to the lot.
    error RoundOver(uint256 now_, uint256 end);

    error BidTooLow(uint256 given, uint256 least);

    /// @notice There is nothing to settle.
    error NoBid(uint64 caseId);

    /// @notice The best bidder is admitted: settle instead.
    error HasBuyer(address bidder);

    /// @notice Bids for the whole lot; the cash comes in now, and who is beaten is owed the bid by the house. By whom compliance
    ///         admits. The allowance is the house's.
    /// @dev Warning: a best bidder whom compliance does not admit any more at the end forfeits a step, whoever took the admission.
    function bid(uint64 caseId, uint96 amount) external;

    /// @notice Passes title to the best bidder of a round that is over. By anyone.
    function settle(uint64 caseId) external;

    /// @notice The least that is bid next, settlement units.
    function least(uint64 caseId) external view returns (uint256);

    /// @notice The round that runs.
    function roundOf(uint64 caseId) external view returns (EnglishRound memory);

    /// @notice What was said when it was made.
    function terms() external view returns (EnglishTerms memory);
}
