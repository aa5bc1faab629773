"""Dates by one format a column; a column that fits two is not guessed."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvor.tape.values.dates import FORMATS, NO_SUCH_DAY, NOT_A_DATE, OUT_OF_RANGE, fitting_formats, read_dates


def read(texts, date_format, **options):
    done = read_dates(pl.Series("day", texts, dtype=pl.String), date_format, **options)
    return list(zip(done.values.to_list(), done.problems.to_list(), strict=True))


class TestReadDates:
    @pytest.mark.parametrize(
        ("text", "date_format", "day"),
        [
            ("2/28/1997", "%m/%d/%Y", date(1997, 2, 28)),
            ("28.02.1997", "%d.%m.%Y", date(1997, 2, 28)),
            ("05112025", "%d%m%Y", date(2025, 11, 5)),
            ("2000-02-29", "%Y-%m-%d", date(2000, 2, 29)),
            ("4-Jun-10", "%d-%b-%y", date(2010, 6, 4)),
            (" 1/1/2001 ", "%d/%m/%Y", date(2001, 1, 1)),
        ],
    )
    def test_gives_days(self, text, date_format, day):
        assert read([text], date_format) == [(day, None)]

    def test_an_empty_text_has_no_value_and_no_fault(self):
        assert read(["", None], "%d/%m/%Y") == [(None, None)] * 2

    @pytest.mark.parametrize("text", ["7/1/20", "2020-07-01", "1/1/2001 12:00", "1/1/20011", "45000", "1//2001", "x"])
    def test_refuses_another_format(self, text):
        assert read([text], "%m/%d/%Y") == [(None, NOT_A_DATE)]

    @pytest.mark.parametrize(
        "text", ["31/12/1999", "02/29/2001", "02/29/1900", "04/31/2020", "00/10/2020", "10/00/2020"]
    )
    def test_refuses_a_day_that_does_not_exist(self, text):
        assert read([text], "%m/%d/%Y") == [(None, NO_SUCH_DAY)]

    @pytest.mark.parametrize("text", ["1/1/0999", "12/31/1899", "1/1/2200"])
    def test_refuses_a_year_out_of_range(self, text):
        assert read([text], "%m/%d/%Y") == [(None, OUT_OF_RANGE)]

    @pytest.mark.parametrize(
        ("pivot", "years"),
        [(None, [2049, 1950, 1999, 2000]), (98, [2049, 2050, 1999, 2000]), (0, [1949, 1950, 1999, 2000])],
    )
    def test_two_digits_are_of_the_century_that_the_mapping_says(self, pivot, years):
        texts = ["1/1/49", "1/1/50", "1/1/99", "1/1/00"]
        assert [day.year for day, _ in read(texts, "%d/%m/%y", pivot=pivot)] == years

    @given(
        day=st.dates(date(1900, 1, 1), date(2199, 12, 31)),
        date_format=st.sampled_from([f for f in FORMATS if "%y" not in f]),
    )
    def test_what_was_written_is_read_back(self, day, date_format):
        assert read([day.strftime(date_format)], date_format) == [(day, None)]


class TestFittingFormats:
    def test_one_value_above_twelve_decides_for_all(self):
        assert fitting_formats(pl.Series(["11/03/2011", "03/05/2011", "20/10/2011"])) == ["%d/%m/%Y"]

    def test_two_readings_are_both_told(self):
        assert fitting_formats(pl.Series(["05.03.2022", "01.02.2022"])) == ["%d.%m.%Y", "%m.%d.%Y"]

    def test_a_contradiction_fits_nothing(self):
        assert fitting_formats(pl.Series(["13/01/2022", "01/13/2022"])) == []

    def test_an_empty_column_fits_nothing(self):
        assert list(fitting_formats(pl.Series(["", None], dtype=pl.String))) == []
