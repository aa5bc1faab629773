// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

struct Pair {
    address who;
    uint96 amount;
}

/// @title Logs of every shape
contract Emitter {
    event None();
    event One(uint256 indexed a);
    event Two(uint256 indexed a, address indexed b, string c);
    event Three(bytes32 indexed a, int64 indexed b, bool indexed c, uint256[] d);
    event Hashed(string indexed text, bytes indexed raw, uint256[] indexed list, uint256 plain);
    event HashedStruct(Pair indexed pair, Pair plain, Pair[] many);
    event Mixed(uint8 a, address indexed b, string c, bytes4 indexed d, Pair e);
    event Nameless(uint256, address indexed, string);
    event Over(uint256 a);
    event Over(address indexed a, uint256 indexed b);
    event Placed(uint256 indexed first, uint256 second);
    event Secret(uint256 indexed a, uint256 b) anonymous;
    event FullSecret(uint256 indexed a, uint256 indexed b, uint256 indexed c, uint256 indexed d, bytes e) anonymous;

    function named(uint256 n, address who, string calldata text) external {
        emit None();
        emit One(n);
        emit Two(n, who, text);
        emit Three(bytes32(n), -int64(uint64(n)), n % 2 == 0, new uint256[](n % 5));
    }

    function hashed(string calldata text, bytes calldata raw, uint256[] calldata list) external {
        emit Hashed(text, raw, list, list.length);
    }

    function structs(Pair calldata pair, Pair[] calldata many) external {
        emit HashedStruct(pair, pair, many);
        emit Mixed(uint8(many.length), pair.who, "mixed", 0xc0de0000, pair);
        emit Nameless(1, pair.who, "nameless");
    }

    function overloaded(address who) external {
        emit Over(1);
        emit Over(who, 2);
        emit Placed(3, 4);
    }

    /// @dev The first topic of an event that this contract has, and no values.
    function forged() external {
        bytes32 topic = Two.selector;
        assembly ("memory-safe") {
            log3(0, 0, topic, 1, 2)
        }
        emit One(5);
    }

    function anonymous_(uint256 n) external {
        emit Secret(n, n + 1);
        emit FullSecret(n, n, n, n, hex"00ff");
    }

    /// @dev With so many topics and so many bytes; the topics are 1 to 4.
    function bare(uint256 topics, uint256 length) external {
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, not(0))
            switch topics
            case 0 {
                log0(at, length)
            }
            case 1 {
                log1(at, length, 1)
            }
            case 2 {
                log2(at, length, 1, 2)
            }
            case 3 {
                log3(at, length, 1, 2, 3)
            }
            default {
                log4(at, length, 1, 2, 3, 4)
            }
        }
    }

    function logThenRefuse() external {
        emit One(1);
        revert("gone with its log");
    }
}

/// @title Has an event of the other's name and types, with the other value indexed
contract OtherEmitter {
    event Placed(uint256 first, uint256 indexed second);

    function place() external {
        emit Placed(5, 6);
    }
}

/// @title Logs around calls that log, succeed and fail
contract Relay {
    event Before(address indexed sender);
    event After(bool ok);

    function relay(Emitter emitter) external {
        emit Before(msg.sender);
        emitter.named(7, address(this), "inner");
        (bool ok, ) = address(emitter).call(abi.encodeCall(Emitter.logThenRefuse, ()));
        emit After(ok);
        (ok, ) = address(emitter).delegatecall(abi.encodeCall(Emitter.bare, (2, 5)));
        emit After(ok);
        (ok, ) = address(emitter).staticcall{gas: 50_000}(abi.encodeCall(Emitter.bare, (0, 0)));
        emit After(ok);
    }
}
