// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Side, Sides} from "contracts/fund/Sides.sol";
import {Books} from "contracts/waterfall/Books.sol";
import {RunTerms} from "contracts/waterfall/TermsCode.sol";
import {EpochTranche, IWaterfall, TrancheState} from "interfaces/IWaterfall.sol";
import {MAX_ACCRUED} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title What an epoch leaves in the books of the waterfall: rules 2, 26 and 27 of docs/evergreen.md
library EpochBooks {
    using SafeCast for uint256;

    /// @notice Rule 26: value of the most junior tranche that had no units when somebody came.
    function ownerless(Side[] memory sides) internal pure returns (uint256) {
        Side memory last = sides[sides.length - 1];
        return last.made != 0 && last.units == 0 ? last.value : 0;
    }

    /// @notice Tells the waterfall its new books: the reserve takes what it lacks from what the account has then.
    /// @param nobodys Units of nobody in the most junior tranche.
    function store(
        IWaterfall waterfall,
        RunTerms memory run,
        Side[] memory sides,
        uint256 nobodys,
        uint256 received,
        uint256 paid
    ) internal {
        EpochTranche[] memory books = new EpochTranche[](sides.length);
        uint256 reserved;
        uint8 empty;
        for (uint256 i; i < sides.length; ++i) {
            uint256 made = sides[i].made + (i + 1 == sides.length ? nobodys : 0);
            books[i] = _rebooked(sides[i], made);
            if ((run.reserve.tranches >> i) & 1 == 1) reserved += books[i].principal;
            if (sides[i].units + made == sides[i].ended) empty |= uint8(1 << i);
        }
        uint256 account = waterfall.revolvingAccount() + received - paid;
        (uint256 reserve, ) = waterfall.reserve();
        uint256 more = Math.min(account, Math.saturatingSub(Books.targetOf(run.reserve, reserved), reserve));
        reserve += more;
        waterfall.settleEpoch(books, reserve.toUint120(), (account - more).toUint120(), empty, received, paid);
    }

    function _rebooked(Side memory one, uint256 made) private pure returns (EpochTranche memory) {
        TrancheState memory state = one.books;
        (uint256 closing, uint256 principal) = (made, made);
        if (one.units != 0) {
            closing = Sides.rebooked(state.atClosing, one, one.ended, made);
            principal = Sides.rebooked(state.principal, one, one.ended, made);
        }
        uint256 due = Sides.rebooked(state.interestDue, one, one.ended, made);
        return
            EpochTranche({
                atClosing: closing.toUint112(),
                principal: principal.toUint112(),
                lost: Sides.rebooked(state.loss, one, one.ended, made).toUint112(),
                interestDue: uint128(Math.min(due, MAX_ACCRUED))
            });
    }
}
