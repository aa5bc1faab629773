// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

struct Point {
    int128 x;
    uint64 y;
}

struct Claim {
    address who;
    string reason;
    Point[] path;
}

error Nothing();
error Detailed(Claim claim, uint256[] amounts, bytes raw);
error Plain(address who, int8 small, bool yes, bytes4 tag);
error Spread(Point[2] corners, string[] names);

/// @title Refuses in every way there is
contract Refuser {
    enum Colour {
        RED,
        GREEN
    }

    uint256[] private _list;
    bytes private _broken;
    uint256 public counter;

    /* WITH DATA */

    function empty() external pure {
        revert();
    }

    function text(string calldata reason) external pure {
        revert(reason);
    }

    function nothing() external pure {
        revert Nothing();
    }

    function plain(address who, int8 small, bool yes, bytes4 tag) external pure {
        revert Plain(who, small, yes, tag);
    }

    function detailed(Claim calldata claim, uint256[] calldata amounts, bytes calldata raw) external pure {
        revert Detailed(claim, amounts, raw);
    }

    function spread(Point[2] calldata corners, string[] calldata names) external pure {
        revert Spread(corners, names);
    }

    /// @dev Any bytes as revert data: none, less than a selector, a false selector, more than 24 kB.
    function raw(bytes calldata data) external pure {
        assembly ("memory-safe") {
            calldatacopy(0, data.offset, data.length)
            revert(0, data.length)
        }
    }

    function long(uint256 length) external pure {
        assembly ("memory-safe") {
            mstore(0, 0xdeadbeef)
            revert(28, length)
        }
    }

    /* PANICS */

    function failAssert() external pure {
        assert(false);
    }

    function overflow(uint256 value) external pure returns (uint256) {
        return value + type(uint256).max;
    }

    function divide(uint256 value) external pure returns (uint256) {
        return 1 / value;
    }

    function colour(uint256 value) external pure returns (Colour) {
        return Colour(value);
    }

    function popEmpty() external {
        _list.pop();
    }

    function index(uint256 place) external view returns (uint256) {
        return _list[place];
    }

    function allocate(uint256 size) external pure returns (uint256) {
        return new uint256[](size).length;
    }

    function zeroPointer() external pure {
        function() internal pure nowhere;
        nowhere();
    }

    function brokenBytes() external returns (bytes memory) {
        assembly ("memory-safe") {
            sstore(_broken.slot, 3) // says it is long, with a length that is short
        }
        return _broken;
    }

    /* HALTS */

    function invalid() external pure {
        assembly ("memory-safe") {
            invalid()
        }
    }

    function forever() external {
        while (true) ++counter;
    }

    function hugeMemory() external pure {
        assembly ("memory-safe") {
            mstore(0xffffffffff, 1)
        }
    }

    function badJump() external view {
        (bool ok, ) = address(this).staticcall{gas: 100_000}(abi.encodeCall(this.jump, (1)));
        require(ok, "the inner call halted");
    }

    function jump(uint256 place) external pure {
        function() internal pure somewhere;
        assembly ("memory-safe") {
            somewhere := place
        }
        somewhere();
    }

    /* AFTER A CHANGE */

    function countThenRefuse() external {
        ++counter;
        revert Nothing();
    }

    function count() external returns (uint256) {
        return ++counter;
    }
}

/// @title Calls on, and lets the last one's refusal through
contract Middle {
    Refuser public immutable refuser;
    uint256 public counter;

    event Caught(bytes data);
    event CaughtText(string reason);
    event CaughtPanic(uint256 code);

    constructor(Refuser refuser_) {
        refuser = refuser_;
    }

    function detailed(Claim calldata claim, uint256[] calldata amounts, bytes calldata data) external {
        ++counter;
        refuser.detailed(claim, amounts, data);
    }

    function caught(bytes calldata data) external returns (uint256) {
        ++counter;
        try refuser.raw(data) {
            revert("unreachable");
        } catch Error(string memory reason) {
            emit CaughtText(reason);
        } catch Panic(uint256 code) {
            emit CaughtPanic(code);
        } catch (bytes memory reason) {
            emit Caught(reason);
        }
        return counter;
    }

    function caughtChange() external returns (uint256, uint256) {
        ++counter;
        try refuser.countThenRefuse() {
            revert("unreachable");
        } catch (bytes memory reason) {
            emit Caught(reason);
        }
        return (counter, refuser.counter());
    }

    /// @dev The refuser gets almost all gas and burns it; what remains must be enough to go on.
    function caughtHalt(uint256 gasLimit) external returns (bool ok) {
        ++counter;
        (ok, ) = address(refuser).call{gas: gasLimit}(abi.encodeCall(Refuser.forever, ()));
    }
}

/// @title Two contracts above the one that refuses
contract Outer {
    Middle public immutable middle;

    constructor(Middle middle_) {
        middle = middle_;
    }

    function detailed(Claim calldata claim, uint256[] calldata amounts, bytes calldata data) external {
        middle.detailed(claim, amounts, data);
    }
}

/// @title Can't be deployed, and says why
contract RefusesBirth {
    constructor(uint256 how, Claim memory claim) {
        if (how == 0) revert();
        if (how == 1) revert("not today");
        if (how == 2) revert Detailed(claim, new uint256[](2), hex"c0de");
        if (how == 3) assert(false);
        assembly ("memory-safe") {
            invalid()
        }
    }
}

/// @title Refuses whatever it is asked
contract AlwaysRefuses {
    fallback() external payable {
        revert Nothing();
    }
}
