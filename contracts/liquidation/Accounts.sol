// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Account, Shares} from "interfaces/IAuctionHouse.sol";
import {Strategy} from "interfaces/ILoanBook.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The account of a case: what is claimed, brought, due and lost. Rules 9 and 11 to 13
library Accounts {
    /// @notice Books what goes to the pool; tells what of it is recovered, and what came off the rest.
    function bring(Account storage self, uint256 net) internal returns (uint112 recovered, uint256 took) {
        if (net == 0) return (0, 0);
        (uint256 outstanding, uint256 writtenOff, uint256 before) = (self.outstanding, self.writtenOff, self.brought);
        self.brought = uint96(Math.min(before + net, type(uint96).max));
        took = Math.min(net, Math.saturatingSub(outstanding, before));
        if (writtenOff == 0) return (0, took);
        uint256 all = _recovered(before + net, outstanding, writtenOff);
        recovered = uint112(all - _recovered(before, outstanding, writtenOff));
    }

    /// @notice What was written off and nothing came on since.
    function unrecovered(Account storage self) internal view returns (uint96) {
        return uint96(self.writtenOff - _recovered(self.brought, self.outstanding, self.writtenOff)); // part of it
    }

    /// @notice A sale starts: its costs are due to the servicer, as far as there is room for them.
    function addCosts(Account storage self, uint88 cost) internal {
        if (cost == 0) return;
        self.costsDue = uint88(Math.min(uint256(self.costsDue) + cost, type(uint88).max));
        self.servicerWaits = true;
    }

    /// @notice Shares out what a case brings: fees that are due are paid, as far as it goes. Rules 11 and 12
    function share(Account storage self, uint256 cash) internal returns (Shares memory shares) {
        unchecked {
            if (self.keeperWaits) {
                uint256 keeperDue = self.keeperDue;
                uint256 paid = Math.min(cash, keeperDue);
                self.keeperDue = uint88(keeperDue - paid); // less than it was
                self.keeperWaits = keeperDue != paid;
                shares.toKeeper = paid;
                cash -= paid; // part of it, as the others are
            }
            if (self.servicerWaits) {
                uint256 costsDue = self.costsDue;
                uint256 paid = Math.min(cash, costsDue);
                self.costsDue = uint88(costsDue - paid); // likewise
                self.servicerWaits = costsDue != paid;
                shares.toServicer = paid;
                cash -= paid;
            }
            shares.toDebtor = _surplus(self, cash);
            shares.toPool = cash - shares.toDebtor;
        }
    }

    /// @dev What a foreclosure brings above all claims.
    function _surplus(Account storage self, uint256 net) private view returns (uint256) {
        if (self.strategy != Strategy.Foreclosure || self.debtor == address(0)) return 0;
        return Math.min(net, Math.saturatingSub(self.brought + net, claims(self)));
    }

    /// @notice What of the claim that was offered stays with what is left of the lot, up.
    /// @param units Of the whole lot: so many were offered, unless some were sold before.
    function partOf(Account storage self, uint32 left, uint32 units) internal view returns (uint256) {
        return Math.ceilDiv(uint256(self.exposed) * left, self.left == 0 ? units : self.left);
    }

    /// @notice Outstanding less brought.
    function rest(Account storage self) internal view returns (uint256) {
        return Math.saturatingSub(self.outstanding, self.brought);
    }

    /// @notice What frees the debtor.
    function leftToPay(Account storage self) internal view returns (uint256) {
        return Math.saturatingSub(claims(self), self.brought) + self.costsDue + self.keeperDue;
    }

    /// @notice Whether a further loan may join: none of the lot has an owner, and no loan's part of what was brought would change. Rule 2
    function takesLoans(Account memory self, bool byRank) internal pure returns (bool) {
        return self.left == 0 && !self.gone && self.brought <= (byRank ? self.outstanding : 0);
    }

    /// @notice All that is the pool's before anything is the debtor's.
    function claims(Account storage self) internal view returns (uint256) {
        return uint256(self.outstanding) + self.writtenOff;
    }

    /// @dev Rule 12. At most what was written off.
    function _recovered(uint256 brought, uint256 outstanding, uint256 writtenOff) private pure returns (uint256) {
        return Math.min(Math.saturatingSub(brought, outstanding), writtenOff);
    }
}
