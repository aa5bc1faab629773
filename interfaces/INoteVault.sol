// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEarningToken} from "interfaces/IEarningToken.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title ERC-4626 vault over a note: what it has beside the standard
/// @notice Notes are counted in units, cash in settlement units; docs/vaults.md has the rules. Every rounding is for the vault.
/// @dev Warning: the vault must be admitted as a holder of its note, like any investor.
/// @dev Warning: a rule that limits what one investor may hold sees the vault as one holder, not those behind it.
/// @dev Warning: the note's transfer agent can freeze the vault's notes or take them by force; shares bear it alike.
interface INoteVault {
    /// @notice Cash that the notes earned was claimed, and so much of it (settlement units) belongs to shares.
    event Harvested(uint256 cash);

    /// @notice `holder` was paid `cash` settlement units.
    event CashPaid(address indexed holder, uint256 cash);

    /// @notice The transfer agent moved shares, and with them unclaimed cash in parts of a settlement unit.
    event SharesForced(address indexed from, address indexed to, uint256 shares, uint256 parts);

    /// @notice All that `lost` had is `found`'s: shares, and unclaimed cash in parts of a settlement unit.
    event SharesRecovered(address indexed lost, address indexed found, uint256 shares, uint256 parts);

    /// @notice Compliance refuses this movement (zero address: a mint).
    /// @dev Who gets shares must be one to whom it lets the vault send as many units of note.
    error NotEligible(address from, address to, uint256 units);

    /// @notice The note's transfer agent has frozen the holder.
    error HolderFrozen(address holder);

    /// @notice No share moves while the note is paused.
    error NotePaused();

    /// @notice Fewer notes are here than are booked, or others left than were to leave: units.
    error BooksMoved(uint256 found, uint256 expected);

    /// @notice The deposit would get no share.
    error NoShares(uint256 assets);

    /// @notice The vault can't claim what its notes have earned; who comes in now would share in it.
    error CashOutOfReach();

    /// @notice A forced transfer of nothing would carry nothing.
    error ZeroShares();

    /// @notice The wallet has neither shares nor cash to move.
    error NothingToRecover(address lost);

    /// @notice A wallet can't be recovered to itself.
    error SameWallet(address wallet);

    /// @notice Claims what the vault's notes have earned. By anyone; every call that needs it does so by itself.
    /// @return cash Settlement units that belong to shares from now on; 0 where the vault can't claim.
    function harvest() external returns (uint256 cash);

    /// @notice Pays the caller what is theirs. As `claimCashFor`.
    function claimCash() external returns (uint256 cash);

    /// @notice Pays `holder` what is theirs, to the holder whoever calls. Nothing is a valid payment.
    /// @return cash Settlement units, down; the rest of a unit stays to the holder's credit.
    function claimCashFor(address holder) external returns (uint256 cash);

    /// @notice Moves shares, also from a frozen holder, and as much of the unclaimed cash, in parts, down. Only the transfer agent.
    /// @dev Warning: no allowance is asked for; the transfer agent is trusted to have the right to do so.
    function forceTransfer(address from, address to, uint256 shares) external;

    /// @notice Moves all shares and all unclaimed cash to a new wallet of the same holder. Only the transfer agent.
    /// @dev Warning: the transfer agent is trusted to have checked that both are the same holder's.
    function recover(address lost, address found) external;

    /// @notice What `claimCashFor` would pay now, were the holder not frozen. Settlement units.
    function claimableCash(address holder) external view returns (uint256 cash);

    /// @notice Cash that was harvested and neither paid nor spent, settlement units.
    function cashHeld() external view returns (uint256);

    /// @notice The note, which is the asset.
    function note() external view returns (IEarningToken);

    /// @notice In which cash is paid.
    function settlement() external view returns (IERC20);
}
