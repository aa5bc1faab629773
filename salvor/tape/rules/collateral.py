"""Rules on what secures a loan: is it there, is it valued, when, and does the value make sense."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from salvor.tape.rules.rule import Facts, Rule, any_filled, beyond_cut_off, empty, filled, never

# The EBA's guidelines on non-performing exposures (EBA/GL/2018/06) and the ECB's guidance to banks ask for a value
# of each year; after two years two of them were missed, whatever the day of the month.
_STALE = "-24mo"
# A loan of ten times its collateral, or a thousandth of it, is more often a slip of a decimal sign than a loan.
_MOST_TIMES, _LEAST_PART = 10, 1_000
_NONE = "none"


def _secured(facts: Facts) -> pl.Expr:
    kind = pl.col("collateral_type") != _NONE if "collateral_type" in facts.fields else never()
    return kind.fill_null(value=False) | any_filled(["lien_position", "collateral_identifier"], facts)


def _unvalued(facts: Facts) -> pl.Expr:
    return _secured(facts) & empty("collateral_value")


def _stale(facts: Facts) -> pl.Expr:
    if facts.cut_off is None:
        return never()
    return pl.col("collateral_valuation_date") < pl.lit(facts.cut_off).dt.offset_by(_STALE)


def _lien_on_nothing(facts: Facts) -> pl.Expr:
    """A tape that says nothing of collateral in any row breaks no rule by it."""
    about = [name for name in ("collateral_type", "collateral_identifier", "collateral_value") if name in facts.fields]
    if not about:
        return never()
    there = [pl.col(name) != _NONE if name == "collateral_type" else filled(name) for name in about]
    return filled("lien_position") & ~pl.any_horizontal(each.fill_null(value=False) for each in there)


def _absurd(_: Facts) -> pl.Expr:
    balance, value = pl.col("gross_balance"), pl.col("collateral_value")
    odd = (balance > value * _MOST_TIMES) | (value > balance * _LEAST_PART)
    return (balance > 0) & (value > 0) & odd


OF_COLLATERAL: Mapping[str, Rule] = {
    "TAPE-131": Rule(
        "warn",
        "secured, and the collateral has no value",
        "add the latest valuation",
        "collateral_value",
        ("collateral_value",),
        _unvalued,
    ),
    "TAPE-132": Rule(
        "warn",
        "the valuation is older than 24 months at the cut-off date",
        "have it valued again, or say why not",
        "collateral_valuation_date",
        ("collateral_valuation_date",),
        _stale,
    ),
    "TAPE-133": Rule(
        "warn",
        "valued after the cut-off date",
        "give the value that was known at the cut-off date",
        "collateral_valuation_date",
        ("collateral_valuation_date",),
        beyond_cut_off("collateral_valuation_date"),
    ),
    "TAPE-134": Rule(
        "warn",
        "the collateral is worth nothing",
        "leave the value empty if there is none",
        "collateral_value",
        ("collateral_value",),
        lambda _: pl.col("collateral_value") == 0,
    ),
    "TAPE-135": Rule(
        "warn",
        "a lien on no collateral",
        "name the collateral, or leave the lien empty",
        "lien_position",
        ("lien_position",),
        _lien_on_nothing,
    ),
    "TAPE-136": Rule(
        "warn",
        "the balance is more than 10 times the collateral, or less than a thousandth",
        "look for a missing decimal sign",
        "collateral_value",
        ("gross_balance", "collateral_value"),
        _absurd,
    ),
    "TAPE-137": Rule(
        "warn",
        "a collateral value without its date",
        "add the date of the valuation",
        "collateral_valuation_date",
        ("collateral_value", "collateral_valuation_date"),
        lambda _: filled("collateral_value") & empty("collateral_valuation_date"),
    ),
}
