// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAuction} from "interfaces/IAuction.sol";
import {IAuctionHouse} from "interfaces/IAuctionHouse.sol";

/// @title What all auctions are: they sell for one house and obey it alone
abstract contract HouseAuction is IAuction {
    /// @inheritdoc IAuction
    IAuctionHouse public immutable house;

    constructor(IAuctionHouse house_) {
        house = house_;
    }

    function _onlyHouse() internal view {
        if (msg.sender != address(house)) revert NotTheHouse(msg.sender, address(house));
    }
}
