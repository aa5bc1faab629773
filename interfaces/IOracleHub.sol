// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Answer, ISource} from "interfaces/ISource.sol";
import {Wad} from "interfaces/Types.sol";

/// @notice What happens while a value is not good.
/// @param Refuse It is refused.
/// @param HoldLower The last good one stands, less a haircut that grows with its age: for what is owned (collateral).
/// @param HoldHigher The last good one stands, plus a haircut that grows with its age: for what may go wrong (default rates).
enum OnFailure {
    Refuse,
    HoldLower,
    HoldHigher
}

/// @notice How far a value can be relied on.
/// @param Refused It can't; the value is 0.
/// @param Held The last good one with a haircut.
/// @param Good A quorum of fresh sources agrees.
enum Status {
    Refused,
    Held,
    Good
}

/// @notice Why a value is not good.
/// @param None It is.
/// @param NoPolicy Nobody said how this key is valued.
/// @param NoQuorum Too few sources are fresh and within bounds.
/// @param TooFarApart Too few of the fresh ones are near their median.
/// @param TooFast The median moved faster than the policy allows.
enum Failure {
    None,
    NoPolicy,
    NoQuorum,
    TooFarApart,
    TooFast
}

/// @notice One source of a value.
/// @param adapter Whom to ask.
/// @param maxAge Seconds up to and with which an answer is fresh.
/// @param gasLimit Gas with which it is asked, 20,000 to 500,000.
/// @param config What the adapter needs to know, in the adapter's own layout.
struct Source {
    ISource adapter;
    uint32 maxAge;
    uint32 gasLimit;
    bytes config;
}

/// @notice How one value is made.
/// @param sources 1 to 15, all different.
/// @param quorum How many of them must be fresh, within bounds and near the median, at least 1.
/// @param maxDeviation From the median, WAD of the median; who is farther away does not count for the quorum.
/// @param maxChange Within `changeWindow` seconds, WAD of the value at its beginning; the longer ago that was, the more.
/// @param changeWindow Seconds; 0: no limit on change.
/// @param lowest Smallest answer that is believed, WAD.
/// @param highest Largest answer that is believed, WAD.
/// @param onFailure What stands while the value is not good.
/// @param haircut Of a held value at once, WAD of the value.
/// @param haircutGrowth What is added to it each day of age, WAD of the value.
/// @param holdAtMost Seconds of age up to and with which a value is held.
struct Policy {
    Source[] sources;
    uint8 quorum;
    Wad maxDeviation;
    Wad maxChange;
    uint32 changeWindow;
    uint128 lowest;
    uint128 highest;
    OnFailure onFailure;
    Wad haircut;
    Wad haircutGrowth;
    uint32 holdAtMost;
}

/// @notice A value and how far it can be relied on.
/// @param value WAD; 0 where it is refused.
/// @param confidence Half the width of the interval around the value that has every counted answer with its own interval in it, WAD.
///        Of a held value: the haircut in WAD.
/// @param at When the oldest counted answer was observed, seconds since 1970; of a held value the same of the last good one.
/// @param age Seconds from `at` to now.
/// @param counted Sources that are fresh, within bounds and near the median.
/// @param quorum How many the policy asks for.
struct Reading {
    uint128 value;
    uint128 confidence;
    uint40 at;
    uint40 age;
    uint8 counted;
    uint8 quorum;
    Status status;
    Failure why;
}

/// @notice A value that was good when the hub was last poked, and the one from which change is limited.
/// @param value WAD.
/// @param at When the oldest answer that counted for it was observed, seconds.
/// @param keptAt When it was kept, seconds; 0 before the first good value.
/// @param anchor WAD; 0 before the first good value.
/// @param anchoredAt When it became the anchor, seconds.
struct Kept {
    uint128 value;
    uint40 at;
    uint40 keptAt;
    uint128 anchor;
    uint40 anchoredAt;
}

/// @title Every value that a deal reads, each made of several sources by a policy
/// @notice A key is text, at most 32 bytes, zeros behind: what kind of value, a slash, and whose: "COLLATERAL/17" (loan 17), "SCORE/9"
///         (borrower 9), "HPI/ES-MD" (house price index of a region), "DEFAULT/ES", "FX/EURUSD", "RATE/EURIBOR3M", "GROWTH/EURIBOR3M"
///         (1 + the rate). Where that is longer, kind, "#", and as much of the text's Keccak-256 as has room. Values are in WAD and not
///         below 0.
/// @notice A value is the median of the answers that are fresh and within bounds; the lower and the upper middle one averaged and
///         rounded down where their number is even. Those too far from it do not count for the quorum, but move no median: so it
///         lies between the smallest and the largest honest answer while fewer than half of the fresh ones lie.
/// @dev Warning: who sets policies decides which sources are asked. Whoever reads must check that the key is the one meant.
interface IOracleHub {
    /// @notice A policy was set. What was kept of the key before is forgotten.
    event PolicySet(bytes32 indexed key, Policy policy);

    /// @notice A key has no policy any more.
    event PolicyDropped(bytes32 indexed key);

    /// @notice The last good value of a key, and its anchor, were forgotten.
    event Forgotten(bytes32 indexed key);

    /// @notice What was kept while a report stood that turned out to be wrong was forgotten; what is left.
    event ForgottenWith(bytes32 indexed key, Kept left);

    /// @notice Source number `source` of the key (from 0) did not count; with what it said, and why.
    event SourceRejected(bytes32 indexed key, uint256 indexed source, address indexed adapter, Answer answer);

    /// @notice The value was good.
    event ValueTold(bytes32 indexed key, Reading reading);

    /// @notice The value was not good, and what stands instead.
    event ValueFailed(bytes32 indexed key, Reading reading);

    /// @notice The value can't be relied on as asked.
    error NotGoodEnough(bytes32 key, Status status, Failure why, uint256 counted, uint256 quorum);

    error NoSuchPolicy(bytes32 key);

    /// @notice A source must be asked with all the gas that it may use: else whoever calls could silence some by giving too little.
    error NotEnoughGas(uint256 left, uint256 needed);

    /// @notice 1 to `most` sources.
    error SourceCount(uint256 given, uint256 most);

    /// @notice Two sources of a key are the same.
    error SourceTwice(uint256 first, uint256 second);

    /// @notice The quorum is 1 to the number of sources.
    error QuorumImpossible(uint256 given, uint256 sources);

    /// @notice The lowest value must be below the highest.
    error BoundsEmpty(uint256 lowest, uint256 highest);

    /// @notice Gas with which a source is asked has bounds.
    error GasLimitOutside(uint256 given, uint256 least, uint256 most);

    /// @notice An adapter must be a contract.
    error NoAdapter(address given);

    /// @notice A value held lower must be above 0 to its last second: WAD of the haircut then, and what it must be below.
    error HaircutTooLarge(uint256 given, uint256 below);

    /// @notice Says how a value is made from now on. Each adapter checks its config. What was kept of the key is forgotten.
    ///         Only the oracle keeper.
    /// @dev Warning: until the next good poke nothing limits change, and nothing can be held.
    function setPolicy(bytes32 key, Policy calldata policy) external;

    /// @notice No value of this key from now on. Only the oracle keeper.
    function dropPolicy(bytes32 key) external;

    /// @notice Forgets the last good value, where it turned out to be wrong, and the anchor. Only the oracle keeper.
    function forget(bytes32 key) external;

    /// @notice Forgets what was kept from `from` to `upTo` (seconds, both included): a report stood then that is struck. Where the last
    ///         good value is from another time it becomes the anchor in the place of one that is forgotten. Only the disputes.
    function forgetBetween(bytes32 key, uint40 from, uint40 upTo) external;

    /// @notice Asks all sources; tells every one that does not count, and keeps the value where it is good. By anyone.
    /// @return reading As `peek`.
    function poke(bytes32 key) external returns (Reading memory reading);

    /// @notice The value, good or held. Reverts where it is refused.
    /// @dev Warning: a held value is as old as `age` says. What can't be undone (a liquidation) asks `readFresh`.
    function read(bytes32 key) external view returns (Reading memory);

    /// @notice The value, good. Reverts where it is held or refused.
    function readFresh(bytes32 key) external view returns (Reading memory);

    /// @notice The value, and why it is not good. Reverts for too little gas only.
    /// @dev Warning: look at `status` before `value`.
    function peek(bytes32 key) external view returns (Reading memory);

    /// @notice The same without the sources of `adapter` that have this config: what the others say of it. Nothing is held, and change is
    ///         not limited.
    function peekWithout(bytes32 key, ISource adapter, bytes calldata config) external view returns (Reading memory);

    /// @notice What each source says, in the policy's order, with the reason why it does not count.
    function answers(bytes32 key) external view returns (Answer[] memory);

    /// @notice How a value is made.
    function policyOf(bytes32 key) external view returns (Policy memory);

    /// @notice Whether a key has a policy.
    function hasPolicy(bytes32 key) external view returns (bool);

    /// @notice The value that was good when the key was last poked, WAD, and when its oldest answer was observed (seconds); 0 for none.
    /// @dev Warning: it may be old, or disputed since. What can't be undone asks `readFresh`.
    function lastGood(bytes32 key) external view returns (uint128 value, uint40 at);

    /// @notice Whether a value of a key that was kept at a second (since 1970) may have been wrong, as it turned out: by `forget`, by a
    ///         dispute that was upheld, or as another policy came in its place. Of the last three spans; of more the oldest are one.
    function struck(bytes32 key, uint40 second) external view returns (bool);

    /// @notice What the last good poke has left.
    function kept(bytes32 key) external view returns (Kept memory);
}
