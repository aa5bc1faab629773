"""What must hold between the fields of a deal's values: each broken rule is a place in the file and a sentence."""

from __future__ import annotations

from collections.abc import Iterator

from salvor.amounts import MAX_AMOUNT, WAD
from salvor.deal.names import Finding, unknown
from salvor.deal.oracle import LARGEST, Value, ValueSource
from salvor.deal.schema import Deal

_MOST_SHARE = 2**64 - 1  # WAD, as it is kept: 1844 %


def oracle_findings(deal: Deal) -> Iterator[Finding]:
    """What must hold between the fields of the section."""
    yield from _readers(deal)
    oracle = deal.oracle
    if oracle is None:
        return
    try:
        if not 0 < deal.units(oracle.challenges.bond) <= MAX_AMOUNT:
            yield ("oracle", "challenges", "bond"), "must be above 0 and below 2^112 units"
    except ValueError as error:
        yield ("oracle", "challenges", "bond"), f"{oracle.challenges.bond} {error} ({deal.settlement.symbol})"
    if oracle.challenges.tolerance >= WAD:
        yield ("oracle", "challenges", "tolerance"), "is 100 % or above: no report would be wrong"
    if oracle.challenges.lapse_cost > WAD:
        yield ("oracle", "challenges", "lapse_cost"), "is above 100 %: no more than the bond is there"
    signers = list(oracle.signers)
    if len(set(oracle.signers.values())) < len(signers):
        yield ("oracle", "signers"), "two signers have one address: they would be one source"
    for i, value in enumerate(oracle.values):
        place = ("oracle", "values", i)
        if value.key in [other.key for other in oracle.values[:i]]:
            yield (*place, "key"), f"'{value.key}' stands twice"
        for where, sentence in _value(value, signers):
            yield (*place, *where), sentence


def _readers(deal: Deal) -> Iterator[Finding]:
    """A key that the fund or the index reads is one of the section, and of the kind that is meant."""
    keys = [value.key for value in deal.oracle.values] if deal.oracle else []
    fund = deal.evergreen.value_source if deal.evergreen else None
    index = deal.index.value if deal.index else None
    wanted = ((("evergreen", "value_source"), fund, ("POOL",)), (("index", "value"), index, ("RATE", "GROWTH")))
    for place, key, kinds in wanted:
        if key is None:
            continue
        if key.partition("/")[0] not in kinds:
            yield place, f"'{key}' is no value of kind {' or '.join(kinds)}"
        elif not keys:
            yield place, f"'{key}' needs the section `oracle`, which says how the value is made"
        elif key not in keys:
            yield place, unknown("value of `oracle`", key, keys)
    for name, network in deal.networks.items() if index else ():
        if network.oracle is not None:
            yield ("networks", name, "oracle"), f"is asked by nobody: the index is {index}"


def _value(value: Value, signers: list[str]) -> Iterator[Finding]:
    """Places are within the value."""
    if value.quorum > len(value.sources):
        yield ("quorum",), f"is {value.quorum}, and there are {len(value.sources)} sources"
    for j, source in enumerate(value.sources):
        if source.signer is not None and source.signer not in signers:
            yield ("sources", j, "signer"), unknown("signer", source.signer, signers)
        if _identity(source) in [_identity(other) for other in value.sources[:j]]:
            yield ("sources", j), "stands twice: a source counts once"
    shares = {"deviation": value.deviation, "haircut": value.haircut, "haircut_a_day": value.haircut_a_day}
    shares |= {"change": value.change.share} if value.change else {}
    for name, share in shares.items():
        if share > _MOST_SHARE:
            yield (name,), "is above 1844 %, the largest share that is kept"
    try:
        lowest, highest = value.bounds
    except ValueError as error:
        yield ("lowest",), f"a bound {error}"
        return
    if not lowest < highest <= LARGEST:
        yield ("highest",), "must be above the lowest value, and below 3.4e20"
    if value.while_failing == "hold_lower" and value.haircut + value.haircut_a_day * value.hold_days >= WAD:
        yield ("haircut",), f"leaves nothing of a value that was held for {value.hold_days} days"
    if value.while_failing != "refuse" and not value.hold_days:
        yield ("hold_days",), "says for how long a value is held; none would be"


def _identity(source: ValueSource) -> tuple[object, ...]:
    """What makes a source another one: not its age, nor its gas."""
    return (source.signer, source.chainlink, source.band, source.pyth, source.market)
