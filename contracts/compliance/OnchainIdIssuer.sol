// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Claim, IIdentities} from "interfaces/IIdentities.sol";
import {IOnchainClaimIssuer, IOnchainIdentity} from "interfaces/IOnchainId.sol";
import {IOnchainIdIssuer} from "interfaces/IOnchainIdIssuer.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

contract OnchainIdIssuer is IOnchainIdIssuer {
    uint40 private constant MOST = 366 days;
    bytes4 private constant NO = 0xffffffff;

    /* IMMUTABLES */

    /// @notice To which claims are brought.
    IIdentities public immutable registry;

    /// @inheritdoc IOnchainIdIssuer
    IOnchainClaimIssuer public immutable claimIssuer;

    /// @inheritdoc IOnchainIdIssuer
    uint40 public immutable lasts;

    /* STORAGE */

    mapping(address identity => mapping(uint256 topic => Claim)) private _brought;

    // What is being brought right now: the only thing this issuer signs.
    bytes32 private transient _digest;

    /* CONSTRUCTOR */

    constructor(IIdentities registry_, IOnchainClaimIssuer claimIssuer_, uint40 lasts_) {
        if (lasts_ == 0 || lasts_ > MOST) revert LastsOutOfRange(lasts_, MOST);
        (registry, claimIssuer, lasts) = (registry_, claimIssuer_, lasts_);
    }

    /* CLAIMS */

    /// @inheritdoc IOnchainIdIssuer
    function bring(address identity, uint256 topic) external {
        (bool stands, uint32 value) = _there(identity, topic);
        if (!stands) revert NoClaimThere(identity, topic);
        uint40 now_ = uint40(block.timestamp);
        Claim memory claim = Claim(
            identity,
            topic,
            value,
            now_,
            now_ + lasts,
            address(this),
            registry.epochOf(address(this))
        );
        _brought[identity][topic] = claim;
        _digest = registry.digestOf(claim);
        registry.addClaim(claim, "");
        _digest = 0;
    }

    /// @inheritdoc IOnchainIdIssuer
    function drop(address identity, uint256 topic) external {
        Claim memory claim = _brought[identity][topic];
        if (claim.issuer == address(0)) revert NothingBrought(identity, topic);
        (bool stands, ) = _there(identity, topic);
        if (stands) revert ClaimStands(identity, topic);
        delete _brought[identity][topic];
        registry.revokeClaim(claim);
    }

    /* VIEWS */

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata) external view returns (bytes4) {
        return hash != 0 && hash == _digest ? IERC1271.isValidSignature.selector : NO;
    }

    /// @inheritdoc IOnchainIdIssuer
    function broughtOf(address identity, uint256 topic) external view returns (Claim memory) {
        return _brought[identity][topic];
    }

    /// @inheritdoc IOnchainIdIssuer
    function read(address identity, uint256 topic) external view returns (bool valid, bytes memory data) {
        bytes memory signature;
        bytes32 id = keccak256(abi.encode(address(claimIssuer), topic));
        (, , , signature, data, ) = IOnchainIdentity(identity).getClaim(id);
        valid = claimIssuer.isClaimValid(identity, topic, signature, data);
    }

    /* INTERNAL */

    /// @dev An identity is its holder's contract and may show anything, or nothing: what counts is whether the issuer stands by it.
    function _there(address identity, uint256 topic) private view returns (bool stands, uint32 value) {
        try this.read(identity, topic) returns (bool valid, bytes memory data) {
            uint256 number = data.length == 32 ? uint256(bytes32(data)) : 0;
            return (valid, number > type(uint32).max ? 0 : uint32(number));
        } catch {
            return (false, 0); // no such claim, or no ONCHAINID
        }
    }
}
