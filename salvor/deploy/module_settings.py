"""Parameters of rules with a memory as they are now: `set` changes them on a live deal, whatever they were made with.

Most have a view for each; the limits of a count are read from its events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from salvor.chain.codec import Abi, decoder
from salvor.chain.handles import Blueprint, Function
from salvor.deploy.plan.creation import arguments_in
from salvor.deploy.plan.logs import logs_of
from salvor.deploy.plan.rpc import Node, bytes_in
from salvor.deploy.plan.steps import Planned, Step, Steps

_SET = "set"
_LIMITS = "LimitsSet"


@dataclass(frozen=True)
class Settings:
    """What a module was to be set to, and what it is set to; `set` takes them in this order."""

    compliance: str
    function: Function
    wanted: tuple[Any, ...]
    live: tuple[Any, ...] | None  # where the chain does not show them

    def said(self, values: Sequence[Any] | None) -> str:
        """In words."""
        if values is None:
            return "the chain does not show it"
        named = zip(self.function.params, values, strict=True)
        return ", ".join(f"{str(each['name']).strip('_')} {_plain(value)}" for each, value in named)


def settings_of(made: Steps, step: Step, node: Node, *, since: int) -> Settings | None:
    """None for a contract that is no rule with parameters of its own."""
    planned = made.contracts[step.name]
    inputs = _inputs(planned)
    if len(inputs) < 2 or _name(inputs[0]) != "compliance" or _SET not in planned.blueprint.by_name:
        return None
    code = arguments_in(planned.artifact, made.factory.code_in(step.data) or b"")
    compliance, *wanted = decoder(inputs, f"{planned.artifact.name}.constructor")(code or b"")
    [function] = planned.blueprint.by_name[_SET]
    return Settings(str(compliance), function, tuple(wanted), _live(planned, inputs[1:], node, since))


def _live(planned: Planned, inputs: Sequence[Abi], node: Node, since: int) -> tuple[Any, ...] | None:
    blueprint = planned.blueprint
    if _LIMITS in blueprint.events:
        [kind] = blueprint.events[_LIMITS]
        logs = [each for each in logs_of(node, planned.address, since=since) if each.topics[:1] == (kind.topic,)]
        return tuple(kind.read(logs[-1]).values.values()) if logs else None
    values = [_view(planned.address, blueprint, each, node) for each in inputs]
    return None if None in values else tuple(values)


def _view(address: str, blueprint: Blueprint, abi: Abi, node: Node) -> Any:
    """The view of a parameter's name; of an array of fixed length one question a place."""
    [function] = blueprint.by_name[_name(abi)]
    kind = str(abi["type"])
    count = int(kind[kind.rindex("[") + 1 : -1]) if kind.endswith("]") else 0
    places: list[tuple[int, ...]] = [(place,) for place in range(count)] if count else [()]
    asked = [("eth_call", ({"to": address, "data": f"0x{function.encode(*each).hex()}"}, "latest")) for each in places]
    answers = [bytes_in(each) for each in node.ask_all(asked)]
    if not all(answers):
        return None
    values = [function.answer(each or b"") for each in answers]
    return tuple(values) if count else values[0]


def _inputs(planned: Planned) -> Sequence[Abi]:
    return next((each["inputs"] for each in planned.artifact.abi if each["type"] == "constructor"), ())


def _name(abi: Abi) -> str:
    return str(abi["name"]).strip("_")


def _plain(value: Any) -> str:
    return f"[{', '.join(map(_plain, value))}]" if isinstance(value, (tuple, list)) else str(value)
