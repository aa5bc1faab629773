// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILoanBook, Plan, Strategy, StrategyTerms} from "interfaces/ILoanBook.sol";
import {WAD} from "interfaces/Types.sol";

/// @title Which plans and terms a strategy can have. Rules 4 to 7 and 38
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

    /// @notice Refuses what the deal says of a strategy where it can't sell so, or names a group that is not there.
    function checkTerms(Strategy strategy, StrategyTerms memory given, uint8 groups) internal pure {
        bool may = strategy == Strategy.LoanSale || strategy == Strategy.Foreclosure;
        bool prices = given.floorShare != 0 && given.startShare >= given.floorShare && given.haircut <= WAD / 2;
        bool sound = address(given.auction) == address(0) || (may && prices && given.rounds != 0);
        if (!sound || given.group > groups) revert ILoanBook.WrongStrategyTerms(strategy);
    }
}
