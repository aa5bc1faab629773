"""Exact integers: settlement units, WAD and day counts, with the rounding direction in every name.

No float enters here. Money is an `int` of the settlement asset's own units, a rate is an `int` with 18 decimals.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, Inexact
from typing import Literal, NewType

Units = NewType("Units", int)  # of the settlement asset, or of a note at par
Wad = NewType("Wad", int)  # 18 decimals: WAD is 1, or 100 %

WAD = 10**18
SECONDS_PER_YEAR = 365 * 86_400  # Actual/365
MAX_AMOUNT = 2**112 - 1  # where the books on chain end

Rounding = Literal["exact", "half_even", "half_up", "down", "up"]
_MODES: dict[str, str] = {
    "half_even": ROUND_HALF_EVEN,
    "half_up": ROUND_HALF_UP,
    "down": ROUND_DOWN,
    "up": ROUND_CEILING,
}


def mul_div_down(a: int, b: int, denominator: int) -> int:
    """A * b / denominator, rounded down; all non-negative."""
    return a * b // denominator


def mul_div_up(a: int, b: int, denominator: int) -> int:
    """A * b / denominator, rounded up; all non-negative."""
    return -(-a * b // denominator)


def to_units(amount: Decimal, decimals: int, rounding: Rounding = "exact") -> Units:
    """A decimal amount as integer units; with "exact", raises ValueError when it has more decimals than the money."""
    scaled = amount.scaleb(decimals, Context(prec=80))
    if rounding == "exact":
        try:
            whole = scaled.quantize(Decimal(1), context=Context(prec=80, traps=[Inexact]))
        except Inexact:
            raise ValueError(f"has more than {decimals} decimals") from None
        return Units(int(whole))
    return Units(int(scaled.quantize(Decimal(1), rounding=_MODES[rounding], context=Context(prec=80))))


def format_units(units: int, decimals: int) -> str:
    """Units as a decimal amount with thousands separators: 1234567 with 2 decimals is 12,345.67."""
    sign, units = ("-", -units) if units < 0 else ("", units)
    whole, part = divmod(units, 10**decimals)
    return f"{sign}{whole:,}" + (f".{part:0{decimals}}" if decimals else "")


def format_percent(wad: int, places: int = 1) -> str:
    """A WAD as a percentage, rounded to the nearest, for people to read: 854_825_000_000_000_000 is 85.5 %."""
    scaled = (wad * 100 * 10**places + WAD // 2) // WAD
    return f"{format_units(scaled, places)} %"


def timestamp(day: date) -> int:
    """The first second of a day, UTC, in seconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
