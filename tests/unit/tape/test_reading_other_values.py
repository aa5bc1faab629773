"""Rates, identifiers, whole numbers, codes and texts: exact values, or the rule that says why there is none."""

import polars as pl
import pytest

from salvor.amounts import WAD
from salvor.tape.values.money import Numbers
from salvor.tape.values.rates import NOT_A_RATE, read_rates
from salvor.tape.values.texts import (
    NO_TEXT,
    NOT_WHOLE,
    SPACES_AROUND,
    UNKNOWN_CODE,
    read_codes,
    read_identifiers,
    read_integers,
    read_texts,
    transformed,
)


def one(read):
    """Value and problem of a column of one."""
    return read.values[0], read.problems[0]


def column(text):
    return pl.Series("x", [text], dtype=pl.String)


class TestRates:
    @pytest.mark.parametrize(
        ("text", "unit", "wad"),
        [
            ("5", "percent", WAD // 20),
            ("5%", "percent", WAD // 20),
            ("5.25 %", "percent", WAD * 525 // 10_000),
            ("-0.5", "percent", -WAD // 200),
            ("0.0000000000000001", "percent", 1),
            ("0.05", "fraction", WAD // 20),
            ("1.5", "fraction", WAD * 3 // 2),
            ("0.000000000000000001", "fraction", 1),
            ("525", "basis_point", WAD * 525 // 10_000),
            ("1", "basis_point", WAD // 10_000),
            ("0.00000000000001", "basis_point", 1),
            ("", "percent", None),
        ],
    )
    def test_are_exact_in_each_unit(self, text, unit, wad):
        assert one(read_rates(column(text), Numbers(), unit=unit)) == (wad, None)

    @pytest.mark.parametrize(
        ("text", "unit"),
        [
            ("0.00000000000000001", "percent"),
            ("0.0000000000000000001", "fraction"),
            ("0.000000000000001", "basis_point"),
            ("5%", "fraction"),
            ("five", "percent"),
            ("€5", "percent"),
            ("5%%", "percent"),
        ],
    )
    def test_finer_than_a_wad_or_no_number_are_refused(self, text, unit):
        assert one(read_rates(column(text), Numbers(), unit=unit)) == (None, NOT_A_RATE)


class TestIntegers:
    @pytest.mark.parametrize("text", ["0", "-7", "007", " 12 ", "9" * 18, "-" + "9" * 18])
    def test_of_up_to_eighteen_digits_are_read(self, text):
        assert one(read_integers(column(text))) == (int(text), None)

    @pytest.mark.parametrize("text", ["9" * 19, "0" * 19, "1.0", "1e3", "+1", "--1", "1 000", "٣"])
    def test_of_more_digits_or_none_are_refused(self, text):
        assert one(read_integers(column(text))) == (None, NOT_WHOLE)


class TestCodes:
    ALLOWED = ("performing", "defaulted")

    def test_a_word_of_ours_stands_for_itself(self):
        assert one(read_codes(column(" defaulted "), known={}, allowed=self.ALLOWED)) == ("defaulted", None)

    def test_what_the_mapping_says_of_a_word_goes_before_what_we_mean_by_it(self):
        known = {"performing": "defaulted"}
        assert one(read_codes(column("performing"), known=known, allowed=self.ALLOWED)) == ("defaulted", None)

    def test_another_word_is_refused(self):
        assert one(read_codes(column("Performing"), known={}, allowed=self.ALLOWED)) == (None, UNKNOWN_CODE)


class TestTexts:
    @pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\r\nb", "שלום", "a\u200db", "€", "😀"])
    def test_have_any_letter_that_is_text(self, text):
        assert one(read_texts(column(f" {text} "))) == (text, None)

    @pytest.mark.parametrize("letter", ["\x00", "\x08", "\x0b", "\x1f", "\x7f", "\x80", "\x9f", "\ufeff", "\ufffd"])
    def test_have_none_that_is_not(self, letter):
        assert one(read_texts(column(f"a{letter}b"))) == (None, NO_TEXT)
        assert one(read_identifiers(column(f"a{letter}b"))) == (None, NO_TEXT)

    @pytest.mark.parametrize("text", [" 7", "7 ", "\u00a07", "7\t", "7\n"])
    def test_spaces_around_an_identifier_are_refused(self, text):
        assert one(read_identifiers(column(text))) == (None, SPACES_AROUND)

    @pytest.mark.parametrize(
        ("how", "text", "changed"),
        [
            ("upper", "aß1", "ASS1"),
            ("lower", "AÉ1", "aé1"),
            ("trim", "  a b ", "a b"),
            ("remove_spaces", " a b\u00a0c\t", "abc"),
            (None, " a ", " a "),
        ],
    )
    def test_are_changed_as_the_mapping_says(self, how, text, changed):
        assert transformed(column(text), how)[0] == changed

    @pytest.mark.parametrize(("text", "filled"), [("7", "007"), ("1234", "1234"), ("a", "00a")])
    def test_are_filled_up_with_zeros(self, text, filled):
        assert one(read_identifiers(column(text), pad=3)) == (filled, None)
        assert one(read_texts(column(text), pad=3)) == (filled, None)

    def test_nothing_stays_nothing(self):
        assert one(read_identifiers(column(""), pad=3)) == (None, None)
        assert one(read_texts(column("  "), pad=3)) == (None, None)
