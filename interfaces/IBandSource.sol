// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISource} from "interfaces/ISource.sol";
import {IStdReference} from "interfaces/IStdReference.sol";

/// @notice Which pair of which reference: the adapter's config, `abi.encode`d.
/// @param base Symbol whose price is asked.
/// @param quote Symbol in which it is given.
struct BandPair {
    IStdReference std;
    string base;
    string quote;
}

/// @title Band's standard reference as a source
/// @notice One contract for all pairs; the config says which. A rate is as old as its older side.
interface IBandSource is ISource {
    /// @notice The config for a pair.
    function configOf(BandPair calldata pair) external pure returns (bytes memory config);
}
