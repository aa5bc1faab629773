"""What the handles need of a chain: one protocol, three engines behind it (`salvor/chain/engines/`).

The rules are the same on all of them. A transaction that succeeds is mined alone, in a block one higher, at the second
that `now` says; the clock moves only when it is told to. A refused transaction is not sent: no block, no nonce, no
change. Views see the block that the next transaction will be in. Nobody pays for gas.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from salvor.errors import StaleSnapshot

CHAIN_ID = 31_337
GAS_LIMIT = 30_000_000  # of a block, and of every transaction and view
HARDFORK = "cancun"  # the only one that all engines have


class Log(NamedTuple):
    """An event as the chain has it; `topics` are words."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes


class Done(NamedTuple):
    """A mined transaction. `gas_used` is a transaction's gas, None on an engine that does not know it."""

    output: bytes
    logs: Sequence[Any]  # as the engine has them; `Engine.read_log` makes each a `Log`
    gas_used: int | None = None
    trace: Any = None  # what the engine has for debugging


class Reverted(Exception):
    """A call ended in a revert, with this data."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.data = data


class Halted(Exception):
    """A call ended without revert data, for a reason that all engines name alike: `OutOfGas`, `StackOverflow`."""

    def __init__(self, reason: str) -> None:
        # Which part of a step the gas was missing for, each EVM tells in words of its own.
        super().__init__("OutOfGas" if reason.startswith("OutOfGas") or reason.endswith("OOG") else reason)


@dataclass
class Record:
    """What the handles did on an engine: how often, how often refused and by what, and who wants to see each call."""

    calls: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    witness: Callable[[Any], None] | None = None


class Snapshot(Protocol):
    """A state to come back to."""


def unwind(opened: list[Any], snapshot: Any) -> None:
    """Drop a snapshot and those taken after it; raises `StaleSnapshot` and drops none when it is not there."""
    if snapshot not in opened:
        raise StaleSnapshot("an earlier one was restored since it was taken, or it is another engine's")
    while opened.pop() is not snapshot:
        pass


AccessList = Sequence[tuple[str, Sequence[int]]]


class Carrier(Protocol):
    """What carries out the calls of a contract's handle; addresses are checksummed text, amounts wei, times seconds."""

    now: int  # of the next block
    number: int  # of the latest block
    generation: int  # counts restored snapshots: what was known of the state before may be wrong
    record: Record

    def execute(self, sender: str, to: str, data: bytes, value: int = 0, access_list: AccessList = ()) -> Done:
        """Send a transaction; raises `Reverted` or `Halted`, and then nothing has changed."""
        ...

    def call(self, sender: str, to: str, data: bytes, value: int = 0) -> bytes:
        """What a transaction would return; changes nothing."""
        ...

    def read_log(self, log: Any) -> Log:
        """One of `Done.logs`."""
        ...

    def code(self, address: str) -> bytes:
        """Runtime code; empty when there is none."""
        ...


class Engine(Carrier, Protocol):
    """A chain that only this process writes to."""

    name: str

    def create(self, sender: str, code: bytes, value: int = 0) -> str:
        """Deploy; the address follows from the sender and the number of its transactions."""
        ...

    def storage(self, places: Sequence[tuple[str, int]]) -> list[int]:
        """Words of storage, by address and slot."""
        ...

    def balance(self, address: str) -> int:
        """Wei."""
        ...

    def nonce(self, address: str) -> int:
        """Transactions sent; for contracts, contracts created and one."""
        ...

    def set_balance(self, address: str, wei: int) -> None:
        """Give or take ether."""
        ...

    def snapshot(self) -> Snapshot:
        """Remember state, clock and block number."""
        ...

    def restore(self, snapshot: Any) -> None:
        """Go back; the snapshot stays good, later ones do not. Raises `StaleSnapshot`."""
        ...

    def close(self) -> None:
        """Let go of everything; twice is once."""
        ...
