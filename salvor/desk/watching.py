"""A file of triggers, and sending what a screening found: checkpoints, and fires where a cause has held long enough."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from salvor.amounts import WAD
from salvor.chain.refusal import CallRefused
from salvor.chain.send import send
from salvor.errors import FileMissing, OptionInvalid
from salvor.model.liquidation.state import Strategy
from salvor.model.liquidation.watch import WHOLE, Condition, Looks, TriggerTerms

DAY = 86_400


class ConditionIn(BaseModel):
    """One condition of the file; levels are decimals, windows days."""

    model_config = ConfigDict(extra="forbid")
    looks: str
    prefix: str = Field("", max_length=11)
    level: Decimal = Field(Decimal(0), ge=0)
    margin: Decimal = Field(Decimal(0), ge=0, le=1)
    window: int = Field(0, ge=0)

    def compiled(self) -> Condition:
        """As the model has it; raises KeyError for a name that is none."""
        looks = Looks[self.looks.upper().replace("-", "_").replace(" ", "_")]
        return Condition(looks, self.prefix, int(self.level * WAD), int(self.margin * WHOLE), self.window * DAY)


class TriggerIn(BaseModel):
    """One trigger of the file: clauses are lists of places among its conditions, from 0; times are days."""

    model_config = ConfigDict(extra="forbid")
    name: str
    conditions: list[ConditionIn] = Field(min_length=1, max_length=8)
    clauses: list[list[int]] = Field(min_length=1, max_length=3)
    way: str = "foreclosure"
    hold: int = Field(0, ge=0)
    gap: int = Field(1, ge=0)
    age: int = Field(1, ge=0)
    cure: int = Field(0, ge=0)
    fee: int = Field(0, ge=0)

    def compiled(self) -> TriggerTerms:
        """As the model has it."""
        conditions = tuple(one.compiled() for one in self.conditions)
        if any(place not in range(len(conditions)) for clause in self.clauses for place in clause):
            raise ValueError(f"trigger '{self.name}' has a clause that names no condition")
        times = {name: getattr(self, name) * DAY for name in ("hold", "gap", "age", "cure")}
        clauses = tuple(frozenset(clause) for clause in self.clauses)
        return TriggerTerms(conditions, clauses, Strategy[self.way.upper().replace("-", "_")], fee=self.fee, **times)


@dataclass(frozen=True)
class Sent:
    """What became of one case and trigger: fired, noted (a checkpoint), or why not."""

    case: int
    trigger: int
    outcome: str


def read_triggers(path: Path) -> dict[str, TriggerTerms]:
    """Triggers by name, in the order of the file."""
    if not path.exists():
        raise FileMissing(path, "file of triggers")
    try:
        lines = yaml.safe_load(path.read_text("utf-8"))["triggers"]
        read = [TriggerIn.model_validate(line) for line in lines]
        return {each.name: each.compiled() for each in read}
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(place) for place in first["loc"])
        raise OptionInvalid(f"{path}: {where}: {first['msg']}") from None
    except KeyError as error:
        raise OptionInvalid(f"{path}: no such word: {error}") from None
    except (yaml.YAMLError, TypeError, ValueError) as error:
        raise OptionInvalid(f"{path}: not a list of triggers: {error}") from None


def send_all(triggers: Any, found: Iterable[tuple[int, int]], *, sender: Any) -> list[Sent]:
    """For each (case, trigger) whose cause is there: fire, or where it has not held long enough make a checkpoint.

    A refusal is an answer: it stops no other.
    """
    sent = []
    for case, trigger in found:
        refused = _try(triggers.fire, case, trigger, sender=sender)
        if refused is None:
            sent.append(Sent(case, trigger, "fired"))
        elif refused.startswith("NotHeld"):
            again = _try(triggers.check, case, trigger, sender=sender)
            sent.append(Sent(case, trigger, again or "noted"))
        else:
            sent.append(Sent(case, trigger, refused))
    return sent


def _try(method: Any, *args: Any, sender: Any) -> str | None:
    try:
        send(method, *args, sender=sender)
    except CallRefused as refused:
        return str(refused.refusal)
    return None


def send_from(address: str, alias: str, found: Iterable[tuple[int, int]]) -> list[Sent]:
    """The same on the network that Ape is connected to, from an account of Ape's."""
    from ape import accounts, project

    return send_all(project.TriggerBook.at(address), found, sender=accounts.load(alias))
