// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILoanBook, Plan, Strategy} from "interfaces/ILoanBook.sol";

/// @title Which plans a strategy can have. Rules 5 to 7
library Plans {
    /// @notice Refuses a plan that does not fit the strategy, or what is left to pay (settlement units).
    function check(Strategy strategy, Plan calldata plan, uint256 rest) internal view {
        bool fits;
        if (strategy == Strategy.DiscountedPayOff) {
            fits = plan.amount != 0 && plan.amount <= rest && plan.due == 0 && plan.interval == 0;
        } else if (strategy == Strategy.PaymentPlan) {
            fits = plan.amount != 0 && plan.due > block.timestamp && plan.interval != 0;
        } else {
            fits = plan.amount == 0 && plan.interval == 0 && (strategy == Strategy.Foreclosure || plan.due == 0);
        }
        if (!fits) revert ILoanBook.WrongPlan(strategy, plan);
    }
}
