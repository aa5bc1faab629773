"""What a number of a sheet says: its exact text, a day, a time, or digits that the sheet shows otherwise."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvor.tape.files.workbook.numbers import Format, day_text, format_of, say


class TestNumbers:
    @pytest.mark.parametrize(
        ("raw", "text"),
        [
            ("123456789012", "123456789012"),
            ("0.1", "0.1"),
            ("0.10000000000000001", "0.1"),
            ("1234.5599999999999", "1234.56"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("1E+2", "100"),
            ("-1.5E-7", "-0.00000015"),
            ("007", "7"),
            ("-0", "0"),
            ("1000.00", "1000"),
            ("999999999999999", "999999999999999"),
            ("3.141592653589793238462643", "3.141592653589793238462643"),
        ],
    )
    def test_are_their_exact_text(self, raw, text):
        said = say(raw, Format(), from_1904=False)
        assert (said.text, said.rule) == (text, None)

    @pytest.mark.parametrize("raw", ["1000000000000000", "12345678901234567890", "-1e20"])
    def test_of_more_than_fifteen_digits_are_told_with_all_they_have(self, raw):
        said = say(raw, Format(), from_1904=False)
        assert (said.rule, said.text) == ("TAPE-054", f"{Decimal(raw):f}")

    @pytest.mark.parametrize("raw", ["NaN", "Infinity", "1e999999999", "1e-999999999", "twelve", "1_000"])
    def test_that_are_none_are_refused(self, raw):
        with pytest.raises((ValueError, ArithmeticError)):
            say(raw, Format(), from_1904=False)

    @given(value=st.floats(min_value=-1e14, max_value=1e14, allow_subnormal=False))
    def test_written_with_seventeen_digits_are_the_shortest_text_of_their_double(self, value):
        text = say(f"{value:.17G}", Format(), from_1904=False).text
        assert Decimal(text) == Decimal(repr(value))
        assert "e" not in text.lower()


class TestFormats:
    @pytest.mark.parametrize(
        ("number", "code", "kind"),
        [
            (0, None, "plain"),
            (14, None, "date"),
            (22, None, "date"),
            (20, None, "time"),
            (10, None, "percent"),
            (164, "yyyy-mm-dd", "date"),
            (164, "[$-409]d. mmmm;@", "date"),
            (164, "mmm", "date"),
            (164, "mm", "date"),
            (164, "ggge", "plain"),
            (164, "[h]:mm", "time"),
            (164, "hh:mm AM/PM", "time"),
            (164, "General", "plain"),
            (164, "General;[Red]yyyy", "plain"),
            (164, '0.00" days"', "plain"),
            (164, "0 \\d", "plain"),
            (164, "[Red]#,##0.00", "plain"),
            (164, "0.00E+00", "plain"),
            (164, "#,##0,", "thousands"),
            (164, "#,##0,,.0", "thousands"),
            (164, "0.0%", "percent"),
            (164, "00000", "zeros"),
            (164, "0", "plain"),
            (164, "00.00", "plain"),
        ],
    )
    def test_are_told_apart(self, number, code, kind):
        assert format_of(number, code).kind == kind

    @pytest.mark.parametrize(
        ("code", "raw", "shown"),
        [
            ("00000", "123", "00123"),
            ("00000", "-123", "-00123"),
            ("000-00-0000", "123456", "000-12-3456"),
            ('"DE"0000', "12345", "DE12345"),
            ("00000", "12345", None),
            ("00000", "1.5", None),
        ],
    )
    def test_with_zeros_and_signs_tell_what_is_shown(self, code, raw, shown):
        said = say(raw, format_of(164, code), from_1904=False)
        assert (said.text, said.old) == (raw, shown)
        assert said.rule == ("TAPE-053" if shown else None)


class TestDays:
    @pytest.mark.parametrize(
        ("serial", "text"),
        [
            ("1", "1900-01-01"),
            ("59", "1900-02-28"),
            ("60", None),
            ("61", "1900-03-01"),
            ("43831", "2020-01-01"),
            ("43831.5", "2020-01-01 12:00:00"),
            ("43831.999999999", "2020-01-02"),
            ("43831.000011574", "2020-01-01 00:00:01"),
            ("43831.00000579", "2020-01-01 00:00:00.500"),
            ("0", None),
            ("-1", None),
            ("2958465", "9999-12-31"),
            ("2958466", None),
        ],
    )
    def test_count_from_1900(self, serial, text):
        assert day_text(Decimal(serial), from_1904=False) == text

    @pytest.mark.parametrize(
        ("serial", "text"),
        [("0", "1904-01-01"), ("60", "1904-03-01"), ("42369", "2020-01-01"), ("-1", None), ("2957004", None)],
    )
    def test_count_from_1904(self, serial, text):
        assert day_text(Decimal(serial), from_1904=True) == text

    @given(day=st.dates(date(1900, 3, 1)), from_1904=st.booleans())
    def test_are_as_far_apart_as_their_numbers(self, day, from_1904):
        first = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)
        if day >= first:
            assert day_text(Decimal((day - first).days), from_1904=from_1904) == day.isoformat()

    def test_a_time_alone_is_a_time_and_a_duration_stays_a_number(self):
        assert say("0.5", Format("time"), from_1904=False).text == "12:00:00"
        assert say("1.5", Format("time"), from_1904=False).text == "1.5"

    def test_what_is_no_day_is_told(self):
        assert say("60", Format("date"), from_1904=False).rule == "TAPE-052"
