// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllowList} from "interfaces/IAllowList.sol";
import {ICompliance} from "interfaces/ICompliance.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

contract AllowList is IAllowList, AccessManaged {
    /* STORAGE */

    /// @inheritdoc IAllowList
    mapping(address investor => uint40 until) public admittedUntil;

    /* CONSTRUCTOR */

    constructor(address authority) AccessManaged(authority) {}

    /* ADMISSION */

    /// @inheritdoc IAllowList
    function admit(address investor, uint40 until) external restricted {
        if (investor == address(0)) revert ZeroInvestor();
        if (until <= block.timestamp) revert AdmissionInThePast(investor, until, block.timestamp);
        admittedUntil[investor] = until;
        emit Admitted(investor, until);
    }

    /// @inheritdoc IAllowList
    function remove(address investor) external restricted {
        if (admittedUntil[investor] == 0) return;
        delete admittedUntil[investor];
        emit Removed(investor);
    }

    /* VIEWS */

    /// @inheritdoc ICompliance
    function canTransfer(address, address to, uint256) external view returns (bool) {
        // A burn hands a note back: nobody is kept in against their will.
        return to == address(0) || block.timestamp < admittedUntil[to];
    }
}
