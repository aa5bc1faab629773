// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Why an answer does not count. Adapters give those before `Stale`, and `Disputed` to `TooThin`; the hub gives the others.
/// @param None It counts.
/// @param Unreachable The source reverted, has no code, ate its gas, or answered something that is no answer.
/// @param NoValue The source has none yet.
/// @param Negative A value below zero.
/// @param Incomplete A round that is not finished, or was carried over from an older one.
/// @param AtLimit At or beyond the limits between which the source itself can answer.
/// @param TooLarge Does not fit 128 bits in WAD.
/// @param SequencerDown The chain's sequencer is down, or came back too short a time ago.
/// @param Uncertain The source's own confidence interval is too wide.
/// @param Stale Older than the policy allows.
/// @param FromFuture Dated later than now.
/// @param OutOfBounds Outside the policy's bounds.
/// @param Deviates Too far from the median.
/// @param Disputed Challenged and not decided yet, or struck.
/// @param SignerRemoved Its signer is none any more.
/// @param TooThin A market with too little in it, or watched for too short a time.
enum Reason {
    None,
    Unreachable,
    NoValue,
    Negative,
    Incomplete,
    AtLimit,
    TooLarge,
    SequencerDown,
    Uncertain,
    Stale,
    FromFuture,
    OutOfBounds,
    Deviates,
    Disputed,
    SignerRemoved,
    TooThin
}

/// @notice What one source says of one value.
/// @param value WAD.
/// @param confidence Half the width of the interval in which the source is sure that the value lies, WAD; 0 where it does not say.
/// @param at When it was observed, seconds since 1970.
struct Answer {
    Reason reason;
    uint128 value;
    uint128 confidence;
    uint40 at;
}

/// @title An adapter: it asks one kind of source and makes WAD of what comes back
/// @notice An adapter keeps nothing of a policy. Which feed, which signer, which market is in `config`, whose layout is the adapter's own
///         and is described in its interface.
interface ISource {
    /// @notice The config can't be used: it does not decode, or the source says otherwise than it does.
    error ConfigUnusable(bytes config);

    /// @notice What the source says of `key` now. What is wrong with it is told as a reason; a revert counts as `Unreachable`.
    /// @dev Warning: the hub asks with limited gas and believes nothing but the shape of what comes back. An adapter that answers more
    ///      than it was asked for, or reverts with a long text, costs the reader gas up to the limit of its policy.
    function answer(bytes32 key, bytes calldata config) external view returns (Answer memory);

    /// @notice Reverts where `config` can't be used for `key`. Asked once, when a policy is set.
    function check(bytes32 key, bytes calldata config) external view;
}
