// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title Who may do what in one deal: OpenZeppelin's AccessManager with the deal's roles by name
/// @dev Warning: the admin grants every role and can give any role to itself; hand it to a timelock before outsiders invest.
contract DealAccess is AccessManager {
    /// @notice Posts period reports and brings their cash: `LoanPool.report`.
    uint64 public constant SERVICER = 1;

    /// @notice Keeps the list of admitted investors, freezes, moves and recovers notes: `AllowList.admit`, `AllowList.remove`,
    ///         `TrancheNote.setFrozen`, `TrancheNote.forceTransfer`, `TrancheNote.recover`.
    uint64 public constant TRANSFER_AGENT = 2;

    /// @notice Held by the `Offering` alone: `TrancheNote.issue`, `TrancheNote.handOver`, `LoanPool.purchase`,
    ///         `Distributor.appoint`.
    uint64 public constant OFFERING = 3;

    /// @notice Opens the subscription: `Offering.open`.
    uint64 public constant ARRANGER = 4;

    /// @notice Buys further loans while the deal revolves: `LoanPool.buyFurther`.
    uint64 public constant MANAGER = 5;

    /// @notice Held by the `DefaultVote` alone: `Distributor.snapshotOf`.
    uint64 public constant VOTE = 6;

    /// @notice Says how values are made and who signs: `OracleHub.setPolicy`, `OracleHub.dropPolicy`, `OracleHub.forget`,
    ///         `SignedReports.addSigner`, `SignedReports.removeSigner`.
    uint64 public constant ORACLE_KEEPER = 20;

    /// @notice Decides disputes of reports: `Disputes.resolve`.
    uint64 public constant RESOLVER = 21;

    /// @notice Held by the `Disputes` alone: `SignedReports.setStanding`, `OracleHub.forgetBetween`.
    uint64 public constant DISPUTES = 22;

    /// @notice Tells what turned out to be true: `Accuracy.tellTruth`.
    uint64 public constant TRUTH_KEEPER = 23;

    /// @notice Approves and switches strategies of disposal, and pauses: `LoanBook.approve`, `LoanBook.switchTo`, `LoanBook.pause`.
    uint64 public constant OVERSEER = 31;

    /// @notice Held by the `TriggerBook` alone: `LoanBook.fire`, `LoanBook.cured`.
    uint64 public constant TRIGGERS = 32;

    constructor(address admin) AccessManager(admin) {}
}
