// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EpochRecord, IGate, Position} from "interfaces/IGate.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {PARTS} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title What a controller has at a gate, brought up to date epoch by epoch: rules 25, 28 and 29 of docs/evergreen.md
/// @dev Amounts are below 2^112, values below 2^128, so products fit. An account is at most as many epochs behind as the deal has
///      periods.
library Positions {
    /// @notice Goes through the epochs that were settled since.
    function catchUp(
        Position memory own,
        mapping(uint256 epoch => EpochRecord) storage records,
        uint256 settled,
        ITrancheNote note
    ) internal view {
        while (true) {
            uint256 epoch = _next(own, settled);
            if (epoch == 0) return;
            EpochRecord memory met = records[epoch];
            earn(own, note, met.interest, met.principal);
            if (own.entry != 0 && own.entryEpoch == epoch) _enter(own, met);
            if (own.exit != 0 && own.exitEpoch == epoch) _leave(own, met);
        }
    }

    /// @notice Credits what the units that are here have earned until the note had been given so much.
    function earn(Position memory own, ITrancheNote note, uint256 interest, uint256 principal) internal view {
        uint256 units = unitsHere(own);
        bool moved = own.seenInterest != interest || own.seenPrincipal != principal;
        if (units != 0 && moved) {
            (uint256 grownInterest, uint256 grownPrincipal) = note.distributor().growthBetween(
                address(note),
                own.seenInterest,
                own.seenPrincipal,
                interest,
                principal
            );
            // Below 2^240, as all that was ever given (see PARTS).
            own.earnedInterest += units * grownInterest;
            own.earnedPrincipal += units * grownPrincipal;
        }
        own.seenInterest = uint120(interest); // no wider in the distributor's book
        own.seenPrincipal = uint120(principal);
    }

    /// @notice Units that wait to leave, to be claimed, or to be taken back.
    function unitsHere(Position memory own) internal pure returns (uint256) {
        return uint256(own.exit) + own.claimUnits + own.backUnits;
    }

    /// @notice Whether anything but what was earned is here.
    function waits(Position memory own) internal pure returns (bool) {
        bool units = unitsHere(own) != 0 || own.leaveUnits != 0;
        return units || own.entry != 0 || own.leaveCash != 0 || own.backCash != 0;
    }

    /// @notice Whether nothing at all is here.
    function isEmpty(Position memory own) internal pure returns (bool) {
        return !waits(own) && own.earnedInterest + own.earnedPrincipal == 0;
    }

    /// @notice Takes a piece of claimable units, by the cash that was met.
    function claimByCash(Position memory own, uint256 cash) internal pure returns (uint256 units) {
        if (cash > own.claimCash) revert IGate.AboveClaimable(cash, own.claimCash);
        if (cash == 0) return 0;
        units = own.claimUnits;
        if (cash != own.claimCash) units = (cash * own.claimUnits) / own.claimCash;
        own.claimCash -= uint112(cash); // at most this
        own.claimUnits -= uint112(units);
    }

    /// @notice The same by units.
    function claimByUnits(Position memory own, uint256 units) internal pure returns (uint256 cash) {
        if (units > own.claimUnits) revert IGate.AboveClaimable(units, own.claimUnits);
        if (units == 0) return 0;
        cash = Math.ceilDiv(units * own.claimCash, own.claimUnits);
        own.claimCash -= uint112(cash); // the whole is exact, so a piece is at most the whole
        own.claimUnits -= uint112(units);
    }

    /// @notice Takes a piece of claimable cash, by the units that ended.
    function leaveByUnits(Position memory own, uint256 units) internal pure returns (uint256 cash) {
        if (units > own.leaveUnits) revert IGate.AboveClaimable(units, own.leaveUnits);
        if (units == 0) return 0;
        cash = own.leaveCash;
        if (units != own.leaveUnits) cash = (units * own.leaveCash) / own.leaveUnits;
        own.leaveUnits -= uint112(units);
        own.leaveCash -= uint120(cash);
    }

    /// @notice The same by cash.
    function leaveByCash(Position memory own, uint256 cash) internal pure returns (uint256 units) {
        if (cash > own.leaveCash) revert IGate.AboveClaimable(cash, own.leaveCash);
        if (cash == 0) return 0;
        units = Math.ceilDiv(cash * own.leaveUnits, own.leaveCash);
        own.leaveUnits -= uint112(units); // the whole is exact, so a piece is at most the whole
        own.leaveCash -= uint120(cash);
    }

    /// @notice Takes the whole settlement units earned.
    function takeEarned(Position memory own) internal pure returns (uint256 cash) {
        cash = own.earnedInterest / PARTS + own.earnedPrincipal / PARTS;
        own.earnedInterest %= PARTS;
        own.earnedPrincipal %= PARTS;
    }

    /// @dev Each sum is at most what all controllers were met with, which fits.
    function _enter(Position memory own, EpochRecord memory met) private pure {
        uint256 cash = (uint256(own.entry) * met.entered) / met.askedCash;
        own.claimCash += uint112(cash);
        if (cash != 0) own.claimUnits += uint112((cash * met.units) / met.value); // what is worth nothing meets no cash
        own.entry = uint112((uint256(own.entry) * (met.askedCash - met.entered)) / met.askedCash);
        ++own.entryEpoch;
    }

    function _leave(Position memory own, EpochRecord memory met) private pure {
        uint256 units = (uint256(own.exit) * met.ended) / met.askedUnits;
        own.leaveUnits += uint112(units);
        own.leaveCash += uint120((units * met.value) / met.units);
        own.exit = uint112((uint256(own.exit) * (met.askedUnits - met.ended)) / met.askedUnits);
        ++own.exitEpoch;
    }

    function _next(Position memory own, uint256 settled) private pure returns (uint256 epoch) {
        if (own.entry != 0 && own.entryEpoch <= settled) epoch = own.entryEpoch;
        if (own.exit == 0 || own.exitEpoch > settled) return epoch;
        if (epoch == 0 || own.exitEpoch < epoch) epoch = own.exitEpoch;
    }
}
