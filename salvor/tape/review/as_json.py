"""A review for machines: settlement units and shares (WAD) are text, so that no reader makes floats of them.

No value of a personal field is in it, nor the name of one.
"""

from __future__ import annotations

from salvor.tape.review.concentration import Measured
from salvor.tape.review.eligibility import Exclusion
from salvor.tape.review.grading import GradeLine
from salvor.tape.review.quality import FieldQuality
from salvor.tape.review.review import Review
from salvor.tape.review.source import Sum
from salvor.tape.review.strata import Table

Json = dict[str, object]


def as_json(review: Review) -> Json:
    """The whole of it."""
    source, quality, grades = review.source, review.quality, review.grades
    return {
        "file": source.file,
        "sha256": source.sha256,
        "asset_class": source.mapping.asset_class,
        "currency": source.mapping.currency,
        "decimals": source.decimals,
        "cut_off": str(source.cut_off) if source.cut_off else None,
        "balance": source.balance,
        "columns": {name: source.mapping.fields[name].column for name in source.specs()},
        "deal": review.deal or None,
        "totals": {"read": _sum(source.read), "accepted": _sum(source.accepted), "rejected": _sum(source.rejected)},
        "breaches": source.breaches,
        "eligibility": {
            "eligible": _sum(review.eligibility.eligible),
            "excluded": _sum(review.eligibility.excluded),
            "criteria": [_exclusion(each) for each in review.eligibility.exclusions],
        },
        "concentrations": [_limit(each) for each in review.limits],
        "strata": {each.name: _table(each) for each in review.tables},
        "quality": {
            "score": quality.score,
            "personal_fields_left_out": quality.personal_left_out,
            "fields": {each.name: _field(each) for each in quality.fields},
        },
        "grades": {
            "scorecard": grades.version,
            "drivers": [name for name, _ in grades.drivers],
            "drivers_missing": list(grades.missing),
            "grade": [_grade(each) for each in grades.by_grade],
            "blind_grade": [_grade(each) for each in grades.by_blind_grade],
            "blind_ranking": {name: str(pairs) for name, pairs in vars(grades.blind_ranking).items()},
        },
    }


def _sum(loans: Sum) -> Json:
    return {"rows": loans.rows, "units": str(loans.units)}


def _exclusion(each: Exclusion) -> Json:
    return {
        "id": each.criterion.id,
        "says": each.criterion.says,
        "alone": _sum(each.alone),
        "first": _sum(each.first),
    }


def _limit(each: Measured) -> Json:
    found = each.proposal
    return {
        "id": each.limit.id,
        "says": each.limit.says,
        "at_most": str(each.limit.at_most),
        "broken": each.broken,
        "units": str(each.units),
        "share": str(each.share),
        "excess": str(each.excess),
        "groups": [
            {"group": group.label, **_sum(group.sum), "share": str(group.share), "excess": str(group.excess)}
            for group in each.groups
        ],
        "proposal": found
        and {
            "found": found.found,
            "left": _sum(found.left),
            "limited_units": str(found.units),
            "loans": [{"loan": loan, "units": str(units)} for loan, units in found.loans],
        },
    }


def _table(table: Table) -> list[Json]:
    return [
        {
            "which": each.which,
            "label": each.label,
            **_sum(each.sum),
            "share": str(each.share),
            "average": str(each.average),
            "median": str(each.median),
            "largest": str(each.largest),
        }
        for each in table.strata
    ]


def _field(each: FieldQuality) -> Json:
    plain = {name: value for name, value in vars(each).items() if name not in ("name", "lowest", "highest")}
    ends = {name: getattr(each, name) for name in ("lowest", "highest")}
    return {**plain, **{name: None if value is None else str(value) for name, value in ends.items()}}


def _grade(each: GradeLine) -> Json:
    return {
        "grade": each.grade,
        **_sum(each.sum),
        "charged_off": each.charged_off,
        "with_status": each.with_status,
        "rate": str(each.rate),
    }
