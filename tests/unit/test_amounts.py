"""Amounts: decimal text becomes exact integers, and the rounding is the one that was named."""

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvor.amounts import (
    MAX_AMOUNT,
    SECONDS_PER_YEAR,
    WAD,
    format_percent,
    format_units,
    mul_div_down,
    mul_div_up,
    timestamp,
    to_units,
)

NAMED = ("half_even", "half_up", "down", "up")


def by_fractions(text, decimals, rounding):
    """The same in fractions: another kind of arithmetic, with nothing to round."""
    exact = Fraction(text) * 10**decimals
    below = math.floor(exact)
    rest = exact - below
    if rounding == "down" or not rest:
        return below
    if rounding == "up":
        return below + 1
    if rest == Fraction(1, 2):
        return below + (1 if rounding == "half_up" or below % 2 else 0)
    return below + (rest > Fraction(1, 2))


@st.composite
def amounts(draw):
    """The text of an amount, as a tape or a deal file has it: at most 60 characters."""
    whole = draw(st.integers(0, 10**34))
    places = draw(st.integers(0, 24))
    return f"{whole}.{draw(st.integers(0, 10**places - 1)):0{places}}" if places else str(whole)


@st.composite
def halves(draw):
    """An amount that is exactly half a unit above a whole one, and the decimals of its money."""
    decimals = draw(st.integers(0, 18))
    number = draw(st.integers(0, 10**30)) * 10 + 5
    return str(Decimal(number).scaleb(-decimals - 1)), decimals


class TestToUnits:
    @pytest.mark.parametrize(
        ("text", "decimals", "units"),
        [
            ("0", 0, 0),
            ("0", 18, 0),
            ("0.00", 2, 0),
            ("12.34", 2, 1_234),
            ("12.3", 2, 1_230),
            ("12", 2, 1_200),
            ("12.3400", 2, 1_234),  # zeros are no decimals
            ("0.01", 2, 1),
            ("0012.5", 2, 1_250),
            ("12", 0, 12),
            ("0.000000000000000001", 18, 1),
            ("1", 18, WAD),
            ("51922968585348276285304963292200.95", 2, MAX_AMOUNT),
            ("9" * 60, 18, (10**60 - 1) * WAD),  # the longest text that is let in
        ],
    )
    def test_is_exact(self, text, decimals, units):
        assert to_units(Decimal(text), decimals) == units
        for rounding in NAMED:
            assert to_units(Decimal(text), decimals, rounding) == units

    @pytest.mark.parametrize(
        ("text", "decimals"),
        [("0.001", 2), ("12.345", 2), ("0.5", 0), ("1." + "0" * 17 + "01", 18), ("9" * 40 + ".001", 2)],
    )
    def test_refuses_more_decimals_than_the_money_has(self, text, decimals):
        with pytest.raises(ValueError, match=f"^has more than {decimals} decimals$"):
            to_units(Decimal(text), decimals)

    @pytest.mark.parametrize(
        ("text", "half_even", "half_up", "down", "up"),
        [
            ("0.004", 0, 0, 0, 1),
            ("0.005", 0, 1, 0, 1),
            ("0.0050000001", 1, 1, 0, 1),
            ("0.015", 2, 2, 1, 2),
            ("0.025", 2, 3, 2, 3),
            ("0.0249999999", 2, 2, 2, 3),
            ("0.029", 3, 3, 2, 3),
            ("0.0000000001", 0, 0, 0, 1),
            ("0.995", 100, 100, 99, 100),
            ("999.999", 100_000, 100_000, 99_999, 100_000),
        ],
    )
    def test_rounds_as_named(self, text, half_even, half_up, down, up):
        rounded = [to_units(Decimal(text), 2, rounding) for rounding in NAMED]
        assert rounded == [half_even, half_up, down, up]

    def test_is_an_int(self):
        assert all(type(to_units(Decimal("1.00"), 2, rounding)) is int for rounding in ("exact", *NAMED))

    @given(amounts(), st.integers(0, 18), st.sampled_from(NAMED))
    def test_equals_fractions(self, text, decimals, rounding):
        assert to_units(Decimal(text), decimals, rounding) == by_fractions(text, decimals, rounding)

    @given(halves(), st.sampled_from(NAMED))
    def test_equals_fractions_at_every_half(self, half, rounding):
        text, decimals = half
        assert to_units(Decimal(text), decimals, rounding) == by_fractions(text, decimals, rounding)

    @given(amounts(), st.integers(0, 18))
    def test_exact_gives_the_very_amount_or_refuses(self, text, decimals):
        exact = Fraction(text) * 10**decimals
        if exact.denominator == 1:
            assert to_units(Decimal(text), decimals) == exact
        else:
            with pytest.raises(ValueError, match=f"has more than {decimals} decimals"):
                to_units(Decimal(text), decimals)


class TestMulDivDown:
    @pytest.mark.parametrize(
        ("a", "b", "denominator", "result"),
        [(0, 5, 7, 0), (7, 3, 10, 2), (10, 10, 10, 10), (1, 1, 2, 0), (2**112 - 1, 2**112 - 1, 2**112, 2**112 - 2)],
    )
    def test_rounds_down(self, a, b, denominator, result):
        assert mul_div_down(a, b, denominator) == result


class TestMulDivUp:
    @pytest.mark.parametrize(
        ("a", "b", "denominator", "result"),
        [(0, 5, 7, 0), (7, 3, 10, 3), (10, 10, 10, 10), (1, 1, 2, 1), (2**112 - 1, 2**112 - 1, 2**112, 2**112 - 1)],
    )
    def test_rounds_up(self, a, b, denominator, result):
        assert mul_div_up(a, b, denominator) == result


class TestFormatUnits:
    @pytest.mark.parametrize(
        ("units", "decimals", "text"),
        [
            (1_234_567, 2, "12,345.67"),
            (0, 2, "0.00"),
            (5, 2, "0.05"),
            (100, 2, "1.00"),
            (-5, 2, "-0.05"),
            (-123_456, 2, "-1,234.56"),
            (1_234_567, 0, "1,234,567"),
            (-1, 0, "-1"),
            (WAD + 1, 18, "1.000000000000000001"),
            (MAX_AMOUNT, 2, "51,922,968,585,348,276,285,304,963,292,200.95"),
        ],
    )
    def test_shows_every_unit(self, units, decimals, text):
        assert format_units(units, decimals) == text

    @given(st.integers(-MAX_AMOUNT, MAX_AMOUNT), st.integers(0, 18))
    def test_reads_back(self, units, decimals):
        assert to_units(Decimal(format_units(units, decimals).replace(",", "")), decimals) == units


class TestFormatPercent:
    @pytest.mark.parametrize(
        ("wad", "places", "text"),
        [
            (854_825_000_000_000_000, 1, "85.5 %"),
            (854_825_000_000_000_000, 3, "85.483 %"),
            (854_500_000_000_000_000, 0, "85 %"),
            (855_000_000_000_000_000, 0, "86 %"),
            (WAD, 1, "100.0 %"),
            (WAD, 0, "100 %"),
            (0, 1, "0.0 %"),
            (15 * WAD, 1, "1,500.0 %"),
            (499_999_999_999_999, 1, "0.0 %"),
            (500_000_000_000_000, 1, "0.1 %"),
        ],
    )
    def test_rounds_to_the_nearest(self, wad, places, text):
        assert format_percent(wad, places) == text


class TestTimestamp:
    @pytest.mark.parametrize(
        ("day", "seconds"),
        [(date(1970, 1, 1), 0), (date(2024, 2, 29), 1_709_164_800), (date(2026, 12, 31), 1_798_675_200)],
    )
    def test_is_the_first_second_of_the_day(self, day, seconds):
        assert timestamp(day) == seconds

    def test_of_the_same_day_next_year_is_one_year_later(self):
        assert timestamp(date(2026, 12, 31)) - timestamp(date(2025, 12, 31)) == SECONDS_PER_YEAR
