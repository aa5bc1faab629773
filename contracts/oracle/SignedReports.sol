// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Batch, ISignedReports, Landed, Report, Standing, Told} from "interfaces/ISignedReports.sol";
import {Answer, ISource, Reason} from "interfaces/ISource.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

contract SignedReports is ISignedReports, AccessManaged, EIP712 {
    /// @param number From 1, in the order in which they were added; 0: never added.
    struct Signer {
        bool active;
        uint16 number;
        uint32 voidedUpTo;
    }

    bytes32 private constant REPORT = keccak256(
        "Report(bytes32 key,uint128 value,uint40 at,uint32 nonce,uint40 validUntil)"
    );
    bytes32 private constant BATCH = keccak256("Batch(bytes32 root,uint32 count,uint32 nonce,uint40 validUntil)");

    /// @dev Where the fields of a landed report begin in its word, in bits; the value is at 0.
    uint256 private constant AT = 128;
    uint256 private constant NONCE = 168;
    uint256 private constant LANDED_AT = 200;
    uint256 private constant STANDING = 240;
    uint256 private constant NUMBER = 242;
    uint256 private constant MASK = 3; // of a standing

    /// @dev What numbers have room for.
    uint256 private constant MOST_SIGNERS = 2 ** (256 - NUMBER) - 1;

    /// @dev Bytes of a config: one address.
    uint256 private constant CONFIG = 32;

    /* STORAGE */

    mapping(address account => Signer signer) private _signers;

    /// @dev A bit a signer, by its number: reading reports of five signers reads one slot of it, where their structs would be five.
    mapping(uint256 word => uint256 bits) private _active;

    /// @dev Signers added so far.
    uint256 private _count;

    /// @dev The last report in one word: a slot is read and written whole.
    mapping(address signer => mapping(bytes32 key => uint256 packed)) private _landed;

    /* CONSTRUCTOR */

    constructor(address access) AccessManaged(access) EIP712("Salvor signed reports", "1") {}

    /* SIGNERS */

    /// @inheritdoc ISignedReports
    function addSigner(address signer, bytes32 name) external restricted {
        if (signer == address(0)) revert SignerZero();
        if (_signers[signer].number != 0) revert SignerKnown(signer);
        uint256 number = ++_count;
        if (number > MOST_SIGNERS) revert TooManySigners(MOST_SIGNERS);
        (_signers[signer].active, _signers[signer].number) = (true, uint16(number));
        _active[number >> 8] |= 1 << (number & 0xff);
        emit SignerAdded(signer, name);
    }

    /// @inheritdoc ISignedReports
    function removeSigner(address signer) external restricted {
        if (!_signers[signer].active) revert NotASigner(signer);
        _signers[signer].active = false;
        uint256 number = _signers[signer].number;
        _active[number >> 8] &= ~(1 << (number & 0xff));
        emit SignerRemoved(signer);
    }

    /// @inheritdoc ISignedReports
    function voidUpTo(uint32 nonce) external {
        Signer storage signer = _signers[msg.sender];
        if (!signer.active) revert NotASigner(msg.sender);
        if (nonce <= signer.voidedUpTo) revert NonceVoided(msg.sender, nonce, signer.voidedUpTo);
        signer.voidedUpTo = nonce;
        emit Voided(msg.sender, nonce);
    }

    /* REPORTS */

    /// @inheritdoc ISignedReports
    function submit(address signer, Report calldata report, bytes calldata signature) external {
        uint256 stamp = _signed(signer, report.nonce, report.validUntil, digestOfReport(report), signature);
        _landNew(signer, Told(report.key, report.value, report.at), stamp);
    }

    /// @inheritdoc ISignedReports
    function submitBatch(
        address signer,
        Batch calldata batch,
        Told[] calldata values,
        bytes calldata signature
    ) external returns (uint256 fresh) {
        if (values.length != batch.count) revert CountWrong(values.length, batch.count);
        bytes32 root = _rootOf(values);
        if (root != batch.root) revert NotTheBatch(root, batch.root);
        uint256 stamp = _signed(signer, batch.nonce, batch.validUntil, digestOfBatch(batch), signature);
        mapping(bytes32 key => uint256) storage own = _landed[signer];
        for (uint256 i = 0; i < values.length; ++i) if (_landNewer(own, signer, values[i], stamp)) ++fresh;
    }

    /// @inheritdoc ISignedReports
    function submitFromBatch(
        address signer,
        Batch calldata batch,
        Told calldata value,
        bytes32[] calldata proof,
        bytes calldata signature
    ) external {
        if (!MerkleProof.verifyCalldata(proof, batch.root, _leaf(value))) revert NotInBatch(value.key, batch.root);
        _landNew(signer, value, _signed(signer, batch.nonce, batch.validUntil, digestOfBatch(batch), signature));
    }

    /// @inheritdoc ISignedReports
    function setStanding(address signer, bytes32 key, uint32 nonce, Standing standing) external restricted {
        uint256 last = _landed[signer][key];
        if (uint32(last >> NONCE) != nonce) revert NotTheLast(signer, key, nonce, uint32(last >> NONCE));
        _landed[signer][key] = (last & ~(MASK << STANDING)) | (uint256(standing) << STANDING);
        emit StandingSet(signer, key, nonce, standing);
    }

    /* SOURCE */

    /// @inheritdoc ISource
    function answer(bytes32 key, bytes calldata config) external view returns (Answer memory given) {
        address signer = abi.decode(config, (address));
        uint256 last = _landed[signer][key];
        (given.value, given.at) = (uint128(last), uint40(last >> AT));
        uint256 standing = (last >> STANDING) & MASK;
        uint256 number = last >> NUMBER;
        if (last == 0) given.reason = Reason.NoValue;
        else if ((_active[number >> 8] >> (number & 0xff)) & 1 == 0) given.reason = Reason.SignerRemoved;
        else if (standing == uint256(Standing.Challenged) || standing == uint256(Standing.Struck)) {
            given.reason = Reason.Disputed;
        }
    }

    /// @inheritdoc ISource
    function check(bytes32, bytes calldata config) external view {
        if (config.length != CONFIG) revert ConfigUnusable(config);
        address signer = abi.decode(config, (address));
        if (!_signers[signer].active) revert NotASigner(signer);
    }

    /* VIEWS */

    /// @inheritdoc ISignedReports
    function landed(address signer, bytes32 key) external view returns (Landed memory) {
        uint256 last = _landed[signer][key];
        return
            Landed({
                value: uint128(last),
                at: uint40(last >> AT),
                nonce: uint32(last >> NONCE),
                landedAt: uint40(last >> LANDED_AT),
                standing: Standing((last >> STANDING) & MASK)
            });
    }

    /// @inheritdoc ISignedReports
    function isSigner(address account) external view returns (bool) {
        return _signers[account].active;
    }

    /// @inheritdoc ISignedReports
    function voidedUpTo(address signer) external view returns (uint32) {
        return _signers[signer].voidedUpTo;
    }

    /// @inheritdoc ISignedReports
    function digestOfReport(Report calldata report) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(REPORT, report)));
    }

    /// @inheritdoc ISignedReports
    function digestOfBatch(Batch calldata batch) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(BATCH, batch)));
    }

    /* INTERNAL */

    /// @dev Who signs, until when, and that it was this signer. What was handed in before is found by its nonce, not here.
    /// @return stamp What all values under the signature have alike in their words: nonce, now, the signer's number; plain. A nonce of 0
    ///         never lands, so no such word is 0.
    function _signed(
        address signer,
        uint32 nonce,
        uint40 validUntil,
        bytes32 digest,
        bytes calldata signature
    ) private view returns (uint256 stamp) {
        Signer memory own = _signers[signer];
        if (!own.active) revert NotASigner(signer);
        if (block.timestamp > validUntil) revert ReportExpired(validUntil, block.timestamp);
        if (nonce <= own.voidedUpTo) revert NonceVoided(signer, nonce, own.voidedUpTo);
        if (!SignatureChecker.isValidSignatureNow(signer, digest, signature)) revert SignatureWrong(signer, digest);
        return (uint256(nonce) << NONCE) | (block.timestamp << LANDED_AT) | (uint256(own.number) << NUMBER);
    }

    /// @dev Of a batch: what is not newer is passed over.
    function _landNewer(
        mapping(bytes32 key => uint256) storage own,
        address signer,
        Told calldata told,
        uint256 stamp
    ) private returns (bool) {
        (bytes32 key, uint256 at) = (told.key, told.at);
        if (at > block.timestamp) revert ReportFromFuture(at, block.timestamp);
        uint256 last = own[key];
        if (uint32(stamp >> NONCE) <= uint32(last >> NONCE) || at <= uint40(last >> AT)) {
            emit PassedOver(signer, key, uint32(stamp >> NONCE), uint40(at));
            return false;
        }
        own[key] = uint256(told.value) | (at << AT) | stamp;
        emit Reported(signer, key, told.value, uint40(at), uint32(stamp >> NONCE));
        return true;
    }

    function _landNew(address signer, Told memory told, uint256 stamp) private {
        (bytes32 key, uint40 at, uint32 nonce) = (told.key, told.at, uint32(stamp >> NONCE));
        uint256 last = _landed[signer][key];
        if (at > block.timestamp) revert ReportFromFuture(at, block.timestamp);
        if (nonce <= uint32(last >> NONCE)) revert NonceUsed(signer, key, nonce, uint32(last >> NONCE));
        if (at <= uint40(last >> AT)) revert NotLater(signer, key, at, uint40(last >> AT));
        _landed[signer][key] = uint256(told.value) | (uint256(at) << AT) | stamp;
        emit Reported(signer, key, told.value, at, nonce);
    }

    /// @dev The tree of OpenZeppelin's library: an array with the root first, the children of i at 2i + 1 and 2i + 2, leaves sorted from
    ///      its end.
    function _rootOf(Told[] calldata values) private pure returns (bytes32) {
        uint256 count = values.length;
        if (count == 0) return bytes32(0); // no tree has this root, no batch this count
        bytes32[] memory nodes = new bytes32[](2 * count - 1);
        unchecked {
            for (uint256 i = 0; i < count; ++i) nodes[2 * count - 2 - i] = _leaf(values[i]);
            for (uint256 i = count - 1; i != 0; --i) {
                nodes[i - 1] = Hashes.commutativeKeccak256(nodes[2 * i - 1], nodes[2 * i]);
            }
        }
        return nodes[0];
    }

    /// @dev Hashed twice: no inner node passes as a leaf.
    function _leaf(Told calldata told) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(told))));
    }
}
