"""Gas of what is done often, beside OpenZeppelin's: `make bench NAME=gas`.

Every number is read from the receipt of a transaction on one anvil in one run. "Warm" is the steady state: slots
that are written were written before. (Within its transaction each slot is touched for the first time, as in real life.)
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
from eth_hash.auto import keccak
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from benchmarks.gas_of_runs import FLAT, FOREVER, run_rows
from benchmarks.peers import payment_splitter, push_distributor
from benchmarks.report import RESULTS, Row, all_hold, print_rows, write_rows
from benchmarks.stage import Note, Stage, crowd, gas
from salvor.amounts import timestamp
from salvor.chain.clock import at
from salvor.chain.node import local_node
from salvor.chain.send import send
from salvor.errors import CHECK_FAILED

if TYPE_CHECKING:
    from ape.api import AccountAPI
    from ape.contracts import ContractInstance


# The project's own targets.
TRANSFER_RATIO = 1.6
CLAIM_GAS, CLAIM_RATIO = 70_000, 1.1
CODE_SIZE = 24_576  # EIP-170

CROWDS = (10, 100, 1_000, 100_000)
BEGIN = timestamp(date(2026, 12, 1))  # of the chain: before the demo's deal closes
DAY = 86_400
_WIDTH = 140  # of the table in a file or a pipe
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


# ANY NUMBER OF HOLDERS


def crowd_rows(stage: Stage) -> Iterator[Row]:
    """Notes of one supply in more and more hands; of each the second distribution, transfer and claim is measured."""
    settlement, access = stage.settlement(), stage.access()
    rule = stage.admin.deploy(stage.project.OpenCompliance)
    push = stage.admin.deploy(push_distributor())
    send(settlement.approve, push, 2**256 - 1, sender=stage.admin)
    used: dict[str, dict[int, int]] = {"distribute": {}, "claim": {}, "transfer": {}}
    for count in CROWDS:
        note = stage.note(access, settlement, rule, {stage.accounts[1]: ODD})
        stage.spread(note.token, stage.accounts[1], count)
        for name, measured in _second_of_each(note, stage.accounts[1], stage.accounts[2]).items():
            used[name][count] = measured
    for count in (10, 100):
        holders = crowd(count)
        for _ in range(2):  # the first payment fills empty balances; the second is the steady state
            pushed = gas(push.distribute, settlement, holders, CASH // count, sender=stage.admin)
        yield Row(f"distribute to {count} holders, warm", used["distribute"][count], pushed, ratio_at_most=1)
    for name, limit in (("distribute", None), ("claim", CLAIM_GAS), ("transfer", None)):
        for count in CROWDS[2 if name == "distribute" else 0 :]:
            to = "to" if name == "distribute" else "with"
            yield Row(f"{name} {to} {count:,} holders, warm", used[name][count], ours_at_most=limit)
        most, least = max(used[name].values()), min(used[name].values())
        yield Row(f"{name}, 10 to {CROWDS[-1]:,} holders: dearest beside cheapest", most, least, ratio_at_most=FLAT)


def _second_of_each(note: Note, owner: AccountAPI, buyer: AccountAPI) -> dict[str, int]:
    found = {}
    for _ in range(2):
        found["distribute"] = note.distribute(CASH)
        found["claim"] = gas(note.token.claim, sender=owner)
        found["transfer"] = gas(note.token.transfer, buyer, 1_000, sender=owner)
    return found


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


# CODE


def code_rows(stage: Stage) -> Iterator[Row]:
    """Bytes of runtime code of every contract that is deployed for a deal; parts and internal libraries have none."""
    files = [path for path in Path("contracts").rglob("*.sol") if path.parent.name != "mocks"]
    for name in sorted(path.stem for path in files):
        contract = stage.project.contracts.get(name)  # none in a file of constants
        code = contract.contract_type.get_runtime_bytecode() if contract else None
        if code and (contract.contract_type.view_methods or contract.contract_type.mutable_methods):
            yield Row(f"code of {name}, bytes", len(code), CODE_SIZE, ratio_at_most=1)


_SUBJECTS: dict[str, Callable[[Stage], Iterator[Row]]] = {
    "transfer": transfer_rows,
    "claim beside PaymentSplitter": claim_rows,
    "up to 100,000 holders": crowd_rows,
    "report": report_rows,
    "run": run_rows,
    "code size": code_rows,
}


if __name__ == "__main__":
    main()
