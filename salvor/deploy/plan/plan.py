"""A plan: the steps, what of them is done, what the rest costs, what to think about, and a hash over all of it.

Making one sends nothing. The file that `write_plan` leaves is for somebody else to read and to sign; `apply_plan`
refuses when what it would send is not what stands there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salvor.chain.artifacts import Artifact
from salvor.deploy.plan.fees import Fee, fee_now
from salvor.deploy.plan.journal import Mined
from salvor.deploy.plan.refusals import NodeWrong, PlanUnreadable
from salvor.deploy.plan.rpc import Node, number_in
from salvor.deploy.plan.simulate import Tried, simulate
from salvor.deploy.plan.steps import Step, Steps
from salvor.deploy.plan.survey import Found, survey
from salvor.files import write_whole

_VERSION = "1"


@dataclass(frozen=True)
class Plan:
    """All that a deployment is going to do on one chain, as the chain stood when it was made."""

    title: str
    chain_id: int
    genesis: str  # hash of the first block: tells two local chains of one number apart
    sender: str
    factory: str  # by name
    steps: tuple[Step, ...]
    found: Mapping[str, Found]
    tried: Mapping[str, Tried]  # of the steps that are left
    fee: Fee
    balance: int  # of the sender, wei
    warnings: tuple[str, ...]
    artifacts: Mapping[str, Artifact]
    addresses: Mapping[str, str]  # by the names of the contracts

    @property
    def hash(self) -> str:
        """Over every byte that is sent, to whom, in which order: 64 hexadecimal digits."""
        said = json.dumps([_VERSION, self.title, self.chain_id, self.sender, outline(self.steps)], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def left(self) -> tuple[Step, ...]:
        """Steps that are not done."""
        return tuple(step for step in self.steps if self.found[step.name] is not Found.DONE)

    @property
    def gas(self) -> int:
        """Of the steps that are left, as they were tried."""
        return sum(self.tried[step.name].gas for step in self.left)

    @property
    def cost(self) -> int:
        """Wei at most, without what is refunded."""
        return self.gas * self.fee.most + sum(step.value for step in self.left)

    def as_json(self) -> dict[str, Any]:
        """For review: everything but the code itself, of which the hashes are there."""
        return {
            "salvor_plan": _VERSION,
            "hash": self.hash,
            "title": self.title,
            "chain_id": self.chain_id,
            "sender": self.sender,
            "factory": self.factory,
            "gas": self.gas,
            "cost_wei": str(self.cost),
            "warnings": list(self.warnings),
            "addresses": dict(self.addresses),
            "steps": [self._step(step) for step in self.steps],
        }

    def _step(self, step: Step) -> dict[str, Any]:
        tried = self.tried.get(step.name)
        shown = outline([step])[0] | {"contract": step.contract, "address": step.address, "in_words": step.says}
        shown |= {"to": step.to, "value_wei": str(step.value), "state": str(self.found[step.name])}
        if tried:
            shown |= {"gas": tried.gas, "gas_reckoned": tried.reckoned, "refused": tried.refused}
        if step.kind == "call":
            shown["data"] = f"0x{step.data.hex()}"
        return shown


def make_plan(
    steps: Steps, node: Node, *, warnings: Sequence[str] = (), mined: Mapping[str, Mined] | None = None
) -> Plan:
    """Ask the chain what is there, and try the rest on it; nothing is sent. `mined` are steps that a journal knows."""
    chain, first, balance = node.ask_all(
        [("eth_chainId", ()), ("eth_getBlockByNumber", ("0x0", False)), ("eth_getBalance", (steps.sender, "latest"))]
    )
    number, has = number_in(chain), number_in(balance)
    if number is None or has is None or not isinstance(first, dict) or "hash" not in first:
        raise NodeWrong(node.where, "it does not tell chain, first block and balance")
    found = survey(steps.steps, steps.artifacts, node)
    found |= {name: Found.DONE for name in mined or {} if found.get(name) is Found.UNKNOWN}
    left = [step for step in steps.steps if found[step.name] is not Found.DONE]
    said = [*warnings, *(f"{name}: other code stands there" for name, is_ in found.items() if is_ is Found.FOREIGN)]
    tried = simulate(left, node)
    said += [f"{name} would be refused: {each.refused}" for name, each in tried.items() if each.refused]
    return Plan(
        steps.title,
        number,
        str(first["hash"]),
        steps.sender,
        steps.factory.name,
        tuple(steps.steps),
        found,
        tried,
        fee_now(node),
        has,
        tuple(said),
        steps.artifacts,
        {name: each.address for name, each in steps.contracts.items()},
    )


def write_plan(plan: Plan, path: Path) -> None:
    """For review, whole or not at all."""
    write_whole(path, json.dumps(plan.as_json(), indent=2) + "\n")


def read_plan(path: Path) -> dict[str, Any]:
    """What was reviewed."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise PlanUnreadable(path, "there is no such file") from None
    except ValueError:
        raise PlanUnreadable(path, "it is no JSON") from None
    if not isinstance(said, dict) or said.get("salvor_plan") != _VERSION or not isinstance(said.get("steps"), list):
        raise PlanUnreadable(path, "it is another file, or of another version")
    return said


def outline(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """What of each step must not change between review and execution."""
    return [
        {
            "name": step.name,
            "kind": step.kind,
            "sender": step.sender,
            "exact": step.exact,
            "digest": step.digest,
            "after": list(step.after),
        }
        for step in steps
    ]


@dataclass(frozen=True)
class Changes:
    """How a plan differs from an earlier one: what does something else, and what has other source texts only."""

    real: tuple[str, ...]
    texts_only: tuple[str, ...]


def changes_since(before: Sequence[Mapping[str, Any]], steps: Sequence[Step]) -> Changes:
    """By name of the steps; each change says what hangs on it."""
    old, new = {each["name"]: each for each in before}, {each["name"]: each for each in outline(steps)}
    real = [f"{name} is gone" for name in old if name not in new]
    real += [f"{name} is new" for name in new if name not in old]
    texts = []
    for name in (each for each in new if each in old):
        if old[name]["digest"] != new[name]["digest"] or old[name]["sender"] != new[name]["sender"]:
            hang = [step.name for step in steps if name in step.after]
            on_it = f", on which {_some(hang)} depend" if hang else ""
            real.append(f"{name} changed ({old[name]['digest'][:8]}, now {new[name]['digest'][:8]}){on_it}")
        elif old[name]["exact"] != new[name]["exact"]:
            texts.append(name)
    if not real and list(old) != list(new):
        real.append("the order of the steps changed")
    return Changes(tuple(real), tuple(texts))


def _some(names: Sequence[str]) -> str:
    shown = [name if len(name) <= 40 else f"{name[:37]}..." for name in names[:3]]
    return ", ".join(shown) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
