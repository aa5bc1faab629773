// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What a contract can see of block, transaction and caller
contract Surroundings {
    struct Seen {
        uint256 number;
        uint256 timestamp;
        uint256 chainId;
        uint256 gasLimit;
        uint256 baseFee;
        uint256 blobBaseFee;
        uint256 gasPrice;
        address coinbase;
        address origin;
        address sender;
        uint256 value;
        uint256 balance;
        bytes32 blob;
    }

    Seen private _seen;
    uint256 public randao;
    bytes32 public hash;
    uint256 public marks;

    constructor() payable {
        _seen = look();
    }

    function look() public payable returns (Seen memory) {
        return
            Seen(
                block.number,
                block.timestamp,
                block.chainid,
                block.gaslimit,
                block.basefee,
                block.blobbasefee,
                tx.gasprice,
                block.coinbase,
                tx.origin,
                msg.sender,
                msg.value,
                address(this).balance,
                blobhash(0)
            );
    }

    /// @dev The same as a view: what is looked at before must be what is found after.
    function peek() external view returns (uint256 number, uint256 timestamp, address origin, address sender) {
        return (block.number, block.timestamp, tx.origin, msg.sender);
    }

    function mark() external payable returns (Seen memory) {
        ++marks;
        _seen = look();
        return _seen;
    }

    function marked() external view returns (Seen memory) {
        return _seen;
    }

    function draw(uint256 back) external returns (uint256, bytes32) {
        randao = block.prevrandao;
        hash = blockhash(block.number - back);
        return (randao, hash);
    }

    function hashes(uint256 back) external view returns (bytes32) {
        return blockhash(block.number - back);
    }

    function through(Surroundings other) external payable returns (Seen memory) {
        return other.look{value: msg.value}();
    }

    function account(
        address who
    ) external view returns (uint256 size, bytes32 hash_, uint256 balance, bytes memory code) {
        return (who.code.length, who.codehash, who.balance, who.code);
    }
}
