"""What a fund and an index record make of the hub's readings: rules 31 and 32 of docs/oracles.md in exact integers."""

from __future__ import annotations

from salvor.amounts import WAD
from salvor.model.evergreen.fund import Observation
from salvor.model.oracle import Reading
from salvor.model.pool import Pool
from salvor.model.refusal import Refused

MOST_RATE = 2**63 - 1


def pool_value(reading: Reading, unit: int, pool: Pool) -> Observation:
    """A good reading of what the loans are worth; `unit` is settlement units in a whole one."""
    known = (period for period in range(pool.reported, 0, -1) if pool.terms.end(period) <= reading.at)
    return Observation(reading.value * unit // WAD, next(known, 0), reading.at)


def base_rate(reading: Reading, time: int, within: int, *, growth: bool = False) -> int:
    """A good reading of the index that held at a time; `growth` says that it tells 1 + the rate."""
    if not time <= reading.at <= time + within:
        raise Refused("NotOfThatTime", time, reading.at, within)
    off = WAD if growth else 0
    if reading.value > MOST_RATE + off:
        raise Refused("RateTooLarge", reading.value, MOST_RATE + off)
    return reading.value - off
