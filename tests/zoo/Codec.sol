// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Gives back what it is given, and its own encoding of it
contract Echo {
    enum Kind {
        A,
        B,
        C
    }

    type Wad is uint128;

    struct Flat {
        address who;
        int24 tick;
        bool on;
        bytes3 tag;
        Wad wad;
        Kind kind;
    }

    struct Deep {
        string name;
        Flat flat;
        Flat[] many;
        bytes[2] pair;
        uint8[][] grid;
    }

    function words(
        address a,
        bool b,
        uint8 c,
        uint256 d,
        int8 e,
        int256 f,
        bytes1 g,
        bytes32 h
    ) external pure returns (address, bool, uint8, uint256, int8, int256, bytes1, bytes32) {
        return (a, b, c, d, e, f, g, h);
    }

    function middles(
        uint40 a,
        int40 b,
        bytes20 c,
        Kind d,
        Wad e,
        Echo f,
        address payable g
    ) external pure returns (uint40 A, int40 B, bytes20 C, Kind D, Wad E, Echo F, address payable G) {
        return (a, b, c, d, e, f, g);
    }

    function text(string calldata a, bytes calldata b) external pure returns (string memory, bytes memory, bytes32) {
        return (a, b, keccak256(abi.encode(a, b)));
    }

    function flat(Flat calldata a) external pure returns (Flat memory) {
        return a;
    }

    function flats(
        Flat[] calldata a,
        Flat[2] calldata b
    ) external pure returns (Flat[] memory, Flat[2] memory, bytes32) {
        return (a, b, keccak256(abi.encode(a, b)));
    }

    function deep(Deep calldata a) external pure returns (Deep memory, bytes32) {
        return (a, keccak256(abi.encode(a)));
    }

    function deeps(Deep[] calldata a, uint256 b) external pure returns (Deep[] memory, uint256, bytes32) {
        return (a, b, keccak256(abi.encode(a, b)));
    }

    function fixedOnes(
        uint256[3] calldata a,
        address[2] calldata b,
        bytes32[1] calldata c
    ) external pure returns (uint256[3] memory, address[2] memory, bytes32[1] memory) {
        return (a, b, c);
    }

    function nested(
        int16[2][3] memory a,
        int16[2][] memory b,
        int16[][2] memory c,
        string[2][] memory d
    ) external pure returns (int16[2][3] memory, int16[2][] memory, int16[][2] memory, string[2][] memory, bytes32) {
        return (a, b, c, d, keccak256(abi.encode(a, b, c, d)));
    }

    function flags(bool[] calldata a, bytes4[] calldata b) external pure returns (bool[] memory, bytes4[] memory) {
        return (a, b);
    }

    function nothing() external pure {}

    /* OVERLOADS */

    function pick(uint256) external pure returns (string memory) {
        return "one number";
    }

    function pick(uint256, uint256) external pure returns (string memory) {
        return "two numbers";
    }

    function pick(string calldata) external pure returns (string memory) {
        return "one text";
    }

    function choose() external pure returns (uint256) {
        return 0;
    }

    function choose(address) external pure returns (uint256) {
        return 1;
    }

    /* UNTRUE */

    /// @dev Answers with these bytes, whatever the ABI says.
    function raw(bytes calldata data) external pure returns (uint256, string memory) {
        assembly ("memory-safe") {
            calldatacopy(0, data.offset, data.length)
            return(0, data.length)
        }
    }

    function rawWord(bytes calldata data) external pure returns (uint256) {
        assembly ("memory-safe") {
            calldatacopy(0, data.offset, data.length)
            return(0, data.length)
        }
    }
}
