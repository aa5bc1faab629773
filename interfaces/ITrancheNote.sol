// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICompliance} from "interfaces/ICompliance.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Note of one tranche: an ERC-20 whose holders claim the cash that the waterfall pays to the tranche
/// @notice One unit of note stands for one settlement unit invested at par; units are not burned as principal is repaid.
/// @dev Cash is spread by an index, so the gas of `distribute` does not grow with the holders. The index counts in parts of
///      a settlement unit, 2^34 * 3^10 * 5^28 * 7^4 of them; what does not divide by the supply stays in the note for the next distribution, and the
///      part of a unit that a holder has earned stays with that holder. Every rounding is down, against the receiver.
///      Assumptions on the settlement asset, checked when cash first enters (`LoanPool`, `Offering`): it moves what it says,
///      balances don't change by themselves, decimals don't change.
interface ITrancheNote {
    /// @notice `cash` settlement units were spread over all holders.
    /// @param index Cumulative cash a unit of note, in parts of a settlement unit.
    /// @param remainder Parts of a settlement unit left for the next distribution.
    event Distributed(uint256 cash, uint256 index, uint256 remainder);

    /// @notice `holder` was paid `cash` settlement units.
    event Claimed(address indexed holder, uint256 cash);

    /// @notice Compliance refuses this movement (zero address: a mint or a burn).
    error NotEligible(address from, address to, uint256 units);

    /// @notice There is nobody to spread the cash over.
    error NoHolders();

    error NothingToDistribute();

    /// @notice The books of the note end at `allowed`.
    error AboveLimit(uint256 given, uint256 allowed);

    /// @notice Creates `units` of note. Only the offering.
    function mint(address to, uint256 units) external;

    /// @notice Takes `units` of note back. Only the offering, which does so before closing only.
    /// @dev Warning: no allowance is asked for; the offering must burn its caller's notes only.
    function burn(address from, uint256 units) external;

    /// @notice Pulls `cash` settlement units from the caller and spreads them over the holders of this moment.
    ///         Only the waterfall. Gas does not depend on the number of holders.
    function distribute(uint256 cash) external;

    /// @notice Pays the caller what their notes have earned. Paying nothing is allowed.
    /// @return cash Settlement units paid; down, against the receiver: the part of a unit stays to the holder's credit.
    function claim() external returns (uint256 cash);

    /// @notice What `claim` would pay `holder` now, in settlement units.
    function claimable(address holder) external view returns (uint256 cash);

    /// @notice Cumulative cash a unit of note, in parts of a settlement unit. Never falls.
    function index() external view returns (uint256);

    /// @notice Cash not yet spread because it did not divide by the supply, in parts of a settlement unit.
    function remainder() external view returns (uint256);

    /// @notice All cash ever distributed to the holders, in settlement units.
    function distributed() external view returns (uint256);

    /// @notice Cash that stands here by the books: distributed less claimed, in settlement units.
    /// @dev Tokens sent here outside `distribute` are not in the books and belong to nobody.
    function cashHeld() external view returns (uint256);

    /// @notice The asset in which the note is paid.
    function settlement() external view returns (IERC20);

    /// @notice Who is asked before a note moves.
    function compliance() external view returns (ICompliance);
}
