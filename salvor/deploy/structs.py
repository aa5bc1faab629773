"""The terms of a deal as the constructors take them: tuples in the order of the interfaces' structs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from salvor.deploy.terms import DealTerms
from salvor.model.evergreen.terms import EvergreenTerms
from salvor.model.terms import (
    FeeKind,
    FeeLine,
    Losses,
    Rate,
    RateKind,
    Step,
    StepKind,
    Terms,
    TrancheTerms,
    Unpaid,
)

NOBODY = "0x" + "00" * 20
_PAIRS = 4
_SETS_OF_TRANCHES = {StepKind.PRO_RATA, StepKind.DRAW}


def pool_terms(terms: DealTerms, settlement: str, seller: str) -> tuple[object, ...]:
    """`PoolTerms`."""
    own = terms.rules
    tape, ends, plan = terms.tape.as_struct(), list(own.period_ends), list(own.plan)
    return settlement, seller, own.price, tape, own.closing, own.grace, ends, plan, own.carrying_ratio


def offers(terms: DealTerms, notes: Sequence[Any]) -> list[tuple[object, ...]]:
    """`TrancheOffer`, one a tranche."""
    return [(note.address, own.cap, own.minimum) for note, own in zip(notes, terms.rules.tranches, strict=True)]


def waterfall_terms(
    terms: Terms,
    notes: Sequence[Any],
    account: Callable[[str], str],
    *,
    vote: str = NOBODY,
    index_record: str = NOBODY,
    fund: str = NOBODY,
) -> tuple[object, ...]:
    """`WaterfallTerms`; `account` says which address a payee's name is."""
    reserve = terms.reserve
    return (
        [_tranche(note.address, own) for note, own in zip(notes, terms.tranches, strict=True)],
        [_path(own.rate) for own in terms.tranches],
        [_line(account(line.payee), line) for line in terms.fees],
        [(each.tranche, each.rate, int(each.count)) for each in terms.hurdles],
        [(int(each.kind), each.tranche, each.level, each.cured_after) for each in terms.triggers],
        (reserve.floor, reserve.cap, reserve.share, set_of(reserve.tranches)),
        [pack(step) for step in terms.steps],
        [pack(step) for step in terms.accelerated_steps],
        terms.losses is Losses.BY_LEDGER,
        terms.revolving.until,
        set_of(terms.revolving.triggers),
        account(terms.dust_owner),
        vote,
        index_record,
        terms.first_index,
        fund,
    )


def evergreen_terms(terms: EvergreenTerms, source: str = NOBODY) -> tuple[object, ...]:
    """`EvergreenTerms` of interfaces/IEvergreenFund.sol."""
    return terms.every, terms.cut_off, terms.rate, terms.fees, (list(terms.limits), terms.senior_first, source)


def pack(step: Step) -> int:
    """One step in a word, as `Step` in interfaces/IWaterfall.sol says."""
    tranches = set_of(step.tranches) if step.kind in _SETS_OF_TRANCHES else step.tranche
    lines = step.hurdle if step.kind is StepKind.HURDLE else step.line
    if step.kind is StepKind.DRAW:
        lines = set_of(step.lines)
    word = place = 0
    parts = (int(step.kind), 8), (int(step.when), 8), (set_of(step.triggers), 16)
    for value, bits in (*parts, (tranches, 8), (lines, 16), (step.level, 64)):
        word |= value << place
        place += bits
    return word


def set_of(places: frozenset[int]) -> int:
    """Bit i for place i."""
    return sum(1 << place for place in places)


def is_floating(terms: Terms) -> bool:
    """Whether somebody has to tell an index."""
    return any(own.rate.kind is RateKind.FLOATING for own in terms.tranches)


def _tranche(note: str, own: TrancheTerms) -> tuple[object, ...]:
    rate = own.rate.margin if own.rate.kind is RateKind.FLOATING else own.rate.rate
    deferrable, compounds = own.unpaid is not Unpaid.MISSED, own.unpaid is Unpaid.DEFERRED_WITH_INTEREST
    return note, rate, int(own.rate.kind), int(own.count), deferrable, compounds


def _path(rate: Rate) -> tuple[list[int], list[int]]:
    pairs = [*rate.steps] if rate.kind is RateKind.STEP_UP else [(0, rate.floor), (0, rate.cap)]
    pairs = pairs if rate.kind is not RateKind.FIXED else []
    pairs += [(0, 0)] * (_PAIRS - len(pairs))
    return [value for _, value in pairs], [period for period, _ in pairs]


def _line(payee: str, line: FeeLine) -> tuple[object, ...]:
    floor = line.floor
    if line.kind is FeeKind.FIXED:  # on chain a fixed fee is nothing with a floor
        floor = min(max(line.amount, line.floor), line.cap)
    kinds = (line.rate, int(line.kind), line.tranche, int(line.count))
    return payee, *kinds, floor, line.cap, line.carried_on, line.senior
