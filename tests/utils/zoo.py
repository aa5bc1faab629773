"""The contracts of `tests/zoo/`, and `Trio`: one step taken on several engines at once, with all that is seen compared.

The zoo is compiled once for a state of its sources and the compiler's settings, and kept below `.build/zoo/`.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from eth_hash.auto import keccak

from salvor.chain.artifacts import Artifact, Artifacts, mark_of, read_artifacts
from salvor.chain.build import build
from salvor.chain.codec import address_of
from salvor.chain.engine import Engine, Halted, Log, Reverted
from salvor.chain.engines import open_engine
from salvor.chain.handles import Contract, Receipt
from salvor.chain.layout import Layouts
from salvor.chain.refusal import CallRefused, Refusal
from salvor.chain.solc import compile_sources
from salvor.files import write_whole
from salvor.lab.lab import GENESIS, Lab

ROOT = Path(__file__).parents[2]
ETHER = 10**18
_OUTPUTS = ["abi", "evm.bytecode.object", "evm.bytecode.linkReferences", "metadata", "storageLayout"]
_HEARD = ("execute", "call", "create")


@cache
def compiled() -> dict[str, Any]:
    """The compiler's answer, by source and contract."""
    sources = {str(path.relative_to(ROOT)): path.read_text() for path in sorted((ROOT / "tests/zoo").rglob("*.sol"))}
    made_from = json.dumps([sources, _OUTPUTS, (ROOT / "ape-config.yaml").read_text()])
    kept = ROOT / ".build" / "zoo" / f"{keccak(made_from.encode()).hex()[:16]}.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with (kept.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of pytest's workers compiles, the others wait
        if not kept.is_file():
            answer = compile_sources(ROOT, sources, outputs=_OUTPUTS)
            for old in kept.parent.glob("*.json"):
                old.unlink()
            write_whole(kept, json.dumps(answer))
        content: dict[str, Any] = json.loads(kept.read_text())
    return content


@cache
def zoo() -> Artifacts:
    """The zoo's contracts."""
    return Artifacts(ROOT / "tests/zoo", [_artifact(*each) for each in _contracts()])


@cache
def with_project() -> Artifacts:
    """The zoo's contracts and the project's own."""
    own = read_artifacts(build(ROOT))
    return Artifacts(ROOT, [*(own[name] for name in own), *(_artifact(*each) for each in _contracts())])


@cache
def layouts() -> Layouts:
    """Where the zoo's contracts keep their values."""
    return Layouts({name: output["storageLayout"] for _, name, output in _contracts()})


def _contracts() -> list[tuple[str, str, Any]]:
    return [(source, name, output) for source, found in compiled().items() for name, output in found.items()]


def _artifact(source: str, name: str, output: Any) -> Artifact:
    code = output["evm"]["bytecode"]
    full = [f"{file}:{library}" for file, libraries in code["linkReferences"].items() for library in libraries]
    return Artifact(name, source, tuple(output["abi"]), code["object"], {mark_of(each): each for each in full})


@dataclass(frozen=True)
class Seen:
    """What a step showed; equal on all engines, but for the receipts of which only some know their gas."""

    value: Any = None
    output: bytes = b""
    logs: tuple[Log, ...] = ()
    refusal: Refusal | None = None
    data: bytes | None = None  # of a revert
    halt: str | None = None
    events: tuple[Any, ...] = ()


class Side:
    """One engine of a trio, listened to: what handles make of an outcome hides its bytes."""

    def __init__(self, engine: Engine, artifacts: Artifacts) -> None:
        self.engine, self.lab = engine, Lab(engine, artifacts)
        self.first, self.gas, self.heard = engine.number, None, Seen()
        for name in _HEARD:
            setattr(engine, name, self._listening(getattr(engine, name)))

    def take(self, step: Any) -> Seen:
        """Take a step and say what was seen."""
        self.gas, self.heard = None, Seen()
        try:
            value = step(self)
        except CallRefused as refused:
            return Seen(refusal=refused.refusal, data=self.heard.data, halt=self.heard.halt)
        if not isinstance(value, Receipt):
            return Seen(value=value.address if isinstance(value, Contract) else value, output=self.heard.output)
        self.gas = value.gas_used
        events = tuple((each.name, each.address, dict(each.values)) for each in value.events)
        return Seen(value.return_value, value.output, tuple(value.logs), events=events)

    def account(self, address: str) -> tuple[int, int, bytes]:
        """Balance, nonce and code."""
        return self.engine.balance(address), self.engine.nonce(address), self.engine.code(address)

    @property
    def block(self) -> tuple[int, int]:
        """How many blocks since the beginning, and the second of the next."""
        return self.engine.number - self.first, self.engine.now

    def _listening(self, method: Any) -> Any:
        def listening(*args: Any, **kwargs: Any) -> Any:
            try:
                answer = method(*args, **kwargs)
            except Reverted as reverted:
                self.heard = Seen(data=reverted.data)
                raise
            except Halted as halted:
                self.heard = Seen(halt=str(halted))
                raise
            self.heard = Seen(output=answer if isinstance(answer, bytes) else b"")
            return answer

        return listening


class Trio:
    """The same chain on several engines, the first of them the reference."""

    def __init__(self, engines: Sequence[Engine], artifacts: Artifacts) -> None:
        self.sides = [Side(engine, artifacts) for engine in engines]
        self.known: dict[str, None] = {}  # in the order of their appearance
        self.gas: int | None = None  # of the last transaction

    @classmethod
    def over(cls, *engines: Engine, artifacts: Artifacts | None = None) -> Trio:
        """On engines that are there, brought to one height."""
        height = max(engine.number for engine in engines)
        for engine in engines:
            if (missing := height - engine.number) and engine.name != "revm":
                engine.ask("anvil_mine", hex(missing))
            engine.number = height
        return cls(engines, artifacts or with_project())

    def __getitem__(self, name: str) -> Side:
        return next(side for side in self.sides if side.engine.name == name)

    def actor(self, role: str, wei: int = 0) -> Any:
        """An account, the same on all engines."""
        actor = self.sides[0].lab.actor(role)  # whose address is the same everywhere
        self.known[actor.address] = None
        if wei:
            self.each(lambda side: side.engine.set_balance(actor.address, wei))
        return actor

    def deploy(self, name: str, *args: Any, sender: Any, value: int = 0, **libraries: Any) -> Trine:
        """A contract on every engine."""
        made = self.transact(lambda side: side.lab.deploy(name, *args, sender=sender, value=value), sender)
        return self.at(name, made.value)

    def refuse(self, name: str, *args: Any, sender: Any, value: int = 0) -> Seen:
        """A deployment that must fail."""
        return self.transact(
            lambda side: side.lab.deploy(name, *args, sender=sender, value=value), sender, refused=True
        )

    def at(self, name: str, address: str) -> Trine:
        """The contract that stands there on every engine."""
        self.known[address] = None
        return Trine(self, [side.lab.at(name, address) for side in self.sides])

    def each(self, step: Any) -> Any:
        """Do something on every engine; all must answer the same."""
        answers = [step(side) for side in self.sides]
        for side, answer in zip(self.sides, answers, strict=True):
            assert answer == answers[0], f"{side.engine.name} differs from {self.sides[0].engine.name}"
        return answers[0]

    def look(self, step: Any, refused: bool | None = False) -> Seen:
        """A view: the same everywhere, and nothing changes. Whether it must be refused; None when that is not known."""
        before = self.sides[0].block
        seen = self._same(step, refused)
        assert self.each(lambda side: side.block) == before
        return seen

    def transact(self, step: Any, sender: Any, refused: bool | None = False) -> Seen:
        """A transaction: the same everywhere, a block of its own when it succeeds, nothing when it is refused."""
        who = address_of(sender)
        self.known[who] = None
        (number, now), nonce = self.sides[0].block, self.sides[0].engine.nonce(who)
        seen = self._same(step, refused)
        done = 0 if seen.refusal else 1
        assert self.each(lambda side: side.block) == (number + done, now)
        assert self.each(lambda side: side.engine.nonce(who)) == nonce + done
        self.each(lambda side: side.engine.balance(who))
        self.known.update(dict.fromkeys(log.address for log in seen.logs))
        gas = {side.engine.name: side.gas for side in self.sides if side.gas is not None}
        assert len(set(gas.values())) < 2, gas
        assert "revm" not in gas
        self.gas = next(iter(gas.values()), None)
        return seen

    def check(self) -> None:
        """Every account that was met: balance, nonce and code; and the chain's own word for its latest block."""
        for address in self.known:
            self.each(lambda side, address=address: side.account(address))
        places = [(address, slot) for address in self.known for slot in range(4)]
        self.each(lambda side: side.engine.storage(places))
        for side in self.sides:
            if side.engine.name != "revm" and side.block[0]:
                latest = side.engine.ask("eth_getBlockByNumber", "latest", False)
                assert int(latest["number"], 16) == side.engine.number
                assert int(latest["timestamp"], 16) <= side.engine.now

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        for side in self.sides:
            side.lab.wait(seconds)

    def close(self) -> None:
        """Stop listening; the engines are whose they are."""
        for side in self.sides:
            for name in _HEARD:
                delattr(side.engine, name)

    def _same(self, step: Any, refused: bool | None) -> Seen:
        seen: Seen = self.each(lambda side: side.take(step))
        if refused not in (None, seen.refusal is not None):
            raise AssertionError(f"refused: {seen.refusal}" if seen.refusal else f"nothing was refused: {seen}")
        return seen


class Trine:
    """One contract on every engine of a trio; stands for its address where one is wanted."""

    def __init__(self, trio: Trio, handles: Sequence[Contract]) -> None:
        self.trio, self.handles = trio, dict(zip(map(id, trio.sides), handles, strict=True))
        self.address, self.word = handles[0].address, handles[0].word

    def __getattr__(self, name: str) -> Verb:
        return Verb(self, lambda handle: getattr(handle, name))

    def __getitem__(self, full: str) -> Verb:
        return Verb(self, lambda handle: handle[full])

    def __repr__(self) -> str:
        return repr(next(iter(self.handles.values())))

    def encode(self, name: str, *args: Any) -> bytes:
        """Calldata."""
        data: bytes = getattr(next(iter(self.handles.values())), name).encode(*args)
        return data


class Verb:
    """A function of a trine: called to be done, `.refused` to fail, `.call` to be tried only."""

    def __init__(self, trine: Trine, method: Any) -> None:
        self.trine, self.method = trine, method
        candidates = method(next(iter(trine.handles.values()))).candidates
        self.is_view = all(candidate.is_view for candidate in candidates)

    def __call__(self, *args: Any, **kwargs: Any) -> Seen:
        return self._do(args, kwargs, refused=False)

    def refused(self, *args: Any, **kwargs: Any) -> Seen:
        """It must be refused."""
        return self._do(args, kwargs, refused=True)

    def either(self, *args: Any, **kwargs: Any) -> Seen:
        """It may be refused or not."""
        return self._do(args, kwargs, refused=None)

    def call(self, *args: Any, **kwargs: Any) -> Seen:
        """What it would return."""
        return self.trine.trio.look(lambda side: self._on(side).call(*args, **kwargs))

    def _do(self, args: Any, kwargs: Any, *, refused: bool | None) -> Seen:
        trio, step = self.trine.trio, lambda side: self._on(side)(*args, **kwargs)
        return trio.look(step, refused) if self.is_view else trio.transact(step, kwargs["sender"], refused)

    def _on(self, side: Side) -> Any:
        return self.method(self.trine.handles[id(side)])


def open_trio(*names: str, genesis: int = GENESIS) -> Trio:
    """Fresh engines side by side."""
    return Trio.over(*(open_engine(name, genesis=genesis) for name in names))
