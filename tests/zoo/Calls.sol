// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Calls itself, others and back
contract Caller {
    uint256 public counter;
    bool public transient entered;
    uint256 public transient scratch;

    error Reentered();
    error Refused(bytes reason);

    event Step(uint256 depth);

    /* SELF */

    function outer(uint256 times) external returns (uint256) {
        for (uint256 i; i < times; ++i) this.inner();
        return counter;
    }

    function inner() external returns (address) {
        ++counter;
        return msg.sender;
    }

    /// @dev How deep it gets until gas or the stack of calls ends it; the frame that fails is given nothing back.
    function deep(uint256 depth) external returns (uint256 reached) {
        if (depth == 0) return 0;
        try this.deep(depth - 1) returns (uint256 below) {
            return below + 1;
        } catch {
            return 0;
        }
    }

    function deepStrict(uint256 depth) external returns (uint256) {
        ++counter;
        return depth == 0 ? counter : this.deepStrict(depth - 1);
    }

    function recurse(uint256 depth) public returns (uint256) {
        return depth == 0 ? 0 : recurse(depth - 1) + 1;
    }

    /* GUARDS */

    function guarded(address target, bytes calldata data) external returns (bytes memory) {
        if (entered) revert Reentered();
        entered = true;
        ++counter;
        return _call(target, data);
        // Not taken back: the end of the transaction must do it.
    }

    function setScratch(uint256 value) external returns (uint256 before) {
        before = scratch;
        scratch = value;
    }

    function scratchThenRefuse(uint256 value) external returns (uint256) {
        try this.setScratchAndRefuse(value) {} catch {}
        return scratch;
    }

    function setScratchAndRefuse(uint256 value) external {
        scratch = value;
        revert("taken back");
    }

    /* OTHERS */

    function call(address target, bytes calldata data) external payable returns (bytes memory) {
        return _call(target, data);
    }

    function tried(
        address target,
        bytes calldata data,
        uint256 gasLimit
    ) external returns (bool ok, bytes memory answer) {
        ++counter;
        (ok, answer) = target.call{gas: gasLimit}(data);
    }

    function still(address target, bytes calldata data) external view returns (bool ok, bytes memory answer) {
        (ok, answer) = target.staticcall{gas: 1_000_000}(data);
    }

    function borrow(address target, bytes calldata data) external payable returns (bool ok, bytes memory answer) {
        (ok, answer) = target.delegatecall(data);
    }

    function tally() external returns (uint256) {
        emit Step(counter);
        return ++counter;
    }

    /* GAS */

    function spend(uint256 loops) external returns (uint256) {
        for (uint256 i; i < loops; ++i) ++counter;
        return counter;
    }

    /// @dev Burns about so much without touching the state, then logs.
    function burn(uint256 amount) external {
        uint256 end = gasleft() - amount;
        while (gasleft() > end) {}
        emit Step(amount);
    }

    function gasAtStart() external view returns (uint256) {
        return gasleft();
    }

    /// @dev The second read of the same slot in one transaction is warm.
    function gasOfReads() external returns (uint256 first, uint256 second) {
        assembly {
            let a := gas()
            let x := sload(counter.slot)
            let b := gas()
            let y := sload(counter.slot)
            first := sub(a, b)
            second := sub(b, gas())
            sstore(counter.slot, add(x, add(y, 1)))
        }
    }

    function clear() external {
        counter = 0;
    }

    function _call(address target, bytes calldata data) private returns (bytes memory) {
        (bool ok, bytes memory answer) = target.call{value: msg.value}(data);
        if (!ok) revert Refused(answer);
        return answer;
    }
}

/// @title Its code is borrowed by delegatecall; its own storage stays empty
contract Lender {
    uint256 public counter;

    event Lent(address self, address sender, uint256 value);

    function lend(uint256 value) external payable returns (address, address, uint256) {
        counter = value;
        emit Lent(address(this), msg.sender, msg.value);
        return (address(this), msg.sender, msg.value);
    }

    function refuse(uint256 value) external {
        counter = value;
        revert("nothing lent");
    }
}

/// @title Calls back whoever calls it
contract Mirror {
    function back(bytes calldata data) external returns (bytes memory) {
        (bool ok, bytes memory answer) = msg.sender.call(data);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(answer, 0x20), mload(answer))
            }
        }
        return answer;
    }
}

/// @title Answers to anything, has no function
contract OnlyFallback {
    fallback(bytes calldata data) external payable returns (bytes memory) {
        return bytes.concat(data, abi.encode(msg.value));
    }
}
