"""Gas of selling a loan and of watching it, and how fast a book of loans is screened: `make bench NAME=liquidation`.

Gas is what one anvil says in one run. The peer is `peers/PlainSales.sol`, from OpenZeppelin's parts alone, doing the
same call on the same asset; screening stands beside a plain loop over the model's conditions. Takes stand beside
Maker's too: what `Clipper.take` of makerdao/dss (commit fa4f663, compiled as its Makefile says by solc 0.6.12 without
optimizer) used on the same anvil, in the vault of its own `test_gas_partial_take` (its licence keeps it out of here).
It moves balances within Maker's books, and no token.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import polars as pl
from rich.console import Console

from benchmarks.report import RESULTS, Row, all_hold, print_rows, write_rows
from salvor.chain.artifacts import Artifact
from salvor.chain.handles import Contract, blueprint_of
from salvor.chain.solc import compile_sources
from salvor.deal.load import load_deal
from salvor.desk.sales import triggers_of
from salvor.desk.screening import causes, screen
from salvor.errors import CHECK_FAILED
from salvor.lab import Lab, open_lab
from salvor.model.liquidation.watch import Looks, TriggerTerms
from tests.property.liquidation_stage import (
    GROUP_STRATEGIES,
    HOUR,
    SEALED_STRATEGIES,
    STRATEGIES,
    UNLIMITED,
    WAD,
    set_sales,
)
from tests.property.trigger_stage import set_triggers, spelling
from tests.utils.selling import Selling
from tests.utils.world import DAY

CHECK, START, TAKE, BID, REVEAL = 40_000, 150_000, 150_000, 90_000, 80_000
CASES, ROUNDS, FASTER = 100_000, 3, 30
MAKER = {"the first": 148_782, "a new buyer": 131_682, "again": 114_582, "of the rest": 126_808}
EXAMPLE = Path("deals/worked-loans/deal.yaml")
_WIDTH = 140


@click.command(epilog="Example: python -m benchmarks.liquidation --out liquidation.json")
@click.option("--out", type=Path, default=RESULTS / "liquidation.json", show_default=True, help="Where the rows go.")
@click.option("--cases", type=int, default=CASES, show_default=True, help="How many are screened.")
def main(out: Path, cases: int) -> None:
    """Measure gas on a local anvil and the speed of screening; print a table and write JSON.

    Exit code 0 when all targets hold, 1 when one does not, 3 for trouble with the node.
    """
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    lab = open_lab("anvil")
    try:
        rows = [*_sale_rows(lab), *_dearer_rows(lab), *_sealed_rows(lab), *_trigger_rows(lab)]
    finally:
        lab.close()
    rows += screening_rows(cases)
    write_rows(rows, out)
    print_rows("liquidation, gas from receipts", rows, console)
    if not all_hold(rows):
        raise SystemExit(CHECK_FAILED)


def _peer(lab: Lab, sales: Selling) -> Contract:
    """OpenZeppelin's parts alone, with the same bidders."""
    source = "benchmarks/peers/PlainSales.sol"
    outputs = ("abi", "evm.bytecode.object")
    found = compile_sources(Path.cwd(), {source: Path(source).read_text()}, outputs=outputs)[source]["PlainSales"]
    artifact = Artifact("PlainSales", source, tuple(found["abi"]), found["evm"]["bytecode"]["object"])
    admin = lab.actor("admin")
    peer = blueprint_of(artifact).deploy(lab.engine, sales.token, lab.actor("treasury"), sender=admin)
    for who in (sales.first, sales.second, sales.third):
        peer.grantRole(peer.BUYER(), who, sender=admin)
        sales.token.approve(peer, UNLIMITED, sender=who)
    return peer


def _sale_rows(lab: Lab) -> Iterator[Row]:
    """A sale whose costs are paid by its first take; another case is for sale. "New" buyers have no title yet."""
    sales = Selling(set_sales(lab))
    peer, admin = _peer(lab, sales), lab.actor("admin")
    sales.worth(50_000)
    sales.worth(40_000, subject=1)
    sales.open(1, 20_000)
    sales.open(2, 20_000, subject=1)
    for case in (1, 2):
        sales.propose("LOAN_SALE", case=case)
    first = sales.sell(1).gas_used
    theirs = [peer.start(lot, 60_000, 30_500, 1_000, sender=admin).gas_used for lot in (1, 2)]
    yield Row("start of a sale, the first", first, theirs[0], ours_at_most=START)
    yield Row("start of a sale, another is running", sales.sell(2).gas_used, theirs[1], ours_at_most=START)
    peers = [peer.take(1, 100, sender=who).gas_used for who in (sales.first, sales.second, sales.second)]
    takes = [sales.take(units, who).gas_used for units, who in ((100, sales.first), (100, sales.second))]
    takes += [sales.take(units, who).gas_used for units, who in ((100, sales.second), (700, sales.third))]
    # The very first cash of a house; costs are paid.
    yield Row("Dutch take, the first that the house ever sees", takes[0], peers[0], ours_at_most=TAKE)
    yield Row("Dutch take, a new buyer", takes[1], peers[1], ours_at_most=TAKE)
    yield Row("Dutch take, again", takes[2], peers[2], ours_at_most=TAKE)
    yield Row("Dutch take of the rest, which closes the case", takes[3], ours_at_most=TAKE)
    for (name, theirs), ours in zip(MAKER.items(), takes, strict=True):
        yield Row(f"Dutch take, {name}, beside Maker's Clipper", ours, theirs)
    first = sales.take(100, sales.first, case=2).gas_used
    yield Row("Dutch take, the first of another sale: pays its costs", first, ours_at_most=TAKE)
    sales.open(3, 10_000, debtor=sales.debtor)
    sales.foreclose(3)
    yield from _bid_rows(sales, peer)
    lab.wait(2 * DAY)
    yield Row("settlement of an English auction", sales.settle(3).gas_used)


def _dearer_rows(lab: Lab) -> Iterator[Row]:
    """Takes that pay more than the servicer's costs, and those of another group of tranches."""
    sales = Selling(set_sales(lab))
    sales.worth(50_000)
    sales.open(1, 20_000)
    sales.fire(0, 5)
    sales.book.startSale(1, sender=sales.outsider)
    spent = sales.take(100, sales.first).gas_used
    yield Row("Dutch take after a trigger: pays keeper and costs", spent, ours_at_most=TAKE)
    sales = Selling(set_sales(lab, strategies=GROUP_STRATEGIES, groups=2))
    sales.worth(50_000)
    sales.open(1, 30_000)
    sales.switch("LOAN_SALE")
    started = sales.sell().gas_used
    yield Row("start of a sale of a case that moved to another group", started, ours_at_most=START)
    takes = [sales.take(units, who).gas_used for units, who in ((100, sales.first), (900, sales.second))]
    yield Row("Dutch take, the first of such a case: pays its costs", takes[0], ours_at_most=TAKE)
    yield Row("Dutch take of the rest of such a case", takes[1], ours_at_most=TAKE)
    sales = Selling(set_sales(lab, strategies=GROUP_STRATEGIES, groups=2))
    sales.worth(50_000)
    sales.open(1, 30_000)
    sales.fire()
    # Its claim leaves one pool and enters another.
    moved = sales.book.startSale(1, sender=sales.outsider).gas_used
    yield Row("start of a sale after the cure, which moves the case", moved)
    falling = (*STRATEGIES[:4], replace(STRATEGIES[4], auction=0))
    sales = Selling(set_sales(lab, strategies=falling))
    sales.worth(50_000)
    sales.open(1, 20_000, debtor=sales.debtor)
    sales.fire(0, 5, after="FORECLOSURE")
    sales.lab.wait(DAY)
    sales.book.startSale(1, sender=sales.outsider)
    # A property that is sold whole, above all claims: keeper, servicer and debtor are paid by the take that closes it.
    yield Row("Dutch take of all at once, above all claims: pays three", sales.take(1_000, sales.first).gas_used)


def _bid_rows(sales: Selling, peer: Contract) -> Iterator[Row]:
    names = {"the first": sales.first, "one that beats, nobody was beaten before": sales.second}
    amount = 30_500
    for name, who in (names | {"one that beats": sales.first, "one that beats, again": sales.second}).items():
        ours, theirs = sales.bid(amount, who, 3).gas_used, peer.bid(2, amount, sender=who).gas_used
        yield Row(f"bid, {name}", ours, theirs, ours_at_most=BID)
        amount = sales.english.least(3)


def _sealed_rows(lab: Lab) -> Iterator[Row]:
    sales = Selling(set_sales(lab, strategies=SEALED_STRATEGIES))
    peer, sealed = _peer(lab, sales), sales.sales.live.auctions[2]
    sales.sell_loan(50_000)
    peer.start(1, 60_000, 30_500, 1, sender=lab.actor("admin"))
    prices = {sales.first: 31_000, sales.second: 40_000, sales.third: 35_000}
    for place, (who, price) in enumerate(prices.items()):
        ours = sealed.commit(1, 1, sealed.sealOf(1, who, price, bytes(32)), sender=who).gas_used
        seal = _seal(1, who.address, price)
        theirs = peer.commit(1, seal, sender=who).gas_used
        if place == 1:
            yield Row("commit, with the deposit (the peer takes none)", ours, theirs)
    lab.wait(2 * DAY)
    for name, (who, price) in zip(("the first", "the best", "one that is beaten"), prices.items(), strict=True):
        ours = sealed.reveal(1, price, bytes(32), sender=who).gas_used
        theirs = peer.reveal(1, price, bytes(32), sender=who).gas_used
        yield Row(f"reveal, {name}", ours, theirs, ours_at_most=REVEAL)


def _seal(lot: int, who: str, price: int) -> bytes:
    from eth_abi import encode
    from eth_hash.auto import keccak

    return keccak(encode(("uint256", "address", "uint96", "bytes32"), (lot, who, price, bytes(32))))


def _trigger_rows(lab: Lab) -> Iterator[Row]:
    watched = set_triggers(lab)
    sales = Selling(watched.sales)
    sales.open(1, 20_000)
    watched.teach("COLLATERAL/1", 0, 150 * WAD, lab.now)
    watched.poke("COLLATERAL/1")
    watched.book.watch(1, 0, sender=sales.outsider)
    turns = watched.book.check(1, 0, sender=sales.outsider).gas_used
    lab.wait(HOUR)
    steady = watched.book.check(1, 0, sender=sales.outsider).gas_used
    yield Row("trigger check", steady, ours_at_most=CHECK)
    more = spelling(watched, 10_000_000) - spelling(watched, 1)
    yield Row("trigger check of case 10,000,000: its number is longer", steady + more, ours_at_most=CHECK)
    yield Row("trigger check at which a clause turns", turns, ours_at_most=CHECK)
    for _ in range(2):
        lab.wait(DAY)
        watched.teach("COLLATERAL/1", 0, 150 * WAD, lab.now)
        watched.poke("COLLATERAL/1")
        watched.book.check(1, 0, sender=sales.outsider)
    yield Row("trigger fired, with a value of one source", watched.book.fire(1, 0, sender=sales.outsider).gas_used)
    sales.worth(20_000)
    lab.wait(3 * DAY)
    started = sales.book.startSale(1, sender=sales.outsider).gas_used
    yield Row("start of a sale after the cure, by anyone", started, ours_at_most=START)


def made_up(count: int) -> pl.DataFrame:
    """Cases around the levels, the same each time."""
    dice = random.Random(7)
    lines: dict[str, list[Any]] = {"case": list(range(1, count + 1))}
    lines["claim"] = [dice.randrange(1, 10**8) for _ in range(count)]
    lines["collateral"] = [claim * dice.randrange(2_000, 30_000) for claim in lines["claim"]]
    for name, most in (("score", 10**9), ("score_reference", 10**9), ("report_late", 10**7)):
        lines[name] = [dice.randrange(most) for _ in range(count)]
    for name in ("plan_broken", "court_overdue"):
        lines[name] = [dice.random() < 0.05 for _ in range(count)]
    return pl.DataFrame(lines)


def plain(cases: pl.DataFrame, triggers: list[TriggerTerms], decimals: int) -> list[tuple[int, int]]:
    """A loop over rows and the model's conditions: which (case, trigger) have their cause."""
    found = []
    for line in cases.iter_rows(named=True):
        for number, terms in enumerate(triggers):
            if any(all(_one(terms.conditions[place], line, decimals) for place in each) for each in terms.clauses):
                found.append((line["case"], number))
    return found


def _one(one: Any, line: dict[str, Any], decimals: int) -> bool:
    if one.looks == Looks.PLAN_BROKEN:
        return bool(line["plan_broken"])
    if one.looks == Looks.COURT_OVERDUE:
        return bool(line["court_overdue"])
    if one.looks == Looks.REPORT_MISSED:
        return bool(line["report_late"] > one.window)
    column = one.prefix.rstrip("/").lower()
    reference = line.get(f"{column}_reference", 0) * 10**12
    return bool(one.holds(line[column] * 10**12, line["claim"], 10**decimals, reference, relaxed=False))


def screening_rows(count: int) -> Iterator[Row]:
    """Rows a second of both; they must find the same."""
    cases, triggers = made_up(count), list(triggers_of(load_deal(EXAMPLE), EXAMPLE).values())
    ours, theirs = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        found = screen(cases, triggers, decimals=2)
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        expected = plain(cases, triggers, 2)
        theirs.append(time.perf_counter() - began)
    if set(causes(found)) != set(expected):
        raise SystemExit("the screening and the loop found different causes")
    rates = [round(count / sorted(times)[ROUNDS // 2]) for times in (ours, theirs)]
    yield Row(f"screening of {count:,} cases by 3 triggers, cases a second", *rates, ratio_at_least=FASTER)


if __name__ == "__main__":
    main()
