// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Claim, IIdentities} from "interfaces/IIdentities.sol";
import {IClaimTopicsRegistry} from "interfaces/IClaimTopicsRegistry.sol";
import {ITrustedIssuersRegistry} from "interfaces/ITrustedIssuersRegistry.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title What trusted issuers say of identities, and what follows: the claims of `IdentityRegistry`
/// @dev Apart from it because each is a page of its own; the one base contract with one child of this folder.
abstract contract Claims is IIdentities, EIP712 {
    /// @notice A claim that came in, in one slot.
    /// @param until 0 once it was taken back; `issuedAt` stays, so that no older one comes back.
    /// @param tag Of the digest that was signed.
    struct Kept {
        uint40 until;
        uint40 issuedAt;
        uint32 value;
        uint24 epoch;
        uint120 tag;
    }

    /// @param stated Country that an agent says; counts where no claim says one.
    struct Known {
        uint32 number;
        uint16 stated;
        address[] wallets;
        mapping(uint256 topic => mapping(address issuer => Kept)) claims;
    }

    /// @param bit Place + 1 of the issuer in the current generation; 0 while nobody rests on it.
    /// @param given Bits that it had in that generation, and `since` when it has the last.
    struct Issuer {
        uint24 epoch;
        uint16 generation;
        uint8 bit;
        uint8 given;
        uint40 since;
    }

    /// @notice What follows from the claims of an identity.
    struct Facts {
        uint16 country;
        uint8 class;
        uint40 until;
        uint64 relies;
    }

    bytes32 private constant CLAIM = keccak256(
        "Claim(address identity,uint256 topic,uint32 value,uint40 issuedAt,uint40 validUntil,address issuer,uint24 epoch)"
    );
    uint8 private constant BITS = 64;
    /// @dev An issuer that dies gets another bit, and when all are given nobody is verified until refreshed. So that no issuer can
    ///      bring this about alone, it has two at once (there are 32 issuers), and one more a day.
    uint8 private constant AT_ONCE = 2;
    uint256 private constant PAUSE = 1 days;

    /* IMMUTABLES */

    /// @notice Topic of the claim whose value is a country.
    uint256 public immutable countryTopic;

    /// @notice Topic of the claim whose value is a class.
    uint256 public immutable classTopic;

    /* STORAGE */

    ITrustedIssuersRegistry internal _issuers;
    IClaimTopicsRegistry internal _topics;

    // A record of another generation is worth nothing; 0 is nobody's.
    uint64 internal _dead;
    uint16 internal _generation = 1;
    uint8 private _bitsGiven;

    mapping(address identity => Known) internal _known;
    mapping(address issuer => Issuer) private _issuerOf;
    mapping(bytes32 digest => bool) private _revoked;

    /* CONSTRUCTOR */

    constructor(uint256 countryTopic_, uint256 classTopic_) EIP712("Salvor Claims", "1") {
        countryTopic = countryTopic_;
        classTopic = classTopic_;
    }

    /* CLAIMS */

    /// @inheritdoc IIdentities
    function addClaim(Claim calldata claim, bytes calldata signature) external {
        if (_keep(claim, signature)) _refresh(claim.identity);
    }

    /// @inheritdoc IIdentities
    function revokeClaim(Claim calldata claim) external {
        if (msg.sender != claim.issuer) revert NotTheIssuerOfTheClaim(msg.sender, claim.issuer);
        bytes32 digest = digestOf(claim);
        _revoked[digest] = true;
        emit ClaimRevoked(claim.identity, claim.topic, claim.issuer);
        Kept storage kept = _known[claim.identity].claims[claim.topic][claim.issuer];
        if (kept.tag != uint120(uint256(digest))) {
            if (claim.epoch != _issuerOf[claim.issuer].epoch) return; // it counts no more, or not yet
            if (kept.epoch == claim.epoch && claim.issuedAt <= kept.issuedAt) return; // a newer one came in
            // It takes the place of older ones as if it had come in.
            kept.issuedAt = claim.issuedAt;
            kept.value = claim.value;
            kept.epoch = claim.epoch;
            kept.tag = uint120(uint256(digest));
        }
        kept.until = 0;
        _refresh(claim.identity);
    }

    /// @inheritdoc IIdentities
    function revokeAll() external returns (uint24 epoch) {
        epoch = ++_issuerOf[msg.sender].epoch;
        emit EpochBegun(msg.sender, epoch);
        _kill(msg.sender);
    }

    /// @inheritdoc IIdentities
    function refresh(address identity) external {
        if (_known[identity].number == 0) revert IdentityUnknown(identity);
        _refresh(identity);
    }

    /* ISSUERS AND TOPICS */

    /// @inheritdoc IIdentities
    function issuerChanged(address issuer) external {
        if (msg.sender != address(_issuers)) revert NotTheIssuersRegistry(msg.sender);
        _kill(issuer);
    }

    /// @inheritdoc IIdentities
    function topicsChanged() external {
        if (msg.sender != address(_topics)) revert NotTheIssuersRegistry(msg.sender);
        _beginGeneration();
    }

    /* VIEWS */

    /// @inheritdoc IIdentities
    function numberOf(address identity) external view returns (uint32) {
        return _known[identity].number;
    }

    /// @inheritdoc IIdentities
    function standing() external view returns (uint64 dead, uint16 generation) {
        return (_dead, _generation);
    }

    /// @inheritdoc IIdentities
    function epochOf(address issuer) external view returns (uint24) {
        return _issuerOf[issuer].epoch;
    }

    /// @inheritdoc IIdentities
    function digestOf(Claim calldata claim) public view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(
                    abi.encode(
                        CLAIM,
                        claim.identity,
                        claim.topic,
                        claim.value,
                        claim.issuedAt,
                        claim.validUntil,
                        claim.issuer,
                        claim.epoch
                    )
                )
            );
    }

    /* INTERNAL */

    function _setIssuers(address issuers) internal {
        _issuers = ITrustedIssuersRegistry(issuers);
    }

    /// @return news False for a claim that is kept already.
    function _keep(Claim calldata claim, bytes calldata signature) internal returns (bool news) {
        if (claim.identity == address(0)) revert ZeroIdentity();
        if (claim.validUntil <= claim.issuedAt) revert ClaimNeverValid(claim.issuedAt, claim.validUntil);
        if (block.timestamp < claim.issuedAt) revert ClaimFromTheFuture(claim.issuedAt, block.timestamp);
        if (claim.validUntil <= block.timestamp) revert ClaimExpired(claim.validUntil, block.timestamp);
        if (!_trusted(claim.issuer, claim.topic)) revert IssuerNotTrusted(claim.issuer, claim.topic);
        uint24 epoch = _issuerOf[claim.issuer].epoch;
        if (claim.epoch != epoch) revert WrongEpoch(claim.issuer, claim.epoch, epoch);
        _inRange(claim.topic, claim.value);
        bytes32 digest = digestOf(claim);
        if (_revoked[digest]) revert ClaimIsRevoked(digest);
        Kept storage kept = _known[claim.identity].claims[claim.topic][claim.issuer];
        if (kept.tag == uint120(uint256(digest))) return false;
        // An epoch later, what was kept is worth nothing and keeps nobody out.
        if (kept.epoch == epoch && claim.issuedAt <= kept.issuedAt) revert OlderClaim(claim.issuedAt, kept.issuedAt);
        if (!SignatureChecker.isValidSignatureNow(claim.issuer, digest, signature)) revert WrongSignature(claim.issuer);
        kept.until = claim.validUntil;
        kept.issuedAt = claim.issuedAt;
        kept.value = claim.value;
        kept.epoch = epoch;
        kept.tag = uint120(uint256(digest));
        emit ClaimAdded(claim.identity, claim.topic, claim.issuer, claim.value, claim.validUntil);
        return true;
    }

    /// @dev ISO 3166-1 has three digits.
    function _inRange(uint256 topic, uint32 value) internal view returns (uint16) {
        uint256 most =
            topic == countryTopic
                ? 999
                : topic == classTopic
                    ? 3
                    : type(uint32).max;
        if (most <= 999 && (value == 0 || value > most)) revert ValueOutOfRange(topic, value);
        return uint16(value);
    }

    /// @dev Reckons what follows from the claims of an identity, and writes it to its wallets.
    function _refresh(address identity) internal {
        Known storage known = _known[identity];
        if (known.number == 0) return; // the claim waits for its first wallet
        Facts memory facts = _reckon(known);
        _write(known, facts);
        emit Refreshed(identity, facts.country, facts.class, facts.until);
    }

    function _write(Known storage known, Facts memory facts) internal virtual;

    function _tellStanding() internal virtual;

    /// @dev Nobody's record counts any more; all bits are free again.
    function _beginGeneration() internal {
        ++_generation; // 65,535 changes of topics
        _dead = 0;
        _bitsGiven = 0;
        _tellStanding();
    }

    function _reckon(Known storage known) private returns (Facts memory facts) {
        uint16 generation = _generation;
        facts.until = type(uint40).max;
        facts.country = known.stated;
        uint256[] memory topics = address(_topics) == address(0) ? new uint256[](0) : _topics.getClaimTopics();
        if (address(_topics) == address(0)) facts.until = 0; // nobody has said yet what is asked for
        for (uint256 i; i < topics.length; ++i) {
            (address issuer, uint40 until, ) = _best(known, topics[i], false);
            _rest(facts, issuer, until);
            if (issuer == address(0)) facts.until = 0;
        }
        (address byIssuer, uint40 ends, uint32 value) = _best(known, countryTopic, true);
        if (byIssuer != address(0)) facts.country = uint16(value); // in range since it came in
        _rest(facts, byIssuer, ends);
        (byIssuer, ends, value) = _best(known, classTopic, true);
        if (byIssuer != address(0)) facts.class = uint8(value);
        _rest(facts, byIssuer, ends);
        // The bits ran out in between: all are free again, and at most half of them will be given (MOST_ISSUERS).
        if (generation != _generation) return _reckon(known);
    }

    function _rest(Facts memory facts, address issuer, uint40 until) private {
        if (issuer == address(0)) return;
        if (until < facts.until) facts.until = until;
        facts.relies |= _bitOf(issuer);
    }

    /// @dev Of all claims of a topic that count: the one that ends last, or the one issued last.
    function _best(
        Known storage known,
        uint256 topic,
        bool latest
    ) private view returns (address issuer, uint40 until, uint32 value) {
        if (address(_issuers) == address(0)) return (issuer, until, value);
        address[] memory issuers = _issuers.getTrustedIssuersForClaimTopic(topic);
        uint40 most;
        for (uint256 i; i < issuers.length; ++i) {
            Kept memory kept = known.claims[topic][issuers[i]];
            if (kept.until <= block.timestamp || kept.epoch != _issuerOf[issuers[i]].epoch) continue;
            if (!_mayRestOn(issuers[i])) continue;
            uint40 rank = latest ? kept.issuedAt : kept.until;
            if (issuer != address(0) && rank <= most) continue;
            (issuer, until, value, most) = (issuers[i], kept.until, kept.value, rank);
        }
    }

    function _bitOf(address issuer) private returns (uint64) {
        Issuer storage one = _issuerOf[issuer];
        if (one.bit == 0 || one.generation != _generation) {
            if (_bitsGiven == BITS) _beginGeneration();
            if (one.generation != _generation) one.given = 0;
            if (one.given < AT_ONCE) ++one.given;
            one.bit = ++_bitsGiven;
            one.generation = _generation;
            one.since = uint40(block.timestamp);
        }
        return uint64(1) << (one.bit - 1);
    }

    function _mayRestOn(address issuer) private view returns (bool) {
        Issuer storage one = _issuerOf[issuer];
        if (one.bit != 0 || one.generation != _generation || one.given < AT_ONCE) return true;
        return block.timestamp >= one.since + PAUSE;
    }

    /// @dev Whoever rests on the issuer is blocked from here on, without a loop.
    function _kill(address issuer) private {
        Issuer storage one = _issuerOf[issuer];
        if (one.bit == 0 || one.generation != _generation) return; // nobody rests on it
        _dead |= uint64(1) << (one.bit - 1);
        one.bit = 0;
        _tellStanding();
    }

    function _trusted(address issuer, uint256 topic) private view returns (bool) {
        return address(_issuers) != address(0) && issuer != address(0) && _issuers.hasClaimTopic(issuer, topic);
    }
}
