// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IModularCompliance} from "interfaces/IModularCompliance.sol";
import {Kind, Movement} from "interfaces/IRule.sol";

/// @notice The rules that only compare: each is a library in contracts/compliance/rules/ with its own `Params`, on or off.
enum Rule {
    COUNTRY_ALLOW,
    COUNTRY_DENY,
    INVESTOR_CLASS,
    MIN_HOLDING,
    MAX_HOLDING,
    DENOMINATION,
    SUPPLY_SHARE,
    SUPPLY_LIMIT,
    TRANSFER_WINDOW,
    COUNTERPARTIES,
    MIN_INVESTMENT
}

/// @notice Why a movement is refused.
/// @param code As `detectTransferRestriction` gives it.
/// @param module The rule's contract; zero for what is compiled in.
/// @param words The same for people.
struct Refusal {
    uint8 code;
    address module;
    string words;
}

/// @title Compliance of one regulated note: ERC-3643's modular compliance with ERC-1404's reasons
/// @notice Limits count identities, not wallets. A rule that only compares costs no call; a rule with a memory is an `IRule`.
interface IRegulatedCompliance is IModularCompliance {
    /// @notice A rule is on with these parameters (abi.encode of the rule's `Params`).
    event RuleSet(Rule indexed rule, bytes params);

    /// @notice A rule is off.
    event RuleDropped(Rule indexed rule);

    /// @notice Who stands behind a wallet is asked of this registry.
    event RegistryUsed(address indexed registry);

    /// @notice A module did not do what it was told; the movement, an exit, went on without it.
    event ModuleFailed(address indexed module, bytes4 selector);

    /// @notice A module failed when somebody tried it; after `since` and a wait anybody may suspend it.
    event ModuleReported(address indexed module, uint40 since);

    /// @notice A module is not asked until it is resumed.
    event ModuleSuspended(address indexed module, address by);

    /// @notice A module is asked again.
    event ModuleResumed(address indexed module);

    /// @notice The first of the reasons why the movement may not be; `refusals` names all.
    error TransferRefused(address from, address to, uint256 units, uint8 code, address module, string reason);

    /// @notice Only the token does this.
    error NotTheToken(address caller, address token);

    /// @notice One compliance serves one token.
    error TokenIsBound(address token);

    /// @notice A rule does not take this parameter.
    error ParameterOutOfRange(Rule rule, uint256 given, uint256 least, uint256 most);

    /// @notice The token pays in another asset than its rule says.
    error OtherCurrency(address given, address settlement);

    /// @notice The module is not among those that are asked.
    error ModuleUnknown(address module);

    /// @notice The module is there already.
    error ModuleTwice(address module);

    /// @notice So many modules, and no more.
    error TooManyModules(uint256 most);

    /// @notice The module does what it should.
    error ModuleWorks(address module);

    /// @notice Anybody may suspend it from three days after a report until ten days after it.
    error NotNow(address module, uint256 since, uint256 now_);

    /// @notice A module is tried with a transfer that could be: of units that the sender holds.
    error NoSuchMovement(address from, address to, uint256 units);

    /// @notice Whether a module took the news, in a trial of which nothing stays.
    error Rehearsed(bool done);

    /// @notice Too little gas is left to call a module with its whole cap: more would change the answer.
    error NotEnoughGas(uint256 left, uint256 needed);

    /// @notice Puts a rule on, or gives it other parameters. Only the owner's role.
    /// @param params abi.encode of the rule's `Params`: contracts/compliance/README.md.
    function setRule(Rule rule, bytes calldata params) external;

    /// @notice Takes a rule off. Only the owner's role.
    function dropRule(Rule rule) external;

    /// @notice Says that units are about to move, before balances change, and refuses with the reason. Only the token.
    /// @param fromHeld Units in the wallet that sends, before.
    /// @param toHeld Units in the wallet that receives, before.
    /// @return refusedBy First reason against a movement by force, which goes on; 0 for none and for every other.
    function moving(
        Kind kind,
        address from,
        address to,
        uint256 units,
        uint256 fromHeld,
        uint256 toHeld
    ) external returns (uint8 refusedBy);

    /// @notice Asks another registry; nobody is verified before that registry tells (`IIdentities.watch`). Modules begin again:
    ///         holders are counted anew, and what is remembered of a person stays with the identity's address. The owner's role
    ///         or the token.
    function useRegistry(address registry) external;

    /// @notice Stops asking a module at once. Only an agent of the token.
    function suspendModule(address module) external;

    /// @notice Asks it again. Only the owner's role.
    function resumeModule(address module) external;

    /// @notice Tries a module with a transfer that could be; when it fails, the wait begins, unless a wait of less than
    ///         ten days is under way. By anybody.
    function reportModule(address module, address from, address to, uint256 units) external;

    /// @notice Suspends a module that was reported three to ten days ago and fails still. By anybody.
    function suspendBroken(address module, address from, address to, uint256 units) external;

    /// @notice Tells a module and takes it back, by an error that says whether it listened. Only the compliance itself.
    function rehearse(address module, Movement calldata movement) external;

    /// @notice Tells the calling module of every movement, or again only of those in which an identity begins or ceases to hold.
    ///         Only a module that uses `ENDS_ONLY`.
    function tellAll(bool all) external;

    /// @notice The first reason why the movement is refused now; 0 for none. Never reverts.
    function detectTransferRestriction(address from, address to, uint256 units) external view returns (uint8);

    /// @notice What a code says.
    function messageForTransferRestriction(uint8 code) external view returns (string memory);

    /// @notice Every reason, not only the first.
    function refusals(address from, address to, uint256 units) external view returns (Refusal[] memory);

    /// @notice Whether a rule is on.
    function isOn(Rule rule) external view returns (bool);

    /// @notice Whether a module is there and not asked.
    function isSuspended(address module) external view returns (bool);

    /// @notice Whether a module is there and asked.
    function isAsked(address module) external view returns (bool);

    /// @notice Note units of an identity in all its wallets.
    function unitsOf(uint32 identity) external view returns (uint256);

    /// @notice The registry that is asked.
    function registry() external view returns (address);
}
