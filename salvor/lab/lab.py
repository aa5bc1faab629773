"""A chain with people on it: contracts by name, actors by role, a clock, snapshots, refusals that are expected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from salvor.chain.artifacts import Artifacts, read_artifacts
from salvor.chain.build import build
from salvor.chain.engine import CHAIN_ID, Engine, Snapshot
from salvor.chain.engines import open_engine
from salvor.chain.handles import Blueprint, Contract, blueprint_of
from salvor.chain.layout import Layouts, Sheet, read_layouts
from salvor.chain.refusal import CallRefused, Refusal, learn_when_needed
from salvor.errors import NotAsExpected
from salvor.lab.actors import Actor

# 2030-01-01. A fixed day, so that a replay meets every date at the same distance; one to come, so that Ape's chain,
# which begins today, can be set to it.
GENESIS = 1_893_456_000


class Contracts:
    """Compiled contracts as attributes: `contracts.TrancheNote`."""

    def __init__(self, artifacts: Artifacts) -> None:
        self.artifacts = artifacts

    def __getattr__(self, name: str) -> Blueprint:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Blueprint:
        return blueprint_of(self.artifacts[name])


class Lab:
    """One engine and everybody on it. Restoring a snapshot brings back state and clock."""

    def __init__(self, engine: Engine, artifacts: Artifacts, *, root: Path | None = None) -> None:
        self.engine, self.contracts = engine, Contracts(artifacts)
        learn_when_needed(artifacts)
        self._root, self._layouts = root, None if root else Layouts({})
        self._actors: dict[str, Actor] = {}
        self._names: dict[str, str] = {}
        self.decimals = 0  # of the settlement asset, for those who read amounts

    def actor(self, role: str) -> Actor:
        """Whoever has this role; the same object each time."""
        if role not in self._actors:
            self._actors[role] = Actor(self.engine, role)
        return self._actors[role]

    def call_it(self, contract: Contract, name: str) -> Contract:
        """The name of a contract in scripts and errors."""
        self._names[contract.address] = name
        return contract

    def name_of(self, who: Any) -> str:
        """An actor's role, a contract's name; whoever has none as text."""
        address = who if isinstance(who, str) else getattr(who, "address", None)
        if address is None:
            return str(who)
        roles = {actor.address: actor.role for actor in self._actors.values()}
        kind = who.blueprint.name if isinstance(who, Contract) else address
        return self._names.get(address) or roles.get(address) or kind

    def deploy(self, name: str, *args: Any, sender: Actor, value: int = 0) -> Contract:
        """Deploy a contract by its name."""
        return self.contracts[name].deploy(self.engine, *args, sender=sender, value=value)

    def at(self, name: str, address: str) -> Contract:
        """The contract that stands at an address; raises when nothing does."""
        return self.contracts[name].at(self.engine, address)

    @property
    def now(self) -> int:
        """The second of the next block. It moves only when it is set."""
        return self.engine.now

    @now.setter
    def now(self, seconds: int) -> None:
        if not isinstance(seconds, int):
            raise NotAsExpected(f"the clock counts whole seconds; {seconds!r} is none")
        if seconds < self.engine.now:
            raise NotAsExpected(
                f"the clock stands at {self.engine.now} and can't go back to {seconds}; restore instead"
            )
        self.engine.now = seconds

    @property
    def block(self) -> int:
        """The number of the latest block."""
        return self.engine.number

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.now += seconds

    def snapshot(self) -> Snapshot:
        """A state to come back to, as often as wanted."""
        return self.engine.snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        """Go back; later snapshots are gone."""
        self.engine.restore(snapshot)

    @contextmanager
    def refused(self, error: str, *values: Any, **named: Any) -> Iterator[None]:
        """What happens inside must be refused with this custom error; values in order, or by name those that matter."""
        try:
            yield
        except CallRefused as refused:
            _compare(refused, Refusal(error, values), named)
        else:
            raise NotAsExpected(f"expected {error}{values or named or ''}; nothing was refused")

    def sheet(self, *places: Any) -> Sheet:
        """Values of storage that are read at once."""
        return Sheet(self.engine, places)

    def slots(self, contract: Contract) -> Any:
        """A contract's storage by name."""
        if self._layouts is None and self._root:
            self._layouts = read_layouts(self._root)
        return self._layouts.slots(contract) if self._layouts else None

    def close(self) -> None:
        """Let go of the engine."""
        self.engine.close()


def open_lab(
    engine: str = "revm", *, root: Path | None = None, genesis: int = GENESIS, chain_id: int = CHAIN_ID
) -> Lab:
    """A lab over a project's compiled contracts: `revm`, `anvil` or `ape`."""
    root = root or Path.cwd()
    artifacts = read_artifacts(build(root))
    return Lab(open_engine(engine, genesis=genesis, chain_id=chain_id), artifacts, root=root)


def _compare(refused: CallRefused, expected: Refusal, named: dict[str, Any]) -> None:
    given = refused.refusal
    by_name = dict(zip(given.names, given.values, strict=False))
    wrong = {name: (by_name.get(name), value) for name, value in named.items() if by_name.get(name) != _plain(value)}
    values = tuple(_plain(value) for value in expected.values)
    if given.error != expected.error or (values and values != given.values) or wrong:
        wanted = f"{expected.error}{values}" if values else f"{expected.error}({named})" if named else expected.error
        raise NotAsExpected(f"{refused.call}: expected {wanted}, refused with {given}") from None


def _plain(value: Any) -> Any:
    return value.address if hasattr(value, "address") else value
