// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {HouseAuction} from "contracts/liquidation/HouseAuction.sol";
import {Ended, IAuction} from "interfaces/IAuction.sol";
import {IAuctionHouse} from "interfaces/IAuctionHouse.sol";
import {DutchRound, DutchTerms, IDutchAuction} from "interfaces/IDutchAuction.sol";
import {WAD} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract DutchAuction is HouseAuction, IDutchAuction {
    /// @dev 0.999. A step of less than a thousandth could be eaten by rounding far down the curve, and the price would rise.
    uint256 private constant MOST_CUT = 999 * 1e15;

    /// @dev Of start over floor, for the same reason: there a step is still 10^12 times the rounding of `cut^n`.
    uint256 private constant DEEPEST = 1_000;

    /* IMMUTABLES */

    bool private immutable _exponential;
    uint64 private immutable _cut;
    uint32 private immutable _step;
    uint40 private immutable _fall;
    uint40 private immutable _linger;
    uint64 private immutable _cusp;
    uint32 private immutable _units;
    uint32 private immutable _dust;

    /* STORAGE */

    mapping(uint64 caseId => DutchRound round) private _rounds;

    /* CONSTRUCTOR */

    constructor(IAuctionHouse house_, DutchTerms memory given) HouseAuction(house_) {
        bool curve = given.exponential ? given.cut != 0 && given.cut <= MOST_CUT : given.cut == 0;
        bool times = given.step != 0 && given.step <= given.fall;
        if (!curve || !times || given.cusp > WAD || given.units == 0 || given.dust == 0) revert WrongDutchTerms(given);
        _exponential = given.exponential;
        _cut = given.cut;
        _step = given.step;
        _fall = given.fall;
        _linger = given.linger;
        _cusp = given.cusp;
        _units = given.units;
        _dust = given.dust;
    }

    /* BUYERS */

    /// @inheritdoc IDutchAuction
    function take(
        uint64 caseId,
        uint32 wanted,
        uint32 atLeast,
        uint256 highest
    ) external returns (uint32 units, uint256 cash) {
        DutchRound memory round = _round(caseId);
        (uint256 price, bool over) = _priceAt(round, block.timestamp);
        if (over) revert RoundOver(block.timestamp, _endOf(round));
        if (wanted == 0) revert ZeroUnits();
        units = wanted < round.left ? wanted : round.left;
        if (units < atLeast) revert NotEnoughLeft(round.left, atLeast);
        if (price > highest) revert PriceTooHigh(price, highest);
        uint32 left = round.left - units;
        if (left != 0 && (left < _dust || units < _dust)) revert LeavesDust(units, left, _dust);
        cash = Math.ceilDiv(price * units, _units); // below 2^96 * 2^32
        if (left == 0) delete _rounds[caseId];
        else _rounds[caseId].left = left;
        emit Taken(caseId, msg.sender, units, price, cash);

        house.pass(caseId, msg.sender, units, 0, cash, left == 0);
    }

    /* HOUSE */

    /// @inheritdoc IAuction
    function begin(uint64 caseId, uint96 start, uint96 floor, uint32 left) external {
        _onlyHouse();
        bool deep = uint256(floor) * DEEPEST < start;
        if (floor == 0 || start < floor || deep) revert WrongPrices(start, floor);
        if (left == 0) left = _units;
        _rounds[caseId] = DutchRound({start: start, floor: floor, begun: uint32(block.timestamp), left: left});
    }

    /// @inheritdoc IAuction
    function cancel(uint64 caseId, uint32 offered) external {
        _onlyHouse();
        if (offered == 0) offered = _units;
        DutchRound memory round = _round(caseId);
        if (round.left != offered) revert PartTaken(round.left, offered);
        delete _rounds[caseId];
    }

    /// @inheritdoc IAuction
    function finish(uint64 caseId) external returns (Ended memory ended) {
        _onlyHouse();
        DutchRound memory round = _round(caseId);
        (, bool over) = _priceAt(round, block.timestamp);
        if (!over) revert NotOver(block.timestamp, _endOf(round));
        delete _rounds[caseId];
        uint256 rest = Math.ceilDiv(uint256(round.floor) * round.left, _units);
        return Ended(round.start, round.floor, round.left, _units, rest, 0);
    }

    /* VIEWS */

    /// @inheritdoc IDutchAuction
    function priceAt(uint64 caseId, uint256 second) external view returns (uint256 price) {
        (price, ) = _priceAt(_round(caseId), second);
    }

    /// @inheritdoc IDutchAuction
    function unitsFor(uint64 caseId, uint256 cash) external view returns (uint32 units, uint256 cost) {
        DutchRound memory round = _round(caseId);
        (uint256 price, ) = _priceAt(round, block.timestamp);
        units = uint32(Math.min(Math.mulDiv(cash, _units, price), round.left)); // at most what is left
        cost = Math.ceilDiv(price * units, _units);
    }

    /// @inheritdoc IDutchAuction
    function roundOf(uint64 caseId) external view returns (DutchRound memory) {
        return _rounds[caseId];
    }

    /// @inheritdoc IAuction
    function longest() external view returns (uint256) {
        return uint256(_fall) + _linger;
    }

    /// @inheritdoc IDutchAuction
    function terms() external view returns (DutchTerms memory) {
        return
            DutchTerms({
                exponential: _exponential,
                cut: _cut,
                step: _step,
                fall: _fall,
                linger: _linger,
                cusp: _cusp,
                units: _units,
                dust: _dust
            });
    }

    /* INTERNAL */

    /// @dev Rules 21 and 23.
    function _priceAt(DutchRound memory round, uint256 second) private view returns (uint256 price, bool over) {
        uint256 passed = Math.saturatingSub(second, round.begun);
        uint256 steps = Math.min(passed, _fall) / _step;
        (uint256 start, uint256 floor) = (round.start, round.floor);
        if (_exponential)
            price = (start * _power(steps)) / WAD; // below 2^96 * 2^60
        else price = start - ((start - floor) * steps) / (_fall / _step);
        over = passed >= uint256(_fall) + _linger || price < (start * _cusp) / WAD;
        if (over || price < floor) price = floor;
    }

    /// @dev cut^n by squaring, each product rounded down.
    function _power(uint256 n) private view returns (uint256 result) {
        uint256 base = _cut;
        result = WAD;
        for (; n != 0; n >>= 1) {
            if (n & 1 == 1) result = (result * base) / WAD;
            base = (base * base) / WAD;
        }
    }

    function _endOf(DutchRound memory round) private view returns (uint256) {
        return uint256(round.begun) + _fall + _linger;
    }

    function _round(uint64 caseId) private view returns (DutchRound memory round) {
        round = _rounds[caseId];
        if (round.left == 0) revert NoRound(caseId);
    }
}
