"""Deployments that are disturbed and then run once more, and what the chain shows in the end.

A run happens in a forked process, which can be killed with SIGKILL at any write of the journal and at any request. The
chain is put back to where it was before each run.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sqlite3
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.plan import Plan
from salvor.deploy.plan.rpc import Node
from salvor.deploy.plan.run import Options, apply_plan
from salvor.errors import SalvorError
from tests.utils.fault_proxy import KINDS, FaultProxy
from tests.utils.own_node import deployer

FINE, TOLD, BROKEN = 0, 10, 20  # exit codes of a forked run: done, a SalvorError, anything else
_QUICK = Options(pause=0.02, again_after=0.03, bump_after=30, patience=1.5)
_PATIENT = Options(pause=0.02, again_after=0.05, bump_after=30, patience=60)


@dataclass(frozen=True)
class Fault:
    """`kill` at the `at`-th event (before and after each write and each request), or a kind of the proxy's faults."""

    kind: str
    at: int

    def __str__(self) -> str:
        return f"{self.kind}-{self.at}"


@dataclass
class Arena:
    """One chain, one plan, and a clean state to come back to."""

    node: Node
    proxy: FaultProxy
    plan: Plan
    folder: Path
    snapshot: str = ""

    def reset(self) -> None:
        """As before the first run, without journal."""
        self.node.ask("anvil_dropAllTransactions")
        if self.snapshot:
            assert self.node.ask("evm_revert", self.snapshot) is True
        self.snapshot = self.node.ask("evm_snapshot")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.proxy.at, self.proxy.count, self.proxy.raws = {}, 0, set()

    @property
    def journal(self) -> Path:
        return self.folder / "journal.sqlite"

    def run(self, faults: Sequence[Fault] = (), *, patient: bool = False) -> int:
        """A run in a process of its own; its exit code, or minus the signal that ended it."""
        self.proxy.at, self.proxy.count = {each.at: each.kind for each in faults if each.kind in KINDS}, 0
        deadly = {each.at for each in faults if each.kind == "kill"}
        return in_child(lambda: self._apply(deadly, patient))

    def _apply(self, deadly: set[int], patient: bool) -> None:
        count = 0

        def watch(_: str) -> None:
            nonlocal count
            count += 1
            if count in deadly:
                os.kill(os.getpid(), signal.SIGKILL)

        node = Node(
            self.proxy.url, patience=60 if patient else 1.0, timeout=20 if patient else 0.4, pause=0.005, watch=watch
        )
        with Journal(self.journal, watch=watch) as journal:
            apply_plan(self.plan, node, [deployer()], journal, _PATIENT if patient else _QUICK)
        if not deadly and not self.proxy.at:
            (self.folder / "events").write_text(str(count))

    def state(self) -> str:
        """Hash of code, storage and nonce of all that the plan has to do with, but what fees cost."""
        addresses = sorted({step.address or step.to for step in self.plan.steps})
        proofs = self.node.ask_all([("eth_getProof", (address, [], "latest")) for address in addresses])
        said = [(each["address"], each["codeHash"], each["storageHash"], each["nonce"]) for each in proofs]
        return hashlib.sha256(repr(said).encode()).hexdigest()

    def successes(self) -> Counter[str]:
        """How often each step is on the chain, by its name."""
        by_call = {(step.to.lower(), f"0x{step.data.hex()}"): step.name for step in self.plan.steps}
        head = int(self.node.ask("eth_blockNumber"), 16)
        blocks = self.node.ask_all([("eth_getBlockByNumber", (hex(n), True)) for n in range(head + 1)])
        sent = [each for block in blocks for each in block["transactions"]]
        receipts = self.node.ask_all([("eth_getTransactionReceipt", (each["hash"],)) for each in sent])
        good = [each for each, receipt in zip(sent, receipts, strict=True) if receipt["status"] == "0x1"]
        return Counter(by_call.get((each["to"], each["input"]), "something else") for each in good)

    def journalled(self) -> set[str]:
        """Every signed transaction of the journal."""
        with sqlite3.connect(self.journal) as db:
            return {f"0x{bytes(raw).hex()}" for (raw,) in db.execute("select raw from sent")}


def in_child(action: Callable[[], None]) -> int:
    """Done in a forked process."""
    pid = os.fork()
    if pid == 0:
        code = FINE
        try:
            action()
        except SalvorError as error:
            code = TOLD if "\n" not in error.message else BROKEN
        except BaseException:
            traceback.print_exc()
            code = BROKEN
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def every_fault(requests: int, events: int) -> list[Fault]:
    """All faults of a run with so many requests and so many events."""
    kills = [Fault("kill", at) for at in range(1, events + 1)]
    return kills + [Fault(kind, at) for kind in KINDS for at in range(1, requests + 1)]


def some_of(faults: Sequence[Fault], count: int) -> list[Fault]:
    """As many, spread evenly; half of them kills."""
    kills = [each for each in faults if each.kind == "kill"]
    others = [each for each in faults if each.kind != "kill"]
    # A step that has no divisor in common with the requests of a kind meets every kind at another place.
    return [*_spread(kills, count // 2), *_spread(others, count - count // 2)]


def _spread(faults: Sequence[Fault], count: int) -> list[Fault]:
    return [faults[number * len(faults) // count] for number in range(count)] if faults else []
