"""The figures of a life read twice: off the chain by view calls, and off the model's books."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from salvor.desk.acts import RunPeriod, Script
from salvor.desk.on_chain import OnChain
from salvor.desk.on_model import OnModel
from salvor.model.pool import Report
from salvor.report.life import CorrectionLine, HolderStanding, PeriodLine, StepLine, TrancheMove, TriggerStanding

PHASES = ("not begun", "revolving", "amortising", "accelerated", "wound up")
# The states of the model in the same words, by number.
STATES = ("draft", "open", "revolving", "amortising", "accelerated", "wound up", "cancelled")


def period_on_chain(side: OnChain, does: RunPeriod) -> PeriodLine:
    """After a run."""
    live, period = side.live, does.report.period
    record, before = live.pool.record(period), live.pool.record(period - 1)
    seen = side.preview
    correction = None
    if does.report.correction:
        kept = live.pool.record(does.report.correction.period)
        correction = _correction(does.report, bytes(kept.root), kept.loansPaying)
    gross = record.gross - before.gross
    return PeriodLine(
        period=period,
        end=_day(record.end),
        late=record.late,
        gross=gross,
        costs=gross - (record.net - before.net),
        written_off=record.writtenOff - before.writtenOff,
        recovered=record.recovered - before.recovered,
        root=_hex(bytes(record.root)),
        loans_paying=record.loansPaying,
        correction=correction,
        pool_balance=live.pool.poolBalance(period),
        collection_ratio=live.pool.collectionRatio(period),
        phase=PHASES[live.waterfall.phase()],
        accelerated=seen.accelerated,
        revolved=seen.revolving,
        cash=seen.cash,
        left=live.waterfall.cashLeft(),
        reserve=live.waterfall.reserve()[0],
        revolving_account=live.waterfall.revolvingAccount(),
        unallocated_loss=live.waterfall.unallocatedLoss(),
        steps=tuple(
            StepLine(due, paid, bool(seen.passedOver >> place & 1))
            for place, (due, paid) in enumerate(zip(seen.due, seen.paid, strict=True))
        ),
        tranches=_tranches_on_chain(side),
        triggers=_triggers_on_chain(side),
        holders=holders_on_chain(side, side.script.holders),
        credits=credits_on_chain(side),
    )


def period_on_model(side: OnModel, does: RunPeriod) -> PeriodLine:
    """After a run."""
    report, books, pool, outcome = does.report, side.deal.books, side.deal.pool, side.outcomes[-1]
    assert books is not None  # it was run
    count = len(side.script.terms.rules.accelerated_steps if books.accelerated else side.script.terms.rules.steps)
    done = {step.place: step for step in outcome.steps}
    correction = None
    if report.correction:
        at = report.correction.period - 1
        correction = _correction(report, pool.roots[at], pool.loans[at])
    return PeriodLine(
        period=report.period,
        end=_day(side.script.terms.period_ends[report.period - 1]),
        late=pool.late[report.period - 1],
        gross=report.gross,
        costs=report.costs,
        written_off=pool.totals[report.period].written_off - pool.totals[report.period - 1].written_off,
        recovered=report.recovered,
        root=_hex(report.root),
        loans_paying=report.loans,
        correction=correction,
        pool_balance=books.pool_balance,
        collection_ratio=pool.totals[report.period].collection_ratio,
        phase=STATES[side.deal.state],
        accelerated=books.accelerated,
        revolved=outcome.revolved,
        cash=outcome.cash,
        left=books.waiting,
        reserve=books.reserve,
        revolving_account=books.account,
        unallocated_loss=books.unallocated,
        steps=tuple(
            StepLine(done[place].due, done[place].paid, False) if place in done else StepLine(0, 0, True)
            for place in range(count)
        ),
        tranches=_tranches_on_model(side),
        triggers=_triggers_on_model(side),
        holders=holders_on_model(side, side.script.holders),
        credits=credits_on_model(side),
    )


def holders_on_chain(side: OnChain, names: Iterable[str]) -> tuple[HolderStanding, ...]:
    """Where accounts stand in each tranche; who has and had nothing is left out."""
    found = []
    for name in names:
        account = side.account(name)
        for tranche, note in zip(side.script.deal.tranches, side.live.notes, strict=True):
            paid = note.paidTo(account)
            standing = (note.balanceOf(account), note.claimable(account), paid.interest, paid.principal)
            found.append(HolderStanding(name, tranche.name, *standing, note.isFrozen(account)))
    return _who_has(found)


def holders_on_model(side: OnModel, names: Iterable[str]) -> tuple[HolderStanding, ...]:
    """The same."""
    found = []
    for name in names:
        for tranche, note in zip(side.script.deal.tranches, side.deal.notes, strict=True):
            holder = note.holders[name]
            interest, principal = holder.paid
            standing = (holder.units, sum(note.claimable(name)), interest, principal)
            found.append(HolderStanding(name, tranche.name, *standing, holder.frozen))
    return _who_has(found)


def credits_on_chain(side: OnChain) -> tuple[tuple[str, int], ...]:
    """What the payees of the deal can have paid out."""
    live = side.live
    return tuple((who, live.distributor.creditOf(live.parties.account(who))) for who in side.script.deal.payees)


def credits_on_model(side: OnModel) -> tuple[tuple[str, int], ...]:
    """The same."""
    return tuple((who, side.deal.credits[who]) for who in side.script.deal.payees)


def _tranches_on_chain(side: OnChain) -> tuple[TrancheMove, ...]:
    lines = []
    for place, tranche in enumerate(side.script.deal.tranches):
        state, seen = side.live.waterfall.tranche(place), side.preview
        paid = (seen.interest[place], seen.principal[place])
        now = (state.principal, state.interestDue, state.loss, state.deficiency)
        lines.append(TrancheMove(tranche.name, *paid, *now))
    return tuple(lines)


def _tranches_on_model(side: OnModel) -> tuple[TrancheMove, ...]:
    assert side.deal.books is not None  # it was run
    lines = []
    for place, (tranche, state) in enumerate(zip(side.script.deal.tranches, side.deal.books.tranches, strict=True)):
        now = (state.principal, state.interest_due, state.written_down + state.loss, state.deficiency)
        lines.append(TrancheMove(tranche.name, *side.outcomes[-1].tranches[place], *now))
    return tuple(lines)


def _triggers_on_chain(side: OnChain) -> tuple[TriggerStanding, ...]:
    states = [(name, side.live.waterfall.trigger(place)) for place, name in enumerate(side.script.deal.triggers)]
    return tuple(TriggerStanding(name, one.on, one.since, one.figure) for name, one in states)


def _triggers_on_model(side: OnModel) -> tuple[TriggerStanding, ...]:
    assert side.deal.books is not None  # it was run
    pairs = zip(side.script.deal.triggers, side.deal.books.triggers, strict=True)
    return tuple(TriggerStanding(name, one.on, one.since, one.figure) for name, one in pairs)


def _who_has(found: Iterable[HolderStanding]) -> tuple[HolderStanding, ...]:
    return tuple(one for one in found if one.units or one.claimable or one.interest or one.principal or one.frozen)


def _correction(report: Report, root: bytes, loans: int) -> CorrectionLine:
    own = report.correction
    assert own is not None  # asked by both callers
    return CorrectionLine(own.period, _hex(root), loans, own.written_off, own.closed_value, own.closed_plan)


def step_names(script: Script, *, accelerated: bool) -> tuple[str, ...]:
    """What each step of a list pays, in the words of the deal file."""
    steps = script.deal.accelerated if accelerated else script.deal.waterfall
    return tuple(
        " ".join(
            word
            for word in (
                step.pay.value.replace("_", " "),
                step.tranche or step.hurdle or "",
                ", ".join(step.tranches or ()),
                step.fee or "",
            )
            if word
        )
        for step in steps
    )


def _hex(root: bytes) -> str:
    return f"0x{root.hex()}"


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()
