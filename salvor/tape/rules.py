"""Every rule a tape is checked by: an id, how bad a breach is, one sentence, and what to do about it.

A breach of *reject* keeps the row out, *warn* and *info* let it in; all of them stand in the exceptions file. Rules of
single values are applied where the value is read (`values/`), rules between fields here, where their fields are mapped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

Severity = Literal["reject", "warn", "info"]


@dataclass(frozen=True)
class Facts:
    """What the mapping says of the whole tape."""

    cut_off: date | None
    currency: str


@dataclass(frozen=True)
class Rule:
    """One rule; `broken` where it is between fields, `needs` the fields that must be mapped for it."""

    severity: Severity
    sentence: str
    mend: str
    field: str = ""  # where the breach is shown
    needs: tuple[str, ...] = ()
    broken: Callable[[Facts], pl.Expr] | None = None


def _filled(name: str) -> pl.Expr:
    return pl.col(name).is_not_null()


def _after(later: str, earlier: str) -> Callable[[Facts], pl.Expr]:
    return lambda _: pl.col(earlier) > pl.col(later)


def _above(name: str, limit: str) -> Callable[[Facts], pl.Expr]:
    return lambda _: pl.col(name) > pl.col(limit)


def _beyond_cut_off(name: str) -> Callable[[Facts], pl.Expr]:
    return lambda facts: pl.lit(value=False) if facts.cut_off is None else pl.col(name) > facts.cut_off


def _status(*names: str) -> pl.Expr:
    return pl.col("status").is_in(names)


RULES: Mapping[str, Rule] = {
    # The row and its identifier
    "TAPE-001": Rule("reject", "a required field is empty", "fill it, or leave the row out"),
    "TAPE-002": Rule("reject", "the row has more or fewer fields than the header", "look for a delimiter in a value"),
    "TAPE-003": Rule("reject", "an identifier has spaces around it", "remove them: it would be another loan"),
    "TAPE-004": Rule("reject", "two rows are the same loan, alike in every field", "leave one of them out"),
    "TAPE-005": Rule("reject", "two rows are the same loan and differ", "find out which one is right"),
    "TAPE-006": Rule("warn", "two identifiers differ by upper and lower case only", "check that they are two loans"),
    "TAPE-007": Rule("reject", "a value has a character that is no text", "look for damage in the file"),
    "TAPE-008": Rule("warn", "another loan has the same amount, dates and place", "check that they are two loans"),
    "TAPE-009": Rule("warn", "a balance above 20 times the 99th percentile", "look for a missing decimal sign"),
    # Amounts
    "TAPE-010": Rule("reject", "not an amount", "digits, with the decimal sign that the mapping names"),
    "TAPE-011": Rule("reject", "an amount with two signs", "one minus, or brackets, not both"),
    "TAPE-012": Rule("reject", "an amount in another currency", "a deal has one currency; convert, or leave it out"),
    "TAPE-013": Rule("reject", "groups of digits that are not of three", "name the signs under `numbers`"),
    "TAPE-014": Rule("reject", "more decimals than the settlement asset has", "name a `rounding` for the field"),
    "TAPE-015": Rule("reject", "an amount above what the books can hold", "look for a missing decimal sign"),
    "TAPE-016": Rule("reject", "a negative amount", "a claim, a payment and a balance are not negative"),
    # Dates
    "TAPE-020": Rule("reject", "not a date of the format that the mapping names", "change the value or `format`"),
    "TAPE-021": Rule("reject", "a day that does not exist", "look for day and month changed round"),
    "TAPE-022": Rule("reject", "a year before 1900 or after 2199", "look for a missing digit"),
    # Other kinds
    "TAPE-030": Rule("reject", "not a whole number", "digits only"),
    "TAPE-031": Rule("reject", "a number outside what the field can hold", "see the field's range"),
    "TAPE-032": Rule("reject", "not a rate", "a number in the `unit` that the mapping names"),
    "TAPE-041": Rule("warn", "not a country of ISO 3166", "two or three capital letters, such as IT or ITA"),
    "TAPE-042": Rule("reject", "not a currency of ISO 4217", "three capital letters, such as EUR"),
    "TAPE-043": Rule("warn", "not a NACE code", "such as 41.20; leave the field unmapped if it is another list"),
    "TAPE-040": Rule("reject", "a value that the field does not know", "add it under `values` in the mapping"),
    # Between fields
    "TAPE-101": Rule(
        "warn",
        "the money went out before the loan was agreed",
        "check both dates",
        "disbursement_date",
        ("origination_date", "disbursement_date"),
        _after("disbursement_date", "origination_date"),
    ),
    "TAPE-102": Rule(
        "reject",
        "charged off before the money went out",
        "check both dates",
        "charge_off_date",
        ("disbursement_date", "charge_off_date"),
        _after("charge_off_date", "disbursement_date"),
    ),
    "TAPE-103": Rule(
        "reject",
        "in default before it was agreed",
        "check both dates",
        "default_date",
        ("origination_date", "default_date"),
        _after("default_date", "origination_date"),
    ),
    "TAPE-104": Rule(
        "reject",
        "charged off without a date",
        "add the date",
        "charge_off_date",
        ("status", "charge_off_date"),
        lambda _: _status("charged_off") & pl.col("charge_off_date").is_null(),
    ),
    "TAPE-105": Rule(
        "warn",
        "a charge-off date or amount on a loan that was not charged off",
        "check the status",
        "status",
        ("status", "charge_off_date", "charge_off_amount"),
        lambda _: ~_status("charged_off") & (_filled("charge_off_date") | (pl.col("charge_off_amount") > 0)),
    ),
    "TAPE-106": Rule(
        "warn",
        "more was charged off than paid out",
        "interest and costs can be in it; check the amount",
        "charge_off_amount",
        ("charge_off_amount", "disbursed_amount"),
        _above("charge_off_amount", "disbursed_amount"),
    ),
    "TAPE-107": Rule(
        "warn",
        "more was recovered than the claim",
        "check the amount, or give the reason",
        "recovered_amount",
        ("recovered_amount", "disbursed_amount"),
        _above("recovered_amount", "disbursed_amount"),
    ),
    "TAPE-108": Rule(
        "reject",
        "agreed after the cut-off date",
        "it is no loan of this tape",
        "origination_date",
        ("origination_date",),
        _beyond_cut_off("origination_date"),
    ),
    "TAPE-109": Rule(
        "reject",
        "charged off after the cut-off date",
        "leave out what happened later",
        "charge_off_date",
        ("charge_off_date",),
        _beyond_cut_off("charge_off_date"),
    ),
    "TAPE-110": Rule(
        "reject",
        "in default after the cut-off date",
        "leave out what happened later",
        "default_date",
        ("default_date",),
        _beyond_cut_off("default_date"),
    ),
    # Changes that the mapping asked for
    "TAPE-201": Rule("info", "rounded to the settlement asset's decimals", "nothing: the mapping names the rounding"),
    "TAPE-203": Rule("info", "transformed", "nothing: the mapping names the transform"),
    "TAPE-202": Rule("info", "filled up with leading zeros", "nothing: the mapping names the length"),
}
