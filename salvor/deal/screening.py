"""The screening of a deal file against the fields of its tape: what does not fit, and the exact terms of what does.

A bound is read as the values of its field are; a criterion on what nobody can know or may look at is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from salvor.amounts import WAD, format_units
from salvor.deal.fields import bound
from salvor.deal.names import Finding, Place
from salvor.deal.schema import Concentration, Criterion, Deal
from salvor.errors import near
from salvor.tape.plan import TapeMapping
from salvor.tape.review import terms
from salvor.tape.review.groups import LABELS
from salvor.tape.review.terms import DERIVED, groups_of
from salvor.tape.schema import FieldSpec

_NUMBERS, _DAYS, _WORDS = ("at_least", "at_most"), ("not_before", "not_after"), ("one_of", "none_of")
_AGES = ("days_at_least", "days_at_most")
_CONDITIONS = (*_NUMBERS, *_DAYS, *_AGES, *_WORDS, "filled")
_FITTING = {
    "money": _NUMBERS,
    "rate": _NUMBERS,
    "integer": _NUMBERS,
    "date": (*_DAYS, *_AGES),
    "code": _WORDS,
    "text": _WORDS,
    "identifier": _WORDS,
}
_DIGITS, _EXAMPLE = {"vintage": r"\d{4}", "sector": r"\d{2}"}, {"vintage": "2006", "sector": "44"}
_GROUPED = ("identifier", "code", "text", "integer")


def screening_findings(deal: Deal, mapping: TapeMapping) -> Iterator[Finding]:
    """What of the screening does not fit the tape, in the order of the file."""
    if deal.screening is None:
        return
    specs, decimals = mapping.specs(), deal.settlement.decimals
    for i, criterion in enumerate(deal.screening.eligibility):
        place = ("screening", "eligibility", i)
        yield from _same_id(place, _ids("EL", deal.screening.eligibility), i)
        yield from _criterion(place, criterion, specs, decimals)
    for i, limit in enumerate(deal.screening.concentrations):
        place = ("screening", "concentrations", i)
        yield from _same_id(place, _ids("CL", deal.screening.concentrations), i)
        yield from _limit(place, limit, specs)


def screening_terms(deal: Deal, mapping: TapeMapping) -> terms.Terms:
    """The terms of a deal whose screening fits the tape."""
    if deal.screening is None:
        return terms.Terms()
    specs, decimals = mapping.specs(), deal.settlement.decimals
    screening = deal.screening
    criteria = zip(_ids("EL", screening.eligibility), screening.eligibility, strict=True)
    limits = zip(_ids("CL", screening.concentrations), screening.concentrations, strict=True)
    return terms.Terms(
        tuple(_exact(each, name, specs[each.field], decimals) for name, each in criteria),
        tuple(
            terms.Limit(name, each.by, each.at_most, _limit_says(each), each.largest, each.group)
            for name, each in limits
        ),
    )


def _ids(prefix: str, parts: Sequence[Criterion | Concentration]) -> list[str]:
    """As named, or else by their place."""
    return [each.id or f"{prefix}-{i:02}" for i, each in enumerate(parts, 1)]


def _same_id(place: Place, ids: list[str], i: int) -> Iterator[Finding]:
    if ids[i] in ids[:i]:
        yield (*place, "id"), f"'{ids[i]}' stands twice"


def _criterion(place: Place, criterion: Criterion, specs: Mapping[str, FieldSpec], decimals: int) -> Iterator[Finding]:
    spec = specs.get(criterion.field)
    if reason := _unusable(criterion.field, specs):
        yield (*place, "field"), reason
    if spec is None:
        return
    named = [name for name in _CONDITIONS if getattr(criterion, name) is not None]
    if not named:
        yield place, f"says nothing of '{criterion.field}'; name {', '.join(_FITTING[spec.kind])} or filled"
    if criterion.filled == "no" and len(named) > 1:
        yield (*place, "filled"), "an empty field meets no other condition"
    for name in named:
        if name not in (*_FITTING[spec.kind], "filled"):
            fitting = ", ".join((*_FITTING[spec.kind], "filled"))
            yield (*place, name), f"does not fit '{criterion.field}', which is {spec.kind}; it takes: {fitting}"
            return
    yield from _bounds(place, criterion, spec, decimals)
    for name in _WORDS:
        for word in getattr(criterion, name) or []:
            if spec.allowed and word not in spec.allowed:
                hint = near(word, spec.allowed) or f"; it has: {', '.join(spec.allowed)}"
                yield (*place, name), f"'{criterion.field}' has no value '{word}'{hint}"


def _bounds(place: Place, criterion: Criterion, spec: FieldSpec, decimals: int) -> Iterator[Finding]:
    for name in _NUMBERS:
        if (text := getattr(criterion, name)) is not None:
            try:
                bound(text, spec.kind, decimals)
            except ValueError as error:
                yield (*place, name), str(error)
                return
    exact = _exact(criterion, "", spec, decimals)
    for least, most in ((exact.at_least, exact.at_most), (exact.days_at_least, exact.days_at_most)):
        if least is not None and most is not None and _above(least, most):
            yield place, "no value can be both: the lower bound is above the upper one"


def _above(least: int | date, most: int | date) -> bool:
    if isinstance(least, date) and isinstance(most, date):
        return least > most
    return isinstance(least, int) and isinstance(most, int) and least > most


def _unusable(field: str, specs: Mapping[str, FieldSpec]) -> str | None:
    spec = specs.get(field)
    if spec is None:
        return f"the tape has no field '{field}'" + (near(field, specs) or f"; it has: {', '.join(specs)}")
    if spec.personal:
        return f"'{field}' is about a living person; loans are not chosen by it"
    if spec.after_cut_off:
        return f"'{field}' became known only after the cut-off date"
    return None


def _limit(place: Place, limit: Concentration, specs: Mapping[str, FieldSpec]) -> Iterator[Finding]:
    if limit.at_most > WAD:
        yield (*place, "at_most"), "is above 100 % of the pool"
    if limit.group is not None and limit.largest != 1:
        yield (*place, "largest"), "a limit is on one group or on the largest ones, not on both"
    if limit.by in DERIVED:
        if limit.by not in groups_of(frozenset(specs)):
            yield (
                (*place, "by"),
                f"'{limit.by}' needs one of these fields, and the tape has none: {', '.join(DERIVED[limit.by])}",
            )
        yield from _derived_group(place, limit)
        return
    known = {name: spec for name, spec in specs.items() if spec.kind in _GROUPED}
    if limit.by in specs and limit.by not in known:
        yield (*place, "by"), f"'{limit.by}' is {specs[limit.by].kind}: it makes no groups"
    elif limit.by not in specs:
        choice = [*known, *DERIVED]
        yield (
            (*place, "by"),
            f"the tape has no field '{limit.by}'" + (near(limit.by, choice) or f"; it has: {', '.join(choice)}"),
        )
    elif reason := _unusable(limit.by, specs):
        yield (*place, "by"), reason
    elif limit.group and specs[limit.by].allowed and limit.group not in specs[limit.by].allowed:
        allowed = specs[limit.by].allowed
        hint = near(limit.group, allowed) or f"; it has: {', '.join(allowed)}"
        yield (*place, "group"), f"'{limit.by}' has no value '{limit.group}'{hint}"


def _derived_group(place: Place, limit: Concentration) -> Iterator[Finding]:
    """A group that no loan can be in would hold for ever."""
    if limit.group is None:
        return
    if labels := LABELS.get(limit.by):
        if limit.group not in labels:
            hint = near(limit.group, labels) or f"; it has: {', '.join(labels)}"
            yield (*place, "group"), f"'{limit.by}' has no group '{limit.group}'{hint}"
    elif not re.fullmatch(_DIGITS[limit.by], limit.group, re.ASCII):
        yield (*place, "group"), f"'{limit.group}' is no {limit.by}; it is digits such as {_EXAMPLE[limit.by]}"


def _exact(criterion: Criterion, name: str, spec: FieldSpec, decimals: int) -> terms.Criterion:
    least, most = criterion.at_least, criterion.at_most
    return terms.Criterion(
        id=name,
        field=criterion.field,
        says=f"{criterion.field} {_says(criterion)}",
        at_least=criterion.not_before if least is None else bound(least, spec.kind, decimals),
        at_most=criterion.not_after if most is None else bound(most, spec.kind, decimals),
        days_at_least=criterion.days_at_least,
        days_at_most=criterion.days_at_most,
        one_of=tuple(criterion.one_of or ()),
        none_of=tuple(criterion.none_of or ()),
        filled=None if criterion.filled is None else criterion.filled == "yes",
    )


def _says(criterion: Criterion) -> str:
    said = []
    for name in (*_NUMBERS, *_DAYS):
        if (value := getattr(criterion, name)) is not None:
            said.append(f"{name.replace('_', ' ')} {value}")
    for name in _AGES:
        if (days := getattr(criterion, name)) is not None:
            said.append(f"{name.removeprefix('days_').replace('_', ' ')} {days} days before the cut-off date")
    for name in _WORDS:
        if words := getattr(criterion, name):
            said.append(f"{name.replace('_', ' ')} {', '.join(words)}")
    if criterion.filled:
        said.append("is filled" if criterion.filled == "yes" else "is empty")
    return " and ".join(said)


def _limit_says(limit: Concentration) -> str:
    percent = format_units(limit.at_most, 16).rstrip("0").rstrip(".")
    if limit.group is not None:
        who = f"{limit.by} {limit.group}"
    elif limit.by == "contract_identifier":
        who = "any single loan" if limit.largest == 1 else f"the {limit.largest} largest loans together"
    else:
        who = f"any {limit.by}" if limit.largest == 1 else f"the {limit.largest} largest groups by {limit.by} together"
    return f"{who}: at most {percent} % of the pool"
