// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DayCount} from "interfaces/DealTerms.sol";

/// @title The time between two dates, as rule 13 of docs/waterfall.md counts it
library DayCounts {
    /// @notice Time and year in the same unit: seconds, or days of 30/360. `begin` and `end` in seconds since 1970.
    function between(uint256 begin, uint256 end, DayCount count) internal pure returns (uint256 time, uint256 year) {
        if (count == DayCount.Actual365) return (end - begin, 365 days);
        if (count == DayCount.Actual360) return (end - begin, 360 days);
        return (thirty360(begin / 1 days, end / 1 days), 360);
    }

    /// @notice Days of 30/360 between two days since 1970.
    function thirty360(uint256 begin, uint256 end) internal pure returns (uint256) {
        (uint256 y1, uint256 m1, uint256 d1) = date(begin);
        (uint256 y2, uint256 m2, uint256 d2) = date(end);
        if (d1 > 30) d1 = 30;
        if (d2 > 30 && d1 == 30) d2 = 30;
        unchecked {
            // Never below 0: with end on or after begin, a shorter day needs a later month, which brings 30.
            return 360 * y2 + 30 * m2 + d2 - (360 * y1 + 30 * m1 + d1);
        }
    }

    /// @notice Year, month and day of a day since 1970, in the Gregorian calendar.
    /// @dev Counted in years that begin in March, so that the leap day is the last, and in eras of 400 years (146,097 days). A
    ///      date fits 40 bits of seconds, and every difference is of a part from its whole: nothing overflows.
    function date(uint256 day) internal pure returns (uint256 year, uint256 month, uint256 dayOfMonth) {
        unchecked {
            uint256 since = day + 719_468; // days from 0000-03-01
            uint256 era = since / 146_097;
            uint256 ofEra = since % 146_097;
            uint256 yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365;
            uint256 ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
            uint256 march = (5 * ofYear + 2) / 153; // months from March
            dayOfMonth = ofYear - (153 * march + 2) / 5 + 1;
            month = march < 10 ? march + 3 : march - 9;
            year = yearOfEra + era * 400 + (month < 3 ? 1 : 0);
        }
    }
}
