// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What each reason code says, for people
interface IWords {
    /// @notice One sentence; empty for a code that is nobody's.
    function sentence(uint8 code) external pure returns (string memory);

    /// @notice What a module says when it refuses. Reverts where it says nothing that is a sentence of at most 256 letters, in ASCII.
    function said(address module) external view returns (string memory);
}
