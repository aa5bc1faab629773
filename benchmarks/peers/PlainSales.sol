// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title What is written from OpenZeppelin's parts alone: a token is title, a role is who may buy, cash goes to a treasury
/// @dev It asks no oracle, keeps no account of a case, measures no cash, writes off nothing and has one kind of fallback: none.
contract PlainSales is ERC721, AccessControl {
    using SafeERC20 for IERC20;

    error TooLow();
    error WrongSeal();

    struct Lot {
        address bidder;
        uint96 best;
        uint96 start;
        uint96 floor;
        uint64 begun;
        uint32 units;
        uint32 left;
    }

    bytes32 public constant BUYER = keccak256("BUYER");

    IERC20 public immutable settlement;
    address public immutable treasury;

    mapping(uint256 lot => Lot) public lots;
    mapping(uint256 lot => mapping(address bidder => bytes32 seal)) public seals;
    mapping(address bidder => uint256 cash) public owed;
    mapping(uint256 lot => mapping(address buyer => uint256 units)) public parts;

    constructor(IERC20 settlement_, address treasury_) ERC721("Lots", "LOT") {
        settlement = settlement_;
        treasury = treasury_;
        _grantRole(DEFAULT_ADMIN_ROLE, msg.sender);
    }

    function start(uint256 lot, uint96 start_, uint96 floor, uint32 units) external onlyRole(DEFAULT_ADMIN_ROLE) {
        lots[lot] = Lot(address(0), 0, start_, floor, uint64(block.timestamp), units, units);
    }

    function take(uint256 lot, uint32 units) external onlyRole(BUYER) {
        Lot storage one = lots[lot];
        uint256 fallen = Math.min(block.timestamp - one.begun, 10 hours);
        uint256 price = one.start - ((one.start - one.floor) * fallen) / 10 hours;
        one.left -= units;
        parts[lot][msg.sender] += units;
        settlement.safeTransferFrom(msg.sender, treasury, Math.ceilDiv(price * units, one.units));
    }

    function bid(uint256 lot, uint96 amount) external onlyRole(BUYER) {
        Lot storage one = lots[lot];
        if (amount <= one.best || amount < one.floor) revert TooLow();
        owed[one.bidder] += one.best;
        (one.bidder, one.best) = (msg.sender, amount);
        settlement.safeTransferFrom(msg.sender, address(this), amount);
    }

    function commit(uint256 lot, bytes32 seal) external onlyRole(BUYER) {
        seals[lot][msg.sender] = seal;
    }

    function reveal(uint256 lot, uint96 price, bytes32 salt) external onlyRole(BUYER) {
        if (seals[lot][msg.sender] != keccak256(abi.encode(lot, msg.sender, price, salt))) revert WrongSeal();
        delete seals[lot][msg.sender];
        Lot storage one = lots[lot];
        if (price > one.best) (one.bidder, one.best) = (msg.sender, price);
    }

    function supportsInterface(bytes4 interfaceId) public view override(ERC721, AccessControl) returns (bool) {
        return super.supportsInterface(interfaceId);
    }
}
