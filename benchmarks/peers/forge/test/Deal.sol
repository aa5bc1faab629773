// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";
import {DealAccess} from "contracts/access/DealAccess.sol";
import {AllowList} from "contracts/compliance/AllowList.sol";
import {SettlementToken} from "contracts/mocks/SettlementToken.sol";
import {Offering} from "contracts/notes/Offering.sol";
import {TrancheNote} from "contracts/notes/TrancheNote.sol";
import {LoanPool} from "contracts/pool/LoanPool.sol";
import {Waterfall} from "contracts/waterfall/Waterfall.sol";
import {ClassTotal, ILoanPool, PoolTerms, TapeCommitment} from "interfaces/ILoanPool.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {SkipWhen, Step, StepKind, TrancheTerms} from "interfaces/IWaterfall.sol";
import {TrancheId, Wad} from "interfaces/Types.sol";

uint256 constant SENIOR = 59_999;
uint256 constant MEZZANINE = 25_013;
uint256 constant EQUITY = 14_983;
uint40 constant CLOSING = 1_893_456_000 + 10 days;
uint256 constant PERIODS = 4;
uint256 constant PERIOD = 30 days;
uint256 constant FUNDS = 1e12;

address constant SELLER = address(0x1005);
address constant SERVICER = address(0x1006);
address constant TRANSFER_AGENT = address(0x1007);
address constant FEE_ACCOUNT = address(0x1008);

function investor(uint256 number) pure returns (address) {
    return address(uint160(0x1001 + (number % 4)));
}

/// @title The small deal of tests/property/stage.py, as salvor/deploy/apply.py deploys it
/// @dev Everybody is admitted, has money and has approved; it is the closing date and nothing is sold.
contract Deal {
    SettlementToken public immutable settlement;
    AllowList public immutable allowList;
    LoanPool public immutable pool;
    Offering public immutable offering;
    Waterfall public immutable waterfall;
    TrancheNote public immutable senior;
    TrancheNote public immutable mezzanine;
    TrancheNote public immutable equity;

    constructor() {
        vm.warp(CLOSING - 10 days);
        settlement = new SettlementToken("Test Dollar", "TUSD", 2);
        DealAccess access = new DealAccess(address(this));
        allowList = new AllowList(address(access));
        senior = new TrancheNote(address(access), settlement, allowList, "T-A senior", "T-A");
        mezzanine = new TrancheNote(address(access), settlement, allowList, "T-B mezzanine", "T-B");
        equity = new TrancheNote(address(access), settlement, allowList, "T-J equity", "T-J");
        pool = new LoanPool(address(access), _poolTerms());
        offering = new Offering(pool, _notes(), _sizes());
        waterfall = new Waterfall(offering, FEE_ACCOUNT, Wad.wrap(0.9e18), _tranches(), _steps());
        _restrict(access);
        _equip();
    }

    function _poolTerms() private view returns (PoolTerms memory terms) {
        uint40[] memory ends = new uint40[](PERIODS);
        for (uint256 i; i < PERIODS; ++i) ends[i] = uint40(CLOSING + PERIOD * (i + 1));
        uint112[] memory plan = new uint112[](PERIODS);
        (plan[0], plan[1], plan[2], plan[3]) = (40_000, 40_000, 30_000, 20_000);
        terms = PoolTerms({
            settlement: settlement,
            seller: SELLER,
            purchasePrice: SENIOR + MEZZANINE + EQUITY,
            tape: _tape(),
            closing: CLOSING,
            periodEnds: ends,
            plan: plan
        });
    }

    function _tape() private pure returns (TapeCommitment memory) {
        ClassTotal[] memory classes = new ClassTotal[](1);
        classes[0] = ClassTotal("accounts", keccak256("schema"), 5, 130_000);
        return TapeCommitment(keccak256("tape"), 5, 130_000, classes);
    }

    function _notes() private view returns (ITrancheNote[] memory notes) {
        notes = new ITrancheNote[](3);
        (notes[0], notes[1], notes[2]) = (senior, mezzanine, equity);
    }

    function _sizes() private pure returns (uint256[] memory sizes) {
        sizes = new uint256[](3);
        (sizes[0], sizes[1], sizes[2]) = (SENIOR, MEZZANINE, EQUITY);
    }

    function _tranches() private view returns (TrancheTerms[] memory tranches) {
        tranches = new TrancheTerms[](3);
        tranches[0] = TrancheTerms(senior, uint112(SENIOR), Wad.wrap(0.07e18));
        tranches[1] = TrancheTerms(mezzanine, uint112(MEZZANINE), Wad.wrap(0.11e18));
        tranches[2] = TrancheTerms(equity, uint112(EQUITY), Wad.wrap(0));
    }

    function _steps() private pure returns (Step[] memory steps) {
        steps = new Step[](7);
        steps[0] = _step(StepKind.Fee, SkipWhen.Never, 0, 0.06e18);
        steps[1] = _step(StepKind.Interest, SkipWhen.Never, 0, 0);
        steps[2] = _step(StepKind.Interest, SkipWhen.BehindPlan, 1, 0);
        steps[3] = _step(StepKind.Principal, SkipWhen.Never, 0, 0);
        steps[4] = _step(StepKind.Interest, SkipWhen.Never, 1, 0);
        steps[5] = _step(StepKind.Principal, SkipWhen.Never, 1, 0);
        steps[6] = _step(StepKind.Residual, SkipWhen.Never, 2, 0);
    }

    function _step(StepKind kind, SkipWhen skipWhen, uint8 tranche, uint64 rate) private pure returns (Step memory) {
        return Step({kind: kind, skipWhen: skipWhen, tranche: TrancheId.wrap(tranche), rate: Wad.wrap(rate)});
    }

    function _restrict(DealAccess access) private {
        _allow(access, access.SERVICER(), address(pool), ILoanPool.report.selector);
        _allow(access, access.OFFERING(), address(pool), ILoanPool.purchase.selector);
        _allow(access, access.WATERFALL(), address(pool), ILoanPool.release.selector);
        _allow(access, access.TRANSFER_AGENT(), address(allowList), AllowList.admit.selector);
        ITrancheNote[] memory notes = _notes();
        for (uint256 i; i < notes.length; ++i) {
            _allow(access, access.OFFERING(), address(notes[i]), ITrancheNote.mint.selector);
            _allow(access, access.WATERFALL(), address(notes[i]), ITrancheNote.distribute.selector);
        }
        access.grantRole(access.SERVICER(), SERVICER, 0);
        access.grantRole(access.TRANSFER_AGENT(), TRANSFER_AGENT, 0);
        access.grantRole(access.OFFERING(), address(offering), 0);
        access.grantRole(access.WATERFALL(), address(waterfall), 0);
    }

    function _allow(DealAccess access, uint64 role, address target, bytes4 selector) private {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        access.setTargetFunctionRole(target, selectors, role);
    }

    function _equip() private {
        for (uint256 i; i < 4; ++i) {
            settlement.mint(investor(i), FUNDS);
            vm.prank(investor(i));
            settlement.approve(address(offering), type(uint256).max);
            vm.prank(TRANSFER_AGENT);
            allowList.admit(investor(i), CLOSING + 2_000 days);
        }
        settlement.mint(SERVICER, FUNDS);
        vm.prank(SERVICER);
        settlement.approve(address(pool), type(uint256).max);
        vm.warp(CLOSING);
    }
}
