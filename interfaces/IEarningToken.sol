// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICompliance} from "interfaces/ICompliance.sol";
import {NoteIndex} from "interfaces/IDistributor.sol";
import {Cash} from "interfaces/ITrancheNote.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title What a vault asks of the books in which the cash of a token's holders stands
/// @dev The deal's `Distributor` is one; see `IDistributor` for each function.
interface IEarningBooks {
    /// @notice What tells whether anything was earned: cash ever given to the holders of `token`, settlement units. Never falls.
    function mark(address token) external view returns (uint256 interest, uint256 principal, uint32 snapshot);

    /// @notice What a unit of `token` has ever earned, in parts of a settlement unit: both indices.
    function indexOf(address token) external view returns (NoteIndex memory);

    /// @notice The asset in which holders are paid.
    function settlement() external view returns (IERC20);
}

/// @title What a vault asks of its asset: a token that only some may hold, and whose holders earn cash
/// @notice Every `TrancheNote` is one, and a `NoteBasket` too. See `ITrancheNote` for each function.
/// @dev Where the token also has `paused()` or `getFrozenTokens(address)` (ERC-3643), a vault obeys them.
interface IEarningToken is IERC20 {
    /// @notice Pays `holder` what was earned, whoever calls; refused for a frozen holder.
    function claimFor(address holder) external returns (uint256 cash);

    /// @notice What `claimFor` would pay, were the holder not frozen. Settlement units.
    function claimable(address holder) external view returns (uint256 cash);

    /// @notice What `holder` was ever paid, settlement units.
    function paidTo(address holder) external view returns (Cash memory);

    /// @notice Whether `holder` may neither send nor claim.
    function isFrozen(address holder) external view returns (bool);

    /// @notice Who is asked before a unit moves.
    function compliance() external view returns (ICompliance);

    /// @notice Where the cash stands.
    function distributor() external view returns (IEarningBooks);
}
