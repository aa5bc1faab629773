"""Gas of coming and going in an evergreen deal: `make bench NAME=evergreen`.

Every number is read from the receipt of a transaction on one anvil in one run. "Before compliance" is with a rule that
refuses nothing: the question is asked, only the answer is free. "Warm" is the steady state, as in `benchmarks/gas.py`.
A settlement reads totals alone: it is measured with 10 requests and with the totals that 10,000 leave.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import click
from rich.console import Console

from benchmarks.report import RESULTS, Row, all_hold, print_rows, write_rows
from salvor.chain.engines.anvil import Anvil
from salvor.deploy.apply import apply
from salvor.deploy.live import LiveDeal, Parties
from salvor.deploy.terms import DealTerms
from salvor.errors import CHECK_FAILED
from salvor.lab import Actor, Lab, open_lab
from salvor.model.evergreen.terms import EvergreenTerms
from salvor.model.terms import (
    LARGEST,
    FeeKind,
    FeeLine,
    Losses,
    Rate,
    ReserveTerms,
    Revolving,
    Step,
    StepKind,
    Terms,
    TrancheTerms,
)
from salvor.tape.committed import ClassTotal, CommittedTape

REQUEST_GAS, CLAIM_GAS = 110_000, 100_000  # the project's own targets
FLAT = 1.01  # settling ten thousand over settling ten
CROWDS = (10, 10_000)
DAY, PERCENT, UNLIMITED = 86_400, 10**16, 2**256 - 1
SIZES = (60_000_00, 25_000_00, 15_000_00)
_WIDTH = 140  # of the table in a file or a pipe
_PEOPLE = 14


@dataclass
class Bench:
    """A deal that is sold, and how many periods were run."""

    lab: Lab
    live: LiveDeal
    terms: Terms
    people: tuple[Actor, ...]
    period: int = 0

    def end_period(self) -> None:
        """Report and run the next one."""
        self.period += 1
        servicer, nothing = self.live.parties.servicer, (0, bytes(32), 0, 0, 0, 0)
        self.lab.now = self.terms.end(self.period)
        report = (15_000_00, 0, 0, 0, 0, 0, b"\1" * 32, 1, False)
        self.live.pool.report(self.period, report, nothing, sender=servicer)
        self.live.waterfall.run(self.period, sender=self.people[0])

    def settle(self) -> int:
        """Gas of it."""
        return _gas(self.live.fund.settle(sender=self.people[0]))

    def end_epoch(self) -> int:
        """Both."""
        self.end_period()
        return self.settle()


@click.command(epilog="Example: python -m benchmarks.evergreen --out evergreen.json")
@click.option("--out", type=Path, default=RESULTS / "evergreen.json", show_default=True, help="Where the rows go.")
def main(out: Path) -> None:
    """Measure gas on a local anvil, print a table and write JSON.

    Exit code 0 when all targets hold, 1 when one does not (the file is written all the same).
    """
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    lab = open_lab("anvil")
    try:
        rows = [*request_rows(_stage(lab)), *settle_rows(lab)]
    finally:
        lab.close()
    write_rows(rows, out)
    print_rows("evergreen gas, from receipts", rows, console)
    console.print(f"written to {out}")
    if not all_hold(rows):
        console.print(f"targets are missed: {'; '.join(row.metric for row in rows if row.holds is False)}")
        raise SystemExit(CHECK_FAILED)


def request_rows(bench: Bench) -> Iterator[Row]:
    """Of one controller who has been here before; every epoch has a new price, and interest was paid in between."""
    gate, note, (_, who, *_) = bench.live.gates[0], bench.live.notes[0], bench.people
    yield Row("request of entry, first ever", _gas(gate.requestDeposit(1_000_00, who, who, sender=who)))
    bench.end_epoch()
    gate["deposit(uint256,address,address)"](1_000_00, who, who, sender=who)
    gate.requestRedeem(100_00, who, who, sender=who)
    gate.requestDeposit(1_000_00, who, who, sender=who)
    bench.end_epoch()
    gate["deposit(uint256,address,address)"](gate.maxDeposit(who), who, who, sender=who)
    gate.redeem(gate.maxRedeem(who), who, who, sender=who)
    note.claim(sender=who)
    other = bench.people[0]  # who waits here too: the gate's own balances are written already
    gate.requestRedeem(10_00, other, other, sender=other)
    gate.requestDeposit(10_00, other, other, sender=other)
    entry, exit_ = gate.requestDeposit(1_000_00, who, who, sender=who), gate.requestRedeem(100_00, who, who, sender=who)
    yield Row("request of entry, warm, before compliance", _gas(entry), ours_at_most=REQUEST_GAS)
    yield Row("request of exit, warm, before compliance", _gas(exit_), ours_at_most=REQUEST_GAS)
    cancelled = bench.lab.snapshot()
    yield Row("cancel an entry, warm", _gas(gate.cancelDepositRequest(0, who, sender=who)))
    bench.lab.restore(cancelled)
    bench.end_epoch()
    met = bench.lab.snapshot()
    yield Row("claim units, all of an epoch at once", _gas(_claim(bench, who, gate.maxDeposit(who))))
    bench.lab.restore(met)
    yield Row("claim units, first piece of an epoch that waited beside an exit", _gas(_claim(bench, who, 500_00)))
    yield Row("claim units, warm, before compliance", _gas(_claim(bench, who, 250_00)), ours_at_most=CLAIM_GAS)
    half = gate.maxRedeem(who) // 2
    yield Row("claim cash, warm", _gas(gate.redeem(half, who, who, sender=who)), ours_at_most=CLAIM_GAS)
    yield Row("claim cash, last piece", _gas(gate.redeem(gate.maxRedeem(who), who, who, sender=who)))
    yield Row("claim what waiting units earned", _gas(gate.claimEarned(who, sender=who)))


def settle_rows(lab: Lab) -> Iterator[Row]:
    """The same cash asked by ten and, by the books, by ten thousand."""
    found = {}
    for crowd in CROWDS:
        bench = _stage(lab)
        gate, people = bench.live.gates[0], bench.people
        bench.end_epoch()
        for who in people[3:13]:
            gate.requestDeposit(1_000_00, who, who, sender=who)
        gate.requestRedeem(5_000_00, people[0], people[0], sender=people[0])
        if crowd > len(people):
            _as_many(bench, crowd)
        bench.end_period()
        found[crowd] = bench.settle()
    few, many = (found[crowd] for crowd in CROWDS)
    yield Row(f"settle an epoch of three tranches, {CROWDS[0]:,} requests", few)
    yield Row(
        f"settle an epoch of three tranches, {CROWDS[1]:,} requests (peer: {CROWDS[0]:,})",
        many,
        few,
        ratio_at_most=FLAT,
    )


def _as_many(bench: Bench, crowd: int) -> None:
    """As many further requests, of one unit each: all of one controller's, since a settlement reads their sum alone."""
    gate, who = bench.live.gates[0], bench.people[12]
    for _ in range(crowd - len(bench.people[3:13])):
        gate.requestDeposit(1, who, who, sender=who)


def _claim(bench: Bench, who: Actor, cash: int) -> Any:
    return bench.live.gates[0]["deposit(uint256,address,address)"](cash, who, who, sender=who)


def _gas(receipt: Any) -> int:
    return int(receipt.gas_used)


def _stage(lab: Lab) -> Bench:
    """Three tranches sold to three holders, with a rule that refuses nothing; all have cash and approved every gate."""
    parties = Parties(*(lab.actor(role) for role in ("admin", "seller", "servicer", "transfer agent", "arranger")))
    people = tuple(lab.actor(f"investor {number}") for number in range(_PEOPLE))
    token = lab.deploy("SettlementToken", "Bench Dollar", "BUSD", 2, sender=parties.admin)
    rules = _terms(lab.now + 10 * DAY)
    tape = CommittedTape(b"\2" * 32, (ClassTotal("sme_loans", b"\1" * 32, rules.loan_count, rules.gross_balance),))
    names = tuple((f"T-{place}", f"T{place}") for place in range(len(SIZES)))
    live = apply(lab.contracts, DealTerms(names, tape, rules), parties=parties, settlement=token)
    for each in (*people, parties.servicer):
        token.mint(each, 10**12, sender=parties.admin)
        for spender in (live.offering, live.pool, *live.gates):
            token.approve(spender, UNLIMITED, sender=each)
    rule, engine = lab.deploy("OpenCompliance", sender=parties.admin), cast("Anvil", lab.engine)
    engine.ask("anvil_setCode", live.allow_list.address, engine.ask("eth_getCode", rule.address, "latest"))
    live.offering.open(live.waterfall, sender=parties.arranger)
    for place, size in enumerate(SIZES):
        live.offering.order(place, size, sender=people[place])
    lab.now = rules.closing
    live.offering.close(sender=people[0])
    for place in range(len(SIZES)):
        live.offering.settle(place, people[place], sender=people[place])
    return Bench(lab, live, rules, people)


def _terms(closing: int) -> Terms:
    steps = (StepKind.FEE, 0), (StepKind.INTEREST, 0), (StepKind.INTEREST, 1), (StepKind.TOP_UP, 0)
    steps += (StepKind.PRINCIPAL, 0), (StepKind.PRINCIPAL, 1), (StepKind.RESIDUAL, 2)
    return Terms(
        seller="seller",
        dust_owner="seller",
        servicer="servicer",
        price=sum(SIZES),
        closing=closing,
        period_ends=tuple(closing + 30 * DAY * number for number in range(1, 9)),
        plan=(15_000_00,) * 8,
        gross_balance=200_000_00,
        loan_count=10,
        tranches=tuple(TrancheTerms(n, n, Rate(rate=r * PERCENT)) for n, r in zip(SIZES, (6, 10, 0), strict=True)),
        steps=tuple(Step(kind, place, level=10**18 if kind is StepKind.FEE else 0) for kind, place in steps),
        fees=(FeeLine("servicer", FeeKind.OF_COLLECTIONS, rate=5 * PERCENT, carried_on=False),),
        reserve=ReserveTerms(cap=LARGEST, share=PERCENT, tranches=frozenset({0})),
        losses=Losses.BY_NET_ASSET_VALUE,
        revolving=Revolving(6),
        evergreen=EvergreenTerms(every=1, cut_off=5 * DAY, rate=12 * PERCENT, limits=(30 * PERCENT, 10 * PERCENT)),
    )


if __name__ == "__main__":
    main()
