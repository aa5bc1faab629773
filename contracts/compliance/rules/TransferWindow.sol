// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {bit, WINDOW_CLOSED} from "contracts/compliance/Codes.sol";
import {Table} from "contracts/compliance/rules/Table.sol";
import {Kind, Movement} from "interfaces/IRule.sol";

/// @title Holders transfer between two dates, on some days of the week, at some hours
library TransferWindow {
    uint256 private constant THURSDAY = 3; // 1 January 1970 was one

    /// @param params First second, and the first after the last; weekdays, bit 0 Monday to bit 6 Sunday, UTC; first second of a
    ///        day after midnight UTC, and the first after the last.
    function put(Table storage table, bytes calldata params) internal {
        (table.opens, table.closes, table.weekdays, table.dayBegins, table.dayEnds) = abi.decode(
            params,
            (uint40, uint40, uint8, uint24, uint24)
        );
    }

    function refusal(Table storage table, Movement memory movement) internal view returns (uint256) {
        if (movement.kind != Kind.TRANSFER) return 0;
        uint256 second = block.timestamp % 1 days;
        uint256 weekday = (block.timestamp / 1 days + THURSDAY) % 7;
        bool open = table.opens <= block.timestamp && block.timestamp < table.closes;
        open = open && table.dayBegins <= second && second < table.dayEnds;
        return bit(WINDOW_CLOSED, !open || (table.weekdays >> weekday) & 1 == 0);
    }
}
