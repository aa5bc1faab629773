// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Field, Loan} from "interfaces/ILoanPool.sol";
import {Period} from "interfaces/Types.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Leaves of the tape, as docs/decisions/0009 says: OpenZeppelin standard leaves that begin with their own tag
/// @dev Hashed twice, so no inner node passes as a leaf; tagged, so no leaf of one kind passes as one of another.
library TapeLeaves {
    bytes32 internal constant FIELD = keccak256("salvor.field.1");
    bytes32 internal constant LOAN = keccak256("salvor.loan.1");
    bytes32 internal constant COLLECTION = keccak256("salvor.collection.1");

    function ofField(Field calldata field) internal pure returns (bytes32) {
        return _twice(abi.encode(FIELD, field.name, field.value, field.salt));
    }

    function ofLoan(Loan calldata loan) internal pure returns (bytes32) {
        return _twice(abi.encode(LOAN, loan.schema, loan.fieldCount, loan.fieldsRoot));
    }

    function ofCollection(
        Period period,
        bytes32 fieldsRoot,
        uint256 cash,
        bytes32 salt
    ) internal pure returns (bytes32) {
        return _twice(abi.encode(COLLECTION, period, fieldsRoot, cash, salt));
    }

    /// @dev The depth follows from the number of leaves (in a complete tree depths differ by one at most), so a proof that
    ///      goes on below the tree fails; only a committer who puts a foreign hash in the place of a leaf one level up
    ///      could hide one more level there.
    function verify(bytes32 leaf, bytes32[] calldata proof, bytes32 root, uint256 leaves) internal pure returns (bool) {
        uint256 depth = Math.log2(leaves);
        if (proof.length != depth && proof.length != Math.log2(leaves, Math.Rounding.Ceil)) return false;
        return MerkleProof.verifyCalldata(proof, root, leaf);
    }

    function _twice(bytes memory content) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(content)));
    }
}
