// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOnchainClaimIssuer} from "interfaces/IOnchainId.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title Stands in for an ONCHAINID claim issuer with one key
contract OnchainClaimIssuer is IOnchainClaimIssuer {
    address private immutable _key;
    mapping(bytes32 signature => bool) private _revoked;

    constructor(address key) {
        _key = key;
    }

    function revokeClaimBySignature(bytes calldata signature) external {
        _revoked[keccak256(signature)] = true;
    }

    /// @inheritdoc IOnchainClaimIssuer
    function isClaimValid(
        address identity,
        uint256 claimTopic,
        bytes calldata signature,
        bytes calldata data
    ) external view returns (bool) {
        if (_revoked[keccak256(signature)]) return false;
        bytes32 content = keccak256(abi.encode(identity, claimTopic, data));
        (address signer, ECDSA.RecoverError error, ) = ECDSA.tryRecover(
            MessageHashUtils.toEthSignedMessageHash(content),
            signature
        );
        return error == ECDSA.RecoverError.NoError && signer == _key;
    }
}
