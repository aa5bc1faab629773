// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BoundedCall} from "contracts/BoundedCall.sol";
import {FIRST_MODULE} from "contracts/compliance/Codes.sol";
import {Table} from "contracts/compliance/rules/Table.sol";
import {IRegulatedCompliance} from "interfaces/IRegulatedCompliance.sol";
import {IRule, Kind, Movement} from "interfaces/IRule.sol";

/// @title Rules with a memory, each called with a cap of gas: one that fails refuses and can't hold up an exit
library Modules {
    /// @param since When somebody found it broken; 0 for never.
    struct State {
        address[16] at;
        mapping(address module => uint40) since;
    }

    uint8 internal constant CHECKS_TRANSFERS = 1;
    uint8 internal constant CHECKS_MINTS = 2;
    uint8 internal constant RECORDS = 4;
    uint8 internal constant ENDS_ONLY = 8;

    /// @dev An answer reads a few slots and at most one oracle; a record may move cash. EIP-150 keeps a 64th of what is left back.
    uint256 internal constant CHECK_GAS = 100_000;
    uint256 internal constant RECORD_GAS = 400_000;
    /// @dev What is kept back beside that 64th, so that the rest of the movement can't run out because of a module.
    uint256 private constant KEPT_BACK = 10_000;

    uint256 internal constant WAIT = 3 days;
    uint256 internal constant STALE = 10 days;

    /* LIST */

    /// @notice Takes a module in and reads when it wants to be asked.
    function add(State storage self, Table storage table, address module) internal {
        uint256 free = 16;
        for (uint256 i = 16; i > 0; --i) {
            if (self.at[i - 1] == module) revert IRegulatedCompliance.ModuleTwice(module);
            if (self.at[i - 1] == address(0)) free = i - 1;
        }
        if (free == 16) revert IRegulatedCompliance.TooManyModules(16);
        self.at[free] = module;
        _switchOn(table, module, free);
    }

    /// @notice Takes a module out.
    function remove(State storage self, Table storage table, address module) internal {
        uint256 place = placeOf(self, module);
        self.at[place] = address(0);
        delete self.since[module];
        _switchOff(table, place);
        table.suspended &= ~uint16(1 << place);
    }

    /// @notice Leaves it in its place and asks it no more.
    function suspend(State storage self, Table storage table, address module) internal {
        uint256 place = placeOf(self, module);
        _switchOff(table, place);
        table.suspended |= uint16(1 << place);
    }

    /// @notice Asks it again.
    function resume(State storage self, Table storage table, address module) internal {
        uint256 place = placeOf(self, module);
        delete self.since[module];
        table.suspended &= ~uint16(1 << place);
        _switchOn(table, module, place);
    }

    /// @notice Has every module that is asked begin again: under another token or registry what it counted means nothing.
    function restart(State storage self, Table storage table) internal {
        for (uint256 i; i < 16; ++i) {
            if (self.at[i] == address(0) || (table.suspended >> i) & 1 != 0) continue;
            _switchOff(table, i);
            _switchOn(table, self.at[i], i);
        }
    }

    /// @notice Place of a module, which gives its codes; refuses a stranger.
    function placeOf(State storage self, address module) internal view returns (uint256) {
        if (module != address(0)) for (uint256 i; i < 16; ++i) if (self.at[i] == module) return i;
        revert IRegulatedCompliance.ModuleUnknown(module);
    }

    /* ASKING AND TELLING */

    /// @notice One bit for each module that refuses or is broken.
    function refusals(
        State storage self,
        Table storage table,
        Movement memory movement
    ) internal view returns (uint256 found) {
        uint256 asked = movement.kind == Kind.TRANSFER ? table.checkTransfers : table.checkMints;
        if (!movement.ends()) asked &= ~uint256(table.ends);
        if (asked == 0) return 0;
        bytes memory question = abi.encodeCall(IRule.allows, (movement));
        for (uint256 i; asked != 0; ++i) {
            if (asked & 1 != 0) {
                (bool works, bool allowed) = ask(self.at[i], question);
                if (!works) found |= uint256(2) << (FIRST_MODULE + 2 * i);
                else if (!allowed) found |= uint256(1) << (FIRST_MODULE + 2 * i);
            }
            asked >>= 1;
        }
    }

    /// @notice An answer, or that there is none. Nothing that a module returns can stop the caller, nor make it pay.
    function ask(address module, bytes memory question) internal view returns (bool works, bool allowed) {
        _enough(CHECK_GAS);
        (bool answered, uint256 word) = BoundedCall.ask(module, CHECK_GAS, question);
        return (answered && word < 2, answered && word == 1);
    }

    /// @notice Tells every module that records. A bit for each that failed.
    function tell(State storage self, Table storage table, Movement memory movement) internal returns (uint256 failed) {
        uint256 told = toldOf(table, movement);
        bytes memory news = newsOf(movement);
        for (uint256 i; told != 0; ++i) {
            if (told & 1 != 0 && !tellOne(self.at[i], news)) failed |= uint256(2) << (FIRST_MODULE + 2 * i);
            told >>= 1;
        }
    }

    /// @notice Modules that are to be told of a movement.
    function toldOf(Table storage table, Movement memory movement) internal view returns (uint256 told) {
        told = table.records;
        if (told != 0 && !movement.ends()) told &= ~uint256(table.ends);
    }

    /// @notice Whether the module took the news. One that reverts is told of, and stops nobody.
    function tellOne(address module, bytes memory news) internal returns (bool done) {
        _enough(RECORD_GAS);
        done = BoundedCall.tell(module, RECORD_GAS, news);
    }

    /// @notice The hook of a movement, as calldata.
    function newsOf(Movement memory movement) internal pure returns (bytes memory) {
        if (movement.kind == Kind.BURN) return abi.encodeCall(IRule.destroyed, (movement));
        if (movement.kind == Kind.MINT || movement.kind == Kind.HAND_OVER) {
            return abi.encodeCall(IRule.created, (movement));
        }
        return abi.encodeCall(IRule.transferred, (movement));
    }

    /* INTERNAL */

    function _switchOn(Table storage table, address module, uint256 place) private {
        uint8 uses = IRule(module).begin();
        uint16 one = uint16(1 << place);
        if (uses & CHECKS_TRANSFERS != 0) table.checkTransfers |= one;
        if (uses & CHECKS_MINTS != 0) table.checkMints |= one;
        if (uses & RECORDS != 0) table.records |= one;
        if (uses & ENDS_ONLY != 0) table.ends |= one;
    }

    function _switchOff(Table storage table, uint256 place) private {
        uint16 others = ~uint16(1 << place);
        table.checkTransfers &= others;
        table.checkMints &= others;
        table.records &= others;
        table.ends &= others;
    }

    /// @dev A caller who brings too little gas would otherwise make a module fail, and with it change the answer.
    function _enough(uint256 gas) private view {
        uint256 needed = (gas * 64) / 63 + KEPT_BACK;
        if (gasleft() < needed) revert IRegulatedCompliance.NotEnoughGas(gasleft(), needed);
    }
}
