// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {bit, COUNTRY_DENIED, COUNTRY_UNKNOWN} from "contracts/compliance/Codes.sol";
import {Table} from "contracts/compliance/rules/Table.sol";
import {Movement} from "interfaces/IRule.sol";

/// @title No receiver of these countries
/// @dev A country that is not known might be one of them, so it is refused too.
library CountryDeny {
    /// @param params A list of countries, in the place of the one before.
    function put(Table storage table, bytes calldata params) internal {
        uint16[] memory countries = abi.decode(params, (uint16[]));
        uint8 number = ++table.denied; // 255 lists, then it reverts
        for (uint256 i; i < countries.length; ++i) table.countries[countries[i]].denied = number;
    }

    function refusal(Table storage table, Movement memory movement) internal view returns (uint256) {
        uint16 country = movement.to.country;
        if (country == 0) return bit(COUNTRY_UNKNOWN, true);
        return bit(COUNTRY_DENIED, table.countries[country].denied == table.denied);
    }
}
