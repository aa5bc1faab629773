// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClassTotal, ILoanPool, TapeCommitment} from "interfaces/ILoanPool.sol";
import {MAX_AMOUNT} from "interfaces/Types.sol";

/// @title The totals of a tape by asset class, as they are committed
library TapeClasses {
    /// @dev More kinds of loan in one tape would be several deals; the loop over them runs once, in the constructor.
    uint256 private constant MAX_CLASSES = 16;

    /// @notice Keeps the totals, which add up to those of the tape.
    function commit(ClassTotal[] storage classes, TapeCommitment memory tape) internal {
        uint256 count = tape.classes.length;
        if (count == 0 || count > MAX_CLASSES) revert ILoanPool.WrongNumberOfClasses(count, MAX_CLASSES);
        if (tape.grossBalance > MAX_AMOUNT) revert ILoanPool.AboveLimit(tape.grossBalance, MAX_AMOUNT);
        uint256 loans;
        uint256 balance;
        bytes32 previous;
        emit ILoanPool.TapeCommitted(tape.root, tape.loanCount, tape.grossBalance);
        for (uint256 i; i < count; ++i) {
            ClassTotal memory total = tape.classes[i];
            if (total.schema <= previous || total.loans == 0) {
                revert ILoanPool.WrongClass(i, total.schema, total.loans);
            }
            previous = total.schema;
            loans += total.loans;
            balance += total.grossBalance;
            classes.push(total);
            emit ILoanPool.ClassCommitted(total.assetClass, total.schema, total.loans, total.grossBalance);
        }
        if (loans != tape.loanCount || balance != tape.grossBalance) {
            revert ILoanPool.TapeTotalsMismatch(loans, tape.loanCount, balance, tape.grossBalance);
        }
    }
}
