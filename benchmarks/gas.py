"""Gas of what is done often, beside OpenZeppelin's: `make bench NAME=gas`.

Every number is read from the receipt of a transaction on one anvil in one run. "Warm" is the steady state: slots
that are written were written before. (Within its transaction each slot is touched for the first time, as in real life.)
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from eth_hash.auto import keccak
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from benchmarks.peers import payment_splitter, push_distributor
from benchmarks.report import RESULTS, Row, all_hold, print_rows, write_rows
from benchmarks.stage import Note, Stage, crowd, gas
from salvor.amounts import Units, timestamp
from salvor.chain.clock import at
from salvor.chain.node import local_node
from salvor.chain.send import send
from salvor.deal.schedule import Collected
from salvor.errors import CHECK_FAILED
from salvor.tape.commitment.leaves import COLLECTION_LEAF, COLLECTION_TAG
from salvor.tape.merkle import StandardMerkleTree

if TYPE_CHECKING:
    from ape.api import AccountAPI
    from ape.contracts import ContractInstance

    from salvor.demo import Prepared
    from salvor.deploy.live import LiveDeal
    from salvor.desk.cast import Cast

# The project's own targets.
TRANSFER_RATIO = 1.6
CLAIM_GAS, CLAIM_RATIO = 70_000, 1.1
RUN_GAS, RUN_GAS_A_STEP = 60_000, 25_000
FLAT = 1.01
CODE_SIZE = 24_576  # EIP-170

DEAL = Path("deals/charged-off-accounts/deal.yaml")
BEGIN = timestamp(date(2026, 12, 1))  # of the chain: before the demo's deal closes
DAY = 86_400
_WIDTH = 140  # of the table in a file or a pipe
FOREVER = 2**40 - 1
ROUND = 10_000_000_00  # a tranche of round size: shares come out whole
ODD = 999_999_937  # a prime near it: everybody keeps a fraction of a unit
CASH = 12_345_68  # even: half of it is whole
NO_CORRECTION = (0, bytes(32), 0, 0, 0, 0)


@click.command(epilog="Example: python -m benchmarks.gas --out gas.json")
@click.option("--out", type=Path, default=RESULTS / "gas.json", show_default=True, help="Where the rows go.")
def main(out: Path) -> None:
    """Measure gas on a local anvil, print a table and write JSON.

    Exit code 0 when all targets hold, 1 when one does not (the file is written all the same), 3 for trouble with the
    node or when a peer can't be had.
    """
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    rows = _on_a_local_chain(Console(stderr=True))
    write_rows(rows, out)
    print_rows("gas, from receipts", rows, console)
    console.print(f"written to {out}")
    if not all_hold(rows):
        missed = [row.metric for row in rows if row.holds is False]
        console.print(f"{len(missed)} targets are missed: {'; '.join(missed)}")
        raise SystemExit(CHECK_FAILED)


def _on_a_local_chain(console: Console) -> list[Row]:
    from ape import accounts, networks, project
    from ape.logging import LogLevel, logger

    logger.set_level(LogLevel.ERROR)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    rows: list[Row] = []
    with local_node(networks, genesis=BEGIN) as provider, Progress(*columns, console=console) as progress:
        for name, measure in _SUBJECTS.items():
            bar = progress.add_task(name, total=None)

            def tick(done: int, total: int, bar: TaskID = bar) -> None:
                progress.update(bar, completed=done, total=total)

            rows += measure(Stage(project, provider, accounts.test_accounts, tick))
            progress.update(bar, completed=1, total=1)
    return rows


# TRANSFER


def transfer_rows(stage: Stage) -> Iterator[Row]:
    """Between two holders that both hold before and after; the peer likewise."""
    settlement, access = stage.settlement(), stage.access()
    seller, buyer = stage.accounts[1], stage.accounts[2]
    send(settlement.mint, seller, ROUND, sender=seller)
    send(settlement.mint, buyer, ROUND, sender=seller)
    peer = gas(settlement.transfer, buyer, 1_000, sender=seller)

    open_rule = stage.admin.deploy(stage.project.OpenCompliance)
    allow_list = stage.admin.deploy(stage.project.AllowList, access)
    stage.restrict(access, allow_list, access.TRANSFER_AGENT(), "admit", "remove")
    for holder in (seller, buyer):
        send(allow_list.admit, holder, FOREVER, sender=stage.admin)
    # The first stands for "before compliance", and overstates it: the question is asked, only the answer is free.
    rules = (("always-yes rule", open_rule, TRANSFER_RATIO), ("AllowList", allow_list, None))
    for rule, contract, most in rules:
        note = stage.note(access, settlement, contract, {seller: ROUND // 2, buyer: ROUND // 2})
        unclaimed, claimed, unmoved = _three_transfers(note, seller, buyer)
        yield Row(f"transfer, warm, {rule}: index unmoved", unmoved, peer, ratio_at_most=most)
        yield Row(f"transfer, warm, {rule}: index moved, cash unclaimed", unclaimed, peer)
        yield Row(f"transfer, warm, {rule}: index moved, all was claimed", claimed, peer)


def _three_transfers(note: Note, seller: AccountAPI, buyer: AccountAPI) -> tuple[int, int, int]:
    def transfer() -> int:
        return gas(note.token.transfer, buyer, 1_000, sender=seller)

    note.distribute(CASH)
    transfer()  # the first of both: from here on their slots are written
    for holder in (seller, buyer):
        send(note.token.claim, sender=holder)
    note.distribute(CASH)
    claimed = transfer()
    note.distribute(CASH)
    unclaimed = transfer()
    return unclaimed, claimed, transfer()


# CLAIM


def claim_rows(stage: Stage) -> Iterator[Row]:
    """Two holders of half each, one claims; the peer is a splitter of the same token with two payees of half each."""
    settlement, access = stage.settlement(), stage.access()
    holder, other = stage.accounts[1], stage.accounts[2]
    first_peer, peer = _two_releases(stage, settlement, holder, other)
    rule = stage.admin.deploy(stage.project.OpenCompliance)  # claim asks nobody
    for number, (supply, kept) in enumerate(((ROUND, "no fraction"), (ODD, "a fraction"))):
        note = stage.note(access, settlement, rule, {holder: supply // 2, other: supply - supply // 2})
        first, warm = (_distribute_and_claim(note, holder) for _ in range(2))
        metric = f"claim, warm: {kept} of a unit stays"
        yield Row(metric, warm, peer, ours_at_most=CLAIM_GAS, ratio_at_most=CLAIM_RATIO)
        if number == 0:
            yield Row("claim, cold: the first of this holder and of the note", first, first_peer)


def _two_releases(stage: Stage, settlement: ContractInstance, payee: AccountAPI, other: AccountAPI) -> tuple[int, int]:
    splitter = stage.admin.deploy(payment_splitter(), [payee, other], [ROUND // 2, ROUND // 2])
    used = []
    for _ in range(2):
        send(settlement.transfer, splitter, CASH, sender=stage.admin)
        # Not by `send`, which takes the first overload: the one that releases ether.
        used.append(int(splitter.release(settlement, payee, sender=payee).gas_used))
    return used[0], used[1]


def _distribute_and_claim(note: Note, holder: AccountAPI) -> int:
    note.distribute(CASH)
    return gas(note.token.claim, sender=holder)


# DISTRIBUTE


def distribute_rows(stage: Stage) -> Iterator[Row]:
    """Notes of the same supply in more and more hands; the second distribution is measured."""
    settlement, access = stage.settlement(), stage.access()
    rule = stage.admin.deploy(stage.project.OpenCompliance)  # distribute asks nobody
    push = stage.admin.deploy(push_distributor())
    send(settlement.approve, push, 2**256 - 1, sender=stage.admin)
    ours: dict[int, int] = {}
    for count in (10, 100, 1_000, 10_000):
        owner = stage.accounts[1]
        note = stage.note(access, settlement, rule, {owner: ODD})
        stage.spread(note.token, owner, count)
        for _ in range(2):
            ours[count] = note.distribute(CASH)
    for count in (10, 100):
        holders = crowd(count)
        for _ in range(2):  # the first payment fills empty balances; the second is the steady state
            pushed = gas(push.distribute, settlement, holders, CASH // count, sender=stage.admin)
        yield Row(f"distribute to {count} holders, warm", ours[count], pushed, ratio_at_most=1)
    yield Row("distribute to 1,000 holders, warm", ours[1_000])
    yield Row("distribute to 10,000 holders, warm", ours[10_000])
    most, least = max(ours.values()), min(ours.values())
    yield Row("distribute: dearest of the four beside cheapest", most, least, ratio_at_most=FLAT)


# REPORT


def report_rows(stage: Stage) -> Iterator[Row]:
    """Two pools that differ in their tape's root and loan count only; all loans pay; the third period is measured."""
    settlement, access = stage.settlement(), stage.access()
    start = stage.now + DAY
    used = {}
    for loans in (100, 1_000_000):
        with stage.put_back():
            pool = _pool(stage, access, settlement, loans, start)
            for period in (1, 2, 3):
                at(stage.provider, start + period * DAY)
                root = keccak(f"report {period} on {loans} loans".encode())
                report = (CASH, 5_00, 7_00, 1_00, CASH, CASH, root, loans, False)
                used[loans] = gas(pool.report, period, report, NO_CORRECTION, sender=stage.admin)
    few, many = used[100], used[1_000_000]
    yield Row("report on 100 loans, warm", few)
    yield Row("report on 1,000,000 loans, warm", many)
    yield Row("report: dearer beside cheaper of the two", max(many, few), min(many, few), ratio_at_most=FLAT)


def _pool(
    stage: Stage, access: ContractInstance, settlement: ContractInstance, loans: int, start: int
) -> ContractInstance:
    root, schema = keccak(f"tape of {loans} loans".encode()), keccak(b"schema")
    tape = (root, loans, ROUND, [("accounts", schema, loans, ROUND)])
    ends = [start + period * DAY for period in (1, 2, 3)]
    terms = (settlement, stage.accounts[1], ROUND, tape, start, 0, ends, [CASH] * 3, 10**18)
    distributor = stage.admin.deploy(stage.project.Distributor, access, settlement)
    pool = stage.admin.deploy(stage.project.LoanPool, access, distributor, terms)
    stage.restrict(access, pool, access.OFFERING(), "purchase")
    stage.restrict(access, pool, access.SERVICER(), "report")
    send(settlement.approve, pool, 2**256 - 1, sender=stage.admin)
    at(stage.provider, start)
    send(pool.purchase, stage.admin, sender=stage.admin)
    return pool


# RUN


@dataclass(frozen=True)
class _Deal:
    """The demo's deal, sold and closed: one holder a tranche."""

    ready: Prepared
    live: LiveDeal
    cast: Cast
    holders: tuple[AccountAPI, ...]


def run_rows(stage: Stage) -> Iterator[Row]:
    """The demo's deal, period by period, then the hardest period that can be made of it."""
    deal = _demo_deal(stage)
    rules = deal.ready.terms.rules
    steps = len(rules.steps)
    budget = RUN_GAS + RUN_GAS_A_STEP * steps
    by_holders = {}
    for count in (10, 1_000):
        with stage.put_back():
            for note, owner in zip(deal.live.notes, deal.holders, strict=True):
                stage.spread(note, owner, count)
            by_holders[count] = _play(stage, deal, deal.ready.collections)
    few, many = by_holders[10], by_holders[1_000]
    what = f"run, {steps} steps, {len(deal.live.notes)} tranches"
    dearest = max(range(len(few)), key=lambda place: few[place])
    yield Row(f"{what}, demo, warm: median of {len(few)} periods", int(statistics.median(few)), ours_at_most=budget)
    yield Row(f"{what}, demo, cold: dearest, period {dearest + 1}", few[dearest], ours_at_most=budget)
    on_plan = [Collected({"all": Units(planned)}) for planned in rules.plan[:3]]
    with stage.put_back():
        *_, third = _play(stage, deal, on_plan)
    yield Row(f"{what}, warm: on plan, two tranches paid", third, ours_at_most=budget)
    everything = Collected({"all": Units(sum(each.gross for each in deal.ready.collections))})
    with stage.put_back():
        _, hardest = _play(stage, deal, [deal.ready.collections[0], everything])
    yield Row(f"{what}, cold: all three paid", hardest, ours_at_most=budget)
    most, least = max(zip(many, few, strict=True), key=lambda pair: max(pair[0] / pair[1], pair[1] / pair[0]))
    yield Row("run: 1,000 holders a tranche beside 10", max(most, least), min(most, least), ratio_at_most=FLAT)


def _demo_deal(stage: Stage) -> _Deal:
    from salvor.demo import prepare
    from salvor.deploy.apply import apply
    from salvor.desk import actions as desk
    from salvor.desk.cast import cast_for

    with TemporaryDirectory() as folder:
        ready = prepare(DEAL, tape_file=None, out=Path(folder))
    cast = cast_for(ready.deal, stage.accounts)
    live = apply(stage.project, ready.terms, parties=cast.parties, settlement=stage.settlement())
    holders = tuple(cast.investors.values())[: len(live.notes)]
    desk.open_sale(live)
    for tranche, (holder, units) in enumerate(zip(holders, ready.terms.sizes, strict=True)):
        send(live.settlement.mint, holder, units, sender=holder)
        desk.admit(live, holder, until=FOREVER)
        desk.order(live, holder, tranche=tranche, units=Units(units))
    at(stage.provider, ready.terms.closing)
    desk.close(live, by=cast.outsider)
    for tranche, holder in enumerate(holders):
        desk.settle(live, holder, tranche=tranche, by=cast.outsider)
    return _Deal(ready, live, cast, holders)


def _play(stage: Stage, deal: _Deal, collections: Sequence[Collected]) -> list[int]:
    """The gas of each period's run."""
    from salvor.desk import actions as desk

    used = []
    for period, collected in enumerate(collections, start=1):
        at(stage.provider, deal.ready.terms.period_ends[period - 1])
        send(deal.live.settlement.mint, deal.live.parties.servicer, collected.net, sender=stage.admin)
        leaf = (COLLECTION_TAG, period, bytes(32), collected.gross, bytes(32))
        desk.collect(deal.live, period, collected, StandardMerkleTree([leaf], COLLECTION_LEAF))
        used.append(gas(deal.live.waterfall.run, period, sender=deal.cast.outsider))
        stage.tick(period, len(collections))
    return used


# CODE


def code_rows(stage: Stage) -> Iterator[Row]:
    """Bytes of runtime code of every contract that is deployed for a deal."""
    files = [path for path in Path("contracts").rglob("*.sol") if path.parent.name != "mocks"]
    for name in sorted(path.stem for path in files):
        contract = stage.project.get_contract(name).contract_type
        if contract.view_methods or contract.mutable_methods:  # an internal library is part of its users
            size = len(contract.get_runtime_bytecode())
            yield Row(f"code of {name}, bytes", size, CODE_SIZE, ratio_at_most=1)


_SUBJECTS: dict[str, Callable[[Stage], Iterator[Row]]] = {
    "transfer": transfer_rows,
    "claim beside PaymentSplitter": claim_rows,
    "distribute to up to 10,000 holders": distribute_rows,
    "report": report_rows,
    "run of the demo's deal": run_rows,
    "code size": code_rows,
}


if __name__ == "__main__":
    main()
