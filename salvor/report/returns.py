"""Multiple and internal rate of return of a dated cash flow, in decimals of fixed precision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext

Flow = tuple[date, int]
_PLACES = Decimal("0.000001")
_LOWEST, _HIGHEST = Decimal("-0.999999"), Decimal(1_000)


def multiple(invested: int, received: int) -> Decimal:
    """Cash received for each unit invested, to the nearest 0.000001."""
    return (Decimal(received) / invested).quantize(_PLACES)


def irr(flows: Sequence[Flow]) -> Decimal | None:
    """Effective annual rate (Actual/365) at which the flows are worth nothing, to the nearest 0.000001.

    None where there is no such rate between -99.9999 % and 100,000 %: nothing came back, or nothing was paid.
    """
    with localcontext() as context:
        context.prec = 40
        low, high = _LOWEST, _HIGHEST
        if _present_value(flows, low) < 0 or _present_value(flows, high) > 0:
            return None
        while high - low > _PLACES / 100:
            middle = (low + high) / 2
            if _present_value(flows, middle) > 0:
                low = middle
            else:
                high = middle
        return low.quantize(_PLACES)


def _present_value(flows: Sequence[Flow], rate: Decimal) -> Decimal:
    """Falls with the rate when money goes out first and comes back later."""
    start = flows[0][0]
    zero = Decimal(0)
    return sum((units / (1 + rate) ** (Decimal((day - start).days) / 365) for day, units in flows), zero)
