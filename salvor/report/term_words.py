"""Steps of a waterfall and triggers in plain words, a sentence each."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from salvor.deal.rules import Pay, Step, Trigger, TriggerTest
from salvor.deal.schema import Deal

_Words = Callable[[Deal, Step], str]


def step_in_words(deal: Deal, step: Step) -> str:
    """What it pays to whom, and on which condition it is passed over."""
    said = _PAYS[step.pay](deal, step)
    if step.while_on:
        said += f" (only while {_or(step.while_on)} is on)"
    if step.unless_on:
        said += f" (not while {_or(step.unless_on)} is on)"
    return said


def trigger_in_words(trigger: Trigger) -> str:
    """When it is on, and how it ends."""
    return f"on while {_TESTS[trigger.test](trigger)}; {_cured(trigger)}"


def _fee(deal: Deal, step: Step) -> str:
    if step.fee is None:
        return f"{percent(step.rate or 0)} of net collections to the servicer; what is unpaid is lost"
    payee = deal.fees[step.fee].payee
    if step.share is not None:
        return f"{percent(step.share)} of the fee {step.fee} to {payee}"
    return f"the fee {step.fee} to {payee}, all that accrued and was carried"


def _draw(_: Deal, step: Step) -> str:
    fees = [f"the fee {name}" for name in step.fees or ()]
    wanted = [*(f"interest of {name}" for name in step.tranches or ()), *fees]
    return f"the reserve gives what cash lacks for {', '.join(wanted)}"


def _hurdle(deal: Deal, step: Step) -> str:
    own = deal.hurdles[step.hurdle or ""]
    return f"{own.tranche}, until it has earned {percent(own.rate)} a year"


def _split(deal: Deal, step: Step) -> str:
    payee = deal.fees[step.fee or ""].payee
    return f"all that is left: {percent(step.share or 0)} to {payee} ({step.fee}), the rest to {step.tranche}"


_PAYS: dict[Pay, _Words] = {
    Pay.FEE: _fee,
    Pay.INTEREST: lambda _, step: f"interest of {step.tranche}, with what was deferred",
    Pay.INTEREST_UP_TO: lambda _, step: (
        f"this period's interest of {step.tranche}, at most at {percent(step.rate or 0)} a year"
    ),
    Pay.PRINCIPAL: lambda _, step: f"principal of {step.tranche}, until it is repaid",
    Pay.PRINCIPAL_PRO_RATA: lambda _, step: (
        f"principal of {', '.join(step.tranches or ())}, in proportion to what is outstanding"
    ),
    Pay.PRINCIPAL_TO_TARGET: lambda _, step: (
        f"principal of {step.tranche}, until the pool balance is {percent(step.ratio or 0)} of it and all above"
    ),
    Pay.TOP_UP: lambda *_: "the reserve, up to its target",
    Pay.RELEASE: lambda *_: "the reserve gives back what it holds above its target",
    Pay.DRAW: _draw,
    Pay.DEFICIENCY: lambda _, step: f"the deficiency ledger of {step.tranche}, paid to it as principal",
    Pay.HURDLE: _hurdle,
    Pay.SPLIT: _split,
    Pay.RESIDUAL: lambda _, step: f"all that is left to {step.tranche}",
}

_TESTS: dict[TriggerTest, Callable[[Trigger], str]] = {
    TriggerTest.OVER_COLLATERALISATION: lambda own: (
        f"pool balance and cash are below {percent(own.below or 0)} of the principal of {own.tranche} and all above"
    ),
    TriggerTest.INTEREST_COVERAGE: lambda own: (
        f"what comes in covers interest of {own.tranche} and all above below {percent(own.below or 0)}"
    ),
    TriggerTest.COLLECTION_RATIO: lambda own: f"collected to date is below {percent(own.below or 0)} of plan",
    TriggerTest.PROFITABILITY_RATIO: lambda own: (
        f"closed loans brought below {percent(own.below or 0)} of what was planned of them, at present value"
    ),
    TriggerTest.CUMULATIVE_LOSS: lambda own: f"write-offs to date are above {percent(own.above or 0)}",
    TriggerTest.RESERVE_BELOW_TARGET: lambda _: "the reserve is below its target",
    TriggerTest.SERVICER_LATE: lambda _: "the servicer's report is late",
    TriggerTest.INTEREST_MISSED: lambda own: f"interest of {own.tranche} was not paid in full",
    TriggerTest.CLEAN_UP: lambda own: f"the pool balance is below {percent(own.below or 0)} of the first one",
    TriggerTest.FINAL_MATURITY: lambda own: f"period {own.period} is reached",
    TriggerTest.EVENT_OF_DEFAULT: lambda _: "the senior class has voted for acceleration",
}


def _cured(trigger: Trigger) -> str:
    if trigger.cured == "never":
        return "once on, it stays on"
    if trigger.cured in ("at_once", 1):
        return "off again when the test is passed"
    return f"off again when the test was passed {trigger.cured} times in a row"


def percent(rate: int) -> str:
    """Exact, without zeros at the end."""
    return f"{Decimal(rate).scaleb(-16).normalize():f} %"


def _or(names: list[str]) -> str:
    return " or ".join(names)
