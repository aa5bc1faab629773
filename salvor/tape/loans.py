"""The accepted loans of a checked tape, as far as a deal needs them one by one."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from salvor.amounts import Units
from salvor.errors import FieldNotMapped
from salvor.tape.check import KEY, Checked

EXPECTED, LATER = "expected_recovery", "recovered_later"


@dataclass(frozen=True)
class Loan:
    """One accepted row. Amounts in settlement units; the identifier is text, leading zeros and all."""

    loan_id: str
    expected_recovery: Units
    actual_recovery: Units
    gross_balance: Units  # or what its asset class has for one, as in the committed totals


def read_loans(checked: Checked) -> tuple[Loan, ...]:
    """The loans in the tape's order; an amount that the bank does not give is nothing. Both fields must be mapped."""
    for name in (EXPECTED, LATER):
        if name not in checked.mapping.fields:
            raise FieldNotMapped(name, "a look back on a deal needs what was expected and what came")
    wanted = (KEY, EXPECTED, LATER, pl.col(checked.mapping.balance).alias("balance"))
    frame = pl.scan_parquet(checked.accepted).select(wanted).fill_null(0).collect()
    return tuple(Loan(key, *(Units(units) for units in amounts)) for key, *amounts in frame.iter_rows())


def read_balances(checked: Checked) -> dict[str, int]:
    """Each accepted loan's balance, settlement units; of any tape, with or without a look back."""
    frame = pl.scan_parquet(checked.accepted).select(KEY, checked.mapping.balance).fill_null(0).collect()
    return dict(frame.iter_rows())
