"""A deal's whole life as data: each period, each event, and the closing statement, all in settlement units.

The same classes are filled from the chain and from the model; two that are not equal name what differs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from salvor.files import write_whole
from salvor.report.statement import Statement


@dataclass(frozen=True)
class StepLine:
    """One step of a run."""

    due: int
    paid: int
    passed_over: bool  # its condition did not hold


@dataclass(frozen=True)
class TrancheMove:
    """What a run paid to a tranche, and where the tranche stands after it."""

    name: str
    interest: int
    principal: int
    outstanding: int
    interest_due: int
    lost: int  # principal given up to date, less what came back
    deficiency: int  # of its ledger


@dataclass(frozen=True)
class TriggerStanding:
    """A trigger after a run; `since` is a period, 0 from the beginning; `figure` as rule 27 says."""

    name: str
    on: bool
    since: int
    figure: int


@dataclass(frozen=True)
class HolderStanding:
    """One account in one tranche."""

    name: str
    tranche: str
    units: int
    claimable: int
    interest: int  # ever paid
    principal: int  # ever paid
    frozen: bool


@dataclass(frozen=True)
class CorrectionLine:
    """What a report said of an earlier period; differences are signed."""

    period: int
    root: str
    loans: int
    written_off: int
    closed_value: int
    closed_plan: int


@dataclass(frozen=True)
class PeriodLine:
    """One period: what was reported, what its run did, and who has what after it."""

    period: int
    end: date
    late: bool
    gross: int
    costs: int
    written_off: int  # with corrections, below 0 where they say that less was given up
    recovered: int
    root: str
    loans_paying: int
    correction: CorrectionLine | None
    pool_balance: int
    collection_ratio: int  # WAD
    phase: str  # after the run
    accelerated: bool  # whether the second list of steps was taken
    revolved: bool  # whether principal steps moved their cash into the revolving account
    cash: int  # of the run, before the steps
    left: int
    reserve: int
    revolving_account: int
    unallocated_loss: int
    steps: tuple[StepLine, ...]
    tranches: tuple[TrancheMove, ...]
    triggers: tuple[TriggerStanding, ...]
    holders: tuple[HolderStanding, ...]
    credits: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class EventLine:
    """Something that somebody did, with the cash that it brought the accounts (below 0: that they gave)."""

    when: str
    what: str
    refused: str | None
    cash: tuple[tuple[str, int], ...]
    holders: tuple[HolderStanding, ...]  # where those who took part stand after it
    credits: tuple[tuple[str, int], ...]  # after it, where it can change one


@dataclass(frozen=True)
class RefundLine:
    """What came back of an investor's orders for a tranche, settlement units."""

    name: str
    tranche: str
    units: int


@dataclass(frozen=True)
class LifeStatement:
    """All of it; step names by list, the first and the accelerated one."""

    closing: Statement
    state: str
    steps: tuple[str, ...]
    accelerated_steps: tuple[str, ...]
    periods: tuple[PeriodLine, ...] = field(default=())
    events: tuple[EventLine, ...] = field(default=())
    refunds: tuple[RefundLine, ...] = field(default=())
    cancelled: str = ""  # why the deal was not made; empty when it was

    def steps_of(self, line: PeriodLine) -> tuple[tuple[str, StepLine], ...]:
        """A run's steps with their names."""
        names = self.accelerated_steps if line.accelerated else self.steps
        return tuple(zip(names, line.steps, strict=True))

    def shown_steps(self, line: PeriodLine) -> tuple[tuple[str, StepLine], ...]:
        """The same for readers: where the deal revolves, principal is paid to nobody yet."""
        account = " (to the revolving account)" if line.revolved else ""
        return tuple((name + account * name.startswith("principal"), step) for name, step in self.steps_of(line))

    def losses_of(self, place: int) -> tuple[tuple[str, int, int], ...]:
        """By tranche in the period at this place: lost and debited to its ledger, below 0 where it came back.

        A ledger falls also by what was paid.
        """
        return losses_between(self.periods[place - 1] if place else None, self.periods[place])

    def as_json(self) -> dict[str, Any]:
        """Amounts as integers in settlement units."""
        return {
            **self.closing.as_json(),
            "state": self.state,
            "cancelled": self.cancelled,
            "refunds": [asdict(line) for line in self.refunds],
            "periods_run": [self._period_json(place) for place in range(len(self.periods))],
            "events": [_event_json(line) for line in self.events],
        }

    def _period_json(self, place: int) -> dict[str, Any]:
        line = self.periods[place]
        shown = asdict(line) | {"end": line.end.isoformat(), "credits": dict(line.credits)}
        shown["steps"] = [{"step": name, **asdict(step)} for name, step in self.steps_of(line)]
        shown["losses"] = [
            {"tranche": name, "lost": lost, "ledger": ledger} for name, lost, ledger in self.losses_of(place)
        ]
        return shown


def losses_between(before: PeriodLine | None, now: PeriodLine) -> tuple[tuple[str, int, int], ...]:
    """By tranche: what was lost and debited to its ledger between two runs."""
    old: Sequence[tuple[int, int]] = [(one.lost, one.deficiency) for one in before.tranches] if before else ()
    old = old or [(0, 0)] * len(now.tranches)
    pairs = zip(now.tranches, old, strict=True)
    return tuple((one.name, one.lost - lost, one.deficiency - ledger) for one, (lost, ledger) in pairs)


def _event_json(line: EventLine) -> dict[str, Any]:
    return {"when": line.when, "what": line.what, "refused": line.refused, "cash": dict(line.cash)}


def write_life_json(life: LifeStatement, target: Path) -> None:
    """Write it, whole or not at all."""
    write_whole(target, json.dumps(life.as_json(), indent=2) + "\n")
