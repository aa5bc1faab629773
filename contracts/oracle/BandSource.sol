// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Scaling} from "contracts/oracle/Scaling.sol";
import {BandPair, IBandSource} from "interfaces/IBandSource.sol";
import {Answer, ISource, Reason} from "interfaces/ISource.sol";
import {IStdReference} from "interfaces/IStdReference.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract BandSource is IBandSource {
    uint256 private constant DECIMALS = 18;

    /* ANSWER */

    /// @inheritdoc ISource
    function answer(bytes32, bytes calldata config) external view returns (Answer memory given) {
        BandPair memory own = abi.decode(config, (BandPair));
        try own.std.getReferenceData(own.base, own.quote) returns (IStdReference.ReferenceData memory said) {
            uint256 at = Math.min(said.lastUpdatedBase, said.lastUpdatedQuote);
            given.at = Scaling.time(at);
            if (at == 0) given.reason = Reason.NoValue;
            else if (said.rate > uint256(type(int256).max)) given.reason = Reason.TooLarge;
            else Scaling.put(given, int256(said.rate), DECIMALS);
        } catch {
            given.reason = Reason.Unreachable;
        }
    }

    /// @inheritdoc ISource
    function check(bytes32, bytes calldata config) external view {
        BandPair memory own = abi.decode(config, (BandPair));
        own.std.getReferenceData(own.base, own.quote);
    }

    /* CONFIG */

    /// @inheritdoc IBandSource
    function configOf(BandPair calldata pair) external pure returns (bytes memory) {
        return abi.encode(pair);
    }
}
