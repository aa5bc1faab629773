// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICompliance} from "interfaces/ICompliance.sol";

/// @title Compliance by a list of admitted investors, each until a date
/// @dev Warning: the rule looks at the receiver, as ERC-3643 does. Whose admission has run out can sell to an admitted
///      investor, hand the note back before closing and claim what the note has earned, but can't receive a note.
interface IAllowList is ICompliance {
    /// @notice `investor` may receive notes while the block's timestamp is below `until` (seconds).
    event Admitted(address indexed investor, uint40 until);

    /// @notice `investor` may no longer receive notes.
    event Removed(address indexed investor);

    error ZeroInvestor();

    /// @notice The admission would be over before it begins.
    error AdmissionInThePast(address investor, uint40 until, uint256 now_);

    /// @notice Admits an investor, or moves the end of an admission. Only the transfer agent.
    /// @param until Seconds since 1970; the first second at which the investor is no longer admitted.
    /// @dev Warning: the transfer agent is trusted to have checked who stands behind the address.
    function admit(address investor, uint40 until) external;

    /// @notice Ends an admission at once. Only the transfer agent. Does nothing for who is not on the list.
    function remove(address investor) external;

    /// @notice First second at which `investor` is not admitted; 0 for a stranger.
    function admittedUntil(address investor) external view returns (uint40);
}
