// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactPull} from "contracts/ExactPull.sol";
import {Dispute, IDisputes, Outcome} from "interfaces/IDisputes.sol";
import {IOracleHub, Reading, Status} from "interfaces/IOracleHub.sol";
import {ISignedReports, Landed, Standing} from "interfaces/ISignedReports.sol";
import {Wad, WAD} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract Disputes is IDisputes, AccessManaged {
    using ExactPull for IERC20;
    using SafeERC20 for IERC20;

    /* IMMUTABLES */

    /// @inheritdoc IDisputes
    IOracleHub public immutable hub;

    /// @inheritdoc IDisputes
    ISignedReports public immutable reports;

    /// @inheritdoc IDisputes
    IERC20 public immutable asset;

    /// @inheritdoc IDisputes
    uint256 public immutable bond;

    /// @inheritdoc IDisputes
    uint40 public immutable window;

    /// @inheritdoc IDisputes
    uint40 public immutable decideWithin;

    /// @inheritdoc IDisputes
    Wad public immutable tolerance;

    /// @inheritdoc IDisputes
    Wad public immutable lapseCost;

    /// @inheritdoc IDisputes
    address public immutable forfeitsTo;

    /* STORAGE */

    /// @inheritdoc IDisputes
    uint256 public disputes;

    /// @inheritdoc IDisputes
    uint256 public held;

    /// @inheritdoc IDisputes
    mapping(address account => uint256 cash) public credit;

    mapping(uint256 number => Dispute dispute) private _disputes;

    /* CONSTRUCTOR */

    /// @param windows Seconds after landing in which a report can be challenged, and after that in which it can be decided; both at
    ///        most 2^32 - 1.
    /// @param shares Tolerance and lapse cost, WAD.
    constructor(
        address access,
        IOracleHub hub_,
        ISignedReports reports_,
        IERC20 asset_,
        uint256 bond_,
        uint32[2] memory windows,
        Wad[2] memory shares,
        address forfeitsTo_
    ) AccessManaged(access) {
        (uint256 tolerated, uint256 cost) = (shares[0].value(), shares[1].value());
        if (bond_ == 0 || windows[0] == 0 || windows[1] == 0 || tolerated >= WAD || cost > WAD) {
            revert TermsUnusable(bond_, windows[0], windows[1], tolerated, cost);
        }
        if (forfeitsTo_ == address(0)) revert NobodyToForfeitTo();
        (hub, reports, asset, bond, forfeitsTo) = (hub_, reports_, asset_, bond_, forfeitsTo_);
        (window, decideWithin, tolerance, lapseCost) = (windows[0], windows[1], shares[0], shares[1]);
    }

    /* CHALLENGE */

    /// @inheritdoc IDisputes
    function challenge(address signer, bytes32 key, uint32 nonce) external returns (uint256 number) {
        Landed memory last = reports.landed(signer, key);
        if (nonce == 0 || last.nonce != nonce) revert NotTheReport(signer, key, nonce, last.nonce);
        if (last.standing != Standing.Plain) revert ChallengedBefore(signer, key, nonce);
        uint256 until = uint256(last.landedAt) + window;
        if (block.timestamp > until) revert WindowOver(block.timestamp, until);
        number = ++disputes;
        _disputes[number] = Dispute({
            signer: signer,
            key: key,
            nonce: nonce,
            value: last.value,
            at: last.at,
            until: uint40(block.timestamp) + decideWithin,
            challenger: msg.sender,
            outcome: Outcome.Open,
            landedAt: last.landedAt
        });
        held += bond;
        emit Challenged(number, signer, key, nonce, msg.sender);

        reports.setStanding(signer, key, nonce, Standing.Challenged);
        asset.pullExact(msg.sender, bond);
    }

    /* DECISION */

    /// @inheritdoc IDisputes
    function resolve(uint256 number, bool wrong) external restricted {
        _decide(_inTime(number), number, wrong, 0);
    }

    /// @inheritdoc IDisputes
    function settle(uint256 number) external {
        Dispute storage open = _inTime(number);
        Reading memory others = hub.peekWithout(open.key, reports, abi.encode(open.signer));
        if (others.status != Status.Good || others.at <= open.at) {
            revert NoLaterQuorum(others.counted, others.quorum, others.at, open.at);
        }
        uint256 value = open.value;
        uint256 truth = others.value;
        uint256 distance = value > truth ? value - truth : truth - value;
        _decide(open, number, distance * WAD > truth * tolerance.value(), others.value);
    }

    /// @inheritdoc IDisputes
    function lapse(uint256 number) external {
        Dispute storage open = _open(number);
        if (block.timestamp <= open.until) revert TooEarlyToLapse(block.timestamp, open.until);
        _end(open, number, Outcome.Lapsed, 0, Math.mulDiv(bond, lapseCost.value(), WAD, Math.Rounding.Ceil));
    }

    /* CASH */

    /// @inheritdoc IDisputes
    function payCredit(address account) external returns (uint256 cash) {
        cash = credit[account];
        if (cash == 0) revert NothingToPay(account);
        credit[account] = 0;
        held -= cash;
        emit CreditPaid(account, cash);

        asset.safeTransfer(account, cash);
    }

    /* VIEWS */

    /// @inheritdoc IDisputes
    function dispute(uint256 number) external view returns (Dispute memory) {
        return _disputes[number];
    }

    /* INTERNAL */

    function _open(uint256 number) private view returns (Dispute storage one) {
        one = _disputes[number];
        if (one.outcome != Outcome.Open) revert NotOpen(number, one.outcome);
    }

    function _inTime(uint256 number) private view returns (Dispute storage one) {
        one = _open(number);
        if (block.timestamp > one.until) revert TooLateToDecide(block.timestamp, one.until);
    }

    function _decide(Dispute storage open, uint256 number, bool wrong, uint128 truth) private {
        if (wrong) _end(open, number, Outcome.Upheld, truth, 0);
        else _end(open, number, Outcome.Rejected, truth, bond);
    }

    /// @dev The bond stays held, as a credit from now on.
    function _end(Dispute storage open, uint256 number, Outcome outcome, uint128 truth, uint256 forfeited) private {
        open.outcome = outcome;
        credit[forfeitsTo] += forfeited;
        credit[open.challenger] += bond - forfeited;
        emit Decided(number, outcome, truth, forfeited);

        (address signer, bytes32 key, uint32 nonce) = (open.signer, open.key, open.nonce);
        // What is kept was made by then or is made without it: while it is challenged it does not count.
        if (outcome == Outcome.Upheld) hub.forgetBetween(key, open.landedAt, open.until - decideWithin);
        // A newer report stands on its own.
        if (reports.landed(signer, key).nonce != nonce) return;
        reports.setStanding(signer, key, nonce, outcome == Outcome.Upheld ? Standing.Struck : Standing.Confirmed);
    }
}
