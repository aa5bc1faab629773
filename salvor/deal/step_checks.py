"""What must hold of the steps of a deal file: their keys, the names in them, and that nobody is forgotten.

These are the rules 18 and 35 of docs/waterfall.md, told where the reader of the file can mend them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from salvor.amounts import WAD
from salvor.deal.names import Finding, Place, each_is_there, is_there
from salvor.deal.rules import FeeOf, Pay, Step
from salvor.deal.schema import Deal

# What a step needs beside its condition; `?` marks what may be left out.
_KEYS: dict[Pay, str] = {
    Pay.FEE: "fee share? / rate",
    Pay.INTEREST: "tranche",
    Pay.INTEREST_UP_TO: "tranche rate",
    Pay.PRINCIPAL: "tranche",
    Pay.PRINCIPAL_PRO_RATA: "tranches",
    Pay.PRINCIPAL_TO_TARGET: "tranche ratio",
    Pay.TOP_UP: "",
    Pay.RELEASE: "",
    Pay.DRAW: "tranches? fees?",
    Pay.DEFICIENCY: "tranche",
    Pay.HURDLE: "hurdle",
    Pay.SPLIT: "tranche fee share",
    Pay.RESIDUAL: "tranche",
}
_FREE = {"pay", "while_on", "unless_on"}
TAKES_ALL = (Pay.SPLIT, Pay.RESIDUAL)


def step_findings(deal: Deal) -> Iterator[Finding]:
    """Every broken rule of both lists."""
    for name, steps in (("waterfall", deal.waterfall), ("accelerated", deal.accelerated)):
        for i, step in enumerate(steps):
            yield from _step(deal, (name, i), step, is_last=i == len(steps) - 1)
    if deal.waterfall[-1].pay not in TAKES_ALL and deal.dust_owner is None:
        place = ("waterfall", len(deal.waterfall) - 1)
        yield place, "the last step must take all that is left (residual or split), or `dust_owner` say whose it is"
    yield from _collections_are_enough(deal)
    yield from _nobody_is_forgotten(deal)


def _step(deal: Deal, place: Place, step: Step, *, is_last: bool) -> Iterator[Finding]:
    given = step.model_fields_set - _FREE
    if not any(_fits(form, given) for form in _KEYS[step.pay].split(" / ")):
        yield place, f"{step.pay.value} needs {_in_words(step.pay)}"
        return
    tranches = [tranche.name for tranche in deal.tranches]
    yield from is_there((*place, "tranche"), "tranche", step.tranche, tranches)
    yield from each_is_there((*place, "tranches"), "tranche", step.tranches, tranches)
    yield from is_there((*place, "fee"), "fee", step.fee, list(deal.fees))
    yield from each_is_there((*place, "fees"), "fee", step.fees, list(deal.fees))
    yield from is_there((*place, "hurdle"), "hurdle", step.hurdle, list(deal.hurdles))
    for word in ("while_on", "unless_on"):
        yield from each_is_there((*place, word), "trigger", getattr(step, word), list(deal.triggers))
    if step.while_on and step.unless_on:
        yield place, "has both while_on and unless_on: a step has one condition"
    if step.pay in TAKES_ALL:
        if not is_last:
            yield place, f"the {step.pay.value} takes all cash: it must be the last step, and only the last"
        if step.while_on or step.unless_on:
            yield place, f"the {step.pay.value} can't be passed over: cash would be left without an owner"
    yield from _numbers(deal, place, step)


def _numbers(deal: Deal, place: Place, step: Step) -> Iterator[Finding]:
    if step.share is not None and step.share > WAD:
        yield (*place, "share"), "is above 100 %"
    if step.rate is not None and step.rate > (WAD if step.pay is Pay.FEE else 10 * WAD):
        yield (*place, "rate"), "is above " + ("100 % of collections" if step.pay is Pay.FEE else "1000 % a year")
    if step.ratio is not None and not 0 < step.ratio <= 10 * WAD:
        yield (*place, "ratio"), "must be above 0 and at most 1000 %"
    if step.pay is Pay.DEFICIENCY and deal.losses.by != "ledgers":
        yield place, "a deficiency needs `losses: { by: ledgers }`"
    if step.pay in (Pay.TOP_UP, Pay.RELEASE, Pay.DRAW) and deal.reserve is None:
        yield place, f"{step.pay.value} needs a reserve, and the deal has none"
    if step.pay is Pay.DRAW and not step.tranches and not step.fees:
        yield place, "draw needs tranches or fees for which the reserve stands"


def _fits(form: str, given: set[str]) -> bool:
    keys = form.split()
    needed = {key for key in keys if not key.endswith("?")}
    return needed <= given <= {key.removesuffix("?") for key in keys}


def _in_words(pay: Pay) -> str:
    forms = []
    for form in _KEYS[pay].split(" / "):
        keys = [f"`{key}`" if not key.endswith("?") else f"perhaps `{key[:-1]}`" for key in form.split()]
        forms.append(" and ".join(keys) or "no key but a condition")
    return ", or ".join(forms) + ("" if not _KEYS[pay] else ", and no other key")


def _collections_are_enough(deal: Deal) -> Iterator[Finding]:
    rates = [step.rate or 0 for step in deal.waterfall if step.pay is Pay.FEE]
    rates += [line.rate or 0 for line in deal.fees.values() if line.of is FeeOf.COLLECTIONS and line.cap is None]
    if (fees := sum(rates)) > WAD:
        yield ("waterfall",), f"the fees add up to {fees * 100 // WAD} % of collections"


def _nobody_is_forgotten(deal: Deal) -> Iterator[Finding]:
    """A tranche whose money no step gives back, or whose interest can be passed over for ever; a fee that none pays."""
    for steps, suffix in ((deal.waterfall, ""), (deal.accelerated, " once the deal is accelerated")):
        if not steps:
            continue
        for i, tranche in enumerate(deal.tranches):
            if not _always(_paying_principal(steps, tranche.name)):
                yield ("tranches", i), f"no step always pays the principal of '{tranche.name}'{suffix}"
            earns = tranche.rate or tranche.step_up or tranche.floating
            if earns and not _always([s for s in steps if s.pay is Pay.INTEREST and s.tranche == tranche.name]):
                yield ("tranches", i), f"no step always pays the interest of '{tranche.name}'{suffix}"
    paid = {step.fee for step in deal.every_step}
    for name in deal.fees:
        if name not in paid:
            yield ("fees", name), f"no step pays the fee '{name}'"


def _paying_principal(steps: Sequence[Step], tranche: str) -> list[Step]:
    own = [step for step in steps if step.pay in (Pay.PRINCIPAL, Pay.RESIDUAL) and step.tranche == tranche]
    return own + [step for step in steps if step.pay is Pay.PRINCIPAL_PRO_RATA and tranche in (step.tranches or ())]


def _always(steps: Sequence[Step]) -> bool:
    """Whether one of the steps is taken in every run: one without a condition, or two whose conditions leave no gap."""
    if any(not step.while_on and not step.unless_on for step in steps):
        return True
    needed = [set(step.while_on) for step in steps if step.while_on]
    without = [set(step.unless_on) for step in steps if step.unless_on]
    return any(none <= some for some in needed for none in without)
