// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

abstract contract Inherited {
    uint8 internal _first;
    address public owner;
    uint88 public tail;

    function setInherited(uint8 first, address owner_, uint88 tail_) external {
        (_first, owner, tail) = (first, owner_, tail_);
    }

    function inherited() external view returns (uint8, address, uint88) {
        return (_first, owner, tail);
    }
}

/// @title Values at every kind of place, each with a view beside it
contract Keeper is Inherited {
    enum State {
        NEW,
        OLD,
        GONE
    }

    type Wad is int128;

    struct Small {
        uint32 a;
        int32 b;
        bool c;
        State d;
    }

    struct Wide {
        uint256 whole;
        int8 part;
    }

    struct Big {
        uint256 total;
        Small small;
        mapping(address => uint128) parts;
        int64[] list;
    }

    uint256 public constant IGNORED = 1;
    uint256 public immutable alsoIgnored = 2;

    bool public flag;
    int8 public i8;
    int64 public i64;
    uint16 public u16;
    State public state;
    int128 public i128;
    Wad public wad;
    int256 public i256;
    uint256 public u256;
    bytes4 public b4;
    bytes20 public b20;
    bytes32 public b32;

    Small public small;
    mapping(uint256 => uint256) public byNumber;
    mapping(int32 => int32) public byInt;
    mapping(bool => uint8) public byFlag;
    mapping(bytes4 => uint64) public byBytes;
    mapping(State => int16) public byState;
    mapping(address => mapping(uint256 => mapping(address => uint256))) public nested;
    mapping(address => Small) public smalls;
    mapping(address => Big) private _bigs;
    mapping(string => uint256) public byText;
    mapping(bytes => uint256) public byRaw;

    uint256[] public numbers;
    int24[] public ticks;
    bool[] public flags;
    address[] public people;
    Small[] public structs;
    uint8[40] public bytesOf;
    uint128[3] public halves;
    int256[2] public wholes;
    uint16[3][2] public grid;
    uint64[][] public jagged;
    Small[2] public pair;
    uint8[33][3] public rows;
    Wide[] public wides;
    bytes16[] public words;
    string public text;
    bytes public raw;

    function setWords(bool a, int8 b, int64 c, uint16 d, State e, int128 f, Wad g, int256 h, uint256 i) external {
        (flag, i8, i64, u16, state) = (a, b, c, d, e);
        (i128, wad, i256, u256) = (f, g, h, i);
    }

    function setBytes(bytes4 a, bytes20 b, bytes32 c) external {
        (b4, b20, b32) = (a, b, c);
    }

    function setSmall(Small calldata value) external {
        small = value;
        pair[1] = value;
        structs.push(value);
        smalls[msg.sender] = value;
    }

    function setMapped(uint256 number, int32 signed, bytes4 tag, State state_, uint256 value) external {
        byNumber[number] = value;
        byInt[signed] = int32(int256(value));
        byFlag[value % 2 == 0] = uint8(value);
        byBytes[tag] = uint64(value);
        byState[state_] = int16(int256(value));
    }

    function setNested(address a, uint256 b, address c, uint256 value) external {
        nested[a][b][c] = value;
    }

    function setBig(
        address key,
        uint256 total,
        Small calldata small_,
        address part,
        uint128 value,
        int64[] calldata list
    ) external {
        Big storage big = _bigs[key];
        (big.total, big.small, big.list) = (total, small_, list);
        big.parts[part] = value;
    }

    function big(address key, address part, uint256 at) external view returns (uint256, Small memory, uint128, int64) {
        Big storage found = _bigs[key];
        return (found.total, found.small, found.parts[part], found.list[at]);
    }

    function setArrays(
        uint256[] calldata numbers_,
        int24[] calldata ticks_,
        bool[] calldata flags_,
        address[] calldata people_,
        bytes16[] calldata words_,
        uint64[][] calldata jagged_
    ) external {
        (numbers, ticks, flags, people, words) = (numbers_, ticks_, flags_, people_, words_);
        delete jagged;
        for (uint256 i; i < jagged_.length; ++i) jagged.push(jagged_[i]);
    }

    function setFixed(
        uint8[40] calldata bytesOf_,
        uint128[3] calldata halves_,
        int256[2] calldata wholes_,
        uint16[3][2] calldata grid_
    ) external {
        (bytesOf, halves, wholes, grid) = (bytesOf_, halves_, wholes_, grid_);
    }

    function setWide(uint8[33][3] calldata rows_, Wide[] calldata wides_) external {
        rows = rows_;
        delete wides;
        for (uint256 i; i < wides_.length; ++i) wides.push(wides_[i]);
    }

    function setText(string calldata text_, bytes calldata raw_, uint256 value) external {
        (text, raw) = (text_, raw_);
        byText[text_] = value;
        byRaw[raw_] = value;
    }
}
