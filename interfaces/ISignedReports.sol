// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISource} from "interfaces/ISource.sol";

/// @notice One value, signed: EIP-712 type `Report(bytes32 key,uint128 value,uint40 at,uint32 nonce,uint40 validUntil)`.
/// @param key As the hub's.
/// @param value WAD.
/// @param at When it was observed, seconds since 1970.
/// @param nonce The signer's own count of signatures, from 1; reports and batches count alike.
/// @param validUntil Last second in which it may be handed in.
struct Report {
    bytes32 key;
    uint128 value;
    uint40 at;
    uint32 nonce;
    uint40 validUntil;
}

/// @notice Many values under one signature: EIP-712 type `Batch(bytes32 root,uint32 count,uint32 nonce,uint40 validUntil)`.
/// @param root Of OpenZeppelin's StandardMerkleTree over (bytes32 key, uint128 value, uint40 at).
/// @param count Leaves in it.
/// @param nonce As a report's; all values of the batch have it.
/// @param validUntil As a report's.
struct Batch {
    bytes32 root;
    uint32 count;
    uint32 nonce;
    uint40 validUntil;
}

/// @notice One value of a batch: a leaf. Fields as a report's.
struct Told {
    bytes32 key;
    uint128 value;
    uint40 at;
}

/// @notice What became of a report.
/// @param Plain Nobody challenged it.
/// @param Challenged It does not count while it is not decided.
/// @param Struck The challenge was right; it never counts again.
/// @param Confirmed The challenge was wrong, or nobody decided in time; it counts, and can't be challenged again.
enum Standing {
    Plain,
    Challenged,
    Struck,
    Confirmed
}

/// @notice The last report of a signer for a key. All 0 before the first.
/// @param landedAt When it was handed in, seconds.
struct Landed {
    uint128 value;
    uint40 at;
    uint32 nonce;
    uint40 landedAt;
    Standing standing;
}

/// @title Values signed by people who know them: appraisers, courts, registries, bureaus
/// @notice Handed in by anyone. EIP-712 domain: name "Salvor signed reports", version "1", the chain's id, this contract. A signer is
///         an account with a key or a contract that answers ERC-1271.
/// @notice Of each signer and key the last report stands. The next one must have a higher nonce and a later time: so nonces never go
///         back, and no signer has two values for one key and time. As a source its config is `abi.encode(address signer)`.
/// @dev Warning: who adds signers decides whose word counts. A key that leaked must be removed; its reports count no more then.
interface ISignedReports is ISource {
    /// @notice An account may sign from now on; `name` is text for people.
    event SignerAdded(address indexed signer, bytes32 name);

    /// @notice An account may sign no more, and what it signed does not count.
    event SignerRemoved(address indexed signer);

    /// @notice A report landed.
    event Reported(address indexed signer, bytes32 indexed key, uint128 value, uint40 at, uint32 nonce);

    /// @notice A value of a batch is not newer than what landed already; the others are not held up by it.
    event PassedOver(address indexed signer, bytes32 indexed key, uint32 nonce, uint40 at);

    /// @notice Signatures of `signer` with a nonce up to this one are void.
    event Voided(address indexed signer, uint32 nonce);

    /// @notice What became of a report.
    event StandingSet(address indexed signer, bytes32 indexed key, uint32 nonce, Standing standing);

    error NotASigner(address account);

    /// @notice It is one, or was one: who was removed comes back under another address.
    error SignerKnown(address account);

    /// @notice The zero address signs nothing.
    error SignerZero();

    error TooManySigners(uint256 most);

    /// @notice The signature is not `signer`'s over this content for this contract on this chain.
    error SignatureWrong(address signer, bytes32 digest);

    /// @notice Handed in too late (seconds).
    error ReportExpired(uint256 validUntil, uint256 time);

    /// @notice Observed later than now (seconds).
    error ReportFromFuture(uint256 at, uint256 time);

    /// @notice The nonce must be above `last`.
    error NonceUsed(address signer, bytes32 key, uint256 nonce, uint256 last);

    /// @notice The signer has voided its signatures up to `last`.
    error NonceVoided(address signer, uint256 nonce, uint256 last);

    /// @notice The time must be later than `last` (seconds).
    error NotLater(address signer, bytes32 key, uint256 at, uint256 last);

    /// @notice The values are not those of the batch, or not in the order of its tree.
    error NotTheBatch(bytes32 given, bytes32 root);

    /// @notice The batch has another number of values.
    error CountWrong(uint256 given, uint256 count);

    /// @notice The value is not in the batch.
    error NotInBatch(bytes32 key, bytes32 root);

    /// @notice This report is not the last of its signer and key.
    error NotTheLast(address signer, bytes32 key, uint256 nonce, uint256 last);

    /// @notice Lets an account sign. Only the oracle keeper.
    function addSigner(address signer, bytes32 name) external;

    /// @notice Takes it back, for ever, with all that it signed. Only the oracle keeper.
    function removeSigner(address signer) external;

    /// @notice Hands one report in.
    function submit(address signer, Report calldata report, bytes calldata signature) external;

    /// @notice Hands a whole batch in; `values` in the order of the tree's leaves (sorted by their hash).
    /// @return fresh How many were new; the others are passed over.
    function submitBatch(
        address signer,
        Batch calldata batch,
        Told[] calldata values,
        bytes calldata signature
    ) external returns (uint256 fresh);

    /// @notice Hands one value of a batch in, with its proof.
    function submitFromBatch(
        address signer,
        Batch calldata batch,
        Told calldata value,
        bytes32[] calldata proof,
        bytes calldata signature
    ) external;

    /// @notice The caller's signatures up to this nonce are void: what was signed and not handed in never will be.
    function voidUpTo(uint32 nonce) external;

    /// @notice Says what became of the last report of a signer and key. Only the disputes.
    function setStanding(address signer, bytes32 key, uint32 nonce, Standing standing) external;

    /// @notice The last report of a signer for a key.
    function landed(address signer, bytes32 key) external view returns (Landed memory);

    /// @notice Whether an account may sign.
    function isSigner(address account) external view returns (bool);

    /// @notice Nonce up to which signatures of an account are void.
    function voidedUpTo(address signer) external view returns (uint32);

    /// @notice What is signed for a report.
    function digestOfReport(Report calldata report) external view returns (bytes32);

    /// @notice What is signed for a batch.
    function digestOfBatch(Batch calldata batch) external view returns (bytes32);
}
