// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    CLOSING,
    Deal,
    EQUITY,
    investor,
    MEZZANINE,
    PERIOD,
    PERIODS,
    SENIOR,
    SERVICER,
    TRANSFER_AGENT
} from "./Deal.sol";
import {vm} from "./Vm.sol";
import {AllowList} from "contracts/compliance/AllowList.sol";
import {Distributor} from "contracts/notes/Distributor.sol";
import {Offering} from "contracts/notes/Offering.sol";
import {TrancheNote} from "contracts/notes/TrancheNote.sol";
import {LoanPool} from "contracts/pool/LoanPool.sol";
import {Waterfall} from "contracts/waterfall/Waterfall.sol";
import {Correction, Report} from "interfaces/ILoanPool.sol";
import {Period, TrancheId} from "interfaces/Types.sol";

/// @title The six actions of benchmarks/lab/deal.py: one call of the deal each, with the same ranges
/// @dev What is refused reverts as a whole, ghosts included, and forge counts it as a call.
contract Handler {
    AllowList private immutable _allowList;
    LoanPool private immutable _pool;
    Offering private immutable _offering;
    Waterfall private immutable _waterfall;
    Distributor private immutable _distributor;
    TrancheNote private immutable _senior;
    TrancheNote private immutable _mezzanine;
    TrancheNote private immutable _equity;

    uint256 public paidIn;
    uint256 public paidOut;
    bool private _closed;
    uint256 private _reported;
    uint256 private _run;
    mapping(uint256 tranche => uint256 units) private _ordered;
    mapping(address investor => mapping(uint256 tranche => bool waits)) private _waiting;

    constructor(Deal deal) {
        (_allowList, _pool, _offering, _waterfall) = (deal.allowList(), deal.pool(), deal.offering(), deal.waterfall());
        _distributor = deal.distributor();
        (_senior, _mezzanine, _equity) = (deal.senior(), deal.mezzanine(), deal.equity());
    }

    function admit(uint8 actor, uint8 span) external {
        uint256 length = [uint256(0), 1 days, 45 days, 2_000 days][span % 4];
        vm.prank(TRANSFER_AGENT);
        _allowList.admit(investor(actor), uint40(block.timestamp + length));
    }

    /// @dev Three times of four all that is left.
    function order(uint8 actor, uint8 tranche, uint32 units, uint8 part) external {
        uint256 place = tranche % 3;
        uint256 left = _ordered[place] < _size(place) ? _size(place) - _ordered[place] : 0;
        uint256 wanted = part % 4 == 3 ? units % 20_001 : left;
        vm.prank(investor(actor));
        _offering.order(TrancheId.wrap(uint8(place)), wanted);
        _ordered[place] += wanted;
        _waiting[investor(actor)][place] = true;
        paidIn += wanted;
    }

    function transfer(uint8 giver, uint8 taker, uint8 tranche, uint32 units) external {
        vm.prank(investor(giver));
        _note(tranche % 3).transfer(investor(taker), units % 20_001);
    }

    /// @dev Whatever is next: closing (too early until all is ordered), a report (one time of four a second early), its run.
    function advance(uint32 cash, uint8 early) external {
        if (!_closed) _close();
        else if (_reported == _run) _report(cash % 130_001, early % 4 == 3 ? 1 : 0);
        else _runNext();
    }

    /// @dev Where an order waits after closing, its notes; else cash.
    function claim(uint8 actor, uint8 tranche) external {
        address who = investor(actor);
        uint256 place = tranche % 3;
        if (_closed && _waiting[who][place]) {
            (, uint256 cash) = _offering.settle(TrancheId.wrap(uint8(place)), who);
            _waiting[who][place] = false;
            paidOut += cash;
        } else {
            vm.prank(who);
            paidOut += _note(place).claim();
        }
    }

    function claimFees() external {
        paidOut += _distributor.payCredit(SERVICER);
    }

    function _close() private {
        bool sold = _ordered[0] >= SENIOR && _ordered[1] >= MEZZANINE && _ordered[2] >= EQUITY;
        if (sold && block.timestamp < CLOSING) vm.warp(CLOSING);
        _offering.close();
        _closed = true;
    }

    function _report(uint256 cash, uint256 early) private {
        uint256 end = CLOSING + PERIOD * (_reported + 1) - early;
        if (_reported < PERIODS && block.timestamp < end) vm.warp(end);
        Report memory report;
        report.gross = uint112(cash);
        if (cash != 0) (report.root, report.loansPaying) = (bytes32(uint256(1)), 1);
        Correction memory none;
        vm.prank(SERVICER);
        _pool.report(Period.wrap(uint32(_reported + 1)), report, none);
        ++_reported;
        paidIn += cash;
    }

    function _runNext() private {
        _waterfall.run(Period.wrap(uint32(_run + 1)));
        ++_run;
    }

    function _note(uint256 place) private view returns (TrancheNote) {
        return
            place == 0
                ? _senior
                : place == 1
                    ? _mezzanine
                    : _equity;
    }

    function _size(uint256 place) private pure returns (uint256) {
        return
            place == 0
                ? SENIOR
                : place == 1
                    ? MEZZANINE
                    : EQUITY;
    }
}
