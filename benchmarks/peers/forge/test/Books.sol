// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDistributor} from "interfaces/IDistributor.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {IOffering} from "interfaces/IOffering.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {IWaterfall, TrancheState} from "interfaces/IWaterfall.sol";
import {TrancheId} from "interfaces/Types.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title What must hold of the deal after every call, in one view call
/// @dev It reads 42 figures: of two contracts the cash (2) and the books (5), of three notes what four investors can claim
///      (12), supply, units ordered and sold (9), of three tranches principal, principal paid, loss and principal at
///      closing (12), and the two sums it is given. The salvor lab compares more, and more of each.
contract Books {
    IERC20 private immutable _settlement;
    ILoanPool private immutable _pool;
    IDistributor private immutable _distributor;
    IOffering private immutable _offering;
    IWaterfall private immutable _waterfall;
    ITrancheNote private immutable _senior;
    ITrancheNote private immutable _mezzanine;
    ITrancheNote private immutable _equity;
    address private immutable _first;
    address private immutable _second;
    address private immutable _third;
    address private immutable _fourth;

    constructor(IOffering offering, IWaterfall waterfall, address[4] memory investors) {
        (_offering, _waterfall, _pool) = (offering, waterfall, offering.pool());
        (_settlement, _distributor) = (_pool.settlement(), _pool.distributor());
        _senior = offering.note(TrancheId.wrap(0));
        _mezzanine = offering.note(TrancheId.wrap(1));
        _equity = offering.note(TrancheId.wrap(2));
        (_first, _second, _third, _fourth) = (investors[0], investors[1], investors[2], investors[3]);
    }

    /// @notice Reverts with the id of the property that does not hold. Settlement units.
    function check(uint256 paidIn, uint256 paidOut) external view {
        require(paidIn == paidOut + checkedCash(), "WF-01");
    }

    /// @notice The cash of all contracts, after everything but where it came from and went to has been checked.
    function checkedCash() public view returns (uint256 held) {
        uint256 forHolders = _distributor.heldForHolders();
        uint256 inDistributor =
            forHolders + _distributor.heldForCredits() + _distributor.heldForDeal() + _pool.cashToRun();
        held = _cash(address(_offering), _offering.cashHeld()) + _cash(address(_distributor), inDistributor);
        uint256 claimable = _tranche(0, _senior) + _tranche(1, _mezzanine) + _tranche(2, _equity);
        require(claimable <= forHolders, "NT-02");
    }

    function _tranche(uint8 place, ITrancheNote note) private view returns (uint256 claimable) {
        TrancheId id = TrancheId.wrap(place);
        claimable = note.claimable(_first) + note.claimable(_second);
        claimable += note.claimable(_third) + note.claimable(_fourth);
        uint256 sold = _offering.sold(id);
        require(sold <= _offering.ordered(id), "OF-01");
        require(IERC20(address(note)).totalSupply() == sold, "OF-01");
        TrancheState memory state = _waterfall.tranche(id);
        require(state.atClosing == sold, "WF-04");
        require(sold == state.principal + state.principalPaid + state.loss, "WF-04");
    }

    function _cash(address holder, uint256 books) private view returns (uint256) {
        require(_settlement.balanceOf(holder) == books, "WF-01");
        return books;
    }
}
