// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Scaling} from "contracts/oracle/Scaling.sol";
import {ICumulativePair} from "interfaces/ICumulativePair.sol";
import {IMarketSource, Mark, Market} from "interfaces/IMarketSource.sol";
import {Answer, ISource, Reason} from "interfaces/ISource.sol";

contract MarketSource is IMarketSource {
    /// @dev Bytes of a config: six words.
    uint256 private constant CONFIG = 192;

    /// @dev 1 in the accumulators' own numbers, of 112 binary places.
    uint256 private constant ONE = 2 ** 112;

    /// @dev Largest that over `ONE` fits 128 bits.
    uint256 private constant MOST = 2 ** 240 - 1;

    uint256 private constant WAD_DECIMALS = 18;

    /* STORAGE */

    mapping(ICumulativePair pair => mapping(uint32 window => Mark mark)) private _older;
    mapping(ICumulativePair pair => mapping(uint32 window => Mark mark)) private _newer;

    /* MARKS */

    /// @inheritdoc IMarketSource
    function mark(ICumulativePair pair, uint32 window) external {
        Mark storage newer = _newer[pair][window];
        uint256 last = newer.at;
        if (last != 0 && block.timestamp < last + window) {
            revert TooEarlyToMark(pair, block.timestamp, last + window);
        }
        (uint256 cumulative0, uint256 cumulative1, , , ) = _stand(pair);
        _older[pair][window] = newer;
        _newer[pair][window] = Mark(cumulative0, cumulative1, uint40(block.timestamp));
        emit Marked(pair, window, cumulative0, cumulative1, uint40(block.timestamp));
    }

    /* ANSWER */

    /// @inheritdoc ISource
    function answer(bytes32, bytes calldata config) external view returns (Answer memory given) {
        Market memory own = abi.decode(config, (Market));
        (uint256 cumulative0, uint256 cumulative1, uint256 reserve0, uint256 reserve1, uint256 at) = _stand(own.pair);
        given.at = uint40(at);
        // The newer mark where it is old enough: the average follows the market sooner.
        Mark memory since = _newer[own.pair][own.window];
        if (since.at == 0 || block.timestamp - since.at < own.window) since = _older[own.pair][own.window];
        uint256 span = block.timestamp - since.at;
        if (
            since.at == 0 || span == 0 || span < own.window || (own.ofToken1 ? reserve0 : reserve1) < own.leastReserve
        ) {
            given.reason = Reason.TooThin;
            return given;
        }
        unchecked {
            // The accumulators overflow as is meant; their difference does not.
            uint256 growth = own.ofToken1 ? cumulative1 - since.cumulative1 : cumulative0 - since.cumulative0;
            _put(given, growth / span, own);
        }
    }

    /// @inheritdoc ISource
    function check(bytes32, bytes calldata config) external view {
        if (config.length != CONFIG) revert ConfigUnusable(config);
        Market memory own = abi.decode(config, (Market));
        uint256 most = Scaling.MOST_DECIMALS;
        if (own.baseDecimals > most || own.quoteDecimals > most || own.window == 0) revert ConfigUnusable(config);
        _stand(own.pair);
    }

    /* VIEWS */

    /// @inheritdoc IMarketSource
    function marks(ICumulativePair pair, uint32 window) external view returns (Mark memory older, Mark memory newer) {
        return (_older[pair][window], _newer[pair][window]);
    }

    /* CONFIG */

    /// @inheritdoc IMarketSource
    function configOf(Market calldata market) external pure returns (bytes memory) {
        return abi.encode(market);
    }

    /* INTERNAL */

    /// @dev The accumulators now: what the pair would write if somebody traded; and when somebody last did.
    function _stand(
        ICumulativePair pair
    ) private view returns (uint256 cumulative0, uint256 cumulative1, uint256 reserve0, uint256 reserve1, uint256 at) {
        uint32 changed;
        (reserve0, reserve1, changed) = pair.getReserves();
        (cumulative0, cumulative1) = (pair.price0CumulativeLast(), pair.price1CumulativeLast());
        unchecked {
            uint256 since = uint32(block.timestamp) - changed; // both modulo 2^32
            at = block.timestamp - since;
            if (reserve0 != 0 && reserve1 != 0) {
                cumulative0 += ((reserve1 * ONE) / reserve0) * since;
                cumulative1 += ((reserve0 * ONE) / reserve1) * since;
            }
        }
    }

    /// @dev A price of units in units with 112 binary places as WAD of a whole token in whole ones; down.
    function _put(Answer memory given, uint256 price, Market memory own) private pure {
        uint256 up = uint256(own.baseDecimals) + WAD_DECIMALS;
        uint256 down = own.quoteDecimals;
        if (up < down) (price, down) = (price / 10 ** (down - up), up);
        uint256 scale = 10 ** (up - down);
        // Exactly where price * scale / 2^112 would not fit 128 bits.
        if (price > MOST / scale) given.reason = Reason.TooLarge;
        else given.value = uint128((price * scale) / ONE);
    }
}
