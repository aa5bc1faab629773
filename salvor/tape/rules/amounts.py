"""Rules between amounts: what is owed, what it is made of, what came back, and in which currency."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from salvor.tape.rules.rule import Facts, Rule, above, any_filled, never, status

_CLAIM = ("disbursed_amount", "origination_amount", "claim_amount", "invoice_amount")  # the first that is mapped
_OTHER_PARTS = ("accrued_interest", "other_balances")


def _recovered_above_claim(facts: Facts) -> pl.Expr:
    """Interest and costs can be a reason; a tape that has a column for it says so row by row."""
    claim = next((name for name in _CLAIM if name in facts.fields), None)
    if claim is None:
        return never()
    return (pl.col("recovered_amount") > pl.col(claim)) & ~any_filled(["recovery_reason"], facts)


def _other_currency(facts: Facts) -> pl.Expr:
    return (pl.col("currency") != facts.currency) & ~any_filled(["exchange_rate"], facts)


def _not_the_sum(facts: Facts) -> pl.Expr:
    """An empty part counts as nothing; without the principal there is nothing to add to."""
    others = [pl.col(name).fill_null(0) for name in _OTHER_PARTS if name in facts.fields]
    total = pl.col("principal_balance")
    for part in others:
        total = total + part
    return total != pl.col("gross_balance")


OF_AMOUNTS: Mapping[str, Rule] = {
    "TAPE-106": Rule(
        "warn",
        "more was charged off than paid out",
        "interest and costs can be in it; check the amount",
        "charge_off_amount",
        ("charge_off_amount", "disbursed_amount"),
        above("charge_off_amount", "disbursed_amount"),
    ),
    "TAPE-107": Rule(
        "warn",
        "more was recovered than the claim",
        "check the amount, or give the reason in `recovery_reason`",
        "recovered_amount",
        ("recovered_amount",),
        _recovered_above_claim,
    ),
    "TAPE-121": Rule(
        "reject",
        "in another currency than the deal, without a rate",
        "have the bank convert all amounts and state the rate in `exchange_rate`, or leave it out",
        "currency",
        ("currency",),
        _other_currency,
    ),
    "TAPE-122": Rule(
        "warn",
        "the balance is not the sum of its parts",
        "map every part, or check the amounts",
        "gross_balance",
        ("gross_balance", "principal_balance", "accrued_interest"),
        _not_the_sum,
    ),
    "TAPE-123": Rule(
        "warn",
        "a balance on a loan that is paid in full",
        "check the status",
        "gross_balance",
        ("status", "gross_balance"),
        lambda _: status("paid_in_full") & (pl.col("gross_balance") > 0),
    ),
    "TAPE-124": Rule(
        "warn",
        "more is expected back than is owed",
        "check both amounts",
        "expected_recovery",
        ("expected_recovery", "gross_balance"),
        above("expected_recovery", "gross_balance"),
    ),
}
