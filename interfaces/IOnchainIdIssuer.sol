// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Claim} from "interfaces/IIdentities.sol";
import {IOnchainClaimIssuer} from "interfaces/IOnchainId.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title A trusted issuer that says what one ONCHAINID issuer says: claims of T-REX's people, for a registry of ours
/// @notice Claims there have no end and are looked up at every transfer; here a claim is kept until a moment. So one that is
///         brought lasts for `lasts` and is brought again by anybody; one that is taken back there is dropped here by anybody,
///         and blocks in the same transaction.
/// @dev Warning: what was taken back there and dropped by nobody counts here until it ends. Whoever runs the deal drops it.
interface IOnchainIdIssuer is IERC1271 {
    /// @notice The identity shows no claim of the issuer for the topic, or one that the issuer does not stand by.
    error NoClaimThere(address identity, uint256 topic);

    /// @notice The issuer stands by the claim still.
    error ClaimStands(address identity, uint256 topic);

    /// @notice Nothing was brought, or it was dropped.
    error NothingBrought(address identity, uint256 topic);

    /// @notice A claim lasts from a second to 366 days.
    error LastsOutOfRange(uint40 given, uint40 most);

    /// @notice Reads an identity's claim of a topic and hands it to the registry. By anybody, as often as they like.
    /// @dev Its value is the number in its data where these are 32 bytes and below 2^32, else 0.
    function bring(address identity, uint256 topic) external;

    /// @notice Takes a claim back that the issuer has taken back, or that the identity shows no more. By anybody.
    function drop(address identity, uint256 topic) external;

    /// @notice The claim that was brought last; all zero where there is none.
    function broughtOf(address identity, uint256 topic) external view returns (Claim memory);

    /// @notice What an identity shows for a topic, and whether the issuer stands by it. Reverts where it shows nothing.
    function read(address identity, uint256 topic) external view returns (bool valid, bytes memory data);

    /// @notice Whose word it is there.
    function claimIssuer() external view returns (IOnchainClaimIssuer);

    /// @notice Seconds that a claim counts after it was brought.
    function lasts() external view returns (uint40);
}
