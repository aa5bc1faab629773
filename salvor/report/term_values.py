"""The values that a deal reads from outside, in plain words: who says them, what is believed, what stands else."""

from __future__ import annotations

from collections.abc import Iterator

from salvor.deal.oracle import Challenges, Value, ValueSource
from salvor.deal.schema import Deal
from salvor.report.term_words import percent

_DAY = 24  # hours


def values_in_words(deal: Deal) -> Iterator[str]:
    """A section; nothing for a deal that reads no values."""
    own = deal.oracle
    if own is None:
        return
    yield "## Values from outside"
    yield ""
    for value in own.values:
        yield from _value(value)
    for name, address in own.signers.items():
        yield f"- {name} signs reports: {address}"
    yield _challenges(own.challenges, deal.settlement.symbol)
    yield f"- sources are compared with the truth in periods of {_days(own.accuracy_days)}"
    yield ""


def _value(value: Value) -> Iterator[str]:
    sources = "; ".join(f"{_source(each)}, fresh for {_hours(each.hours)}" for each in value.sources)
    quorum = f"{value.quorum} of {len(value.sources)} at least"
    yield f"- {value.key} is the median of its fresh sources, {quorum}: {sources}"
    highest = "no upper bound" if value.highest is None else f"at most {value.highest:,}"
    said = f"  believed: at least {value.lowest:,f}, {highest}, at most {percent(value.deviation)} from the median"
    if value.change:
        said += f", and {percent(value.change.share)} of change within {_days(value.change.days)}"
    yield said
    yield f"  else: {_else(value)}"


def _else(value: Value) -> str:
    if value.while_failing == "refuse":
        return "there is no value"
    way = "less" if value.while_failing == "hold_lower" else "more"
    said = f"the last good one, {percent(value.haircut)} {way} and {percent(value.haircut_a_day)} a day of its age"
    return f"{said}, for {_days(value.hold_days)}; then there is none"


def _source(source: ValueSource) -> str:
    if own := source.chainlink:
        return f"Chainlink's feed {own.feed}" + (f" while the sequencer is up by {own.uptime}" if own.uptime else "")
    if pair := source.band:
        return f"Band's {pair.base}/{pair.quote} at {pair.reference}"
    if feed := source.pyth:
        return f"Pyth's feed {feed.feed} at {feed.contract}"
    if market := source.market:
        return f"the average of {market.window_minutes} minutes of the market {market.pair}"
    return f"a report of {source.signer}"


def _challenges(own: Challenges, symbol: str) -> str:
    bond = f"{own.bond:,} {symbol}"
    return (
        f"- a report can be challenged with {bond} for {_days(own.days)}, and does not count until that is decided, "
        f"within {_days(own.decide_days)}; it was wrong when it is decided so, or when others later say more than "
        f"{percent(own.tolerance)} else; who challenged wrongly loses all of it to the {own.forfeits_to}, "
        f"{percent(own.lapse_cost)} of it where nobody decides"
    )


def _hours(hours: int) -> str:
    return _days(hours // _DAY) if hours % _DAY == 0 else f"{hours} hour{'s' if hours != 1 else ''}"


def _days(days: int) -> str:
    return f"{days} day{'s' if days != 1 else ''}"
