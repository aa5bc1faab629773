// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";
import {DealAccess} from "contracts/access/DealAccess.sol";
import {AllowList} from "contracts/compliance/AllowList.sol";
import {SettlementToken} from "contracts/mocks/SettlementToken.sol";
import {Distributor} from "contracts/notes/Distributor.sol";
import {Offering} from "contracts/notes/Offering.sol";
import {TrancheNote} from "contracts/notes/TrancheNote.sol";
import {LoanPool} from "contracts/pool/LoanPool.sol";
import {Waterfall} from "contracts/waterfall/Waterfall.sol";
import {IDistributor} from "interfaces/IDistributor.sol";
import {ClassTotal, ILoanPool, PoolTerms, TapeCommitment} from "interfaces/ILoanPool.sol";
import {IOffering, TrancheOffer} from "interfaces/IOffering.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {
    DayCount,
    FeeBasis,
    FeeTerms,
    RateKind,
    RatePath,
    StepKind,
    TrancheTerms,
    TriggerKind,
    TriggerTerms,
    WaterfallTerms,
    When
} from "interfaces/DealTerms.sol";
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
address constant ARRANGER = address(0x1008);

function investor(uint256 number) pure returns (address) {
    return address(uint160(0x1001 + (number % 4)));
}

/// @title The small deal of tests/property/stage.py, as salvor/deploy/apply.py deploys it
/// @dev The sale is open nine days before closing; everybody is admitted, has money and has approved, nothing is ordered.
contract Deal {
    SettlementToken public immutable settlement;
    AllowList public immutable allowList;
    Distributor public immutable distributor;
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
        distributor = new Distributor(address(access), settlement);
        senior = new TrancheNote(address(access), distributor, allowList, "T-A senior", "T-A");
        mezzanine = new TrancheNote(address(access), distributor, allowList, "T-B mezzanine", "T-B");
        equity = new TrancheNote(address(access), distributor, allowList, "T-J equity", "T-J");
        pool = new LoanPool(address(access), distributor, _poolTerms());
        offering = new Offering(address(access), pool, _offers());
        waterfall = new Waterfall(offering, _rules());
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
            grace: 5 days,
            periodEnds: ends,
            plan: plan,
            carryingRatio: Wad.wrap(1e18)
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

    function _offers() private view returns (TrancheOffer[] memory offers) {
        offers = new TrancheOffer[](3);
        offers[0] = TrancheOffer(senior, uint112(SENIOR), uint112(SENIOR));
        offers[1] = TrancheOffer(mezzanine, uint112(MEZZANINE), uint112(MEZZANINE));
        offers[2] = TrancheOffer(equity, uint112(EQUITY), uint112(EQUITY));
    }

    function _rules() private view returns (WaterfallTerms memory terms) {
        terms.tranches = new TrancheTerms[](3);
        terms.tranches[0] = _tranche(senior, 0.07e18);
        terms.tranches[1] = _tranche(mezzanine, 0.11e18);
        terms.tranches[2] = _tranche(equity, 0);
        terms.paths = new RatePath[](3);
        terms.lines = new FeeTerms[](1);
        terms.lines[0] = FeeTerms({
            payee: SERVICER,
            rate: Wad.wrap(0.06e18),
            basis: FeeBasis.Collections,
            tranche: TrancheId.wrap(0),
            dayCount: DayCount.Actual365,
            floor: 0,
            cap: type(uint112).max,
            carried: false,
            senior: false
        });
        terms.triggers = new TriggerTerms[](1);
        terms.triggers[0] = TriggerTerms(TriggerKind.CollectionRatio, TrancheId.wrap(0), 0.9e18, 1);
        terms.steps = _steps();
        terms.ledgers = true;
        terms.dustOwner = SELLER;
    }

    function _tranche(ITrancheNote note, uint64 rate) private pure returns (TrancheTerms memory) {
        return TrancheTerms(note, Wad.wrap(rate), RateKind.Fixed, DayCount.Actual365, true, false);
    }

    function _steps() private pure returns (uint256[] memory steps) {
        steps = new uint256[](7);
        steps[0] = _step(StepKind.Fee, When.Always, 0, 1e18);
        steps[1] = _step(StepKind.Interest, When.Always, 0, 0);
        steps[2] = _step(StepKind.Interest, When.WhileNoneOn, 1, 0);
        steps[3] = _step(StepKind.Principal, When.Always, 0, 0);
        steps[4] = _step(StepKind.Interest, When.Always, 1, 0);
        steps[5] = _step(StepKind.Principal, When.Always, 1, 0);
        steps[6] = _step(StepKind.Residual, When.Always, 2, 0);
    }

    /// @dev Packed as `Step` in interfaces/IWaterfall.sol says; a condition looks at the one trigger.
    function _step(StepKind kind, When when, uint256 tranche, uint256 share) private pure returns (uint256) {
        uint256 triggers = when == When.Always ? 0 : 1;
        return uint256(kind) | (uint256(when) << 8) | (triggers << 16) | (tranche << 32) | (share << 56);
    }

    function _restrict(DealAccess access) private {
        _allow(access, access.SERVICER(), address(pool), ILoanPool.report.selector);
        _allow(access, access.OFFERING(), address(pool), ILoanPool.purchase.selector);
        _allow(access, access.OFFERING(), address(distributor), IDistributor.appoint.selector);
        _allow(access, access.ARRANGER(), address(offering), IOffering.open.selector);
        _allow(access, access.TRANSFER_AGENT(), address(allowList), AllowList.admit.selector);
        ITrancheNote[] memory notes = _notes();
        for (uint256 i; i < notes.length; ++i) {
            _allow(access, access.OFFERING(), address(notes[i]), ITrancheNote.issue.selector);
            _allow(access, access.OFFERING(), address(notes[i]), ITrancheNote.handOver.selector);
        }
        access.grantRole(access.SERVICER(), SERVICER, 0);
        access.grantRole(access.TRANSFER_AGENT(), TRANSFER_AGENT, 0);
        access.grantRole(access.OFFERING(), address(offering), 0);
        access.grantRole(access.ARRANGER(), ARRANGER, 0);
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
        vm.warp(CLOSING - 9 days);
        vm.prank(ARRANGER);
        offering.open(waterfall);
    }
}
