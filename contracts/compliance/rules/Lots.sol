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

    /// @dev Ends are rounded up to a sixteenth of the duration, so that lots of about one time are one, and few are open.
    uint256 internal constant STEPS = 16;
    uint256 private constant MOST_LOTS = 32;

    /* STORAGE */

    mapping(uint32 identity => Lot[]) private _lots;

    /* RULE */

    /// @inheritdoc IRule
    function begin() external view returns (uint8 uses) {
        _onlyCompliance();
        return CHECKS_TRANSFERS | RECORDS;
    }

    /// @inheritdoc IRule
    function allows(Movement calldata movement) external view returns (bool) {
        Movement memory moved = movement;
        if (moved.within() || moved.from.identity == 0) return true;
        return moved.units <= freeOf(moved.from.identity, moved.from.held);
    }

    /* VIEWS */

    /// @notice Of `held` units of an identity, those that may be sent now.
    function freeOf(uint32 identity, uint256 held) public view returns (uint256) {
        uint256 locked = lockedOf(identity);
        return locked < held ? held - locked : 0;
    }

    /// @notice Units in lots that are not free yet.
    function lockedOf(uint32 identity) public view returns (uint256 locked) {
        Lot[] storage lots = _lots[identity];
        for (uint256 i; i < lots.length; ++i) if (block.timestamp < lots[i].freeAt) locked += lots[i].units;
    }

    /// @notice Lots of an identity; those that are free go when the next comes.
    function lotsOf(uint32 identity) external view returns (Lot[] memory) {
        return _lots[identity];
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
        Lot[] storage lots = _lots[to.identity];
        _drop(lots);
        uint256 place = lots.length;
        for (uint256 i; i < lots.length; ++i) if (lots[i].freeAt == freeAt) place = i;
        if (place == MOST_LOTS) {
            // Against the holder: the last lot waits for the later of both.
            --place;
            if (lots[place].freeAt < freeAt) lots[place].freeAt = uint40(freeAt);
        }
        if (place == lots.length) lots.push(Lot(uint112(units), uint40(freeAt)));
        else lots[place].units += uint112(units); // at most MAX_AMOUNT in all
    }

    /// @dev Takes what is free first, then the lots that would be free soonest.
    function _take(Side memory from, uint256 units) private {
        if (from.identity == 0) return;
        uint256 free = freeOf(from.identity, from.held);
        Lot[] storage lots = _lots[from.identity];
        uint256 rest = units > free ? units - free : 0;
        while (rest != 0) {
            uint256 next = _soonest(lots);
            if (next == lots.length) return;
            uint256 taken = Math.min(lots[next].units, rest);
            lots[next].units -= uint112(taken);
            rest -= taken;
        }
    }

    function _soonest(Lot[] storage lots) private view returns (uint256 next) {
        next = lots.length;
        for (uint256 i; i < lots.length; ++i) {
            if (lots[i].units == 0 || lots[i].freeAt <= block.timestamp) continue;
            if (next == lots.length || lots[i].freeAt < lots[next].freeAt) next = i;
        }
    }

    function _drop(Lot[] storage lots) private {
        for (uint256 i = lots.length; i > 0; --i) {
            if (lots[i - 1].units != 0 && block.timestamp < lots[i - 1].freeAt) continue;
            lots[i - 1] = lots[lots.length - 1];
            lots.pop();
        }
    }
}
