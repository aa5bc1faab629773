// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOnchainClaimIssuer, IOnchainIdentity} from "interfaces/IOnchainId.sol";

/// @title Stands in for an ONCHAINID identity: a claim comes in when its issuer stands by it, and is the holder's to take out
contract OnchainIdentity is IOnchainIdentity {
    struct Shown {
        uint256 topic;
        uint256 scheme;
        address issuer;
        bytes signature;
        bytes data;
        string uri;
    }

    error InvalidClaim();
    error NoSuchClaim();

    mapping(bytes32 claimId => Shown) private _shown;

    function addClaim(
        uint256 topic,
        uint256 scheme,
        address issuer,
        bytes calldata signature,
        bytes calldata data,
        string calldata uri
    ) external returns (bytes32 claimId) {
        if (!IOnchainClaimIssuer(issuer).isClaimValid(address(this), topic, signature, data)) revert InvalidClaim();
        claimId = keccak256(abi.encode(issuer, topic));
        _shown[claimId] = Shown(topic, scheme, issuer, signature, data, uri);
    }

    function removeClaim(bytes32 claimId) external returns (bool) {
        if (_shown[claimId].topic == 0) revert NoSuchClaim();
        delete _shown[claimId];
        return true;
    }

    /// @inheritdoc IOnchainIdentity
    function getClaim(
        bytes32 claimId
    ) external view returns (uint256, uint256, address, bytes memory, bytes memory, string memory) {
        Shown memory one = _shown[claimId];
        return (one.topic, one.scheme, one.issuer, one.signature, one.data, one.uri);
    }
}
