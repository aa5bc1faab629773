// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {HouseAuction} from "contracts/liquidation/HouseAuction.sol";
import {Ended, IAuction} from "interfaces/IAuction.sol";
import {IAuctionHouse} from "interfaces/IAuctionHouse.sol";
import {ISealedAuction, SealedRound, SealedTerms} from "interfaces/ISealedAuction.sol";
import {WAD} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract SealedAuction is HouseAuction, ISealedAuction {
    /// @notice One bidder in one round, one slot.
    /// @param seal Of 28 bytes: two prices for one seal cost 2^112 hashes.
    struct Commitment {
        bytes28 seal;
        uint32 place;
    }

    /// @dev Takes the place of the seal once it is revealed; 0 once the deposit is had or forfeited.
    bytes28 private constant REVEALED = bytes28(uint224(1));

    /// @dev Stands for the number revealed of a round that was cancelled: all deposits are their owners'.
    uint32 private constant CANCELLED = type(uint32).max;

    /* IMMUTABLES */

    bool private immutable _secondPrice;
    uint40 private immutable _commitTime;
    uint40 private immutable _revealTime;
    uint40 private immutable _payTime;
    uint64 private immutable _depositShare;

    /* STORAGE */

    uint32 private _count;
    mapping(uint64 caseId => uint32 number) private _numbers;
    mapping(uint32 number => SealedRound round) private _rounds;
    mapping(uint32 number => mapping(address bidder => Commitment commitment)) private _commitments;

    /* CONSTRUCTOR */

    constructor(IAuctionHouse house_, SealedTerms memory given) HouseAuction(house_) {
        bool times = given.commitTime != 0 && given.revealTime != 0 && given.payTime != 0;
        if (!times || given.depositShare == 0 || given.depositShare > WAD) revert WrongSealedTerms(given);
        _secondPrice = given.secondPrice;
        _commitTime = given.commitTime;
        _revealTime = given.revealTime;
        _payTime = given.payTime;
        _depositShare = given.depositShare;
    }

    /* BIDDERS */

    /// @inheritdoc ISealedAuction
    function commit(uint64 caseId, uint32 number, bytes28 seal) external {
        (SealedRound storage round, uint32 runs) = _round(caseId);
        if (number != runs) revert OtherRound(number, runs);
        _within(round.begun, uint256(round.begun) + _commitTime);
        Commitment storage own = _commitments[number][msg.sender];
        if (own.place != 0) revert AlreadyCommitted(msg.sender);
        // What stands for a state here can't be a seal: else its owner could have the deposit back without a price.
        if (uint224(seal) <= uint224(REVEALED)) revert NotCommitted(msg.sender, seal);
        uint32 place = ++round.commitments;
        (own.seal, own.place) = (seal, place);
        uint96 deposit = round.deposit;
        emit Committed(caseId, number, msg.sender, seal, place, deposit);

        house.pull(caseId, msg.sender, deposit, address(0), 0);
    }

    /// @inheritdoc ISealedAuction
    function reveal(uint64 caseId, uint96 price, bytes32 salt) external {
        (SealedRound storage round, uint32 number) = _round(caseId);
        uint256 begins = uint256(round.begun) + _commitTime;
        _within(begins, begins + _revealTime);
        Commitment storage own = _commitments[number][msg.sender];
        bytes28 seal = sealOf(number, msg.sender, price, salt);
        uint32 place = own.place;
        if (place == 0 || own.seal != seal) revert NotCommitted(msg.sender, seal);
        bool stands = price >= round.floor;
        if (stands && !house.admits(msg.sender)) revert IAuctionHouse.NotEligible(msg.sender);
        own.seal = REVEALED;
        ++round.revealed;
        emit Revealed(caseId, number, msg.sender, price, stands);
        if (!stands) return;
        (uint96 best, uint96 second) = (round.best, round.second);
        if (price > best || (price == best && place < round.place)) {
            (round.bidder, round.best, round.place) = (msg.sender, price, place);
            price = best;
        }
        if (price > second) round.second = price;
    }

    /// @inheritdoc ISealedAuction
    function pay(uint64 caseId) external {
        (SealedRound storage round, uint32 number) = _round(caseId);
        uint256 begins = uint256(round.begun) + _commitTime + _revealTime;
        _within(begins, begins + _payTime);
        if (msg.sender != round.bidder) revert NotTheWinner(msg.sender, round.bidder);
        uint96 price = _priceOf(round);
        uint96 deposit = round.deposit;
        uint256 forfeited = uint256(round.commitments - round.revealed) * deposit;
        _commitments[number][msg.sender].seal = 0; // the deposit is part of the price
        delete _numbers[caseId];
        emit Won(caseId, msg.sender, price);

        // At a low price the deposit may be more than it; what was never revealed is the case's now.
        uint256 held = Math.min(deposit, price) + forfeited;
        if (deposit > price) house.owe(msg.sender, deposit - price);
        house.pass(caseId, msg.sender, 1, held, Math.saturatingSub(price, deposit), true);
    }

    /// @inheritdoc ISealedAuction
    function reclaim(uint32 number, address bidder) external {
        SealedRound storage round = _rounds[number];
        Commitment storage own = _commitments[number][bidder];
        bool lost = own.seal == REVEALED && bidder != round.bidder;
        if (!lost && (own.seal == 0 || round.revealed != CANCELLED)) revert NothingToReclaim(number, bidder);
        own.seal = 0;
        emit Reclaimed(number, bidder, round.deposit);

        house.owe(bidder, round.deposit);
    }

    /* HOUSE */

    /// @inheritdoc IAuction
    function begin(uint64 caseId, uint96 start, uint96 floor, uint32) external {
        _onlyHouse();
        if (floor == 0) revert NoFloor();
        uint32 number = ++_count;
        SealedRound storage round = _rounds[number];
        round.floor = floor;
        round.deposit = uint96(Math.mulDiv(floor, _depositShare, WAD, Math.Rounding.Ceil)); // at most the floor
        round.start = start;
        round.begun = uint32(block.timestamp);
        _numbers[caseId] = number;
    }

    /// @inheritdoc IAuction
    function cancel(uint64 caseId, uint32) external {
        _onlyHouse();
        (SealedRound storage round, ) = _round(caseId);
        uint256 ends = uint256(round.begun) + _commitTime;
        // Once prices are told somebody may have won.
        if (block.timestamp >= ends) revert WrongTime(block.timestamp, round.begun, ends);
        delete _numbers[caseId];
        round.revealed = CANCELLED;
    }

    /// @inheritdoc IAuction
    function finish(uint64 caseId) external returns (Ended memory) {
        _onlyHouse();
        (SealedRound storage round, uint32 number) = _round(caseId);
        uint256 end = uint256(round.begun) + _commitTime + _revealTime;
        if (round.bidder != address(0)) end += _payTime;
        if (block.timestamp < end) revert NotOver(block.timestamp, end);
        delete _numbers[caseId];
        uint256 forfeited = round.commitments - round.revealed;
        if (round.bidder != address(0)) {
            _commitments[number][round.bidder].seal = 0; // it won and did not pay, admitted or not
            ++forfeited;
        }
        return
            Ended({
                start: round.start,
                floor: round.floor,
                left: 1,
                units: 1,
                rest: round.floor,
                forfeited: forfeited * round.deposit
            });
    }

    /* VIEWS */

    /// @inheritdoc ISealedAuction
    function sealOf(uint32 number, address bidder, uint96 price, bytes32 salt) public view returns (bytes28) {
        return bytes28(keccak256(abi.encode(block.chainid, address(this), number, bidder, price, salt)));
    }

    /// @inheritdoc ISealedAuction
    function priceOf(uint64 caseId) external view returns (uint256) {
        (SealedRound storage round, ) = _round(caseId);
        return round.bidder == address(0) ? 0 : _priceOf(round);
    }

    /// @inheritdoc ISealedAuction
    function roundOf(uint64 caseId) external view returns (SealedRound memory, uint32 number) {
        number = _numbers[caseId];
        return (_rounds[number], number);
    }

    /// @inheritdoc IAuction
    function longest() external view returns (uint256) {
        return uint256(_commitTime) + _revealTime + _payTime;
    }

    /// @inheritdoc ISealedAuction
    function terms() external view returns (SealedTerms memory) {
        return
            SealedTerms({
                secondPrice: _secondPrice,
                commitTime: _commitTime,
                revealTime: _revealTime,
                payTime: _payTime,
                depositShare: _depositShare
            });
    }

    /* INTERNAL */

    /// @dev Rule 29.
    function _priceOf(SealedRound storage round) private view returns (uint96) {
        if (!_secondPrice) return round.best;
        return round.second > round.floor ? round.second : round.floor;
    }

    function _round(uint64 caseId) private view returns (SealedRound storage round, uint32 number) {
        number = _numbers[caseId];
        if (number == 0) revert NoRound(caseId);
        round = _rounds[number];
    }

    function _within(uint256 begins, uint256 ends) private view {
        if (block.timestamp < begins || block.timestamp >= ends) revert WrongTime(block.timestamp, begins, ends);
    }
}
