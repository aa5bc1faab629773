// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TapeLeaves} from "contracts/pool/TapeLeaves.sol";
import {IAuctionHouse} from "interfaces/IAuctionHouse.sol";
import {ILoanBook, LoanProof} from "interfaces/ILoanBook.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";

/// @title What a loan's claim is, by a tape's root
library LoanProofs {
    /// @notice The claim, and the group in whose tape the loan is and the field in the loan; else, or where that has not bought it yet
    ///         or is over, refused.
    function claim(
        IAuctionHouse house,
        bytes32 loanId,
        LoanProof calldata given,
        bytes32 claimField
    ) internal view returns (int256 found, uint8 group) {
        uint8 groups = house.groups();
        while (group < groups && !_isIn(house.poolOf(group), given)) ++group;
        bytes32 leaf = TapeLeaves.ofField(given.field);
        bool known = TapeLeaves.verify(leaf, given.fieldProof, given.loan.fieldsRoot, given.loan.fieldCount);
        bool isClaim = given.field.name == claimField && given.field.value.length == 32;
        if (group == groups || !known || !isClaim) revert ILoanBook.NotProved(loanId);
        if (!house.poolOf(group).isRunning()) revert ILoanBook.GroupNotRunning(group);
        return (abi.decode(given.field.value, (int256)), group);
    }

    function _isIn(ILoanPool pool, LoanProof calldata given) private view returns (bool) {
        if (given.place == 0) return pool.verifyLoan(given.loan, given.proof);
        if (given.place > pool.furtherTapes()) return false;
        return pool.verifyFurtherLoan(given.place, given.loan, given.proof);
    }
}
