// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Record} from "interfaces/Records.sol";

/// @notice What a trusted issuer says of an identity, signed by EIP-712 for this registry on this chain.
/// @param value A country (ISO 3166-1 numeric) or a class, for the topics that say so; of another topic what the issuer likes.
/// @param issuedAt Seconds. Of two claims of one issuer and topic the later issued counts.
/// @param validUntil Seconds; the first at which the claim is worth nothing.
/// @param epoch Of the issuer when it signed: an issuer that begins a new one revokes all its claims at once.
struct Claim {
    address identity;
    uint256 topic;
    uint32 value;
    uint40 issuedAt;
    uint40 validUntil;
    address issuer;
    uint24 epoch;
}

/// @notice A wallet to be registered with its claims, in one call for many.
struct Registration {
    address wallet;
    address identity;
    uint16 country;
    Claim[] claims;
    bytes[] signatures;
}

/// @title Identities, their wallets and claims: what `IdentityRegistry` does beside ERC-3643
/// @notice A claim is checked when it comes in. What follows from an identity's claims is kept in one word of each of its
///         wallets (`Record`) with the second until which it holds and the issuers on which it rests, so that a transfer reads
///         two words and no signature. An issuer that is removed dies in one word that every bound compliance keeps.
interface IIdentities {
    /// @notice A claim was checked and counts.
    event ClaimAdded(
        address indexed identity,
        uint256 indexed topic,
        address indexed issuer,
        uint32 value,
        uint40 validUntil
    );

    /// @notice The issuer takes a claim back.
    event ClaimRevoked(address indexed identity, uint256 indexed topic, address indexed issuer);

    /// @notice All claims that `issuer` signed before are worth nothing.
    event EpochBegun(address indexed issuer, uint24 epoch);

    /// @notice What is known of an identity now; `verifiedUntil` 0 where a claim is missing.
    event Refreshed(address indexed identity, uint16 country, uint8 class, uint40 verifiedUntil);

    /// @notice `compliance` is told from now on.
    event Watched(address indexed compliance);

    /// @notice `compliance` is told no more.
    event Unwatched(address indexed compliance);

    /// @notice The claim was worth nothing before `now_`.
    error ClaimExpired(uint40 validUntil, uint256 now_);

    /// @notice The claim would have been issued later than now.
    error ClaimFromTheFuture(uint40 issuedAt, uint256 now_);

    /// @notice The claim ends before it begins.
    error ClaimNeverValid(uint40 issuedAt, uint40 validUntil);

    /// @notice A country is 1 to 999, a class 1 to 3.
    error ValueOutOfRange(uint256 topic, uint32 value);

    /// @notice Claims of this topic by this issuer do not count.
    error IssuerNotTrusted(address issuer, uint256 topic);

    /// @notice The issuer has begun a new epoch since, or the claim is of one to come.
    error WrongEpoch(address issuer, uint24 given, uint24 now_);

    /// @notice The signature is not the issuer's over this claim, this registry and this chain.
    error WrongSignature(address issuer);

    /// @notice A claim of the same issuer and topic that was issued at `kept` or later came first.
    error OlderClaim(uint40 issuedAt, uint40 kept);

    /// @notice The issuer took the claim back.
    error ClaimIsRevoked(bytes32 digest);

    /// @notice Only the issuer takes its claims back.
    error NotTheIssuerOfTheClaim(address caller, address issuer);

    /// @notice A registration comes with claims of its own identity.
    error OtherIdentity(address claimed, address registered);

    /// @notice A wallet is no zero address.
    error ZeroWallet();

    /// @notice An identity is no zero address.
    error ZeroIdentity();

    /// @notice The wallet is another identity's already.
    error WalletTaken(address wallet, address identity);

    /// @notice Nobody registered the wallet.
    error WalletUnknown(address wallet);

    /// @notice Nobody registered a wallet of the identity.
    error IdentityUnknown(address identity);

    /// @notice The wallet holds units of `token`: recover or move them first.
    error WalletHolds(address wallet, address token, uint256 units);

    /// @notice An identity has at most so many wallets.
    error TooManyWallets(address identity, uint256 most);

    /// @notice A registry tells at most so many.
    error TooManyWatchers(uint256 most);

    /// @notice Lists of one call have one length.
    error DifferentLengths(uint256 one, uint256 other);

    /// @notice The registry is its own storage.
    error OwnStorageOnly(address given);

    /// @notice Only the registry of issuers and topics says so.
    error NotTheIssuersRegistry(address caller);

    /// @notice The registry of issuers or topics does not tell this one of changes.
    error NotTold(address issuersOrTopics);

    /// @notice Checks a claim and keeps it; by whoever has it. The same claim again does nothing.
    function addClaim(Claim calldata claim, bytes calldata signature) external;

    /// @notice Registers wallets with their claims. Only an agent. The same again does nothing.
    function register(Registration[] calldata registrations) external;

    /// @notice Takes a claim back, kept here or not yet. Only its issuer. Older claims of the issuer and topic stay out.
    function revokeClaim(Claim calldata claim) external;

    /// @notice Takes all claims of the caller back that were signed so far.
    function revokeAll() external returns (uint24 epoch);

    /// @notice Reckons again what follows from an identity's claims; by anybody.
    function refresh(address identity) external;

    /// @notice Tells `compliance` of every change of what it keeps. Only the owner's role.
    /// @dev Warning: one that fails when it is told holds up every change, revocations too, until it is unwatched.
    function watch(address compliance) external;

    /// @notice Tells it no more: for that compliance nobody is verified from then on. Only the owner's role.
    function unwatch(address compliance) external;

    /// @notice Claims of `issuer` count no more, or for other topics. Only the registry of issuers.
    function issuerChanged(address issuer) external;

    /// @notice Other topics are asked for: nobody is verified until refreshed. Only the registry of topics.
    function topicsChanged() external;

    /// @notice What is known of two wallets, for a compliance.
    function recordsOf(address from, address to) external view returns (Record, Record);

    /// @notice Wallets of an identity by its number.
    function walletsOf(uint32 number) external view returns (address[] memory);

    /// @notice Units of a token in the wallets of an identity, but for two of them.
    function unitsOf(
        uint32 number,
        address token,
        address butFor,
        address andFor
    ) external view returns (uint256 units);

    /// @notice Whether another wallet of the same identity, of a lower address, holds units of a token.
    function holdsBefore(address wallet, address token) external view returns (bool);

    /// @notice Number of an identity; 0 for a stranger. Numbers are never given twice.
    function numberOf(address identity) external view returns (uint32);

    /// @notice Issuers that are dead in the current generation of bits, and that generation.
    function standing() external view returns (uint64 dead, uint16 generation);

    /// @notice How many epochs the issuer has closed.
    function epochOf(address issuer) external view returns (uint24);

    /// @notice What an issuer signs.
    function digestOf(Claim calldata claim) external view returns (bytes32);

    /// @notice Whether a wallet holds units of a token that is watched over, or something waits for it at the token's gate.
    function holds(address wallet) external view returns (bool);

    /// @notice Whether `compliance` is told.
    function isWatched(address compliance) external view returns (bool);
}
