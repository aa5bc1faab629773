"""A deployment that was written as plain calls, turned into steps: it is played in this process and taken down.

`admin.deploy(contract, ...)` and `contract.function(..., sender=admin)` are carried out on an EVM in memory, at the
addresses that the plan will have on the chain, and each becomes a step. So a mistake in it is told, with the contract's
own error, before any node is asked; and who adds a contract to the deployment has added it to the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from salvor.chain.artifacts import Artifact
from salvor.chain.codec import address_of, decoder
from salvor.chain.engine import AccessList, Done, Halted, Log, Record, Reverted
from salvor.chain.engines.revm import Revm
from salvor.chain.handles import Blueprint, Contract, blueprint_of
from salvor.chain.refusal import CallRefused, Refusal
from salvor.deploy.plan.create3 import CHILD_RUNTIME
from salvor.deploy.plan.refusals import ViewUnanswered
from salvor.deploy.plan.steps import Steps


class Account:
    """Somebody by address; deploys and sends as a lab's actors do."""

    __slots__ = ("_engine", "address", "name", "word")

    def __init__(self, engine: RecordingEngine, address: str, name: str) -> None:
        self._engine, self.address, self.name = engine, address_of(address), name
        self.word = bytes.fromhex(self.address[2:]).rjust(32, b"\0")

    def deploy(self, blueprint: Blueprint, *args: Any, value: int = 0) -> Contract:
        """A step that deploys."""
        return self._engine.deploy(blueprint, args, value)


class Recorder:
    """What stands in for a project, its node and its accounts while a deployment is taken down.

    `now` is the chain's time, for constructors that compare dates with it.
    """

    def __init__(self, steps: Steps, *, chain_id: int, now: int) -> None:
        self.steps = steps
        self.engine = RecordingEngine(steps, chain_id=chain_id, now=now)
        self.project = _Blueprints(steps.artifacts)

    def account(self, address: str, name: str) -> Account:
        """Somebody who takes part."""
        return Account(self.engine, address, name)

    def outside(self, codes: Mapping[str, bytes]) -> None:
        """Contracts of others that stand on the chain already, by address with code that answers as they do."""
        for address, code in codes.items():
            self.engine.put(address, code)

    def existing(self, contract: str, address: str, *args: Any) -> Contract:
        """A contract that stands on the chain already; here one of ours, made with `args`, answers in its place."""
        return self.engine.stand_in(blueprint_of(self.steps.artifacts[contract]), address_of(address), args)


class _Blueprints:
    """Contracts as attributes, as a lab has them."""

    def __init__(self, artifacts: Mapping[str, Artifact]) -> None:
        self._artifacts = artifacts

    def __getattr__(self, name: str) -> Blueprint:
        if name.startswith("__"):
            raise AttributeError(name)
        return blueprint_of(self._artifacts[name])


class RecordingEngine:
    """An engine for handles: carries out what it is asked, and makes a step of what changes state."""

    def __init__(self, steps: Steps, *, chain_id: int, now: int) -> None:
        self._steps, self._evm = steps, Revm(genesis=now, chain_id=chain_id)
        self._known: dict[str, Contract] = {}
        self.logs: list[Log] = []  # every event of the deployment
        self.now, self.number, self.generation, self.record = now + 1, 0, 0, Record()

    def deploy(self, blueprint: Blueprint, args: Sequence[Any], value: int = 0) -> Contract:
        """At the address that it will have on the chain."""
        steps, artifact = self._steps, blueprint.artifact
        planned = steps.deploy(artifact, *args, name=self._name(blueprint, args), value=value)
        child = steps.factory.child_of(steps.sender, steps.salt_of(planned.name))
        self._evm.put(child, CHILD_RUNTIME)
        try:
            done = self._evm.execute(steps.sender, child, artifact.creation_code() + blueprint.construct(*args))
        except (Reverted, Halted) as outcome:
            raise CallRefused(f"{blueprint.name}.constructor", _said(outcome)) from None
        self.logs += map(self._evm.read_log, done.logs)
        return self._learn(blueprint, planned.address)

    def stand_in(self, blueprint: Blueprint, address: str, args: Sequence[Any]) -> Contract:
        """The code of a contract that was made with these arguments, without its storage."""
        made = self._evm.create(self._steps.sender, blueprint.artifact.creation_code() + blueprint.construct(*args))
        self._evm.put(address, self._evm.code(made))
        return self._learn(blueprint, address)

    def put(self, address: str, code: bytes) -> None:
        """Code that other contracts may ask; nobody here calls it by itself."""
        self._evm.put(address, code)

    def execute(self, sender: str, to: str, data: bytes, value: int = 0, access_list: AccessList = ()) -> Done:
        """Carried out, then a step."""
        contract = self._known[to]
        done = self._evm.execute(sender, to, data, 0, access_list)
        self.logs += map(self._evm.read_log, done.logs)
        function = next(each for each in contract.blueprint.functions.values() if each.selector == data[:4])
        args = decoder(function.params, function.called)(data[4:])
        self._steps.send(contract, function, data, args, value=value)
        return done

    def call(self, sender: str, to: str, data: bytes, value: int = 0) -> bytes:
        """Answered from what was carried out so far."""
        if to not in self._known:
            raise ViewUnanswered(to, "the plan does not deploy a contract there")
        return self._evm.call(sender, to, data, value)

    def code(self, address: str) -> bytes:
        """As it will be."""
        return self._evm.code(address)

    def read_log(self, log: Any) -> Any:
        """As the engine in this process has it."""
        return self._evm.read_log(log)

    def _learn(self, blueprint: Blueprint, address: str) -> Contract:
        contract = self._known[address] = Contract(self, blueprint, address)
        return contract

    def _name(self, blueprint: Blueprint, args: Sequence[Any]) -> str:
        """The contract's; with its symbol where it has one; with a number where that is not enough.

        A rule with a memory is called by its compliance: one that comes or goes beside another tranche renames nothing.
        """
        inputs: Sequence[Any] = next((e["inputs"] for e in blueprint.artifact.abi if e["type"] == "constructor"), ())
        symbols = [arg for each, arg in zip(inputs, args, strict=False) if str(each["name"]).strip("_") == "symbol"]
        name, number = " ".join([blueprint.name, *map(str, symbols)]), 1
        if inputs and str(inputs[0]["name"]).strip("_") == "compliance":
            address = address_of(args[0])
            name += f" of {next(own for own, each in self._steps.contracts.items() if each.address == address)}"
        while (free := name if number == 1 else f"{name} {number}") in self._steps.contracts:
            number += 1
        return free


def _said(outcome: Reverted | Halted) -> Refusal | bytes:
    return outcome.data if isinstance(outcome, Reverted) else Refusal(f"halted: {outcome}", ())
