// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {bit, COUNTRY_NOT_ALLOWED, COUNTRY_UNKNOWN} from "contracts/compliance/Codes.sol";
import {Table} from "contracts/compliance/rules/Table.sol";
import {Movement} from "interfaces/IRule.sol";

/// @title Receivers of these countries only
/// @dev A country that is not known is on no list.
library CountryAllow {
    /// @param params A list of countries, in the place of the one before.
    function put(Table storage table, bytes calldata params) internal {
        uint16[] memory countries = abi.decode(params, (uint16[]));
        uint8 number = ++table.allowed; // 255 lists, then it reverts
        for (uint256 i; i < countries.length; ++i) table.countries[countries[i]].allowed = number;
    }

    function refusal(Table storage table, Movement memory movement) internal view returns (uint256) {
        uint16 country = movement.to.country;
        if (country == 0) return bit(COUNTRY_UNKNOWN, true);
        return bit(COUNTRY_NOT_ALLOWED, table.countries[country].allowed != table.allowed);
    }
}
