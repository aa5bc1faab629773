// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Refusal} from "interfaces/IRegulatedCompliance.sol";

/// @notice What a supervisor does.
enum Act {
    FREEZE,
    UNFREEZE,
    FREEZE_UNITS,
    UNFREEZE_UNITS,
    FORCE,
    RECOVER
}

/// @notice An act of supervision with its papers.
/// @param from The wallet that is frozen or freed, that loses units, or that was lost.
/// @param to The wallet that takes units; zero where nothing moves.
/// @param units Note units; 0 where a whole wallet is meant.
/// @param ref Of the case, as the agent files it.
/// @param reason Hash of the reason's text.
struct Instruction {
    Act act;
    address from;
    address to;
    uint256 units;
    bytes32 ref;
    bytes32 reason;
}

/// @title What a regulated note does beside ERC-3643: acts with papers, and reasons in words
interface IRegulatedNote {
    /// @notice An agent acted. The calls of ERC-3643 have no papers: `ref` and `reason` are zero.
    /// @param refusedBy Code of the first rule that a movement by force went against; 0 for none.
    event Supervision(
        Act indexed act,
        address indexed from,
        address indexed to,
        uint256 units,
        bytes32 ref,
        bytes32 reason,
        uint8 refusedBy
    );

    /// @notice Transfers are paused.
    error NotePaused();

    /// @notice Of what the wallet holds only `free` units are not frozen.
    error UnitsFrozen(address holder, uint256 units, uint256 free);

    /// @notice Fewer units are frozen than should be let free.
    error FewerFrozen(address holder, uint256 units, uint256 frozen);

    /// @notice An offering issues the units of this note, or agents make them: never both.
    error OtherIssue(bool byAgents);

    /// @notice Only units of a verified wallet's are made, and they come from nowhere.
    error NoSender();

    /// @notice The lost wallet is another identity's, or the new one is not of that identity.
    error RecoveryNotPossible(address lost, address found, address identity);

    /// @notice Lists of one call have one length.
    error DifferentLengths(uint256 one, uint256 other);

    /// @notice Acts, with the papers in the event. Only an agent.
    /// @dev Warning: as for ERC-3643's own calls, the agent is trusted to have the right to do so.
    function supervise(Instruction calldata instruction) external;

    /// @notice The first reason why a transfer is refused now (ERC-1404); 0 where it would succeed.
    function detectTransferRestriction(address from, address to, uint256 units) external view returns (uint8);

    /// @notice Every reason, not only the first.
    function refusals(address from, address to, uint256 units) external view returns (Refusal[] memory);

    /// @notice What a code says (ERC-1404).
    function messageForTransferRestriction(uint8 code) external view returns (string memory);

    /// @notice Whether agents make and take units, and no offering issues any.
    function byAgents() external view returns (bool);
}
