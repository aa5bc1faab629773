// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactPull} from "contracts/ExactPull.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Cash on its way: `held` is in the house, `more` is brought by `from` now.
struct Cash {
    address from;
    uint256 held;
    uint256 more;
}

/// @notice What an account may have, one slot. Settlement units.
/// @param known It had something before: from then on a credit finds its slot written, and costs its buyer less.
struct Credit {
    uint248 cash;
    bool known;
}

using CashFlow for Cash global;

/// @title What goes on to a pool, and what stays in the house
library CashFlow {
    using ExactPull for IERC20;

    /// @notice `net` goes to a distributor, the rest stays here, owed.
    function send(Cash memory self, IERC20 asset, address distributor, uint256 net) internal {
        if (self.held == 0) {
            asset.moveExact(self.from, distributor, net);
            asset.pullExact(self.from, self.more - net);
        } else {
            asset.pullExact(self.from, self.more);
            if (net != 0) asset.sendExact(distributor, net);
        }
    }
}
