// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Books} from "./Books.sol";
import {Deal, investor} from "./Deal.sol";
import {Handler} from "./Handler.sol";

/// @title One run: forge draws the handler's actions and their arguments
abstract contract Scene {
    Handler internal _handler;
    Books internal _books;

    function setUp() public {
        Deal deal = new Deal();
        _handler = new Handler(deal);
        _books = new Books(deal.offering(), deal.waterfall(), [investor(0), investor(1), investor(2), investor(3)]);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }
}

contract CheckedTest is Scene {
    function invariant_books() public view {
        _books.check(_handler.paidIn(), _handler.paidOut());
    }
}

contract UncheckedTest is Scene {
    function invariant_nothing() public view {}
}
