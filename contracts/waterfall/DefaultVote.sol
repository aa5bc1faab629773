// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ballot, IDefaultVote} from "interfaces/IDefaultVote.sol";
import {IDistributor} from "interfaces/IDistributor.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {IOffering} from "interfaces/IOffering.sol";
import {IWaterfall, Phase} from "interfaces/IWaterfall.sol";
import {TrancheId, Wad, WAD} from "interfaces/Types.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract DefaultVote is IDefaultVote {
    /// @dev Seconds: votes count from the second after the call.
    uint40 private constant SHORTEST = 2;

    /// @dev Seconds, 136 years: with it the end of a vote fits 40 bits for 34,000 years to come.
    uint40 private constant LONGEST = type(uint32).max;

    /* IMMUTABLES */

    /// @inheritdoc IDefaultVote
    ILoanPool public immutable pool;

    /// @inheritdoc IDefaultVote
    IDistributor public immutable distributor;

    /// @inheritdoc IDefaultVote
    Wad public immutable share;

    /// @inheritdoc IDefaultVote
    uint40 public immutable window;

    /* STORAGE */

    /// @inheritdoc IDefaultVote
    uint256 public ballots;

    /// @inheritdoc IDefaultVote
    mapping(uint256 number => mapping(address holder => bool)) public hasVoted;

    mapping(uint256 number => Ballot ballot) private _ballots;

    /* CONSTRUCTOR */

    constructor(ILoanPool pool_, Wad share_, uint40 window_) {
        if (share_.value() >= WAD || window_ < SHORTEST || window_ > LONGEST) revert CantPass(share_, window_);
        pool = pool_;
        distributor = pool_.distributor();
        share = share_;
        window = window_;
    }

    /* VOTE */

    /// @inheritdoc IDefaultVote
    function call() external returns (uint256 number) {
        IWaterfall waterfall = _votedOn();
        TrancheId senior = waterfall.seniorTranche();
        Ballot storage last = _ballots[ballots];
        // A vote of a class that is no longer the senior one can't pass, so it keeps nobody waiting.
        if (_isOpen(last) && last.tranche.place() == senior.place()) revert VoteOpen(ballots, last.until);
        ITrancheNote note = IOffering(waterfall.offering()).note(senior);
        if (IERC20(address(note)).balanceOf(msg.sender) == 0) revert NoUnits(msg.sender);
        number = ++ballots;
        uint40 until = uint40(block.timestamp) + window; // timestamps are far below 2^39
        Ballot storage opened = _ballots[number];
        opened.note = note;
        opened.tranche = senior;
        opened.until = until;
        emit VoteCalled(number, senior, msg.sender, until);

        opened.snapshot = distributor.snapshotOf(address(note), until);
    }

    /// @inheritdoc IDefaultVote
    function vote() external {
        uint256 number = ballots;
        Ballot storage open = _ballots[number];
        if (!_isOpen(open)) revert NoVoteOpen();
        IWaterfall waterfall = IWaterfall(pool.waterfall());
        TrancheId tranche = open.tranche;
        if (waterfall.seniorTranche().place() != tranche.place()) revert NotSenior(tranche);
        // In that second units could be lent for one transaction, and be back before it ends.
        uint256 called = open.until - window;
        if (block.timestamp == called) revert JustCalled(number, called);
        if (hasVoted[number][msg.sender]) revert AlreadyVoted(number, msg.sender);
        uint256 held = IERC20(address(open.note)).balanceOf(msg.sender);
        uint256 units = Math.min(held, open.note.unitsAt(msg.sender, open.snapshot));
        if (units == 0) revert NoUnits(msg.sender);
        hasVoted[number][msg.sender] = true;
        open.units += uint112(units); // all units are at most MAX_AMOUNT
        emit Voted(number, msg.sender, units);
        uint256 supply = waterfall.tranche(tranche).atClosing;
        if (open.units * WAD <= share.value() * supply) return;
        open.passed = true;
        emit VotePassed(number, open.units, supply);

        waterfall.declareDefault();
    }

    /* VIEWS */

    /// @inheritdoc IDefaultVote
    function ballot(uint256 number) external view returns (Ballot memory) {
        return _ballots[number];
    }

    /* INTERNAL */

    function _votedOn() private view returns (IWaterfall waterfall) {
        waterfall = IWaterfall(pool.waterfall());
        if (address(waterfall) == address(0) || waterfall.vote() != address(this)) revert NothingToVoteOn();
        Phase phase = waterfall.phase();
        if (phase == Phase.Accelerated || phase == Phase.WoundUp) revert NothingToVoteOn();
    }

    function _isOpen(Ballot storage one) private view returns (bool) {
        return block.timestamp < one.until && !one.passed;
    }
}
