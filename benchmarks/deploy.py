"""Twenty contracts and sixty calls on one anvil: a plan, a plain loop of Ape, and Hardhat Ignition.

`make bench NAME=deploy`. All three deploy the same bytecode from one account with one confirmation, in turns, and the
state of the chain is put back before each. Ours and Ignition's write a journal; the loop remembers nothing.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from benchmarks.peers.hardhat import ignite
from benchmarks.report import RESULTS, Row, all_hold, print_rows, write_rows
from salvor.chain.artifacts import Artifact, read_artifacts
from salvor.chain.build import build
from salvor.chain.node import local_node
from salvor.deploy import Key, Node, Options, apply_plan, make_plan, steps_on
from salvor.deploy.plan.steps import Steps
from salvor.errors import CHECK_FAILED, ReconciliationFailed
from salvor.toolchain.paths import ROOT

if TYPE_CHECKING:
    from ape.api import ProviderAPI

CONTRACTS, CALLS, LIVE = 20, 60, 60
OF_THE_LOOP, OF_IGNITION, LIVE_SECONDS = 0.25, 1.0, 3.0
ROUNDS = 3
POLL = 20  # milliseconds between Ignition's looks for a block; it takes a second of its own accord
_OPTIONS = Options(pause=0.02)
_WIDTH = 120


@click.command(epilog="Example: python -m benchmarks.deploy --rounds 5")
@click.option("--out", type=Path, default=RESULTS / "deploy.json", show_default=True, help="Where the rows go.")
@click.option("--rounds", type=click.IntRange(1), default=ROUNDS, show_default=True, help="Medians of so many.")
def main(out: Path, rounds: int) -> None:
    """Deploy by all three, print a table and write JSON.

    Exit code 0 when all targets hold, 1 when one does not, 3 for trouble with the node or when the peer can't be had.
    """
    from ape import accounts, networks, project
    from ape.logging import LogLevel, logger

    logger.set_level(LogLevel.ERROR)
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    artifact = read_artifacts(build(ROOT))["SettlementToken"]
    with local_node(networks) as provider:
        account = accounts.test_accounts[0]
        bench = _Bench(provider, Key(account.private_key), artifact)
        found: dict[str, list[tuple[float, int]]] = {"ours": [], "loop": [], "ignition": [], "ignition as it comes": []}
        for _ in range(rounds):
            found["ours"].append(bench.ours())
            found["loop"].append(bench.loop(project.SettlementToken, account))
            found["ignition"].append(bench.ignition(POLL))
        found["ignition as it comes"].append(bench.ignition(None))
        rows = [*_rows(found, bench.calls), bench.live()]
    write_rows(rows, out, rounds=rounds)
    print_rows(f"{CONTRACTS} contracts and {CALLS} calls, medians of {rounds}", rows, console)
    console.print(f"written to {out}")
    if not all_hold(rows):
        raise SystemExit(CHECK_FAILED)


def _rows(found: dict[str, list[tuple[float, int]]], calls: int) -> Iterator[Row]:
    """`calls` are ours, each of a batch; the peers send no batches, so theirs are their requests."""
    seconds = {name: round(median(each[0] for each in runs), 3) for name, runs in found.items()}
    requests = {name: int(median(each[1] for each in runs)) for name, runs in found.items()}
    loop, quick, slow = "plain loop of Ape", f"Ignition, polling every {POLL} ms", "Ignition as it comes"
    yield Row(f"seconds beside a {loop}", seconds["ours"], seconds["loop"], ratio_at_most=OF_THE_LOOP)
    yield Row(f"seconds beside {quick}", seconds["ours"], seconds["ignition"], ratio_at_most=OF_IGNITION)
    yield Row(f"seconds beside {slow}", seconds["ours"], seconds["ignition as it comes"])
    yield Row(f"RPC calls beside a {loop}", calls, requests["loop"])
    yield Row(f"RPC calls beside {quick}", calls, requests["ignition"])
    yield Row(f"HTTP requests beside a {loop}", requests["ours"], requests["loop"])
    yield Row(f"HTTP requests beside {quick}", requests["ours"], requests["ignition"])


class _Bench:
    """One node, one account, one contract; each contender begins from the same state."""

    def __init__(self, provider: ProviderAPI, key: Key, artifact: Artifact) -> None:
        self.provider, self.key, self.artifact = provider, key, artifact
        self.node, self.calls = Node(str(provider.uri)), 0

    def ours(self) -> tuple[float, int]:
        """From the list of steps to the state that is checked: plan, journal, confirmations."""
        with self._put_back(), tempfile.TemporaryDirectory() as folder:
            node = Node(self.node.url)
            begun = time.perf_counter()
            steps = steps_on(node, "bench", {self.artifact.name: self.artifact}, self.key)
            made = [steps.deploy(self.artifact, *_named(i), name=f"token {i}") for i in range(CONTRACTS)]
            for i in range(CALLS):
                steps.call(made[i % CONTRACTS], "mint", self.key, 1 + i)
            applied = apply_plan(make_plan(steps, node), node, [self.key], Path(folder) / "j.sqlite", _OPTIONS)
            seconds = time.perf_counter() - begun
            self.calls = sum(node.calls.values())
            self._check(list(applied.addresses.values()))
            return seconds, node.requests

    def loop(self, container: Any, account: Any) -> tuple[float, int]:
        """As Ape's own documentation deploys."""
        with self._put_back(), _counted(self.provider) as requests:
            begun = time.perf_counter()
            made = [account.deploy(container, *_named(i)) for i in range(CONTRACTS)]
            for i in range(CALLS):
                made[i % CONTRACTS].mint(account, 1 + i, sender=account)
            seconds = time.perf_counter() - begun
            self._check([each.address for each in made])
            return seconds, requests()

    def ignition(self, poll: int | None) -> tuple[float, int]:
        """With its journal, as a module of a user says it."""
        own = {"contractName": self.artifact.name, "sourceName": self.artifact.source, "abi": list(self.artifact.abi)}
        own |= {"bytecode": f"0x{self.artifact.code}", "linkReferences": {}}
        asked = {"url": self.node.url, "artifact": own, "contracts": CONTRACTS, "calls": CALLS, "poll": poll}
        with self._put_back():
            done = ignite(asked | {"account": self.key.address})
            self._check(done.addresses)
            return done.seconds, done.requests

    def live(self) -> Row:
        """A plan of 60 contracts that stand there already."""
        with self._put_back(), tempfile.TemporaryDirectory() as folder:
            apply_plan(make_plan(self._many(), self.node), self.node, [self.key], Path(folder) / "j.sqlite", _OPTIONS)
            begun = time.perf_counter()
            plan = make_plan(self._many(), self.node)
            seconds = round(time.perf_counter() - begun, 3)
            if plan.left:
                raise ReconciliationFailed([f"{len(plan.left)} steps of a live deployment are not recognised"])
            return Row(f"seconds for the plan of {LIVE} contracts that stand there", seconds, ours_at_most=LIVE_SECONDS)

    def _many(self) -> Steps:
        steps = steps_on(self.node, "live", {self.artifact.name: self.artifact}, self.key)
        for i in range(LIVE):
            steps.deploy(self.artifact, *_named(i), name=f"token {i}")
        return steps

    def _check(self, addresses: list[str]) -> None:
        """Every token is there, and what was minted is there."""
        questions = [("eth_call", ({"to": each, "data": "0x18160ddd"}, "latest")) for each in addresses]
        minted = sum(int(str(each), 16) for each in self.node.ask_all(questions))
        if len(set(addresses)) != CONTRACTS or minted != CALLS * (CALLS + 1) // 2:
            raise ReconciliationFailed([f"{len(set(addresses))} contracts and {minted} units minted"])

    @contextmanager
    def _put_back(self) -> Iterator[None]:
        snapshot = self.node.ask("evm_snapshot")
        try:
            yield
        finally:
            self.node.ask("anvil_dropAllTransactions")
            self.node.ask("evm_revert", snapshot)


@contextmanager
def _counted(provider: ProviderAPI) -> Iterator[Callable[[], int]]:
    """How many requests go out through Ape."""
    own, count = provider.web3.provider.make_request, 0

    def make_request(method: Any, params: Any) -> Any:
        nonlocal count
        count += 1
        return own(method, params)

    provider.web3.provider.make_request = make_request
    try:
        yield lambda: count
    finally:
        provider.web3.provider.make_request = own


def _named(number: int) -> tuple[str, str, int]:
    return f"Dollar {number}", f"USD{number}", 2


if __name__ == "__main__":
    main()
