// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {HouseAuction} from "contracts/liquidation/HouseAuction.sol";
import {Ended, IAuction} from "interfaces/IAuction.sol";
import {IAuctionHouse} from "interfaces/IAuctionHouse.sol";
import {EnglishRound, EnglishTerms, IEnglishAuction} from "interfaces/IEnglishAuction.sol";
import {WAD} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract EnglishAuction is HouseAuction, IEnglishAuction {
    using SafeCast for uint256;

    /* IMMUTABLES */

    uint40 private immutable _duration;
    uint40 private immutable _window;
    uint40 private immutable _extension;
    uint96 private immutable _increment;
    uint64 private immutable _incrementShare;

    /* STORAGE */

    mapping(uint64 caseId => EnglishRound round) private _rounds;

    /* CONSTRUCTOR */

    constructor(IAuctionHouse house_, EnglishTerms memory given) HouseAuction(house_) {
        bool times = given.duration != 0 && given.window <= given.duration;
        if (!times || given.increment == 0 || given.incrementShare > WAD) revert WrongEnglishTerms(given);
        _duration = given.duration;
        _window = given.window;
        _extension = given.extension;
        _increment = given.increment;
        _incrementShare = given.incrementShare;
    }

    /* BIDDERS */

    /// @inheritdoc IEnglishAuction
    function bid(uint64 caseId, uint96 amount) external {
        EnglishRound storage round = _round(caseId);
        (address beaten, uint96 best) = (round.bidder, round.best);
        uint32 end = round.end;
        if (block.timestamp >= end) revert RoundOver(block.timestamp, end);
        uint256 needed = _least(best, round.floor);
        if (amount < needed) revert BidTooLow(amount, needed);
        round.bidder = msg.sender;
        round.best = amount;
        if (block.timestamp + _window > end) {
            end = uint32(Math.max(end, Math.min(block.timestamp + _window, round.latest))); // at most latest
            round.end = end;
        }
        emit BidMade(caseId, msg.sender, amount, end);

        house.pull(caseId, msg.sender, amount, beaten, best);
    }

    /// @inheritdoc IEnglishAuction
    function settle(uint64 caseId) external {
        EnglishRound memory round = _round(caseId);
        if (block.timestamp < round.end) revert NotOver(block.timestamp, round.end);
        if (round.best == 0) revert NoBid(caseId);
        delete _rounds[caseId];
        house.pass(caseId, round.bidder, 1, round.best, 0, true);
    }

    /* HOUSE */

    /// @inheritdoc IAuction
    function begin(uint64 caseId, uint96 start, uint96 floor, uint32) external {
        _onlyHouse();
        if (floor == 0) revert NoFloor();
        uint256 end = block.timestamp + _duration;
        EnglishRound storage round = _rounds[caseId];
        round.start = start;
        round.floor = floor;
        round.end = end.toUint32();
        round.latest = (end + _extension).toUint32();
    }

    /// @inheritdoc IAuction
    function cancel(uint64 caseId, uint32) external {
        _onlyHouse();
        EnglishRound memory round = _round(caseId);
        if (block.timestamp >= round.end && round.best != 0) revert RoundOver(block.timestamp, round.end);
        delete _rounds[caseId];
        if (round.best != 0) house.owe(round.bidder, round.best);
    }

    /// @inheritdoc IAuction
    function finish(uint64 caseId) external returns (Ended memory) {
        _onlyHouse();
        EnglishRound memory round = _round(caseId);
        if (block.timestamp < round.end) revert NotOver(block.timestamp, round.end);
        if (round.best != 0 && house.admits(round.bidder)) revert HasBuyer(round.bidder);
        delete _rounds[caseId];
        // It kept others from the lot: the step by which it had to be beaten is the case's.
        uint256 forfeited = round.best == 0 ? 0 : Math.min(round.best, _least(round.best, 0) - round.best);
        if (round.best != 0) house.owe(round.bidder, round.best - forfeited);
        return Ended(round.start, round.floor, 1, 1, round.floor, forfeited);
    }

    /* VIEWS */

    /// @inheritdoc IEnglishAuction
    function least(uint64 caseId) external view returns (uint256) {
        EnglishRound storage round = _round(caseId);
        return _least(round.best, round.floor);
    }

    /// @inheritdoc IEnglishAuction
    function roundOf(uint64 caseId) external view returns (EnglishRound memory) {
        return _rounds[caseId];
    }

    /// @inheritdoc IAuction
    function longest() external view returns (uint256) {
        return uint256(_duration) + _extension;
    }

    /// @inheritdoc IEnglishAuction
    function terms() external view returns (EnglishTerms memory) {
        return
            EnglishTerms({
                duration: _duration,
                window: _window,
                extension: _extension,
                increment: _increment,
                incrementShare: _incrementShare
            });
    }

    /* INTERNAL */

    function _least(uint256 best, uint256 floor) private view returns (uint256) {
        if (best == 0) return floor;
        return best + Math.max(_increment, Math.ceilDiv(best * _incrementShare, WAD)); // below 2^96 * 2^64
    }

    function _round(uint64 caseId) private view returns (EnglishRound storage round) {
        round = _rounds[caseId];
        if (round.floor == 0) revert NoRound(caseId);
    }
}
