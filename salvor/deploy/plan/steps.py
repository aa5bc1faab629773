"""What is to be done on a chain, in order: contracts, then calls.

An address is known as soon as a contract is named, so every argument is encoded at once, and what depends on what is
read from the bytes: a step that carries the address of an earlier step's contract waits for that step.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from eth_hash.auto import keccak

from salvor.chain.artifacts import Artifact
from salvor.chain.codec import address_of
from salvor.chain.handles import Blueprint, Function, blueprint_of
from salvor.deploy.plan.checks import Check, check_for
from salvor.deploy.plan.create3 import ARACHNID, BOOTSTRAP, SALVOR, Factory, factory_on
from salvor.deploy.plan.refusals import NameTwice
from salvor.deploy.plan.rpc import Node
from salvor.deploy.plan.words import arguments_in_words
from salvor.errors import FunctionAmbiguous, FunctionMissing

FACTORY_STEP = "factory"
# What solc leaves of the sources in the code: a hash of texts, comments included, and of settings.
_METADATA = re.compile(rb"\xa2\x64ipfs\x58\x22\x12\x20.{32}\x64solc\x43", re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One transaction. `after` are the steps that must have succeeded before it is sent."""

    name: str
    kind: Literal["factory", "contract", "call"]
    sender: str
    to: str
    data: bytes
    value: int
    says: str  # arguments in words
    after: tuple[str, ...]
    contract: str = ""  # which one is deployed, or called
    address: str = ""  # of the contract that it leaves
    checks: tuple[Check, ...] = ()  # what the chain shows once it was done

    @property
    def exact(self) -> str:
        """Hash of all that is sent."""
        return _hash(self.to.encode(), self.data, self.value)

    @property
    def digest(self) -> str:
        """The same without the hashes of source texts that solc leaves: equal where the code does the same."""
        return _hash(self.to.encode(), without_metadata(self.data), self.value)


@dataclass(frozen=True)
class Planned:
    """A contract that a plan deploys; stands as an argument wherever an address does."""

    name: str
    artifact: Artifact
    address: str

    @property
    def word(self) -> bytes:
        """The address as 32 bytes."""
        return bytes.fromhex(self.address[2:]).rjust(32, b"\0")

    @property
    def blueprint(self) -> Blueprint:
        """Functions by name."""
        return blueprint_of(self.artifact)


@dataclass(frozen=True)
class Existing:
    """A contract that stands already and that a plan calls."""

    artifact: Artifact
    address: str

    @property
    def blueprint(self) -> Blueprint:
        """Functions by name."""
        return blueprint_of(self.artifact)


@dataclass
class Steps:
    """A list of steps as it grows; `salt` tells two deployments of the same names apart."""

    title: str
    artifacts: Mapping[str, Artifact]
    sender: str
    factory: Factory = SALVOR
    salt: str = "1"
    steps: list[Step] = field(default_factory=list)
    contracts: dict[str, Planned] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)  # names by address, for people

    def __post_init__(self) -> None:
        self.sender = address_of(self.sender)
        if self.factory == SALVOR:
            says = "puts contracts at addresses that follow from sender and name"
            step = Step(FACTORY_STEP, "factory", self.sender, ARACHNID, BOOTSTRAP, 0, says, (), address=SALVOR.address)
            self.steps.append(step)

    def deploy(
        self, contract: str | Artifact, *args: Any, name: str = "", value: int = 0, after: Sequence[Any] = ()
    ) -> Planned:
        """A contract by its name among the artifacts; `name` is the step's, and decides the address."""
        artifact = self.artifacts[contract] if isinstance(contract, str) else contract
        name = name or artifact.name
        blueprint, salt = blueprint_of(artifact), self.salt_of(name)
        code = artifact.creation_code() + blueprint.construct(*args)
        address = self.factory.address_of(self.sender, salt)
        step = Step(
            name,
            "contract",
            self.sender,
            self.factory.address,
            self.factory.call(self.sender, salt, code),
            value,
            arguments_in_words(blueprint.artifact.abi, args, self._names()),
            self._before(code, after),
            artifact.name,
            address,
        )
        self._add(step)
        planned = self.contracts[name] = Planned(name, artifact, address)
        return planned

    def call(
        self, target: Any, function: str, *args: Any, name: str = "", value: int = 0, after: Sequence[Any] = ()
    ) -> Step:
        """A call of a contract of the plan or of another one (`Existing`)."""
        found = function_of(target.blueprint, function, args)
        return self.send(target, found, found.encode(*args), args, name=name, value=value, after=after)

    def send(
        self,
        target: Any,
        function: Function,
        data: bytes,
        args: Sequence[Any],
        *,
        name: str = "",
        value: int = 0,
        after: Sequence[Any] = (),
    ) -> Step:
        """A call whose arguments are encoded already."""
        to, names = address_of(target), self._names()
        words = arguments_in_words([{"type": "constructor", "inputs": function.params}], args, names)
        own = getattr(target, "name", None) or names.get(to) or target.blueprint.name
        name = name or self._free(f"{own}.{function.name}({words})")
        before = self._before(bytes.fromhex(to[2:]) + data, after)
        contract, checks = target.blueprint.name, check_for(to, target.blueprint, function, args)
        step = Step(name, "call", self.sender, to, data, value, words, before, contract, checks=checks)
        self._add(step)
        return step

    def salt_of(self, name: str) -> bytes:
        """From title, salt and name: what two deployments of one sender differ by."""
        return bytes(keccak("\0".join([self.title, self.salt, name]).encode()))

    def _add(self, step: Step) -> None:
        if any(each.name == step.name for each in self.steps):
            raise NameTwice(step.name)
        self.steps.append(step)

    def _free(self, name: str) -> str:
        """A call may be made twice."""
        taken, number, free = {step.name for step in self.steps}, 1, name
        while free in taken:
            number += 1
            free = f"{name} #{number}"
        return free

    def _names(self) -> dict[str, str]:
        names = dict(self.accounts)
        for name, planned in self.contracts.items():
            names[planned.address] = name
            names |= {f"0x{each.selector.hex()}": each.name for each in planned.blueprint.functions.values()}
        return names

    def _before(self, data: bytes, more: Sequence[Any]) -> tuple[str, ...]:
        """Steps whose contracts stand in these bytes, the factory, and those that were named."""
        named = [each if isinstance(each, str) else each.name for each in more]
        first = [step.name for step in self.steps if step.kind == "factory"]
        found = [name for name, each in self.contracts.items() if bytes.fromhex(each.address[2:]) in data]
        return tuple(dict.fromkeys([*first, *found, *named]))


def steps_on(node: Node, title: str, artifacts: Mapping[str, Artifact], sender: Any, *, salt: str = "1") -> Steps:
    """An empty list of steps for the chain behind a node; title, sender, salt and names decide all addresses."""
    return Steps(title, artifacts, address_of(sender), factory_on(node), salt)


def function_of(blueprint: Blueprint, name: str, args: Sequence[Any]) -> Function:
    """By name, or by signature; of overloads the one that takes as many arguments."""
    if name in blueprint.functions:
        return blueprint.functions[name]
    candidates = blueprint.by_name.get(name)
    if not candidates:
        raise FunctionMissing(blueprint.name, name, list(blueprint.by_name))
    fitting = [each for each in candidates if len(each.params) == len(args)]
    if len(fitting) != 1:
        if len(candidates) == 1:
            return candidates[0]  # its encoder says which arguments it takes
        raise FunctionAmbiguous(blueprint.name, name, [each.signature for each in candidates])
    return fitting[0]


def without_metadata(code: bytes) -> bytes:
    """Code with zeros where solc leaves the hash of the source texts."""
    return _METADATA.sub(lambda found: found[0][:10] + bytes(32) + found[0][-6:], code)


def _hash(to: bytes, data: bytes, value: int) -> str:
    return bytes(keccak(to.lower() + value.to_bytes(32) + data)).hex()
