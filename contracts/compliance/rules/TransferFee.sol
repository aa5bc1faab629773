// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactPull} from "contracts/ExactPull.sol";
import {Remembering} from "contracts/compliance/rules/Remembering.sol";
import {IRegulatedCompliance} from "interfaces/IRegulatedCompliance.sol";
import {IRule, Kind, Movement} from "interfaces/IRule.sol";
import {WAD} from "interfaces/Types.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Whose notes are transferred pays a fee in cash, which that wallet lets this contract take
/// @dev In cash and not in notes: nobody then holds notes whom no rule was asked for.
/// @dev Warning: the wallet that gives the notes pays, also where somebody else sends them by its allowance; each transfer costs
///      at least one unit, so whoever has an allowance for notes can spend as many units of the fee's as it sends pieces.
/// @dev Warning: the asset is trusted to move what it says; an asset that calls back finds the note closed. One that refuses a
///      sender (a list, a pause) makes the rule count as broken, and it can be suspended as any other.
contract TransferFee is Remembering {
    using ExactPull for IERC20;

    /// @notice A transfer was paid for, cash units.
    event FeePaid(address indexed from, address indexed collector, uint256 cash);

    /// @notice No asset pays the zero address, so nobody could transfer.
    error ZeroCollector();

    /* STORAGE */

    /// @notice In what the fee is paid.
    IERC20 public asset;

    /// @notice Cash units a note unit, Wad; rounded up.
    uint64 public rate;

    /// @notice Who is paid.
    address public collector;

    /* CONSTRUCTOR */

    constructor(
        IRegulatedCompliance compliance_,
        IERC20 asset_,
        uint64 rate_,
        address collector_
    ) Remembering(compliance_) {
        _set(asset_, rate_, collector_);
    }

    /// @notice Another asset, fee or collector. Only through the compliance.
    function set(IERC20 asset_, uint64 rate_, address collector_) external {
        _onlyCompliance();
        _set(asset_, rate_, collector_);
    }

    /* RULE */

    /// @inheritdoc IRule
    function begin() external view returns (uint8 uses) {
        _onlyCompliance();
        return CHECKS_TRANSFERS | RECORDS;
    }

    /// @inheritdoc IRule
    function allows(Movement calldata movement) external view returns (bool) {
        uint256 fee = feeOf(movement);
        address payer = movement.from.wallet;
        if (fee == 0) return true;
        return asset.balanceOf(payer) >= fee && asset.allowance(payer, address(this)) >= fee;
    }

    /// @inheritdoc IRule
    function words() external pure returns (string memory) {
        return "The sender lets too little cash be taken for the fee.";
    }

    /// @notice What a transfer costs, cash units, up; nothing between wallets of one identity, and nothing of the collector's.
    function feeOf(Movement memory movement) public view returns (uint256) {
        if (movement.kind != Kind.TRANSFER || movement.within() || movement.from.wallet == collector) return 0;
        return Math.mulDiv(movement.units, rate, WAD, Math.Rounding.Ceil);
    }

    /* INTERNAL */

    function _transferred(Movement calldata movement) internal override {
        uint256 fee = feeOf(movement);
        if (fee == 0) return;
        emit FeePaid(movement.from.wallet, collector, fee);
        asset.moveExact(movement.from.wallet, collector, fee);
    }

    function _set(IERC20 asset_, uint64 rate_, address collector_) private {
        if (collector_ == address(0)) revert ZeroCollector();
        (asset, rate, collector) = (asset_, rate_, collector_);
    }
}
