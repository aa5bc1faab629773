"""Rules between the related tables of a tape; applied where they are joined (`tables/`)."""

from __future__ import annotations

from collections.abc import Mapping

from salvor.tape.rules.rule import Rule

OF_TABLES: Mapping[str, Rule] = {
    "TAPE-301": Rule(
        "reject",
        "the loan has no borrower in the counterparty table",
        "add the borrower, and a relationship that names it",
    ),
    "TAPE-302": Rule(
        "warn", "it belongs to no loan of the loan table", "look for zeros or spaces that one file has lost"
    ),
    "TAPE-303": Rule(
        "reject",
        "a collection for a loan that is not in the loan table",
        "look for zeros or spaces that one file has lost, or for a loan that was sold before",
    ),
    "TAPE-304": Rule(
        "warn", "it names a counterparty or collateral that has no row of its own", "ask the bank for the row"
    ),
    "TAPE-305": Rule("reject", "two rows have the same identifier and differ", "find out which one is right"),
    "TAPE-306": Rule("warn", "it happened after the cut-off date and is not counted", "leave out what happened later"),
    "TAPE-307": Rule(
        "warn",
        "its collateral secures other loans too; the value is shared out by what is owed",
        "check the ranks: the tape counts the value once, in all",
    ),
    "TAPE-308": Rule(
        "info",
        "it has several counterparties or collaterals; texts are of the first",
        "nothing: see the related tables for the others",
    ),
    "TAPE-309": Rule(
        "reject",
        "a row of another table that belongs to this loan was rejected",
        "mend that row: it stands further down",
    ),
}
