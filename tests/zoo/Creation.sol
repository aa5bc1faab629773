// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Made by a factory; refuses odd numbers
contract Child {
    uint256 public immutable number;
    address public immutable parent;

    error Odd(uint256 number);

    constructor(uint256 number_) payable {
        if (number_ % 2 == 1) revert Odd(number_);
        number = number_;
        parent = msg.sender;
    }
}

/// @title Makes contracts by CREATE and CREATE2
contract Factory {
    Child[] public children;

    event Made(Child child);

    constructor(uint256 atBirth) payable {
        for (uint256 i; i < atBirth; ++i) _keep(new Child(2 * i));
    }

    function make(uint256 number) public payable returns (Child child) {
        child = new Child{value: msg.value}(number);
        _keep(child);
    }

    function makeAt(uint256 number, bytes32 salt) external payable returns (Child child) {
        child = new Child{value: msg.value, salt: salt}(number);
        _keep(child);
    }

    function makeMany(uint256 count) external returns (Child child) {
        for (uint256 i; i < count; ++i) child = make(2 * i);
    }

    /// @dev A creation that fails still counts in this contract's nonce.
    function makeAround(uint256 number) external returns (Child before, bool ok, Child afterwards) {
        before = make(0);
        try this.make(number) {
            ok = true;
        } catch {}
        try new Child(number) {
            ok = true;
        } catch {}
        afterwards = make(2);
    }

    function makeThenRefuse() external {
        make(0);
        revert("and all of it is undone");
    }

    function predicted(uint256 number, bytes32 salt) external view returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(Child).creationCode, number));
        return address(uint160(uint256(keccak256(abi.encodePacked(hex"ff", this, salt, code)))));
    }

    function _keep(Child child) private {
        children.push(child);
        emit Made(child);
    }
}

/// @title Makes a factory that makes children
contract FactoryFactory {
    event Made(Factory factory, Child child);

    function make() external {
        Factory factory = new Factory(2);
        emit Made(factory, factory.make(4));
    }
}

/// @title Runtime code of any length and first byte
contract Sized {
    constructor(uint256 length, uint8 first) {
        assembly ("memory-safe") {
            mstore8(0x80, first)
            return(0x80, length)
        }
    }
}

/// @title Makes contracts out of any creation code
contract Press {
    event Pressed(address made, bytes answer);

    function press(bytes calldata code) external payable returns (address made) {
        bytes memory copy = code;
        bytes memory answer;
        assembly ("memory-safe") {
            made := create(callvalue(), add(copy, 0x20), mload(copy))
            answer := mload(0x40)
            mstore(answer, returndatasize())
            returndatacopy(add(answer, 0x20), 0, returndatasize())
            mstore(0x40, add(add(answer, 0x20), returndatasize()))
        }
        emit Pressed(made, answer);
    }
}

/// @title A constructor with everything that has a length
contract Furnished {
    struct Member {
        address who;
        uint64 share;
    }

    struct House {
        string name;
        Member[] members;
        uint16[3] floors;
    }

    string public name;
    uint256 public sum;
    Member[] public members;
    bytes32 public digest;

    constructor(House memory house, uint256[] memory amounts, string[] memory labels, int32[2][] memory grid) {
        name = house.name;
        for (uint256 i; i < house.members.length; ++i) members.push(house.members[i]);
        for (uint256 i; i < amounts.length; ++i) sum += amounts[i];
        digest = keccak256(abi.encode(house, amounts, labels, grid));
    }

    function digestOf(
        House calldata house,
        uint256[] calldata amounts,
        string[] calldata labels,
        int32[2][] calldata grid
    ) external pure returns (bytes32) {
        return keccak256(abi.encode(house, amounts, labels, grid));
    }
}

/// @title Not deployable
interface INothing {
    function nothing() external;
}

/// @title Not deployable either
abstract contract Unfinished {
    function finish() external virtual;
}
