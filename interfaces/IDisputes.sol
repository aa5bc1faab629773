// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOracleHub} from "interfaces/IOracleHub.sol";
import {ISignedReports} from "interfaces/ISignedReports.sol";
import {Wad} from "interfaces/Types.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice What became of a dispute.
/// @param None There is none of that number.
/// @param Open Not decided yet.
/// @param Upheld The report was wrong and is struck, and the hub has forgotten what was made with it; the bond goes back.
/// @param Rejected The report was right; the bond is forfeited.
/// @param Lapsed Nobody decided in time; the bond goes back but for the lapse cost, and the report counts again.
enum Outcome {
    None,
    Open,
    Upheld,
    Rejected,
    Lapsed
}

/// @notice A challenge of one report.
/// @param value What the report said, WAD.
/// @param at When it was observed, seconds.
/// @param until Last second in which it can be decided; afterwards it can lapse.
/// @param landedAt When the report was handed in, seconds.
struct Dispute {
    address signer;
    bytes32 key;
    uint32 nonce;
    uint128 value;
    uint40 at;
    uint40 until;
    address challenger;
    Outcome outcome;
    uint40 landedAt;
}

/// @title Who thinks that a report is wrong puts a bond on it, and it does not count until that is decided
/// @notice Decided by the resolver, or by anyone once other sources of the hub have a quorum whose answers are all later than the report.
///         Bonds in = bonds out + bonds held; a forfeited one is a credit of whoever the deal names.
interface IDisputes {
    /// @notice A report is challenged.
    event Challenged(
        uint256 indexed number,
        address indexed signer,
        bytes32 indexed key,
        uint32 nonce,
        address challenger
    );

    /// @notice A dispute ended; by a later quorum with `truth` (WAD), else with 0. So much of the bond is forfeited (settlement units); the
    ///         rest is a credit of the challenger.
    event Decided(uint256 indexed number, Outcome outcome, uint128 truth, uint256 forfeited);

    /// @notice A credit was paid, settlement units.
    event CreditPaid(address indexed account, uint256 cash);

    /// @notice The bond can't be 0, the windows neither, the tolerance must be below 1 WAD, the lapse cost at most 1 WAD.
    error TermsUnusable(uint256 bond, uint256 window, uint256 decideWithin, uint256 tolerance, uint256 lapseCost);

    /// @notice Somebody must be there whom forfeited bonds can be paid to.
    error NobodyToForfeitTo();

    /// @notice A report can be challenged up to `until` (seconds).
    error WindowOver(uint256 time, uint256 until);

    /// @notice Another report stands there now.
    error NotTheReport(address signer, bytes32 key, uint256 nonce, uint256 last);

    /// @notice It was challenged before.
    error ChallengedBefore(address signer, bytes32 key, uint256 nonce);

    /// @notice The dispute is decided, or there is none of that number.
    error NotOpen(uint256 number, Outcome outcome);

    /// @notice It can be decided up to `until` (seconds).
    error TooLateToDecide(uint256 time, uint256 until);

    /// @notice It can lapse after `until` (seconds).
    error TooEarlyToLapse(uint256 time, uint256 until);

    /// @notice Others have no quorum, or one of their answers is not later than the report (seconds).
    error NoLaterQuorum(uint256 counted, uint256 quorum, uint256 oldest, uint256 reportedAt);

    /// @notice The account has no credit.
    error NothingToPay(address account);

    /// @notice Challenges the last report of a signer for a key, which must have this nonce. The caller pays the bond.
    /// @return number Of the dispute, from 1.
    function challenge(address signer, bytes32 key, uint32 nonce) external returns (uint256 number);

    /// @notice Says whether the report was wrong. Only the resolver.
    /// @dev Warning: the resolver is trusted to know, and to be in time: behind a timelock that is slower than `decideWithin` it decides
    ///      nothing, and a challenge costs the lapse cost only.
    function resolve(uint256 number, bool wrong) external;

    /// @notice Compares the report with what the key's other sources say by now. Wrong where it is farther from that than the tolerance.
    ///         By anyone.
    /// @dev Warning: whoever calls chooses the moment. A value that moves by more than the tolerance while a dispute is open makes a right
    ///      report look wrong: the tolerance is for what the value may do in `decideWithin`.
    function settle(uint256 number) external;

    /// @notice Ends a dispute that nobody decided in time. By anyone.
    function lapse(uint256 number) external;

    /// @notice Pays an account its credit, to the account whoever calls.
    /// @return cash Settlement units.
    function payCredit(address account) external returns (uint256 cash);

    /// @notice A dispute by its number.
    function dispute(uint256 number) external view returns (Dispute memory);

    /// @notice Disputes so far.
    function disputes() external view returns (uint256);

    /// @notice Credit of an account, settlement units.
    function credit(address account) external view returns (uint256);

    /// @notice Bonds of open disputes and all credits, settlement units.
    function held() external view returns (uint256);

    /// @notice What a challenge costs, settlement units.
    function bond() external view returns (uint256);

    /// @notice Seconds after its landing in which a report can be challenged.
    function window() external view returns (uint40);

    /// @notice Seconds after a challenge in which it can be decided.
    function decideWithin() external view returns (uint40);

    /// @notice How far from later values a report may have been, WAD of the later value.
    function tolerance() external view returns (Wad);

    /// @notice What of a bond is forfeited where nobody decides, WAD of the bond; up.
    function lapseCost() external view returns (Wad);

    /// @notice Who gets forfeited bonds.
    function forfeitsTo() external view returns (address);

    /// @notice In what bonds are paid.
    function asset() external view returns (IERC20);

    /// @notice Whose values decide.
    function hub() external view returns (IOracleHub);

    /// @notice Whose reports are challenged.
    function reports() external view returns (ISignedReports);
}
