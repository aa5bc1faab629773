// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactPull} from "contracts/ExactPull.sol";
import {IDistributor} from "interfaces/IDistributor.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Cash on its way: `held` stands apart with the first distributor, `more` is brought by `from` now.
struct Cash {
    address from;
    uint256 held;
    uint256 more;
}

/// @notice What an account may have, one slot. Settlement units.
/// @param known It had something before, or was named as who may: from then on a credit finds its slot written, and costs its buyer
///        less.
struct Credit {
    uint248 cash;
    bool known;
}

using CashFlow for Cash global;

/// @title Where the cash of a case goes. Rule 10
library CashFlow {
    using ExactPull for IERC20;

    /// @notice `net` must be with a distributor; the rest stands apart wherever it is.
    function send(Cash memory self, IERC20 asset, address distributor, address first, uint256 net) internal {
        if (self.held == 0) return asset.moveExact(self.from, distributor, self.more);
        asset.moveExact(self.from, first, self.more);
        if (distributor == first || net == 0) return;
        uint256 before = asset.balanceOf(distributor);
        IDistributor(first).release(distributor, net);
        asset.arrived(distributor, before, net);
    }
}
