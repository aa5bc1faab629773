// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {FeeTerms, ReserveTerms, TrancheTerms} from "interfaces/DealTerms.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

/// @notice What a run needs of a deal's terms. They never change.
/// @param steps Packed steps of one list (see `Step`).
struct RunTerms {
    TrancheTerms[] tranches;
    FeeTerms[] lines;
    uint256[] steps;
    ReserveTerms reserve;
    bool ledgers;
}

/// @title Terms kept as the code of a contract of their own: one cold account to read, where slots would be ten or sixty
library TermsCode {
    /// @dev PUSH2 size, DUP1, PUSH1 10, RETURNDATASIZE, CODECOPY, RETURNDATASIZE, RETURN: deploys what follows these 10 bytes. Of
    ///      the sizes that rule 35 allows (8 tranches, 16 lines, 40 steps) 9 kB are the most.
    bytes1 private constant PUSH_SIZE = hex"61";
    bytes7 private constant RETURN_REST = hex"80600a3d393df3";

    /// @notice Writes terms down for good. Only in a constructor: the place follows from the deployer and `number`.
    function write(RunTerms memory terms, uint256 number) internal returns (address) {
        // An offset comes first, and its first byte is 0: whoever calls this code meets STOP.
        bytes memory data = abi.encode(terms);
        bytes memory creation = abi.encodePacked(PUSH_SIZE, uint16(data.length), RETURN_REST, data);
        return Create2.deploy(0, bytes32(number), creation);
    }

    /// @notice Reads them.
    function read(address place) internal view returns (RunTerms memory) {
        return abi.decode(place.code, (RunTerms));
    }
}
