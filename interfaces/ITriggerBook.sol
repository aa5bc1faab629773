// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILoanBook, Strategy} from "interfaces/ILoanBook.sol";
import {IOracleHub} from "interfaces/IOracleHub.sol";

/// @notice What a condition looks at, in the order of docs/liquidation.md, rule 32.
enum Looks {
    CoverageBelow,
    LoanToValueAbove,
    ValueAbove,
    ValueBelow,
    ValueFell,
    PlanBroken,
    CourtOverdue,
    ReportMissed
}

/// @notice A condition, one slot.
/// @param prefix Of the key, such as "COLLATERAL/", zeros behind; the case's number follows.
/// @param level WAD; what a value fell by.
/// @param margin How far the level moves to the safe side when it is calmed, parts of 10^9 of the level.
/// @param window Seconds.
struct Condition {
    Looks looks;
    bytes11 prefix;
    uint88 level;
    uint32 margin;
    uint32 window;
}

/// @notice A trigger, one slot.
/// @param clauses Three sets of conditions, 8 bits each; an empty one never holds.
/// @param hold Seconds.
/// @param gap Seconds.
/// @param age Seconds.
/// @param cure Seconds.
/// @param fee Settlement units, of what the case brings.
/// @param way How the case is sold.
/// @param count Of its conditions.
struct TriggerTerms {
    uint24 clauses;
    uint32 hold;
    uint32 gap;
    uint32 age;
    uint32 cure;
    uint88 fee;
    Strategy way;
    uint8 count;
}

/// @notice A trigger of a case, one slot. Seconds since 1970, to the year 2106.
/// @param since Of each clause, 32 bits each; 0: it does not hold.
/// @param last Checkpoint.
/// @param claim As it was noted, settlement units.
struct Watch {
    uint96 since;
    uint32 last;
    uint96 claim;
    bool watched;
    bool fired;
}

/// @title When a case must be sold: conditions over values and facts, looked at by anyone
interface ITriggerBook {
    /// @notice A case is watched, or its claim was noted again.
    event Watched(uint64 indexed caseId, uint256 indexed trigger, uint96 claim);

    event Fired(uint64 indexed caseId, uint256 indexed trigger, address indexed keeper);
    event Calmed(uint64 indexed caseId, uint256 indexed trigger, bool cured);

    error WrongTrigger(uint256 trigger);
    error NoSuchTrigger(uint256 trigger, uint256 count);
    /// @notice The trigger is for cases of another class.
    error OtherClass(uint64 caseId, bytes32 given, bytes32 needed);
    error NotWatched(uint64 caseId, uint256 trigger);

    /// @notice It fired for this cause already.
    error AlreadyFired(uint64 caseId, uint256 trigger);
    error NotFired(uint64 caseId, uint256 trigger);

    /// @notice No clause has held so long; `longest` is the longest of those that hold (seconds).
    error NotHeld(uint64 caseId, uint256 trigger, uint256 longest, uint256 hold);

    /// @notice A clause holds, would hold with margins, or can't be told.
    error StillHolds(uint64 caseId, uint256 trigger);

    /// @notice Notes the claim of a case, which is of the trigger's class, for a trigger. By anyone, as often as wanted. Where it is below what was noted by more than
    ///         a condition's margin, clauses with that condition begin anew.
    /// @dev Warning: where a condition over the claim has no margin, each payment begins its hold anew.
    function watch(uint64 caseId, uint256 trigger) external;

    /// @notice Makes a checkpoint. By anyone.
    /// @return holding The set of clauses that hold.
    function check(uint64 caseId, uint256 trigger) external returns (uint256 holding);

    /// @notice Makes a checkpoint of each of these cases, whole or not at all. By anyone, who pays for the length of the list.
    function checkAll(uint64[] calldata caseIds, uint256 trigger) external;

    /// @notice Notes the claim, as `watch` does, and fires. By anyone, who is the keeper.
    function fire(uint64 caseId, uint256 trigger) external;

    /// @notice Shows that the cause is gone: cures the case where it is in cure by this trigger, and lets it fire again. By anyone.
    function calm(uint64 caseId, uint256 trigger) external;

    /// @notice Which conditions hold now, with good values, and which can't be told.
    function conditionsNow(uint64 caseId, uint256 trigger) external view returns (uint256 holds, uint256 unknown);

    /// @notice A trigger of a case.
    function watchOf(uint64 caseId, uint256 trigger) external view returns (Watch memory);

    /// @notice By which trigger, from 1, a case was last put in cure; 0 for none.
    function firedBy(uint64 caseId) external view returns (uint256);

    /// @notice What was declared.
    function termsOf(uint256 trigger) external view returns (TriggerTerms memory, Condition[] memory);

    /// @notice The class of the cases that a trigger is for: the schema of their first loan; 0: all.
    function classOf(uint256 trigger) external view returns (bytes32);

    /// @notice How many triggers there are.
    function count() external view returns (uint256);

    /// @notice The key under which the hub knows a value of a case.
    function keyOf(bytes11 prefix, uint64 caseId) external pure returns (bytes32);

    /// @notice Whose values.
    function hub() external view returns (IOracleHub);

    /// @notice Whose cases.
    function book() external view returns (ILoanBook);
}
