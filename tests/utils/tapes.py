"""Small tapes of consumer debt, written and checked in one line, for tests of what comes of a bank's file."""

import csv
from dataclasses import dataclass

import polars as pl

from salvor.tape.check import Checked, check_tape
from salvor.tape.plan import TapeMapping

FIELDS = {"contract_identifier": {"column": "loan_id"}, "gross_balance": {"column": "balance"}}


def mapping_of(*, currency="EUR", numbers=None, file=None, identifiers="case_matters", **fields):
    """A mapping of `loan_id` and `balance`, and of the fields that are named: a column, or all keys of the field."""
    named = {name: source if isinstance(source, dict) else {"column": source} for name, source in fields.items()}
    return TapeMapping.model_validate(
        {
            "salvor_mapping": "1",
            "asset_class": "consumer_debt",
            "currency": currency,
            "numbers": numbers,
            "file": file or {},
            "identifiers": identifiers,
            "fields": FIELDS | named,
        }
    )


@dataclass(frozen=True)
class Outcome:
    """What came of a tape: the accepted loans as dictionaries, and the lines of the exceptions file."""

    checked: Checked
    loans: list[dict]
    lines: list[dict]

    def rules(self, row=None):
        """Rules that are broken, in all rows or in one."""
        return sorted({line["rule"] for line in self.lines if row in (None, int(line["row"]))})

    def values(self, field):
        """What the accepted loans have there, in the order of the file."""
        return [loan[field] for loan in self.loans]


class Bench:
    """Writes and checks one tape after another in a folder."""

    def __init__(self, folder):
        self.folder, self.number = folder, 0

    def put(self, content, name="tape.csv"):
        """The path of a file with this content."""
        self.number += 1
        path = self.folder / str(self.number) / name
        path.parent.mkdir()
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def check(self, content, mapping=None, *, decimals=2):
        """What comes of a content, or of a file that is there."""
        path = self.put(content) if isinstance(content, str | bytes) else content
        checked = check_tape(path, mapping or mapping_of(), decimals=decimals, out=path.parent / "out")
        totals = checked.totals
        assert totals.rows_read == totals.rows_accepted + totals.rows_rejected
        assert totals.units_read == totals.units_accepted + totals.units_rejected
        with checked.exceptions.open(newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        return Outcome(checked, pl.read_parquet(checked.accepted).to_dicts(), lines)
