// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Earnings} from "contracts/notes/Earnings.sol";
import {Supervised} from "contracts/notes/Supervised.sol";
import {ICompliance} from "interfaces/ICompliance.sol";
import {IDistributor} from "interfaces/IDistributor.sol";
import {ITrancheNote} from "interfaces/ITrancheNote.sol";
import {MAX_AMOUNT} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC20, ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

contract TrancheNote is Supervised {
    /* IMMUTABLES */

    /// @inheritdoc ITrancheNote
    ICompliance public immutable compliance;

    uint8 private immutable _decimals;

    /* CONSTRUCTOR */

    constructor(
        address authority,
        IDistributor distributor_,
        ICompliance compliance_,
        string memory name,
        string memory symbol
    ) Earnings(distributor_) ERC20(name, symbol) ERC20Permit(name) AccessManaged(authority) {
        compliance = compliance_;
        _decimals = IERC20Metadata(address(distributor_.settlement())).decimals();
    }

    /* ISSUE */

    /// @inheritdoc ITrancheNote
    function issue(uint256 units) external restricted {
        if (issuer != address(0)) revert AlreadyIssued(totalSupply());
        if (units > MAX_AMOUNT) revert AboveLimit(units, MAX_AMOUNT);
        issuer = msg.sender;
        _freeze(msg.sender, true);
        emit Issued(units);
        // Nobody is asked: the offering is no holder, it keeps the notes of those who ordered.
        super._update(address(0), msg.sender, units);
        distributor.openBook(units);
    }

    /// @inheritdoc ITrancheNote
    function handOver(address to, uint256 units) external restricted {
        // Units of anybody else have given their past already.
        if (msg.sender != issuer) revert NotTheIssuer(msg.sender, issuer);
        if (!compliance.canTransfer(address(0), to, units)) revert NotEligible(address(0), to, units);
        (uint256 interest, uint256 principal, uint32 snapshot) = distributor.mark(address(this));
        _touch(to, interest, principal, snapshot);
        // Nothing was given at first, and these units have been there since.
        _earn(_accounts[to], units, 0, 0);
        super._update(msg.sender, to, units);
    }

    /* VIEWS */

    /// @notice Decimals of the settlement asset: a unit of note is a unit of cash at par.
    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    /* INTERNAL */

    /// @dev Before a balance changes, both sides are credited for the time they held what they held: a transfer carries no
    ///      claim on the past.
    function _update(address from, address to, uint256 units) internal override {
        if (!compliance.canTransfer(from, to, units)) revert NotEligible(from, to, units);
        (uint256 interest, uint256 principal, uint32 snapshot) = distributor.mark(address(this));
        _touch(from, interest, principal, snapshot);
        _touch(to, interest, principal, snapshot);
        super._update(from, to, units);
    }
}
