"""Contracts as Python objects, made from their ABI: `note.claim(sender=holder)`, `pool.loanCount()`.

A function that changes state is sent and gives a `Receipt`, or raises `CallRefused` with the custom error and its
values; a view gives its value. Everything that can be built once a process is: see `Blueprint`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_hash.auto import keccak

from salvor.chain import refusal
from salvor.chain.artifacts import Artifact
from salvor.chain.codec import Abi, address_of, canonical, decoder, encoder, named, record, selector, signature
from salvor.chain.engine import AccessList, Carrier, Done, Engine, Halted, Log, Reverted
from salvor.chain.refusal import CallRefused, Refusal
from salvor.errors import ArgumentInvalid, FunctionAmbiguous, FunctionMissing, NoCode, OutputUnreadable, SenderMissing

_NOBODY = "0x0000000000000000000000000000000000000000"


class Function:
    """One function of an ABI with its encoder and decoder."""

    __slots__ = (
        "called",
        "decode",
        "encode",
        "is_view",
        "name",
        "outputs",
        "params",
        "selector",
        "signature",
        "single",
    )

    def __init__(self, contract: str, abi: Abi) -> None:
        self.name, self.signature, self.selector = abi["name"], signature(abi), selector(abi)
        self.called = f"{contract}.{self.name}"
        self.params: Sequence[Abi] = abi["inputs"]
        self.is_view = abi.get("stateMutability") in ("view", "pure")
        self.outputs: Sequence[Abi] = abi.get("outputs") or ()
        self.single = len(self.outputs) == 1
        self.encode = encoder(self.selector, self.params, f"{contract}.{self.signature}")
        self.decode = decoder(self.outputs, f"{contract}.{self.signature}")
        if len(self.outputs) > 1:
            plain, made = self.decode, record("Outputs", self.outputs)
            self.decode = lambda data: made(*plain(data))

    def __str__(self) -> str:
        given, returned = named(self.params), named(self.outputs)
        arrow = f" -> {returned}" if self.outputs else ""
        return f"{self.called}({given if self.params else ''}){arrow}"

    def answer(self, output: bytes) -> Any:
        """One value as itself, several as a named tuple, none as None."""
        values = self.decode(output)
        return values[0] if self.single else values or None


class EventType:
    """One event of an ABI; an anonymous one can't be recognised and is left alone."""

    def __init__(self, abi: Abi) -> None:
        self.name, self.topic = abi["name"], bytes(keccak(signature(abi).encode()))
        self._indexed = [each for each in abi["inputs"] if each.get("indexed")]
        self._rest = [each for each in abi["inputs"] if not each.get("indexed")]
        # Of an indexed value that is longer than a word, the log has the hash only.
        hashed = {"type": "bytes32"}
        dynamic = ("string", "bytes", "tuple", "]")
        topics = [
            hashed if canonical(each).endswith(dynamic) or each["type"] == "tuple" else each for each in self._indexed
        ]
        self._topics = [decoder([each], self.name) for each in topics]
        self._data = decoder(self._rest, self.name)
        self._order = [(each.get("indexed"), each.get("name") or f"_{i}") for i, each in enumerate(abi["inputs"])]
        self.key = (self.topic, len(self._indexed))

    def read(self, log: Log) -> Event:
        """The log's values by name, in the order of the ABI."""
        indexed = iter([read(word)[0] for read, word in zip(self._topics, log.topics[1:], strict=True)])
        rest = iter(self._data(log.data))
        values = {name: next(indexed if is_indexed else rest) for is_indexed, name in self._order}
        return Event(self.name, log.address, values)


@dataclass(frozen=True)
class Event:
    """A decoded log; values also as attributes: `event.cash`."""

    name: str
    address: str
    values: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise FunctionMissing(f"event {self.name}", name, list(self.values)) from None


_events: dict[tuple[bytes, int], EventType] = {}  # every event of every blueprint, so that a receipt reads all its logs


class Blueprint:
    """A contract's functions, events and constructor; one for each artifact and process (`blueprint_of`)."""

    def __init__(self, artifact: Artifact) -> None:
        self.artifact, self.name = artifact, artifact.name
        kinds: dict[str, list[Abi]] = {}
        for abi in artifact.abi:
            kinds.setdefault(abi["type"], []).append(abi)
        refusal.learn(kinds.get("error", ()), artifact.explanations)
        self.functions = {one.signature: one for one in (Function(self.name, abi) for abi in kinds.get("function", ()))}
        self.by_name: dict[str, list[Function]] = {}
        for function in self.functions.values():
            self.by_name.setdefault(function.name, []).append(function)
        self.events: dict[str, list[EventType]] = {}  # an event too can have overloads
        for event in (EventType(abi) for abi in kinds.get("event", ()) if not abi.get("anonymous")):
            self.events.setdefault(event.name, []).append(event)
            _events[event.key] = event
        construct: Abi = next(iter(kinds.get("constructor", ())), {"inputs": []})
        self.construct = encoder(b"", construct["inputs"], f"{self.name}.constructor")
        self.takes_anything = bool({"fallback", "receive"} & set(kinds))

    def deploy(self, engine: Engine, *args: Any, sender: Any, value: int = 0) -> Contract:
        """Deploy on an engine."""
        called, code = f"{self.name}.constructor", self.artifact.creation_code() + self.construct(*args)
        _check_wei(called, value)
        try:
            address = engine.create(address_of(sender), code, value)
        except (Reverted, Halted) as outcome:
            raise CallRefused(called, _said(outcome)) from None
        return Contract(engine, self, address)

    def at(self, engine: Engine, address: str) -> Contract:
        """The contract that stands there; raises when nothing does."""
        address = address_of(address)
        if not engine.code(address):
            raise NoCode(self.name, address)
        return Contract(engine, self, address)


@cache
def blueprint_of(artifact: Artifact) -> Blueprint:
    """Built once a process."""
    return Blueprint(artifact)


class Contract:
    """A contract on an engine. Functions of its ABI are attributes; overloads are `contract["f(uint256)"]`."""

    def __init__(self, engine: Carrier, blueprint: Blueprint, address: str) -> None:
        self.engine, self.blueprint, self.address = engine, blueprint, address
        self.word = bytes.fromhex(address[2:]).rjust(32, b"\0")
        self.seen = engine.generation  # when there was code here

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.blueprint.by_name})  # what a console completes

    def __getattr__(self, name: str) -> Method:
        if name.startswith("__"):
            raise AttributeError(name)
        found = self.blueprint.by_name.get(name)
        if not found:
            raise FunctionMissing(self.blueprint.name, name, [*self.blueprint.by_name, *self.blueprint.events])
        method = Method(self, found)
        self.__dict__[name] = method
        return method

    def __getitem__(self, full: str) -> Method:
        if full not in self.blueprint.functions:
            raise FunctionMissing(self.blueprint.name, full, list(self.blueprint.functions))
        return Method(self, [self.blueprint.functions[full]])

    def __repr__(self) -> str:
        return f"{self.blueprint.name} at {self.address}"

    def send_raw(self, data: bytes = b"", *, sender: Any, value: int = 0) -> Receipt:
        """Bytes as they are, for fallback and receive."""
        if not self.blueprint.takes_anything:
            raise FunctionMissing(self.blueprint.name, "fallback or receive", list(self.blueprint.by_name))
        function = _RAW
        return Method(self, [function]).send(function, data, sender, value, ())

    def has_code(self) -> None:
        """Raises when a restored snapshot has taken the contract away: a call would succeed and do nothing."""
        if not self.engine.code(self.address):
            raise NoCode(self.blueprint.name, self.address)
        self.seen = self.engine.generation


class Method:
    """A function of one contract; of overloads the one with as many parameters as there are arguments."""

    __slots__ = ("candidates", "contract", "function")

    def __init__(self, contract: Contract, candidates: list[Function]) -> None:
        self.contract, self.candidates = contract, candidates
        self.function = candidates[0] if len(candidates) == 1 else None

    def __call__(self, *args: Any, sender: Any = None, value: int = 0, access_list: AccessList = ()) -> Any:
        """Send and give the receipt, or for a view give its value."""
        function = self.function or self._chosen(args)
        data = function.encode(*args)
        if function.is_view:
            return self._view(function, data, sender, value)
        if (witness := self.contract.engine.record.witness) is None:
            return self.send(function, data, sender, value, access_list)
        witness(call := Call(self.contract, function, args, sender, value))
        try:
            call.outcome = self.send(function, data, sender, value, access_list)
        except CallRefused as refused:
            call.outcome = refused.refusal
            raise
        return call.outcome

    def __repr__(self) -> str:
        return " or ".join(str(each) for each in self.candidates)

    @property
    def selector(self) -> bytes:
        """Four bytes, for roles: `access.setTargetFunctionRole(note, [note.mint.selector], role, sender=admin)`."""
        if self.function is None:
            raise FunctionAmbiguous(
                self.contract.blueprint.name, self.candidates[0].name, [each.signature for each in self.candidates]
            )
        return self.function.selector

    @property
    def called(self) -> str:
        """Contract and function, as errors say it."""
        return self.candidates[0].called

    def call(self, *args: Any, sender: Any = None, value: int = 0) -> Any:
        """What the function would return; nothing changes."""
        function = self.function or self._chosen(args)
        return self._view(function, function.encode(*args), sender, value)

    def encode(self, *args: Any) -> bytes:
        """Calldata."""
        function = self.function or self._chosen(args)
        return function.encode(*args)

    def send(self, function: Function, data: bytes, sender: Any, value: int, access_list: AccessList) -> Receipt:
        """Send encoded data."""
        contract = self.contract
        engine = contract.engine
        if sender is None:
            raise SenderMissing(function.called)
        if contract.seen != engine.generation:
            contract.has_code()
        if value:
            _check_wei(function.called, value)
        record = engine.record
        record.calls += 1
        try:
            done = engine.execute(address_of(sender), contract.address, data, value, access_list)
        except (Reverted, Halted) as outcome:
            record.refused[function.called] += 1
            raise CallRefused(function.called, _said(outcome)) from None
        return Receipt(engine, function, done)

    def _view(self, function: Function, data: bytes, sender: Any, value: int) -> Any:
        contract = self.contract
        engine = contract.engine
        if contract.seen != engine.generation:
            contract.has_code()
        if value:
            _check_wei(function.called, value)
        try:
            output = engine.call(address_of(sender) if sender else _NOBODY, contract.address, data, value)
        except (Reverted, Halted) as outcome:
            raise CallRefused(function.called, _said(outcome)) from None
        return function.answer(output)

    def _chosen(self, args: Sequence[Any]) -> Function:
        fitting = [each for each in self.candidates if len(each.params) == len(args)]
        if len(fitting) != 1:
            first = self.candidates[0]
            raise FunctionAmbiguous(self.contract.blueprint.name, first.name, [e.signature for e in self.candidates])
        return fitting[0]


@dataclass
class Call:
    """One transaction as a witness sees it: told before it is sent, `outcome` is set afterwards."""

    contract: Contract
    function: Function
    args: Sequence[Any]
    sender: Any
    value: int
    outcome: Receipt | Refusal | None = None


class Receipt:
    """A mined transaction. Logs are decoded when they are asked for."""

    __slots__ = ("_done", "_engine", "_function", "number", "timestamp")

    def __init__(self, engine: Carrier, function: Function, done: Done) -> None:
        self._engine, self._function, self._done = engine, function, done
        self.number, self.timestamp = engine.number, engine.now

    @property
    def return_value(self) -> Any:
        """Decoded."""
        return self._function.answer(self._done.output)

    @property
    def output(self) -> bytes:
        """As it came."""
        return self._done.output

    @property
    def gas_used(self) -> int | None:
        """A transaction's gas; None on the engine in this process, which does not know it."""
        return self._done.gas_used

    @property
    def trace(self) -> Any:
        """What the engine gives for debugging: on Ape its own receipt, else None."""
        return self._done.trace

    @property
    def logs(self) -> list[Log]:
        """As the chain has them."""
        return [self._engine.read_log(log) for log in self._done.logs]

    @property
    def events(self) -> list[Event]:
        """Those of known contracts, in order, whoever down the calls raised them."""
        return [event for log in self.logs if (event := _read(log, _events))]

    def events_of(self, contract: Contract, name: str) -> list[Event]:
        """Of one contract, by the event's name; read as this contract declares it."""
        if name not in contract.blueprint.events:
            raise FunctionMissing(contract.blueprint.name, name, list(contract.blueprint.events))
        kinds = {kind.key: kind for kind in contract.blueprint.events[name]}
        own = [log for log in self.logs if log.address == contract.address]
        return [event for log in own if (event := _read(log, kinds))]


def read_event(log: Log) -> Event | None:
    """A log of any contract whose blueprint was made in this process; None for what is no event of theirs."""
    return _read(log, _events)


def _read(log: Log, kinds: Mapping[tuple[bytes, int], EventType]) -> Event | None:
    """None when it is no event of these, though its first topic may say so: a contract can log what it likes."""
    kind = kinds.get((log.topics[0], len(log.topics) - 1)) if log.topics else None
    try:
        return kind.read(log) if kind else None
    except OutputUnreadable:
        return None


def _check_wei(called: str, value: Any) -> None:
    """What does not fit, each engine would refuse in words of its own."""
    if not (isinstance(value, int) and 0 <= value < 2**256):
        raise ArgumentInvalid(called, "value", "amount of wei", value)


def _said(outcome: Reverted | Halted) -> Refusal | bytes:
    """A halt has no data, but a name."""
    return outcome.data if isinstance(outcome, Reverted) else Refusal(f"halted: {outcome}", ())


_RAW = Function("raw", {"name": "fallback", "inputs": [{"type": "bytes"}], "outputs": []})
