// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Takes ether in every way and pays it out in every way
contract Purse {
    event Born(uint256 value);
    event Received(address indexed from, uint256 value);
    event Fell(address indexed from, uint256 value, bytes data);

    error Unpaid(bytes reason);

    constructor() payable {
        emit Born(msg.value);
    }

    receive() external payable {
        emit Received(msg.sender, msg.value);
    }

    fallback(bytes calldata data) external payable returns (bytes memory) {
        emit Fell(msg.sender, msg.value, data);
        return abi.encode(msg.value, data);
    }

    function pay() external payable returns (uint256 value, uint256 balance) {
        return (msg.value, address(this).balance);
    }

    function free() external pure returns (bool) {
        return true;
    }

    function byTransfer(address payable to, uint256 value) external {
        to.transfer(value);
    }

    function bySend(address payable to, uint256 value) external returns (bool) {
        return to.send(value);
    }

    function byCall(address payable to, uint256 value, bytes calldata data) external returns (bytes memory) {
        (bool ok, bytes memory answer) = to.call{value: value}(data);
        if (!ok) revert Unpaid(answer);
        return answer;
    }

    function triedCall(address payable to, uint256 value) external returns (bool ok, uint256 left) {
        (ok, ) = to.call{value: value}("");
        left = address(this).balance;
    }

    /// @dev The callee sees this contract's money and this transaction's value.
    function worth(address who) external view returns (uint256, uint256) {
        return (who.balance, address(this).balance);
    }
}

/// @title Takes no ether at all
contract Unpaid {
    uint256 public calls;

    function call() external {
        ++calls;
    }
}

/// @title Needs more than 2,300 gas to take ether: `transfer` and `send` fail
contract Heavy {
    uint256 public received;

    receive() external payable {
        received += msg.value;
    }
}

/// @title Logs with what 2,300 gas allow
contract Light {
    event Got(uint256 value);

    receive() external payable {
        emit Got(msg.value);
    }
}

/// @title Takes ether and refuses it with a reason
contract Proud {
    error TooLittle(uint256 given, uint256 least);

    receive() external payable {
        if (msg.value < 1 ether) revert TooLittle(msg.value, 1 ether);
    }
}

/// @title Sends the ether on while it is being paid
contract Passing {
    address payable private immutable _next;

    constructor(address payable next) payable {
        _next = next;
        if (msg.value != 0) next.call{value: msg.value / 2}("");
    }

    receive() external payable {
        (bool ok, ) = _next.call{value: msg.value}("");
        require(ok, "the next one refused");
    }
}

/// @title Ends itself, in three ways
contract Mortal {
    uint256 public kept = 42;

    constructor(address payable heir) payable {
        if (heir != address(0)) selfdestruct(heir);
    }

    receive() external payable {}

    function end(address payable heir) external {
        selfdestruct(heir);
    }

    function write(uint256 value) external returns (uint256) {
        kept = value;
        return kept;
    }
}

/// @title Makes a mortal and ends it in the same transaction
contract Undertaker {
    event Buried(address who, uint256 size, uint256 balance);

    constructor() payable {}

    receive() external payable {}

    function bury(bytes32 salt, address payable heir, uint256 value) external returns (Mortal mortal) {
        mortal = new Mortal{salt: salt, value: value}(payable(address(0)));
        mortal.end(heir);
        emit Buried(address(mortal), address(mortal).code.length, address(mortal).balance);
    }
}
