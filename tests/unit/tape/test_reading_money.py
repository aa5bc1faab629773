"""Amounts from their text, a column at once: the exact integer, or the rule that is broken."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvor.amounts import MAX_AMOUNT
from salvor.tape.values.money import (
    BAD_GROUPS,
    NOT_AN_AMOUNT,
    OTHER_CURRENCY,
    TOO_FINE,
    TOO_LARGE,
    TWO_SIGNS,
    Numbers,
    read_money,
)

COMMA, COMMA_ONLY, POINT = Numbers(",", "."), Numbers(",", ""), Numbers(".", ",")
MODES = {"half_even": ROUND_HALF_EVEN, "half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_CEILING}


def read(texts, numbers=POINT, *, currency="USD", decimals=2, rounding="exact"):
    column = pl.Series("amount", texts, dtype=pl.String)
    done = read_money(column, numbers, currency=currency, decimals=decimals, rounding=rounding)
    return list(zip(done.values.to_list(), done.problems.to_list(), strict=True))


class TestPlain:
    @pytest.mark.parametrize(
        ("text", "units"),
        [("0", 0), ("12", 1200), ("12.3", 1230), ("12.34", 1234), (".5", 50), ("5.", 500), ("-0.01", -1), ("+7", 700)],
    )
    def test_gives_units(self, text, units):
        assert read([text]) == [(units, None)]

    def test_an_empty_text_has_no_value_and_no_fault(self):
        assert read(["", None, "  "]) == [(None, None)] * 3

    @pytest.mark.parametrize("text", ["x", "1e5", "NaN", "inf", "$", "1.2.3x", "0x10", "(5", "5)", "12 34 US", "٣"])
    def test_refuses_what_is_no_amount(self, text):
        assert read([text]) == [(None, NOT_AN_AMOUNT)]

    def test_the_largest_amount_and_one_more(self):
        largest = f"{MAX_AMOUNT // 100}.{MAX_AMOUNT % 100:02}"
        above = f"{(MAX_AMOUNT + 1) // 100}.{(MAX_AMOUNT + 1) % 100:02}"
        assert read([largest, above, "-" + above, "9" * 60]) == [(MAX_AMOUNT, None), *[(None, TOO_LARGE)] * 3]

    def test_leading_zeros_are_worth_nothing(self):
        assert read(["0" * 60 + "1.00"]) == [(100, None)]

    def test_a_column_keeps_its_order_whatever_is_wrong_with_some(self):
        assert read(["1", "x", "", "2.005", "3"]) == [
            (100, None),
            (None, NOT_AN_AMOUNT),
            (None, None),
            (None, TOO_FINE),
            (300, None),
        ]


class TestDialects:
    @pytest.mark.parametrize(
        ("text", "units"),
        [("1.299,99", 129_999), ("265,64", 26_564), ("1.299", 129_900), ("1,2", 120), ("1.234.567,8", 123_456_780)],
    )
    def test_a_decimal_comma_with_points_between_thousands(self, text, units):
        assert read([text], COMMA) == [(units, None)]

    @pytest.mark.parametrize("text", ["12.34,56", "1.29", "1.2999", "1..299", ".299.000", "1.299.", "1,299.00"])
    def test_groups_that_are_not_of_three_are_refused(self, text):
        assert read([text], COMMA) == [(None, BAD_GROUPS)]

    def test_a_sign_that_was_not_declared_is_refused(self):
        assert read(["1.299", "1'299", "1 299"], COMMA_ONLY) == [(None, BAD_GROUPS)] * 3

    @pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009"])
    def test_spaces_of_any_width_between_thousands(self, space):
        assert read([f"1{space}234,50"], Numbers(",", " ")) == [(123_450, None)]

    @pytest.mark.parametrize("apostrophe", ["'", "\u2019"])
    def test_apostrophes_between_thousands(self, apostrophe):
        assert read([f"1{apostrophe}234.50"], Numbers(".", "'"), currency="CHF") == [(123_450, None)]


class TestSignsAndCurrencies:
    @pytest.mark.parametrize(
        ("text", "currency", "units"),
        [
            ("($900.23)", "USD", -90_023),
            ("$(12.34)", "USD", -1_234),
            ("\u20ac(63.12)", "EUR", -6_312),
            ("$+1500", "USD", 150_000),
            ("USD 10", "USD", 1_000),
            ("10 USD", "USD", 1_000),
            ("10-", "USD", -1_000),
            ("\u221210", "USD", -1_000),
            ("1.500,00 kr.", "SEK", 150_000),
        ],
    )
    def test_are_never_lost(self, text, currency, units):
        numbers = COMMA if currency == "SEK" else POINT
        assert read([text], numbers, currency=currency) == [(units, None)]

    @pytest.mark.parametrize("text", ["-($67.00)", "(-5.00)", "--1", "-1-", "+-1", "$-(3)"])
    def test_two_signs_are_refused(self, text):
        assert read([text])[0][0] is None
        assert read([text])[0][1] in (TWO_SIGNS, NOT_AN_AMOUNT)

    @pytest.mark.parametrize("text", ["EUR 10", "\u20ac10", "10 \u20ac", "(10 EUR)", "10 kr"])
    def test_another_currency_is_refused(self, text):
        assert read([text]) == [(None, OTHER_CURRENCY)]


class TestRounding:
    def test_more_decimals_than_the_asset_has_are_refused_unless_they_are_zeros(self):
        assert read(["1.005", "1.050000"]) == [(None, TOO_FINE), (105, None)]

    @given(
        digits=st.integers(0, 10**30),
        fraction=st.text("0123456789", max_size=6),
        minus=st.booleans(),
        rounding=st.sampled_from(sorted(MODES)),
        decimals=st.sampled_from([0, 2, 6]),
    )
    def test_is_what_the_decimal_module_does(self, digits, fraction, minus, rounding, decimals):
        text = f"{'-' * minus}{digits}.{fraction}0"
        ((units, problem),) = read([text], decimals=decimals, rounding=rounding)
        exact = Decimal(text).scaleb(decimals, Context(prec=80))
        expected = int(exact.quantize(Decimal(1), rounding=MODES[rounding], context=Context(prec=80)))
        if abs(expected) <= MAX_AMOUNT:
            assert (units, problem) == (expected, None)
        else:
            assert (units, problem) == (None, TOO_LARGE)
