// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Scaling} from "contracts/oracle/Scaling.sol";
import {IPyth} from "interfaces/IPyth.sol";
import {IPythSource, PythFeed} from "interfaces/IPythSource.sol";
import {Answer, ISource, Reason} from "interfaces/ISource.sol";
import {WAD} from "interfaces/Types.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract PythSource is IPythSource {
    /// @dev Bytes of a config: three words.
    uint256 private constant CONFIG = 96;

    /* ANSWER */

    /// @inheritdoc ISource
    function answer(bytes32, bytes calldata config) external view returns (Answer memory given) {
        PythFeed memory own = abi.decode(config, (PythFeed));
        try own.pyth.getPriceUnsafe(own.id) returns (IPyth.Price memory said) {
            given.at = Scaling.time(said.publishTime);
            if (said.publishTime == 0) given.reason = Reason.NoValue;
            else if (said.expo > 0 || said.expo < -int256(Scaling.MOST_DECIMALS)) given.reason = Reason.Unreachable;
            else _put(given, said, own.maxUncertainty.value());
        } catch {
            given.reason = Reason.Unreachable;
        }
    }

    /// @inheritdoc ISource
    function check(bytes32, bytes calldata config) external view {
        if (config.length != CONFIG) revert ConfigUnusable(config);
        PythFeed memory own = abi.decode(config, (PythFeed));
        own.pyth.getPriceUnsafe(own.id);
    }

    /* CONFIG */

    /// @inheritdoc IPythSource
    function configOf(PythFeed calldata feed) external pure returns (bytes memory) {
        return abi.encode(feed);
    }

    /* INTERNAL */

    function _put(Answer memory given, IPyth.Price memory said, uint256 maxUncertainty) private pure {
        uint256 decimals = uint256(-int256(said.expo)); // 0 to 36
        Scaling.put(given, said.price, decimals);
        if (given.reason != Reason.None) return;
        // 64 + 60 bits on both sides.
        if (said.conf * WAD > uint256(int256(said.price)) * maxUncertainty) given.reason = Reason.Uncertain;
        given.confidence = uint128(Math.min(Math.ceilDiv(said.conf * WAD, 10 ** decimals), type(uint128).max));
    }
}
