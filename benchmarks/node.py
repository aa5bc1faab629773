"""The oracle node: reports signed a second, and heartbeats kept for 10,000 keys on one core: `make bench NAME=node`.

The peer of signing is the loop that eth_account's own documentation shows: encode the typed data, sign the message.
Both sign the same reports with the same key, and must give the same signatures.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import click
from eth_account import Account
from eth_account.messages import encode_typed_data
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from benchmarks.report import RESULTS, Row, all_hold, print_rows, write_rows
from salvor.errors import CHECK_FAILED, OptionInvalid
from salvor.model.oracle_keys import Kind, key_of
from salvor.model.oracle_reports import NAME, VERSION, Told
from salvor.node.config import load_node
from salvor.node.journal import Journal
from salvor.node.keyring import Signer
from salvor.node.observation import Observation
from salvor.node.rpc import Rpc
from salvor.node.running import Node
from salvor.node.schedule import Schedule
from salvor.node.sealing import Sealing
from tests.utils.oracle_nodes import HEADER, Beside, beside, place_of

KEYS = 10_000
BATCH = 100
SINGLE, ROUNDS = 300, 3  # reports a round of the peer; the best round counts, of both
HEARTBEAT = 60  # seconds
LATEST = HEARTBEAT // 10  # seconds that a report may be late
BEGIN = 1_750_000_000
WAD = 10**18
CHAIN, CONTRACT, SECRET = 31_337, "0x00000000000000000000000000000000000000C0", b"\x17" * 32
_WIDTH = 140


@click.command(epilog="Example: python -m benchmarks.node --seconds 60")
@click.option(
    "--seconds", type=click.IntRange(10), default=150, show_default=True, help="Of heartbeats, once all began."
)
@click.option("--out", type=Path, default=RESULTS / "node.json", show_default=True, help="Where the rows go.")
def main(seconds: int, out: Path) -> None:
    """Measure signing in this process, then a node on one core beside an anvil; print a table and write JSON.

    Exit code 0 when all targets hold, 1 when one does not (the file is written all the same), 3 for trouble with the
    node.
    """
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    with Progress(TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        progress.add_task("signing and heartbeats")
        rows = [*signing_rows(), *schedule_rows(), *heartbeat_rows(seconds)]
    write_rows(rows, out)
    print_rows("oracle node", rows, console)
    console.print(f"written to {out}")
    if not all_hold(rows):
        raise SystemExit(CHECK_FAILED)


# SIGNING


def signing_rows() -> Iterator[Row]:
    """Values a second: by eth_account, by the node without and with its journal."""
    signer, sealing = Signer(SECRET), Sealing(CHAIN, CONTRACT)
    values = [Told(key_of(Kind.COLLATERAL, str(number)), number * WAD, BEGIN) for number in range(1, SINGLE + 1)]
    until = BEGIN + 3_600
    by_peer, peer = _a_second(SINGLE, lambda: [_by_eth_account(told, i + 1, until) for i, told in enumerate(values)])
    by_us, ours = _a_second(
        SINGLE, lambda: [signer.sign(sealing.digest([told], i + 1, until)) for i, told in enumerate(values)]
    )
    if by_peer != by_us:
        raise AssertionError("both must give the same signatures")
    yield Row("reports signed a second, one signature each, no journal", round(ours), round(peer), ratio_at_least=1.0)
    many = [Told(key_of(Kind.COLLATERAL, str(number)), number * WAD, BEGIN) for number in range(20 * BATCH)]
    chunks = [many[at : at + BATCH] for at in range(0, len(many), BATCH)]
    _, batched = _a_second(
        len(many), lambda: [signer.sign(sealing.digest(chunk, i + 1, until)) for i, chunk in enumerate(chunks)]
    )
    yield Row(f"values signed a second, {BATCH} under one root, no journal", round(batched), round(peer))
    for size, count in ((1, 200), (BATCH, 2_000)):
        kept = _with_journal(signer, sealing, size, count)
        what = "one signature each" if size == 1 else f"{size} under one root"
        yield Row(f"values signed a second, {what}, written to the disk before and after", round(kept), round(peer))


def _a_second(count: int, work: Callable[[], Any]) -> tuple[Any, float]:
    best, result = float("inf"), None
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - begun)
    return result, count / best


def _by_eth_account(told: Told, nonce: int, until: int) -> bytes:
    types = {
        "EIP712Domain": [
            {"name": "name", "type": "string"},
            {"name": "version", "type": "string"},
            {"name": "chainId", "type": "uint256"},
            {"name": "verifyingContract", "type": "address"},
        ],
        "Report": [
            {"name": "key", "type": "bytes32"},
            {"name": "value", "type": "uint128"},
            {"name": "at", "type": "uint40"},
            {"name": "nonce", "type": "uint32"},
            {"name": "validUntil", "type": "uint40"},
        ],
    }
    message = {"key": told.key, "value": told.value, "at": told.at, "nonce": nonce, "validUntil": until}
    domain = {"name": NAME, "version": VERSION, "chainId": CHAIN, "verifyingContract": CONTRACT}
    full = {"types": types, "primaryType": "Report", "domain": domain, "message": message}
    return bytes(Account.sign_message(encode_typed_data(full_message=full), SECRET).signature)


def _with_journal(signer: Signer, sealing: Sealing, size: int, count: int) -> float:
    told = [Observation(key_of(Kind.COLLATERAL, str(i)), (i + 1) * WAD, BEGIN, "row") for i in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "node.sqlite"
        journal = Journal(path, signer=signer.address, chain_id=CHAIN, contract=CONTRACT)
        begun = time.perf_counter()
        for at in range(0, count, size):
            batch = told[at : at + size]
            seal = journal.claim(batch, now=BEGIN, valid_until=BEGIN + 60, digest_of=sealing.digest)
            assert seal
            journal.signed(seal.nonce, signer.sign(seal.digest))
        taken = time.perf_counter() - begun
        journal.close()
    return count / taken


# HEARTBEATS


def schedule_rows() -> Iterator[Row]:
    """Finding what is due, a second at a time, beside looking at every key."""
    random, keys = Random(7), [number.to_bytes(32, "big") for number in range(KEYS)]
    due = {key: random.uniform(0, 3_600) for key in keys}
    schedule = Schedule()
    for key, at in due.items():
        schedule.set(key, at)

    def by_heap() -> None:
        for second in range(600):
            for key in schedule.take(second):
                schedule.set(key, second + 3_600)

    def by_scan() -> None:
        for second in range(600):
            for key in [key for key, at in due.items() if at <= second]:
                due[key] = second + 3_600

    taken = []
    for work in (by_heap, by_scan):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) / 600 * 1e6)
    what = f"microseconds a step to find what is due among {KEYS:,} keys (peer: look at each)"
    yield Row(what, round(taken[0], 1), round(taken[1], 1), ratio_at_most=1.0)


def heartbeat_rows(seconds: int) -> Iterator[Row]:
    """A node on one core, its journal on the disk, its hub on an anvil; each key is told again every minute."""
    keys = [key_of(Kind.HPI, f"P{number}") for number in range(KEYS)]
    if not hasattr(os, "sched_setaffinity"):
        raise OptionInvalid("this system can not bind a process to one core; measure on Linux")
    cores = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory() as folder:
        chain = beside(Path(folder), genesis=int(time.time()) - 60)
        chain.mine_by_itself()
        chain.mine(int(time.time()))
        os.sched_setaffinity(0, {min(cores)})  # of this thread and those that it starts; anvil keeps all cores
        try:
            lags, busy, first = _beat(chain, keys, seconds)
        finally:
            os.sched_setaffinity(0, cores)
            chain.stage.lab.close()
    yield Row(f"seconds until all {KEYS:,} keys were told once, from a standing start", round(first, 1))
    yield Row(f"reports in {seconds} seconds of a heartbeat of {HEARTBEAT} seconds", len(lags))
    lags.sort()
    what = f"{KEYS:,} keys, a heartbeat of {HEARTBEAT} seconds, one core"
    yield Row(f"{what}: seconds late, the median report", round(lags[len(lags) // 2], 2))
    yield Row(f"{what}: seconds late, the latest report", round(lags[-1], 2), ours_at_most=LATEST)
    yield Row(f"{what}: share of the core that was used", round(busy, 3), ours_at_most=1.0)


def _beat(chain: Beside, keys: list[bytes], seconds: int) -> tuple[list[float], float, float]:
    signer = chain.signer("bench")
    config = chain.configure("bench", keys, body="", batch="{ most: 100, wait: 1 s }", fees="{ max_fee_gwei: 100 }")
    config.write_text(config.read_text().replace("heartbeat: 1 h", f"heartbeat: {HEARTBEAT} s, deviation: 100 %"))
    settings = load_node(config)
    index, month = config.parent / "index.csv", 0
    journal = Journal(Path(settings.journal), signer=signer.address, chain_id=CHAIN, contract=settings.chain.reports)
    rpc = Rpc(settings.chain.rpc, seconds=60)
    said: list[str] = []
    node = Node(settings, signer, journal, rpc=rpc, say=said.append)
    told_at: dict[bytes, float] = {}
    lags: list[float] = []
    noted = node.watch.signed

    def note(signed: Any, now: float) -> None:
        at = time.time()
        for key in signed:
            if key in told_at:
                lags.append(max(0.0, at - told_at[key] - HEARTBEAT))
            told_at[key] = at
        noted(signed, now)

    node.watch.signed = note
    begun, written = time.time(), 0.0
    end, busy, all_at = float("inf"), 0.0, 0.0
    while time.time() < end:
        if time.time() - written >= 20:  # another month, so that each heartbeat has something new
            index.write_text(HEADER + "".join(_row(place_of(key), month) for key in keys))
            written, month = time.time(), month + 1
        time.sleep(node.step())
        if len(told_at) == KEYS and end == float("inf"):
            all_at = time.time()
            end, busy = all_at + seconds, time.process_time()
    busy = (time.process_time() - busy) / seconds
    failures = [line for line in said if "landed" not in line]
    if failures:
        raise AssertionError(failures[:3])
    node.close()
    journal.close()
    return lags, busy, all_at - begun


def _row(place: str, month: int) -> str:
    value = f"{100 + month}.00"
    where = "traditional,purchase-only,monthly,USA or Census Division,Somewhere"
    return f"{where},{place},{2000 + month // 12},{month % 12 + 1},{value},{value}\n"


if __name__ == "__main__":
    main()
