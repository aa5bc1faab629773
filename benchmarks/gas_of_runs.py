"""Gas of `run`: the demo's deal period by period, small and large deals, any number of holders and of loans."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from eth_hash.auto import keccak

from benchmarks.report import Row
from benchmarks.stage import Stage, gas
from salvor.amounts import WAD, Units
from salvor.chain.clock import at
from salvor.chain.send import send
from salvor.model.terms import FeeKind, FeeLine, Rate, Step, StepKind, Terms, TrancheTerms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ape.api import AccountAPI

    from salvor.demo import Prepared
    from salvor.deploy.live import LiveDeal
    from salvor.deploy.terms import DealTerms

RUN_GAS, RUN_GAS_A_STEP = 60_000, 25_000  # the project's own target
FLAT = 1.01
FOREVER = 2**40 - 1
CROWDS = (10, 1_000, 100_000)
LOANS = (100, 1_000_000)
DEAL = Path("deals/charged-off-accounts/deal.yaml")
NO_CORRECTION = (0, bytes(32), 0, 0, 0, 0)
_SIZE = 100_000_00  # of each tranche of a deal that is no demo, settlement units
_PERCENT = WAD // 100


@dataclass(frozen=True)
class _Deal:
    """A deal, sold and closed: one holder a tranche."""

    terms: DealTerms
    live: LiveDeal
    outsider: AccountAPI
    holders: tuple[AccountAPI, ...]


def run_rows(stage: Stage) -> Iterator[Row]:
    """The demo's deal period by period and the hardest periods that can be made of it, then other deals."""
    ready = _demo()
    with stage.put_back():
        yield from _demo_rows(stage, ready)
    for what, rules in _other_deals(ready.terms.rules):
        with stage.put_back():
            deal = _sold(stage, _with(ready.terms, rules))
            enough = _SIZE * len(rules.tranches) // 4
            used = _play(stage, deal, [enough, enough, rules.gross_balance])
        yield _judged(f"run, {what}: dearest of 3 periods, the first among them", max(used), rules)
    yield from _flat_rows(stage, ready)


def _demo_rows(stage: Stage, ready: Prepared) -> Iterator[Row]:
    deal, rules = _sold(stage, ready.terms), ready.terms.rules
    what = f"run, {len(rules.steps)} steps, {len(rules.tranches)} tranches"
    with stage.put_back():
        used = _play(stage, deal, [each.net for each in ready.collections])
    dearest = max(range(len(used)), key=used.__getitem__)
    yield _judged(f"{what}, demo: median of {len(used)} periods", int(statistics.median(used)), rules)
    yield _judged(f"{what}, demo: the first period", used[0], rules)
    yield _judged(f"{what}, demo: dearest, period {dearest + 1}", used[dearest], rules)
    with stage.put_back():
        yield _judged(f"{what}: on plan, two tranches paid", _play(stage, deal, rules.plan[:3])[-1], rules)
    everything = sum(each.net for each in ready.collections)
    with stage.put_back():
        second = _play(stage, deal, [ready.collections[0].net, everything])[-1]
    yield _judged(f"{what}: all three paid, each but one for the first time", second, rules)
    with stage.put_back():
        yield _judged(f"{what}: all three paid in the first period", _play(stage, deal, [everything])[-1], rules)


def _flat_rows(stage: Stage, ready: Prepared) -> Iterator[Row]:
    """What must change nothing: holders of every tranche, and loans of the tape of which all pay."""
    by_holders, by_loans = {}, {}
    for count in CROWDS:
        with stage.put_back():
            deal = _sold(stage, ready.terms)
            for note, owner in zip(deal.live.notes, deal.holders, strict=True):
                stage.spread(note, owner, count)
            by_holders[count] = _play(stage, deal, ready.terms.rules.plan[:2])[-1]
        yield _judged(f"run with {count:,} holders a tranche", by_holders[count], ready.terms.rules)
    yield _flat("run, 10 to 100,000 holders a tranche: dearest beside cheapest", by_holders)
    for loans in LOANS:
        classes = (replace(ready.terms.tape.classes[0], loans=loans),)  # the demo has one
        tape = replace(ready.terms.tape, classes=classes)
        with stage.put_back():
            deal = _sold(stage, replace(ready.terms, tape=tape, rules=replace(ready.terms.rules, loan_count=loans)))
            by_loans[loans] = _play(stage, deal, ready.terms.rules.plan[:2], loans=loans)[-1]
        yield _judged(f"run on {loans:,} loans", by_loans[loans], ready.terms.rules)
    yield _flat("run, 100 to 1,000,000 loans: dearer beside cheaper", by_loans)


def _judged(metric: str, used: int, rules: Terms) -> Row:
    return Row(metric, used, ours_at_most=RUN_GAS + RUN_GAS_A_STEP * len(rules.steps))


def _flat(metric: str, used: dict[int, int]) -> Row:
    return Row(metric, max(used.values()), min(used.values()), ratio_at_most=FLAT)


# DEALS


def _demo() -> Prepared:
    from salvor.demo import prepare

    with TemporaryDirectory() as folder:
        return prepare(DEAL, tape_file=None, out=Path(folder))


def _other_deals(demo: Terms) -> Iterator[tuple[str, Terms]]:
    """From the smallest to the largest that there can be, each with as few steps as pay what it has."""
    fee = Step(StepKind.FEE, line=0, level=WAD)
    first, repaid = Step(StepKind.INTEREST, tranche=0), Step(StepKind.PRINCIPAL, tranche=0)
    for steps, tranches in (((), 1), ((first,), 1), ((fee, first), 1), ((first, repaid), 2), ((fee, first, repaid), 2)):
        rest = Step(StepKind.RESIDUAL, tranche=tranches - 1)
        rules = _rules(demo, (*steps, rest), tranches, 1)
        yield f"steps: {len(rules.steps)}, tranches: {tranches}", rules
    fees = [Step(StepKind.FEE, line=line, level=WAD) for line in range(15)]
    every = [Step(kind, tranche=place) for kind in (StepKind.INTEREST, StepKind.PRINCIPAL) for place in range(8)]
    targets = [Step(StepKind.TO_TARGET, tranche=place, level=WAD) for place in range(8)]
    yield "steps: 40, tranches: 8", _rules(demo, (*fees, *every, *targets, Step(StepKind.RESIDUAL, tranche=7)), 8, 15)


def _rules(demo: Terms, steps: Sequence[Step], tranches: int, lines: int) -> Terms:
    """The last tranche has no rate: it gets what is left."""
    rates = [Rate(rate=7 * _PERCENT if place + 1 < tranches or tranches == 1 else 0) for place in range(tranches)]
    takes_fees = any(step.kind is StepKind.FEE for step in steps)
    fees = [FeeLine(demo.servicer, FeeKind.OF_COLLECTIONS, rate=_PERCENT, carried_on=False)] * lines
    return replace(
        demo,
        price=_SIZE * tranches,
        tranches=tuple(TrancheTerms(_SIZE, _SIZE, rate) for rate in rates),
        steps=tuple(steps),
        fees=tuple(fees) if takes_fees else (),
        triggers=(),
    )


def _with(demo: DealTerms, rules: Terms) -> DealTerms:
    names = tuple((f"Bench {place}", f"B{place}") for place in range(len(rules.tranches)))
    return replace(demo, note_names=names, rules=rules)


def _sold(stage: Stage, terms: DealTerms) -> _Deal:
    from salvor.deploy.apply import apply
    from salvor.deploy.live import Parties
    from salvor.desk import actions as desk

    *parts, outsider = stage.accounts[:6]
    live = apply(stage.project, terms, parties=Parties(*parts, {}), settlement=stage.settlement())
    holders = tuple(stage.accounts[6 : 6 + len(live.notes)])
    desk.open_sale(live)
    for tranche, (holder, units) in enumerate(zip(holders, terms.sizes, strict=True)):
        send(live.settlement.mint, holder, units, sender=holder)
        desk.admit(live, holder, until=FOREVER)
        desk.order(live, holder, tranche=tranche, units=Units(units))
    at(stage.provider, terms.closing)
    desk.close(live, by=outsider)
    for tranche, holder in enumerate(holders):
        desk.settle(live, holder, tranche=tranche, by=outsider)
    return _Deal(terms, live, outsider, holders)


def _play(stage: Stage, deal: _Deal, cash: Sequence[int], *, loans: int = 1) -> list[int]:
    """The gas of each period's run, with so much cash; so many loans have paid it."""
    used = []
    live = deal.live
    for period, net in enumerate(cash, start=1):
        at(stage.provider, deal.terms.period_ends[period - 1])
        servicer = live.parties.servicer
        send(live.settlement.mint, servicer, net, sender=stage.admin)
        send(live.settlement.approve, live.pool, net, sender=servicer)
        root = keccak(f"collections of period {period}".encode())
        report = (net, 0, 0, 0, 0, 0, root, loans, False)
        send(live.pool.report, period, report, NO_CORRECTION, sender=servicer)
        used.append(gas(live.waterfall.run, period, sender=deal.outsider))
        stage.tick(period, len(cash))
    return used
