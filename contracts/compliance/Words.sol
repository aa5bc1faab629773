// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import "contracts/compliance/Codes.sol" as Codes;
import {IRule} from "interfaces/IRule.sol";
import {IWords} from "interfaces/IWords.sol";

/// @title What each reason code says
/// @dev A contract of its own, because a compliance with its sentences would be larger than a contract may be.
contract Words is IWords {
    uint256 private constant MOST_BYTES = 256;
    uint256 private constant GAS = 100_000;

    /// @notice A module talks too much.
    error TooManyWords(uint256 given, uint256 most);

    /// @notice A module says something that is no printable ASCII.
    error NoWord(bytes1 letter);

    /// @inheritdoc IWords
    function sentence(uint8 code) external pure returns (string memory) {
        if (code == 0) return "Nothing is against it.";
        if (code < Codes.COUNTRY_UNKNOWN) return _aboutIdentity(code);
        if (code < Codes.ABOVE_SHARE) return _aboutReceiver(code);
        return _aboutNumbers(code);
    }

    /// @inheritdoc IWords
    function said(address module) external view returns (string memory words) {
        words = IRule(module).words{gas: GAS}();
        bytes memory letters = bytes(words);
        if (letters.length > MOST_BYTES) revert TooManyWords(letters.length, MOST_BYTES);
        // What people read on a screen holds no commands for it.
        for (uint256 i; i < letters.length; ++i) if (letters[i] < " " || letters[i] > "~") revert NoWord(letters[i]);
    }

    function _aboutIdentity(uint8 code) private pure returns (string memory) {
        if (code == Codes.NOTE_PAUSED) return "Transfers of the note are paused.";
        if (code == Codes.SENDER_FROZEN) return "The sender's wallet is frozen.";
        if (code == Codes.RECEIVER_FROZEN) return "The receiver's wallet is frozen.";
        if (code == Codes.NOT_ENOUGH_UNITS) return "The sender does not hold so many units.";
        if (code == Codes.UNITS_FROZEN) return "Of the sender's units too many are frozen.";
        if (code == Codes.NO_RECEIVER) return "There is no receiver.";
        if (code == Codes.UNITS_OUT_OF_RANGE) return "There can't be so many units.";
        if (code == Codes.RECEIVER_UNKNOWN) return "The receiver's wallet is nobody's.";
        if (code == Codes.RECEIVER_UNVERIFIED) return "The receiver lacks a claim that is needed.";
        return "";
    }

    function _aboutReceiver(uint8 code) private pure returns (string memory) {
        if (code == Codes.COUNTRY_UNKNOWN) return "The receiver's country is not known.";
        if (code == Codes.COUNTRY_NOT_ALLOWED) return "The receiver's country is not on the list.";
        if (code == Codes.COUNTRY_DENIED) return "The receiver's country is denied.";
        if (code == Codes.CLASS_NOT_ALLOWED) return "The receiver's class may not hold this tranche.";
        if (code == Codes.BELOW_MINIMUM) return "The receiver would hold less than the least.";
        if (code == Codes.REST_BELOW_MINIMUM) return "The sender would keep less than the least.";
        if (code == Codes.ABOVE_MAXIMUM) return "The receiver would hold more than the most.";
        return "";
    }

    function _aboutNumbers(uint8 code) private pure returns (string memory) {
        if (code == Codes.ABOVE_SHARE) return "The receiver would hold too large a share.";
        if (code == Codes.ABOVE_SUPPLY) return "There would be more units than may be.";
        if (code == Codes.WINDOW_CLOSED) return "Transfers are closed at this time.";
        if (code == Codes.NOT_A_COUNTERPARTY) return "Neither side is a listed counterparty.";
        if (code == Codes.BELOW_INVESTMENT) return "The first investment would be too small.";
        if (code == Codes.NOT_A_DENOMINATION) return "The units are no whole pieces.";
        return "";
    }
}
