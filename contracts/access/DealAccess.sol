// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title Who may do what in one deal: OpenZeppelin's AccessManager with the deal's roles by name
/// @dev Warning: the admin grants every role and can give any role to itself; hand it to a timelock before outsiders invest.
contract DealAccess is AccessManager {
    /// @notice Posts period reports and brings their cash: `LoanPool.report`.
    uint64 public constant SERVICER = 1;

    /// @notice Keeps the list of admitted investors: `AllowList.admit`, `AllowList.remove`.
    uint64 public constant TRANSFER_AGENT = 2;

    /// @notice Held by the `Offering` alone: `TrancheNote.mint`, `TrancheNote.burn`, `LoanPool.purchase`.
    uint64 public constant OFFERING = 3;

    /// @notice Held by the `Waterfall` alone: `LoanPool.release`, `TrancheNote.distribute`.
    uint64 public constant WATERFALL = 4;

    constructor(address admin) AccessManager(admin) {}
}
