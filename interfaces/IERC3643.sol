// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICompliance} from "interfaces/ICompliance.sol";
import {IIdentityRegistry} from "interfaces/IIdentityRegistry.sol";

/// @title What ERC-3643 adds to an ERC-20: the token that T-REX clients speak to
/// @dev Selectors and events are those of `IToken` of T-REX 4.1.6. Amounts are note units.
interface IERC3643 {
    /// @notice Name, symbol or identity of the token were set.
    event UpdatedTokenInformation(
        string indexed newName,
        string indexed newSymbol,
        uint8 newDecimals,
        string newVersion,
        address indexed newOnchainID
    );

    /// @notice Who stands behind a wallet is asked of this registry from now on.
    event IdentityRegistryAdded(address indexed identityRegistry);

    /// @notice Who may hold is asked of this compliance from now on.
    event ComplianceAdded(address indexed compliance);

    /// @notice A lost wallet's units are in a new one of the same identity.
    event RecoverySuccess(address indexed lostWallet, address indexed newWallet, address indexed investorOnchainID);

    /// @notice A wallet may not send, receive nor claim, or may again.
    event AddressFrozen(address indexed userAddress, bool indexed isFrozen, address indexed owner);

    /// @notice Units of a wallet stay where they are.
    event TokensFrozen(address indexed userAddress, uint256 amount);

    /// @notice Units of a wallet may move again.
    event TokensUnfrozen(address indexed userAddress, uint256 amount);

    /// @notice No holder moves a unit until `Unpaused`.
    event Paused(address userAddress);

    /// @notice Holders move units again.
    event Unpaused(address userAddress);

    /// @notice Renames the note. Only the owner's role.
    function setName(string calldata name) external;

    /// @notice Gives the note another symbol. Only the owner's role.
    function setSymbol(string calldata symbol) external;

    /// @notice Says where the note's own identity stands. Only the owner's role.
    function setOnchainID(address onchainID) external;

    /// @notice Stops transfers. Only an agent.
    function pause() external;

    /// @notice Lets holders transfer again. Only an agent.
    function unpause() external;

    /// @notice Freezes a wallet, or lets it free. Only an agent.
    function setAddressFrozen(address userAddress, bool freeze) external;

    /// @notice Keeps so many units more where they are. Only an agent.
    function freezePartialTokens(address userAddress, uint256 amount) external;

    /// @notice Lets so many units free. Only an agent.
    function unfreezePartialTokens(address userAddress, uint256 amount) external;

    /// @notice Asks another registry. Only the owner's role.
    function setIdentityRegistry(address identityRegistry) external;

    /// @notice Asks another compliance. Only the owner's role.
    /// @dev Warning: its counts begin at nothing until they are rebuilt.
    function setCompliance(address compliance) external;

    /// @notice Moves units without the holder's will to a verified wallet; frozen units are let free first. Only an agent.
    function forcedTransfer(address from, address to, uint256 amount) external returns (bool);

    /// @notice Makes units for a verified wallet. Only an agent, and only where the deal lets agents do so.
    function mint(address to, uint256 amount) external;

    /// @notice Takes units out of a wallet; frozen units are let free first. Only an agent, as `mint`.
    function burn(address userAddress, uint256 amount) external;

    /// @notice Moves all that a lost wallet has to a new one of the same identity. Only an agent.
    function recoveryAddress(address lostWallet, address newWallet, address investorOnchainID) external returns (bool);

    /// @notice Several transfers of the caller.
    function batchTransfer(address[] calldata toList, uint256[] calldata amounts) external;

    /// @notice Several forced transfers. Only an agent.
    function batchForcedTransfer(
        address[] calldata fromList,
        address[] calldata toList,
        uint256[] calldata amounts
    ) external;

    /// @notice Several mints. Only an agent.
    function batchMint(address[] calldata toList, uint256[] calldata amounts) external;

    /// @notice Several burns. Only an agent.
    function batchBurn(address[] calldata userAddresses, uint256[] calldata amounts) external;

    /// @notice Several freezes. Only an agent.
    function batchSetAddressFrozen(address[] calldata userAddresses, bool[] calldata freeze) external;

    /// @notice Several partial freezes. Only an agent.
    function batchFreezePartialTokens(address[] calldata userAddresses, uint256[] calldata amounts) external;

    /// @notice Lets units of several wallets free. Only an agent.
    function batchUnfreezePartialTokens(address[] calldata userAddresses, uint256[] calldata amounts) external;

    /// @notice Where the note's own identity stands; zero where it has none.
    function onchainID() external view returns (address);

    /// @notice Version of the token's code.
    function version() external view returns (string memory);

    /// @notice Who is asked who stands behind a wallet.
    function identityRegistry() external view returns (IIdentityRegistry);

    /// @notice Who is asked before a note moves.
    function compliance() external view returns (ICompliance);

    /// @notice Whether transfers are stopped.
    function paused() external view returns (bool);

    /// @notice Whether a wallet is frozen.
    function isFrozen(address userAddress) external view returns (bool);

    /// @notice Units of a wallet that stay where they are.
    function getFrozenTokens(address userAddress) external view returns (uint256);
}
