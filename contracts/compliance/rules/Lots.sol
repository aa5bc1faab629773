// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Remembering} from "contracts/compliance/rules/Remembering.sol";
import {IRule, Kind, Movement, Side} from "interfaces/IRule.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Units that an identity acquired and may not send yet, by lot
/// @dev A part of the rules that lock units. Lots are an identity's, so neither a move between its wallets nor a recovery frees
///      one. Units that were there before the rule was are free.
abstract contract Lots is Remembering {
    /// @param freeAt First second at which the units may be sent.
    struct Lot {
        uint112 units;
        uint40 freeAt;
    }

    /// @notice Lots in the order in which they will be free, in places that are used again: so they go without a loop.
    /// @param first Place of the one that is free soonest.
    struct Ring {
        uint8 first;
        uint8 count;
        Lot[24] at;
    }

    /// @dev Ends are rounded up to a sixteenth of the duration, so that lots of about one time are one, and few are open.
    uint256 internal constant STEPS = 16;
    /// @dev One duration has at most 17 ends ahead. All are read by every answer, for which there are `Modules.CHECK_GAS`.
    uint256 private constant MOST_LOTS = 24;

    /* STORAGE */

    mapping(address person => Ring) private _rings;

    /* RULE */

    /// @inheritdoc IRule
    function begin() external view returns (uint8 uses) {
        _onlyCompliance();
        return CHECKS_TRANSFERS | RECORDS;
    }

    /// @inheritdoc IRule
    function allows(Movement calldata movement) external view returns (bool) {
        Movement memory moved = movement;
        if (moved.within()) return true;
        // Whose lots a stranger holds, after a change of registry, nobody knows.
        if (moved.from.identity == 0) return moved.units == 0;
        return moved.units <= freeOf(_personOf(moved.from), moved.from.held);
    }

    /* VIEWS */

    /// @notice Of `held` units of an identity, those that may be sent now.
    function freeOf(address person, uint256 held) public view returns (uint256) {
        uint256 locked = lockedOf(person);
        return locked < held ? held - locked : 0;
    }

    /// @notice Units in lots that are not free yet.
    function lockedOf(address person) public view returns (uint256 locked) {
        Lot[] memory lots = lotsOf(person);
        for (uint256 i; i < lots.length; ++i) locked += lots[i].units;
    }

    /// @notice Lots of an identity that are not free yet, the soonest first.
    function lotsOf(address person) public view returns (Lot[] memory lots) {
        (, lots) = _open(_rings[person]);
    }

    /* INTERNAL */

    function _created(Movement calldata movement) internal override {
        _acquire(movement.to, movement.units);
    }

    function _transferred(Movement calldata movement) internal override {
        Movement memory moved = movement;
        if (moved.within()) return;
        if (moved.kind == Kind.FORCED) _take(moved.from, moved.units); // who sends freely sends what is free
        _acquire(moved.to, moved.units);
    }

    function _destroyed(Movement calldata movement) internal override {
        _take(movement.from, movement.units);
    }

    /// @dev When what is acquired now may be sent; not above now for units that are free at once.
    function _endOf(Side memory to) internal view virtual returns (uint256);

    /// @dev A moment so long from now, rounded up.
    function _after(uint256 duration) internal view returns (uint256) {
        if (duration == 0) return 0;
        uint256 step = Math.max(duration / STEPS, 1);
        return Math.ceilDiv(block.timestamp + duration, step) * step;
    }

    function _acquire(Side memory to, uint256 units) private {
        uint256 freeAt = Math.min(_endOf(to), type(uint40).max);
        if (units == 0 || to.identity == 0 || freeAt <= block.timestamp) return;
        Ring storage ring = _rings[_personOf(to)];
        (uint256 first, Lot[] memory lots) = _open(ring);
        uint256 count = lots.length;
        uint256 place = count;
        while (place > 0 && lots[place - 1].freeAt > freeAt) --place;
        if (place > 0 && lots[place - 1].freeAt == freeAt) {
            _at(ring, first + place - 1).units += uint112(units); // at most MAX_AMOUNT in all
        } else if (count == MOST_LOTS) {
            // Against the holder: the last lot waits for the later of both.
            Lot storage last = _at(ring, first + count - 1);
            last.units += uint112(units);
            if (last.freeAt < freeAt) last.freeAt = uint40(freeAt);
        } else {
            for (uint256 i = count; i > place; --i) ring.at[(first + i) % MOST_LOTS] = lots[i - 1];
            ring.at[(first + place) % MOST_LOTS] = Lot(uint112(units), uint40(freeAt));
            ++count;
        }
        (ring.first, ring.count) = (uint8(first), uint8(count));
    }

    /// @dev Takes what is free first, then the lots that would be free soonest.
    function _take(Side memory from, uint256 units) private {
        if (from.identity == 0) return;
        address person = _personOf(from);
        uint256 free = freeOf(person, from.held);
        if (units <= free) return;
        uint256 rest = units - free;
        Ring storage ring = _rings[person];
        (uint256 first, Lot[] memory lots) = _open(ring);
        uint256 gone;
        for (; gone < lots.length && lots[gone].units <= rest; ++gone) rest -= lots[gone].units;
        if (gone < lots.length) _at(ring, first + gone).units = lots[gone].units - uint112(rest);
        (ring.first, ring.count) = (uint8((first + gone) % MOST_LOTS), uint8(lots.length - gone));
    }

    /// @dev Those that are not free yet, and the place of the first.
    function _open(Ring storage ring) private view returns (uint256 first, Lot[] memory lots) {
        (uint256 begin_, uint256 count) = (ring.first, ring.count);
        uint256 free;
        while (free < count && _at(ring, begin_ + free).freeAt <= block.timestamp) ++free;
        first = (begin_ + free) % MOST_LOTS;
        lots = new Lot[](count - free);
        for (uint256 i; i < lots.length; ++i) lots[i] = _at(ring, first + i);
    }

    function _at(Ring storage ring, uint256 place) private view returns (Lot storage) {
        return ring.at[place % MOST_LOTS];
    }
}
