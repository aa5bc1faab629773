// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOracleHub} from "interfaces/IOracleHub.sol";
import {Answer} from "interfaces/ISource.sol";

/// @notice How a source did in a period, over all keys whose truth was told.
/// @param count Answers that were compared.
/// @param worst Largest error, WAD of the truth, at most 10 WAD.
/// @param errors Sum of errors, WAD of the truth, each at most 10 WAD and rounded down.
/// @param biases Sum of the same with their sign: above 0 where the source said too much.
struct Score {
    uint32 count;
    uint64 worst;
    uint80 errors;
    int80 biases;
}

/// @title How far sources were from what turned out to be true
/// @notice Time is cut into periods, numbered from 0. In each the first call notes what every source of a key says; later the truth is
///         told for that period (a sale price, the next official value), once, and the errors are kept by source and period.
/// @notice Nothing follows from them by itself: the hub has no weights. Governance may set another policy.
/// @dev Warning: the truth keeper is trusted with the truth. Who notes first chooses the second in the period at which sources are compared.
interface IAccuracy {
    /// @notice What the sources of a key said, in the order of its policy.
    event Noted(bytes32 indexed key, uint32 indexed period, bytes32[] sources, Answer[] answers);

    /// @notice The truth of a key and period, WAD.
    event TruthTold(bytes32 indexed key, uint32 indexed period, uint128 truth);

    /// @notice The error of one source, WAD of the truth: too much is above 0.
    event Scored(bytes32 indexed source, bytes32 indexed key, uint32 indexed period, int256 error);

    /// @notice Periods have a length, and begin at a time that is not later than now (seconds).
    error PeriodsUnusable(uint256 start, uint256 length);

    error NotedBefore(bytes32 key, uint32 period);

    error NothingNoted(bytes32 key, uint32 period);

    error TruthToldBefore(bytes32 key, uint32 period, uint128 truth);

    /// @notice The truth is above 0.
    error TruthZero();

    /// @notice Notes what each source of a key says now. By anyone, once a period and key.
    function note(bytes32 key) external;

    /// @notice Tells what was true of a key in a period, WAD. Only the truth keeper.
    function tellTruth(bytes32 key, uint32 period, uint128 truth) external;

    /// @notice How a source did in a period.
    function score(bytes32 source, uint32 period) external view returns (Score memory);

    /// @notice A source's name here: the hash of its adapter and config.
    function idOf(address adapter, bytes calldata config) external pure returns (bytes32);

    /// @notice The period at a time (seconds), which is not before the first.
    function periodAt(uint256 time) external view returns (uint32);

    /// @notice What was told of a key and period; 0 while nothing was.
    function truthOf(bytes32 key, uint32 period) external view returns (uint128);

    /// @notice Whether the sources of a key were noted in a period.
    function isNoted(bytes32 key, uint32 period) external view returns (bool);

    /// @notice When period 0 began, seconds.
    function start() external view returns (uint40);

    /// @notice Seconds of a period.
    function length() external view returns (uint32);

    /// @notice Whose sources they are.
    function hub() external view returns (IOracleHub);
}
