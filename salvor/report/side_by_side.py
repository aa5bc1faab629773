"""A life on both sides at once: the model says what each call must do, the chain must do it, and nothing may differ.

Without a chain this is the rehearsal: a life that can't happen is told with its place in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NoReturn

from salvor.chain.refusal import CallRefused
from salvor.deal.life import Do, Event
from salvor.deal.load import refuse_event
from salvor.desk.acts import Act, Call, Close, Open, RunPeriod, Script, calls_of
from salvor.desk.on_chain import OnChain
from salvor.desk.on_model import OnModel
from salvor.desk.telling import came_of_it, in_words, why_cancelled
from salvor.errors import ReconciliationFailed
from salvor.model.refusal import Refused
from salvor.report import life_figures as figures
from salvor.report.life import EventLine, LifeStatement, PeriodLine, RefundLine
from salvor.report.statement import Statement, unlike

Done = Open | Close | RunPeriod | Call


@dataclass
class Stage:
    """The model, the chain when there is one, and what was told of both so far."""

    script: Script
    life_file: Path
    model: OnModel
    chain: OnChain | None = None
    periods: list[PeriodLine] = field(default_factory=list)
    events: list[EventLine] = field(default_factory=list)
    refunds: dict[tuple[str, str], int] = field(default_factory=dict)  # by investor and tranche, settlement units
    calls: int = 0

    def statement(self, closing: Statement) -> LifeStatement:
        """What was told, with the closing statement."""
        first, second = (figures.step_names(self.script, accelerated=key) for key in (False, True))
        state = figures.STATES[self.model.deal.state]
        refunds = tuple(RefundLine(*key, units) for key, units in self.refunds.items())
        why = why_cancelled(self.script, self.model.deal) if self.model.is_cancelled else ""
        return LifeStatement(closing, state, first, second, tuple(self.periods), tuple(self.events), refunds, why)


def rehearse(model: OnModel, life_file: Path) -> Stage:
    """Play a life on the model alone; raises where the model refuses what the file does not say is refused."""
    stage = Stage(model.script, life_file, model)
    perform(stage, tick=lambda calls, sentence: None)
    return stage


def perform(stage: Stage, *, tick: Callable[[int, str], None]) -> None:
    """Every act, in order; `tick` hears how many calls are done and what the last one was."""
    for act in stage.script.acts:
        if stage.model.is_cancelled and isinstance(act.does, RunPeriod):
            return  # the deal was not made, and no period of it ever comes
        for does in _calls(stage, act):
            told = _one(stage, act, does)
            stage.calls += 1
            tick(stage.calls, f"{act.when}: {told}")


def _calls(stage: Stage, act: Act) -> list[Done]:
    if not isinstance(act.does, Event):
        return [act.does]
    calls = calls_of(act.does, stage.script, stage.model.deal)
    if not calls:
        refuse_event(stage.life_file, act.place, f"there is nothing to {act.does.do.value.replace('_', ' ')}")
    return [*calls]


def _one(stage: Stage, act: Act, does: Done) -> str:
    """One call on both sides; returns what is told of it, with the error when both refused it."""
    names, sentence = _taking_part(does), in_words(stage.script, does, cancelled=stage.model.is_cancelled)
    stage.model.fund(does)
    had = {name: stage.model.deal.asset.balances[name] for name in names}
    refused = _on_model(stage, act, does, sentence)
    told = f"{sentence}: refused, {refused}"
    if refused is None:
        told = sentence = sentence + came_of_it(stage.script, does, stage.model.deal)
    if stage.chain is None:
        return told
    stage.chain.fund(does, act.now)
    had_there = {name: stage.chain.balance(name) for name in names}
    said = _on_chain(stage.chain, does, act.now)
    where = f"{act.when}, {sentence}"
    if said != refused:
        raise ReconciliationFailed([f"{where}: chain {_outcome(said)}, model {_outcome(refused)}"])
    found = _tell(stage, act, does, sentence, refused, (had, had_there))
    if found:
        raise ReconciliationFailed(found)
    return told


def _tell(
    stage: Stage,
    act: Act,
    does: Done,
    sentence: str,
    refused: str | None,
    had: tuple[Mapping[str, int], Mapping[str, int]],
) -> list[str]:
    """Note down what the chain shows after a call; returns in words what the model has otherwise."""
    chain, model, where = stage.chain, stage.model, f"{act.when}, {sentence}"
    assert chain is not None  # a rehearsal notes nothing
    if isinstance(does, RunPeriod):
        stage.periods.append(figures.period_on_chain(chain, does))
        return unlike(where, stage.periods[-1], figures.period_on_model(model, does))
    names = tuple(had[0])
    told = partial(EventLine, act.when, sentence, refused)
    on_chain = told(
        _moved(had[1], chain.balance),
        figures.holders_on_chain(chain, names),
        _credits(does, figures.credits_on_chain(chain)),
    )
    on_model = told(
        _moved(had[0], model.deal.asset.balances.__getitem__),
        figures.holders_on_model(model, names),
        _credits(does, figures.credits_on_model(model)),
    )
    stage.events.append(on_chain)
    _note_refund(stage, does, on_chain)
    return unlike(where, on_chain, on_model)


def _note_refund(stage: Stage, does: Done, told: EventLine) -> None:
    if isinstance(does, Call) and does.do in (Do.TAKE_BACK, Do.HAND_OVER, Do.REFUND):
        for name, units in told.cash:
            key = (name, stage.script.deal.tranches[does.tranche].name)
            stage.refunds[key] = stage.refunds.get(key, 0) + units


def _on_model(stage: Stage, act: Act, does: Done, sentence: str) -> str | None:
    """The error with which the model refuses; raises when the life says otherwise."""
    place = ("reports", str(does.report.period)) if isinstance(does, RunPeriod) else act.place
    where = f"{act.when}, {sentence}"
    try:
        stage.model.perform(does, act.now)
    except Refused as refused:
        if refused.error == act.refused:
            return refused.error
        if act.of_deal:
            _refuse_trade(stage, act, does, f"{where}: is refused with {refused}")
        advice = f", and not with {act.refused}" if act.refused else ""
        if isinstance(act.does, Event) and not act.refused:
            advice = f"; write `refused: {refused.error}` where that is meant"
        refuse_event(stage.life_file, place, f"{where}: is refused with {refused}{advice}")
    if act.refused is not None:
        refuse_event(stage.life_file, place, f"{where}: goes through, and is not refused with {act.refused}")
    return None


def _refuse_trade(stage: Stage, act: Act, does: Done, reason: str) -> NoReturn:
    """What the deal file says can't be; mostly because nobody had the notes handed over yet."""
    hint = ""
    if isinstance(does, Call):
        book = stage.model.deal.order_books[does.tranche]
        if book.orders[does.who] and does.who not in book.with_notes:
            hint = f"; the notes of {does.who} are not handed over by then: `{{ do: hand_over }}` must come first"
    refuse_event(stage.script.deal_file, act.place, f"a trade of the deal file, {reason}{hint}")


def _on_chain(chain: OnChain, does: Done, now: int) -> str | None:
    try:
        chain.perform(does, now)
    except CallRefused as refused:
        return refused.refusal.error
    return None


def _outcome(refused: str | None) -> str:
    return f"refused it with {refused}" if refused else "did it"


def _taking_part(does: Done) -> tuple[str, ...]:
    """Whose cash and notes may change."""
    if not isinstance(does, Call) or does.do is Do.BUY_LOANS:
        return ()
    return tuple(dict.fromkeys(name for name in (does.who, does.to, *does.holders) if name))


def _credits(does: Done, credits_now: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """Only what this kind of call can change is worth a look."""
    changes = isinstance(does, Close) or (isinstance(does, Call) and does.do in (Do.BUY_LOANS, Do.PAY_CREDITS))
    return credits_now if changes else ()


def _moved(had: Mapping[str, int], balance: Callable[[str], int]) -> tuple[tuple[str, int], ...]:
    changes = ((name, balance(name) - before) for name, before in had.items())
    return tuple((name, change) for name, change in changes if change)
