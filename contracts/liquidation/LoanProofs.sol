// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TapeLeaves} from "contracts/pool/TapeLeaves.sol";
import {ILoanBook, LoanProof} from "interfaces/ILoanBook.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";

/// @title What a loan's claim is, by the tape's root
library LoanProofs {
    /// @notice The claim, where the loan is in the tape and the field in the loan; else refused.
    function claim(
        ILoanPool pool,
        bytes32 loanId,
        LoanProof calldata given,
        bytes32 claimField
    ) internal view returns (int256) {
        bool inTape =
            given.place == 0
                ? pool.verifyLoan(given.loan, given.proof)
                : pool.verifyFurtherLoan(given.place, given.loan, given.proof);
        bytes32 leaf = TapeLeaves.ofField(given.field);
        bool known = TapeLeaves.verify(leaf, given.fieldProof, given.loan.fieldsRoot, given.loan.fieldCount);
        bool isClaim = given.field.name == claimField && given.field.value.length == 32;
        if (!inTape || !known || !isClaim) revert ILoanBook.NotProved(loanId);
        return abi.decode(given.field.value, (int256));
    }
}
