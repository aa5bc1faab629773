// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICompliance} from "interfaces/ICompliance.sol";
import {IDistributor} from "interfaces/IDistributor.sol";

/// @notice Interest and principal apart, settlement units.
struct Cash {
    uint256 interest;
    uint256 principal;
}

/// @title Note of one tranche: an ERC-20 whose holders claim the cash that the waterfall pays to the tranche
/// @notice One unit of note stands for one settlement unit invested at par; nothing burns a unit after closing. The cash stands
///         in the distributor with an index of interest and one of principal; here stands what each holder has had of them.
/// @dev Every rounding is down, against the receiver; the part of a unit that a holder has earned stays to the holder's credit.
interface ITrancheNote {
    /// @notice All units were issued to the offering, which hands them over.
    event Issued(uint256 units);

    /// @notice `holder` was paid these settlement units.
    event Claimed(address indexed holder, uint256 interest, uint256 principal);

    /// @notice `holder` may from now on not claim nor send, or may again.
    event FreezeSet(address indexed holder, bool frozen);

    /// @notice The transfer agent moved `units` against or without the will of `from`, and their share of what was earned and not
    ///         claimed, in parts of a settlement unit.
    event ForcedTransfer(
        address indexed from,
        address indexed to,
        uint256 units,
        uint256 interestParts,
        uint256 principalParts
    );

    /// @notice All that `lost` had is `found`'s: `units`, and what was earned and not claimed, in parts of a settlement unit.
    event Recovered(
        address indexed lost,
        address indexed found,
        uint256 units,
        uint256 interestParts,
        uint256 principalParts
    );

    /// @notice Compliance refuses this movement (zero address: a mint).
    error NotEligible(address from, address to, uint256 units);

    /// @notice The holder is frozen, or is the offering, whose notes wait for those who ordered.
    error HolderFrozen(address holder);

    /// @notice The notes are issued once.
    error AlreadyIssued(uint256 units);

    /// @notice Only what waits with the issuer is handed over.
    error NotTheIssuer(address caller, address issuer);

    /// @notice The books of the note end at `allowed`.
    error AboveLimit(uint256 given, uint256 allowed);

    /// @notice Units of an evergreen tranche were made for its gate and ended there, when an epoch was settled.
    event Remade(uint256 made, uint256 ended);

    /// @notice From now on `gate` makes and ends units.
    event GateSet(address indexed gate);

    /// @notice A note has one gate for good.
    error GateIsSet(address gate);

    error NotTheGate(address caller, address gate);

    /// @notice The wallet has no note and no cash to move.
    error NothingToRecover(address lost);

    /// @notice A forced transfer of nothing would carry nothing.
    error ZeroUnits();

    /// @notice A wallet can't be recovered to itself.
    error SameWallet(address wallet);

    /// @notice Issues all units of note to the caller, which hands them over. Only the offering, once, at closing.
    function issue(uint256 units) external;

    /// @notice Hands `units` of the caller's over to whoever ordered them, with all they earned since closing. Only the
    ///         offering that issued them.
    function handOver(address to, uint256 units) external;

    /// @notice Names the gate of an evergreen tranche, once and for all. Only the admin, before anything is sold.
    /// @dev Warning: the gate makes and ends units, and takes units of a holder who asks it to without an allowance; what stands
    ///      there decides over the supply, and a regulated note's rules ask nothing of it as of a receiver.
    function setGate(address gate) external;

    /// @notice Makes `made` units for the gate and ends `ended` of its units. Only the gate, when an epoch is settled.
    function remake(uint256 made, uint256 ended) external;

    /// @notice Pays `holder` what was earned, to the holder whoever calls. Paying nothing is allowed.
    /// @return cash Settlement units paid; interest and principal are rounded down apart.
    function claimFor(address holder) external returns (uint256 cash);

    /// @notice Pays each of `holders`; who is frozen, or whose transfer the settlement asset refuses, keeps the claim and stops
    ///         nobody.
    /// @return cash Settlement units paid in all.
    function claimMany(address[] calldata holders) external returns (uint256 cash);

    /// @notice Pays the caller. As `claimFor`.
    function claim() external returns (uint256 cash);

    /// @notice Freezes a holder, who goes on earning but can neither claim nor send, or lets them free. Only the transfer agent.
    function setFrozen(address holder, bool frozen) external;

    /// @notice Moves `units`, also from a frozen holder, and of all that the holder has earned and not claimed the same share as of
    ///         the units: interest and principal apart, in parts of a settlement unit, down. Only the transfer agent.
    /// @dev Warning: no allowance is asked for; the transfer agent is trusted to have the right to do so.
    function forceTransfer(address from, address to, uint256 units) external;

    /// @notice Moves all units and all that was earned and not claimed to a new wallet of the same holder; a freeze goes along.
    ///         Only the transfer agent. The record of what was paid stays with the wallet that was paid.
    /// @dev Warning: the transfer agent is trusted to have checked that both are the same holder's.
    /// @dev Votes of a vote that is open stay with the lost wallet.
    function recover(address lost, address found) external;

    /// @notice What `claimFor` would pay `holder` now, were the holder not frozen. Settlement units.
    function claimable(address holder) external view returns (uint256 cash);

    /// @notice The same, interest and principal apart.
    function claimableApart(address holder) external view returns (Cash memory);

    /// @notice What `holder` was ever paid, settlement units.
    function paidTo(address holder) external view returns (Cash memory);

    /// @notice Whether `holder` is frozen.
    function isFrozen(address holder) external view returns (bool);

    /// @notice Units that `holder` had at the note's last snapshot (`IDistributor.snapshotOf`), while its vote is open.
    /// @dev Warning: afterwards, and of a snapshot that is not the last, this may be what the holder has now.
    function unitsAt(address holder, uint32 snapshot) external view returns (uint256 units);

    /// @notice Where requests wait, of an evergreen tranche; nobody in a closed-end deal.
    function gate() external view returns (address);

    /// @notice ERC-7575: where `asset` buys and sells units: the gate for the settlement asset, else nobody.
    function vault(address asset) external view returns (address);

    /// @notice Where the cash stands.
    function distributor() external view returns (IDistributor);

    /// @notice Who is asked before a note moves.
    function compliance() external view returns (ICompliance);

    /// @notice Who issued the notes and hands them over; nobody before closing.
    function issuer() external view returns (address);
}
