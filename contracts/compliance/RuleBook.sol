// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CountryAllow} from "contracts/compliance/rules/CountryAllow.sol";
import {CountryDeny} from "contracts/compliance/rules/CountryDeny.sol";
import {Counterparties} from "contracts/compliance/rules/Counterparties.sol";
import {Denomination} from "contracts/compliance/rules/Denomination.sol";
import {InvestorClass} from "contracts/compliance/rules/InvestorClass.sol";
import {MaxHolding} from "contracts/compliance/rules/MaxHolding.sol";
import {MinHolding} from "contracts/compliance/rules/MinHolding.sol";
import {MinInvestment} from "contracts/compliance/rules/MinInvestment.sol";
import {SupplyLimit} from "contracts/compliance/rules/SupplyLimit.sol";
import {SupplyShare} from "contracts/compliance/rules/SupplyShare.sol";
import {Table} from "contracts/compliance/rules/Table.sol";
import {TransferWindow} from "contracts/compliance/rules/TransferWindow.sol";
import {Rule} from "interfaces/IRegulatedCompliance.sol";
import {Movement} from "interfaces/IRule.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title All rules that only compare, in one place: the table says which are on
library RuleBook {
    /// @notice Puts a rule on with parameters of its own kind.
    function put(Table storage table, Rule rule, bytes calldata params) internal {
        if (rule == Rule.COUNTRY_ALLOW) CountryAllow.put(table, params);
        else if (rule == Rule.COUNTRY_DENY) CountryDeny.put(table, params);
        else if (rule == Rule.INVESTOR_CLASS) InvestorClass.put(table, params);
        else if (rule == Rule.MIN_HOLDING) MinHolding.put(table, params);
        else if (rule == Rule.MAX_HOLDING) MaxHolding.put(table, params);
        else if (rule == Rule.SUPPLY_SHARE) SupplyShare.put(table, params);
        else if (rule == Rule.SUPPLY_LIMIT) SupplyLimit.put(table, params);
        else if (rule == Rule.TRANSFER_WINDOW) TransferWindow.put(table, params);
        else if (rule == Rule.COUNTERPARTIES) Counterparties.put(table, params);
        else if (rule == Rule.MIN_INVESTMENT) MinInvestment.put(table, params);
        else Denomination.put(table, params);
        table.rules |= _of(rule);
    }

    /// @notice Takes a rule off; its parameters stay and mean nothing.
    function drop(Table storage table, Rule rule) internal {
        table.rules &= ~_of(rule);
    }

    /// @notice Whether a rule is on.
    function isOn(Table storage table, Rule rule) internal view returns (bool) {
        return table.rules & _of(rule) != 0;
    }

    /// @notice One bit for each reason against the movement. All rules are gone through, as they must be where nothing is refused.
    function refusals(
        Table storage table,
        Movement memory movement,
        address token
    ) internal view returns (uint256 found) {
        uint256 rules = table.rules;
        if (_on(rules, Rule.COUNTRY_ALLOW)) found |= CountryAllow.refusal(table, movement);
        if (_on(rules, Rule.COUNTRY_DENY)) found |= CountryDeny.refusal(table, movement);
        if (_on(rules, Rule.INVESTOR_CLASS)) found |= InvestorClass.refusal(table, movement);
        if (_on(rules, Rule.MIN_HOLDING)) found |= MinHolding.refusal(table, movement);
        if (_on(rules, Rule.MAX_HOLDING)) found |= MaxHolding.refusal(table, movement);
        if (_on(rules, Rule.SUPPLY_SHARE)) found |= SupplyShare.refusal(table, movement, _supply(token));
        // Only what is made is asked, so a transfer reads nothing for it.
        if (_on(rules, Rule.SUPPLY_LIMIT)) found |= SupplyLimit.refusal(table, movement, token);
        if (_on(rules, Rule.TRANSFER_WINDOW)) found |= TransferWindow.refusal(table, movement);
        if (_on(rules, Rule.COUNTERPARTIES)) found |= Counterparties.refusal(table, movement);
        if (_on(rules, Rule.MIN_INVESTMENT)) found |= MinInvestment.refusal(table, movement);
        if (_on(rules, Rule.DENOMINATION)) found |= Denomination.refusal(table, movement);
    }

    function _on(uint256 rules, Rule rule) private pure returns (bool) {
        return (rules >> uint8(rule)) & 1 != 0;
    }

    function _of(Rule rule) private pure returns (uint16) {
        return uint16(1 << uint8(rule));
    }

    function _supply(address token) private view returns (uint256) {
        return token == address(0) ? 0 : IERC20(token).totalSupply();
    }
}
