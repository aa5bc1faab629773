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
    /// @param known Was added once.
    struct Signer {
        bool active;
        bool known;
        uint32 voidedUpTo;
    }

    bytes32 private constant REPORT = keccak256(
        "Report(bytes32 key,uint128 value,uint40 at,uint32 nonce,uint40 validUntil)"
    );
    bytes32 private constant BATCH = keccak256("Batch(bytes32 root,uint32 count,uint32 nonce,uint40 validUntil)");

    /// @dev Bytes of a config: one address.
    uint256 private constant CONFIG = 32;

    /* STORAGE */

    mapping(address account => Signer signer) private _signers;
    mapping(address signer => mapping(bytes32 key => Landed landed)) private _landed;

    /* CONSTRUCTOR */

    constructor(address access) AccessManaged(access) EIP712("Salvor signed reports", "1") {}

    /* SIGNERS */

    /// @inheritdoc ISignedReports
    function addSigner(address signer, bytes32 name) external restricted {
        if (signer == address(0)) revert SignerZero();
        if (_signers[signer].known) revert SignerKnown(signer);
        (_signers[signer].active, _signers[signer].known) = (true, true);
        emit SignerAdded(signer, name);
    }

    /// @inheritdoc ISignedReports
    function removeSigner(address signer) external restricted {
        if (!_signers[signer].active) revert NotASigner(signer);
        _signers[signer].active = false;
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
        _signed(signer, report.nonce, report.validUntil, digestOfReport(report), signature);
        _landNew(signer, Told(report.key, report.value, report.at), report.nonce);
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
        _signed(signer, batch.nonce, batch.validUntil, digestOfBatch(batch), signature);
        mapping(bytes32 key => Landed) storage own = _landed[signer];
        for (uint256 i = 0; i < values.length; ++i) {
            Told calldata told = values[i];
            if (told.at > block.timestamp) revert ReportFromFuture(told.at, block.timestamp);
            Landed storage last = own[told.key];
            if (batch.nonce <= last.nonce || told.at <= last.at) {
                emit PassedOver(signer, told.key, batch.nonce, told.at);
                continue;
            }
            _land(last, signer, told, batch.nonce);
            ++fresh;
        }
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
        _signed(signer, batch.nonce, batch.validUntil, digestOfBatch(batch), signature);
        _landNew(signer, value, batch.nonce);
    }

    /// @inheritdoc ISignedReports
    function setStanding(address signer, bytes32 key, uint32 nonce, Standing standing) external restricted {
        Landed storage last = _landed[signer][key];
        if (last.nonce != nonce) revert NotTheLast(signer, key, nonce, last.nonce);
        last.standing = standing;
        emit StandingSet(signer, key, nonce, standing);
    }

    /* SOURCE */

    /// @inheritdoc ISource
    function answer(bytes32 key, bytes calldata config) external view returns (Answer memory given) {
        address signer = abi.decode(config, (address));
        Landed memory last = _landed[signer][key];
        (given.value, given.at) = (last.value, last.at);
        if (last.nonce == 0) given.reason = Reason.NoValue;
        else if (!_signers[signer].active) given.reason = Reason.SignerRemoved;
        else if (last.standing == Standing.Challenged || last.standing == Standing.Struck) {
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
        return _landed[signer][key];
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
    function _signed(
        address signer,
        uint32 nonce,
        uint40 validUntil,
        bytes32 digest,
        bytes calldata signature
    ) private view {
        Signer memory own = _signers[signer];
        if (!own.active) revert NotASigner(signer);
        if (block.timestamp > validUntil) revert ReportExpired(validUntil, block.timestamp);
        if (nonce <= own.voidedUpTo) revert NonceVoided(signer, nonce, own.voidedUpTo);
        if (!SignatureChecker.isValidSignatureNow(signer, digest, signature)) revert SignatureWrong(signer, digest);
    }

    function _landNew(address signer, Told memory told, uint32 nonce) private {
        Landed storage last = _landed[signer][told.key];
        if (told.at > block.timestamp) revert ReportFromFuture(told.at, block.timestamp);
        if (nonce <= last.nonce) revert NonceUsed(signer, told.key, nonce, last.nonce);
        if (told.at <= last.at) revert NotLater(signer, told.key, told.at, last.at);
        _land(last, signer, told, nonce);
    }

    function _land(Landed storage last, address signer, Told memory told, uint32 nonce) private {
        last.value = told.value;
        last.at = told.at;
        last.nonce = nonce;
        last.landedAt = uint40(block.timestamp);
        last.standing = Standing.Plain;
        emit Reported(signer, told.key, told.value, told.at, nonce);
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
