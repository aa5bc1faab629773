// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Remembering} from "contracts/compliance/rules/Remembering.sol";
import {IIdentityRegistry} from "interfaces/IIdentityRegistry.sol";
import {IRegulatedCompliance} from "interfaces/IRegulatedCompliance.sol";
import {IRule, Movement, Side} from "interfaces/IRule.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title Nobody who was shown to be on a sanctions list sends or receives
/// @notice An agent publishes the root of the list; whoever has a proof flags a wallet, and with it the identity behind it. Each
///         stays flagged until an agent clears it.
/// @dev Warning: who is on the list and was not flagged moves freely: whoever publishes a root flags the holders it names.
contract SanctionsRoot is Remembering {
    /// @notice Root of the list in force: leaves are twice hashed addresses, as OpenZeppelin's StandardMerkleTree makes them.
    event Published(bytes32 root);

    /// @notice The wallet is on the list.
    event Flagged(address indexed wallet, address indexed person);

    /// @notice An agent says that it is not, or no more.
    event Cleared(address indexed wallet);

    /// @notice An agent says that nobody behind this identity is.
    event PersonCleared(address indexed person);

    /// @notice The proof does not lead to the root.
    error NotOnTheList(address wallet, bytes32 root);

    /* STORAGE */

    /// @notice Root of the list in force.
    bytes32 public root;

    /// @notice Whether a wallet was shown to be on a list.
    mapping(address wallet => bool) public isFlagged;

    /// @notice Whether a wallet of the identity was.
    mapping(address person => bool) public isPersonFlagged;

    /* CONSTRUCTOR */

    constructor(IRegulatedCompliance compliance_) Remembering(compliance_) {}

    /* LIST */

    /// @notice Another list. Who was flagged stays so until cleared. Only an agent of the note.
    function publish(bytes32 root_) external {
        _onlyAgent();
        root = root_;
        emit Published(root_);
    }

    /// @notice Flags a wallet by proof. By anybody.
    function flag(address wallet, bytes32[] calldata proof) external {
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(wallet))));
        if (root == bytes32(0) || !MerkleProof.verifyCalldata(proof, root, leaf)) revert NotOnTheList(wallet, root);
        address person = IIdentityRegistry(compliance.registry()).identity(wallet);
        isFlagged[wallet] = true;
        if (person != address(0)) isPersonFlagged[person] = true;
        emit Flagged(wallet, person);
    }

    /// @notice Clears a wallet. Only an agent of the note.
    function clear(address wallet) external {
        _onlyAgent();
        isFlagged[wallet] = false;
        emit Cleared(wallet);
    }

    /// @notice Clears an identity; its wallets that were flagged stay so. Only an agent of the note.
    function clearPerson(address person) external {
        _onlyAgent();
        isPersonFlagged[person] = false;
        emit PersonCleared(person);
    }

    /* RULE */

    /// @inheritdoc IRule
    function begin() external view returns (uint8 uses) {
        _onlyCompliance();
        return CHECKS_TRANSFERS | CHECKS_MINTS;
    }

    /// @inheritdoc IRule
    function allows(Movement calldata movement) external view returns (bool) {
        return !_isOnIt(movement.from) && !_isOnIt(movement.to);
    }

    /// @inheritdoc IRule
    function words() external pure returns (string memory) {
        return "One side is on the sanctions list.";
    }

    /* INTERNAL */

    function _isOnIt(Side calldata side) private view returns (bool) {
        return isFlagged[side.wallet] || isPersonFlagged[_personOf(side)];
    }
}
