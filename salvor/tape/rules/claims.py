"""Rules on receivables (invoice, goods, promise to pay) and on special situations (suits, rights, bankrupt equity)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from salvor.tape.rules.rule import Facts, Rule, above, any_filled, before, beyond_cut_off, empty, never


def _never_moved(facts: Facts) -> pl.Expr:
    return empty("delivery_date") & ~any_filled(["goods_received_date"], facts)


def _expired(facts: Facts) -> pl.Expr:
    return never() if facts.cut_off is None else pl.col("right_expiry_date") <= facts.cut_off


OF_CLAIMS: Mapping[str, Rule] = {
    # Receivables
    "TAPE-141": Rule(
        "reject",
        "the invoice is due before it was issued",
        "look for day and month changed round",
        "invoice_due_date",
        ("invoice_date", "invoice_due_date"),
        before("invoice_due_date", "invoice_date"),
    ),
    "TAPE-142": Rule(
        "warn",
        "more is promised than the invoice says",
        "check both amounts",
        "promised_amount",
        ("promised_amount", "invoice_amount"),
        above("promised_amount", "invoice_amount"),
    ),
    "TAPE-143": Rule(
        "warn",
        "nothing shows that the goods moved",
        "add the delivery note: without it there may be no claim",
        "delivery_date",
        ("delivery_date",),
        _never_moved,
    ),
    "TAPE-144": Rule(
        "reject",
        "delivered after the cut-off date",
        "it was no claim at the cut-off date",
        "delivery_date",
        ("delivery_date",),
        beyond_cut_off("delivery_date"),
    ),
    "TAPE-145": Rule(
        "warn",
        "the goods were received before they were sent",
        "check both dates",
        "goods_received_date",
        ("delivery_date", "goods_received_date"),
        before("goods_received_date", "delivery_date"),
    ),
    "TAPE-146": Rule(
        "reject",
        "credit notes and discounts above the invoice",
        "check both amounts: nothing would be left to claim",
        "dilution_amount",
        ("dilution_amount", "invoice_amount"),
        above("dilution_amount", "invoice_amount"),
    ),
    "TAPE-147": Rule(
        "warn",
        "more is owed than the invoice says",
        "interest for late payment can be in it; check the amount",
        "gross_balance",
        ("gross_balance", "invoice_amount"),
        above("gross_balance", "invoice_amount"),
    ),
    "TAPE-148": Rule(
        "reject",
        "invoiced after the cut-off date",
        "it is no claim of this tape",
        "invoice_date",
        ("invoice_date",),
        beyond_cut_off("invoice_date"),
    ),
    # Special situations
    "TAPE-161": Rule(
        "warn",
        "the right has expired at the cut-off date",
        "only what was infringed before is left of it",
        "right_expiry_date",
        ("right_expiry_date",),
        _expired,
    ),
    "TAPE-162": Rule(
        "reject",
        "filed after the cut-off date",
        "leave out what happened later",
        "filing_date",
        ("filing_date",),
        beyond_cut_off("filing_date"),
    ),
    "TAPE-163": Rule(
        "warn",
        "a suit without a case number",
        "add it: the buyer can't look the case up",
        "case_number",
        ("asset_kind", "case_number"),
        lambda _: (pl.col("asset_kind") == "litigation_claim") & empty("case_number"),
    ),
    "TAPE-164": Rule(
        "warn",
        "a registered right without its number",
        "add it: the buyer can't look the right up",
        "registration_number",
        ("asset_kind", "registration_number"),
        lambda _: (pl.col("asset_kind") == "intellectual_property") & empty("registration_number"),
    ),
}
