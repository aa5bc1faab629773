"""Rules on the order of a loan's days, and on days after the cut-off date."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from salvor.tape.rules.rule import Facts, Rule, before, beyond_cut_off, empty, filled, status

_OF_AGE = "18y"


def _under_age(_: Facts) -> pl.Expr:
    return pl.col("date_of_birth").dt.offset_by(_OF_AGE) > pl.col("origination_date")


OF_DATES: Mapping[str, Rule] = {
    "TAPE-101": Rule(
        "warn",
        "the money went out before the loan was agreed",
        "check both dates",
        "disbursement_date",
        ("origination_date", "disbursement_date"),
        before("disbursement_date", "origination_date"),
    ),
    "TAPE-102": Rule(
        "reject",
        "charged off before the money went out",
        "check both dates",
        "charge_off_date",
        ("disbursement_date", "charge_off_date"),
        before("charge_off_date", "disbursement_date"),
    ),
    "TAPE-103": Rule(
        "reject",
        "in default before it was agreed",
        "check both dates",
        "default_date",
        ("origination_date", "default_date"),
        before("default_date", "origination_date"),
    ),
    "TAPE-104": Rule(
        "reject",
        "charged off without a date",
        "add the date",
        "charge_off_date",
        ("status", "charge_off_date"),
        lambda _: status("charged_off") & empty("charge_off_date"),
    ),
    "TAPE-105": Rule(
        "warn",
        "a charge-off date or amount on a loan that was not charged off",
        "check the status",
        "status",
        ("status", "charge_off_date", "charge_off_amount"),
        lambda _: ~status("charged_off") & (filled("charge_off_date") | (pl.col("charge_off_amount") > 0)),
    ),
    "TAPE-108": Rule(
        "reject",
        "agreed after the cut-off date",
        "it is no loan of this tape",
        "origination_date",
        ("origination_date",),
        beyond_cut_off("origination_date"),
    ),
    "TAPE-109": Rule(
        "reject",
        "charged off after the cut-off date",
        "leave out what happened later",
        "charge_off_date",
        ("charge_off_date",),
        beyond_cut_off("charge_off_date"),
    ),
    "TAPE-110": Rule(
        "reject",
        "in default after the cut-off date",
        "leave out what happened later",
        "default_date",
        ("default_date",),
        beyond_cut_off("default_date"),
    ),
    "TAPE-111": Rule(
        "warn",
        "charged off before it was in default",
        "check both dates",
        "charge_off_date",
        ("default_date", "charge_off_date"),
        before("charge_off_date", "default_date"),
    ),
    "TAPE-112": Rule(
        "reject",
        "it was due before it was agreed",
        "look for day and month changed round, or a wrong century",
        "maturity_date",
        ("origination_date", "maturity_date"),
        before("maturity_date", "origination_date"),
    ),
    "TAPE-113": Rule(
        "reject",
        "the last payment came after the cut-off date",
        "leave out what happened later",
        "last_payment_date",
        ("last_payment_date",),
        beyond_cut_off("last_payment_date"),
    ),
    "TAPE-114": Rule(
        "warn",
        "the last payment came before the loan was agreed",
        "check both dates",
        "last_payment_date",
        ("origination_date", "last_payment_date"),
        before("last_payment_date", "origination_date"),
    ),
    "TAPE-115": Rule(
        "warn",
        "in default without a date",
        "add the date: time in default is what a buyer prices",
        "default_date",
        ("status", "default_date"),
        lambda _: status("defaulted") & empty("default_date"),
    ),
    "TAPE-116": Rule(
        "warn",
        "a default date on a performing loan",
        "check the status",
        "status",
        ("status", "default_date"),
        lambda _: status("performing") & filled("default_date"),
    ),
    "TAPE-117": Rule(
        "warn",
        "the borrower was under 18 when it was agreed",
        "check both dates: a minor's debt may be void",
        "origination_date",
        ("date_of_birth", "origination_date"),
        _under_age,
    ),
}
