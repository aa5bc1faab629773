// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title How many identities hold: in all, of a class, of a country
/// @notice Counts identities, not wallets. What an identity holds is the sum of its wallets' balances, so only beginnings and ends
///         are counted. A rule that is put on while there are holders knows no count until one was made from the token.
interface IHolderCount {
    /// @notice Limits in force from now on, as `set` takes them.
    event LimitsSet(uint32 all, uint32[4] classes, uint16[] countries, uint32[] ofCountry);

    /// @notice The counts were made from balances that sum to the token's supply.
    event Rebuilt(uint32 holders, uint256 units);

    /// @notice Wallets come in ascending order, each once.
    error NotAscending(address wallet, address last);

    /// @notice What was counted is not the token's supply: holders are missing.
    error SupplyNotMatched(uint256 counted, uint256 supply);

    /// @notice No count is under way; a movement, or a country or class that changes, ends one.
    error NothingCounted();

    /// @notice A list of countries has one limit each.
    error DifferentLengths(uint256 one, uint256 other);

    /// @notice Other limits; 2^32 - 1 is none. Only through the compliance.
    /// @param classes By number of the class, 0 unknown.
    /// @param ofCountry Of each of `countries`, in the place of the list before; of any other there is no limit.
    function set(
        uint32 all,
        uint32[4] calldata classes,
        uint16[] calldata countries,
        uint32[] calldata ofCountry
    ) external;

    /// @notice Counts from the token, a batch of wallets in ascending order. Only an agent of the token.
    /// @dev A movement in between ends the count and the next batch begins a new one: pause the note meanwhile.
    function rebuild(address[] calldata wallets) external;

    /// @notice Puts the new count in place when what was counted is the whole supply. Only an agent of the token.
    function finishRebuild() external;

    /// @notice Whether there is a count; without one nobody begins to hold.
    function isCounted() external view returns (bool);

    /// @notice Identities that hold a unit.
    function holders() external view returns (uint32);

    /// @notice Identities of a country that hold a unit.
    function holdersOfCountry(uint16 country) external view returns (uint32);

    /// @notice Identities of a class that hold a unit.
    function holdersOfClass(uint8 class) external view returns (uint32);
}
