// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICompliance} from "interfaces/ICompliance.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {MAX_AMOUNT} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC20, ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

contract TrancheNote is ITrancheNote, ERC20Permit, AccessManaged {
    using SafeERC20 for IERC20;

    /// @notice What a holder has earned up to an index.
    /// @param index The note's index when `earned` was last brought up to date.
    /// @param earned Not yet claimed, in parts of a settlement unit.
    struct Credit {
        uint256 index;
        uint256 earned;
    }

    /// @dev Parts of a settlement unit in which the index counts, about 2^126. Upper bound: MAX_AMOUNT * PARTS < 2^240, so a
    ///      credit can't overflow. Lower bound: above MAX_AMOUNT, so one unit of cash moves the index of any supply. Made of
    ///      small primes, so that the supply of a tranche of round size divides it and shares come out without a rest
    ///      (over a power of two, the sole holder of 60,000 notes would be paid 599 of 600).
    uint256 private constant PARTS = 2 ** 34 * 3 ** 10 * 5 ** 28 * 7 ** 4;

    /* IMMUTABLES */

    /// @inheritdoc ITrancheNote
    IERC20 public immutable settlement;

    /// @inheritdoc ITrancheNote
    ICompliance public immutable compliance;

    uint8 private immutable _decimals;

    /* STORAGE */

    /// @inheritdoc ITrancheNote
    uint256 public index;

    /// @inheritdoc ITrancheNote
    uint256 public remainder;

    uint128 private _distributed;
    uint128 private _claimed;

    mapping(address holder => Credit credit) private _credits;

    /* CONSTRUCTOR */

    constructor(
        address authority,
        IERC20Metadata settlement_,
        ICompliance compliance_,
        string memory name,
        string memory symbol
    ) ERC20(name, symbol) ERC20Permit(name) AccessManaged(authority) {
        settlement = settlement_;
        compliance = compliance_;
        _decimals = settlement_.decimals();
    }

    /* SUPPLY */

    /// @inheritdoc ITrancheNote
    function mint(address to, uint256 units) external restricted {
        uint256 supply = totalSupply() + units;
        if (supply > MAX_AMOUNT) revert AboveLimit(supply, MAX_AMOUNT);
        _mint(to, units);
    }

    /// @inheritdoc ITrancheNote
    function burn(address from, uint256 units) external restricted {
        _burn(from, units);
    }

    /* CASH */

    /// @inheritdoc ITrancheNote
    function distribute(uint256 cash) external restricted {
        uint256 supply = totalSupply();
        if (cash == 0) revert NothingToDistribute();
        if (supply == 0) revert NoHolders();
        uint256 total = _distributed + cash;
        if (total > MAX_AMOUNT) revert AboveLimit(total, MAX_AMOUNT);

        // remainder < a past supply <= MAX_AMOUNT, and cash * PARTS < 2^240: no overflow.
        uint256 parts = cash * PARTS + remainder;
        uint256 newIndex = index + parts / supply;
        uint256 newRemainder = parts % supply;
        index = newIndex;
        remainder = newRemainder;
        _distributed = uint128(total); // total <= MAX_AMOUNT
        emit Distributed(cash, newIndex, newRemainder);

        settlement.safeTransferFrom(msg.sender, address(this), cash);
    }

    /// @inheritdoc ITrancheNote
    function claim() external returns (uint256 cash) {
        uint256 current = index;
        uint256 earned = _earned(msg.sender, current);
        cash = earned / PARTS;
        _credits[msg.sender] = Credit({index: current, earned: earned - cash * PARTS});
        _claimed += uint128(cash); // the sum of all claims is at most _distributed
        emit Claimed(msg.sender, cash);

        if (cash != 0) settlement.safeTransfer(msg.sender, cash);
    }

    /* VIEWS */

    /// @inheritdoc ITrancheNote
    function claimable(address holder) external view returns (uint256 cash) {
        return _earned(holder, index) / PARTS;
    }

    /// @inheritdoc ITrancheNote
    function distributed() external view returns (uint256) {
        return _distributed;
    }

    /// @inheritdoc ITrancheNote
    function cashHeld() external view returns (uint256) {
        return _distributed - _claimed;
    }

    /// @notice Decimals of the settlement asset: a unit of note is a unit of cash at par.
    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    /* INTERNAL */

    /// @dev Before a balance changes, both sides are credited for the time they held what they held: a transfer carries no
    ///      claim on the past.
    function _update(address from, address to, uint256 units) internal override {
        if (!compliance.canTransfer(from, to, units)) revert NotEligible(from, to, units);
        uint256 current = index;
        if (from != address(0)) _earn(from, current);
        if (to != address(0)) _earn(to, current);
        super._update(from, to, units);
    }

    function _earn(address holder, uint256 current) private {
        if (_credits[holder].index == current) return;
        _credits[holder] = Credit({index: current, earned: _earned(holder, current)});
    }

    function _earned(address holder, uint256 current) private view returns (uint256) {
        Credit storage credit = _credits[holder];
        return credit.earned + balanceOf(holder) * (current - credit.index);
    }
}
