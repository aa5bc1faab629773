// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {bit, NOT_A_COUNTERPARTY} from "contracts/compliance/Codes.sol";
import {Table} from "contracts/compliance/rules/Table.sol";
import {Kind, Movement} from "interfaces/IRule.sol";

/// @title Holders transfer to or from a listed account: an exchange, a vault, an auction house
library Counterparties {
    /// @param params A list of accounts, in the place of the one before.
    function put(Table storage table, bytes calldata params) internal {
        address[] memory accounts = abi.decode(params, (address[]));
        uint8 number = ++table.listed; // 255 lists, then it reverts
        for (uint256 i; i < accounts.length; ++i) table.counterparties[accounts[i]] = number;
    }

    function refusal(Table storage table, Movement memory movement) internal view returns (uint256) {
        if (movement.kind != Kind.TRANSFER) return 0;
        uint8 number = table.listed;
        return
            bit(
                NOT_A_COUNTERPARTY,
                table.counterparties[movement.from.wallet] != number &&
                    table.counterparties[movement.to.wallet] != number
            );
    }
}
