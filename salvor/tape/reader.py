"""Read a bank's CSV: text columns by polars, amounts from their decimal text to integers, bad rows set aside.

A row that can't be right is rejected with its number (the header is row 1), column and reason; nothing is repaired.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl

from salvor.amounts import MAX_AMOUNT, Units, to_units
from salvor.errors import ColumnMissing, FileMissing, FileUnreadable, TapeEmpty
from salvor.files import write_whole
from salvor.tape.loans import Loan, Reject, Tape
from salvor.tape.mapping import Mapping, MoneyColumn

_AMOUNT = re.compile(r"\d+(\.\d+)?", re.ASCII)
_LEVEL = re.compile(r"\d{1,2}", re.ASCII)


class _Unfit(Exception):
    """A value that can't be right: the column and the reason."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


def read_tape(path: Path, *, mapping: Mapping, decimals: int) -> Tape:
    """Read a tape into loans and rejects; `decimals` are the settlement asset's. Raises on an unfit file."""
    frame = _read_text(path)
    for column in mapping.columns():
        if column not in frame.columns:
            raise ColumnMissing(path, column, frame.columns, mapping.columns())
    if not any(any(row) for row in frame.iter_rows()):
        raise TapeEmpty(path)
    shared = _shared_ids(frame[mapping.loan_id.column].to_list())
    loans, rejects = [], []
    for row, values in enumerate(frame.iter_rows(named=True), start=2):
        if not any(values.values()):
            continue  # an empty line
        try:
            loan = _read_loan(row, values, mapping, decimals)
            _refuse_shared(loan, mapping, shared)
            loans.append(loan)
        except _Unfit as unfit:
            rejects.append(Reject(row, unfit.column, unfit.value, unfit.reason))
    return Tape(path, tuple(loans), tuple(rejects))


def write_rejects(tape: Tape, target: Path) -> None:
    """Write the reject file (row, column, value, reason), whole or not at all."""
    rows = [(r.row, r.column, r.value, r.reason) for r in tape.rejects]
    schema = {"row": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String}
    write_whole(target, pl.DataFrame(rows, schema=schema, orient="row").write_csv())


def _read_text(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise FileMissing(path, "tape")
    content = path.read_bytes()
    if b"\0" in content:
        raise FileUnreadable(path, "a CSV file", "it holds binary data; export the sheet as CSV (UTF-8)")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise FileUnreadable(path, "a CSV file in UTF-8", f"row {row} holds other bytes; export it as UTF-8") from None
    if not text.strip():
        raise TapeEmpty(path)
    if "\r" in text and "\n" not in text:
        raise FileUnreadable(path, "a CSV file", "its lines end with CR alone; save it with LF or CRLF line ends")
    _refuse_ragged(path, text)
    try:
        return pl.read_csv(text.encode(), infer_schema=False, empty_string_is_null=False)
    except pl.exceptions.PolarsError as error:
        reason = "a field with a quote in it must be quoted, and the quote doubled"
        raise FileUnreadable(path, "a CSV file", f"{reason} ({str(error).splitlines()[0]})") from None


def _refuse_ragged(path: Path, text: str) -> None:
    """Polars fills short rows and does not say where a long one is."""
    rows = csv.reader(io.StringIO(text), strict=True)  # by "\n" only, as polars does
    try:
        header = next(rows)
        if len(header) == 1 and (other := next((sign for sign in ";\t|" if sign in header[0]), None)):
            raise FileUnreadable(
                path, "a comma-separated file", f"its fields are separated by {other!r}; save it with commas"
            )
        twice = [name for name in header if header.count(name) > 1]
        if twice:
            raise FileUnreadable(path, "a readable tape", f"row 1 has column '{twice[0]}' twice")
        for number, fields in enumerate(rows, start=2):
            if fields and len(fields) != len(header):
                reason = f"row {number} has {len(fields)} fields, the header has {len(header)}"
                raise FileUnreadable(path, "a CSV file", reason)
    except csv.Error as error:
        raise FileUnreadable(path, "a CSV file", f"line {rows.line_num}: {error}") from None


def _read_loan(row: int, values: dict[str, str], mapping: Mapping, decimals: int) -> Loan:
    return Loan(
        row=row,
        loan_id=_read_id(values, mapping.loan_id.column),
        expected_recovery=_read_amount(values, mapping.expected_recovery, decimals),
        actual_recovery=_read_amount(values, mapping.actual_recovery, decimals),
        recovery_level=_read_level(values, mapping.recovery_level.column),
    )


def _read_id(values: dict[str, str], column: str) -> str:
    text = values[column]
    if not text.strip():
        raise _Unfit(column, text, "the identifier is empty")
    if text != text.strip():
        raise _Unfit(column, text, f"'{text}' has spaces around it")
    return text


def _read_amount(values: dict[str, str], source: MoneyColumn, decimals: int) -> Units:
    text = values[source.column]
    if not text:
        raise _Unfit(source.column, text, "the amount is empty")
    if text.startswith("-") and _AMOUNT.fullmatch(text[1:]):
        raise _Unfit(source.column, text, f"{text} is negative")
    if not _AMOUNT.fullmatch(text):
        raise _Unfit(source.column, text, f"'{text}' is not an amount (digits, with a point before the decimals)")
    if len(text) > 60:
        raise _Unfit(source.column, text, "the amount is longer than any money")
    try:
        units = to_units(Decimal(text), decimals, source.rounding)
    except ValueError as error:
        raise _Unfit(source.column, text, f"{text} {error}; name a rounding in the mapping") from None
    if units > MAX_AMOUNT:
        raise _Unfit(source.column, text, f"{text} is more than the books can hold")
    return units


def _read_level(values: dict[str, str], column: str) -> int:
    text = values[column]
    if not _LEVEL.fullmatch(text):
        raise _Unfit(column, text, f"'{text}' is not a recovery level (0 to 99)")
    return int(text)


def _shared_ids(ids: list[str]) -> dict[str, list[int]]:
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, loan_id in enumerate(ids, start=2):
        rows[loan_id].append(row)
    return {loan_id: found for loan_id, found in rows.items() if len(found) > 1}


def _refuse_shared(loan: Loan, mapping: Mapping, shared: dict[str, list[int]]) -> None:
    """Which of two rows is the right one can't be told, so both are rejected."""
    others = [row for row in shared.get(loan.loan_id, []) if row != loan.row]
    if others:
        reason = f"account '{loan.loan_id}' stands also in row {_listed(others)}"
        raise _Unfit(mapping.loan_id.column, loan.loan_id, reason)


def _listed(rows: list[int]) -> str:
    return ", ".join(_some(rows))


def _some(rows: list[int]) -> Iterator[str]:
    yield from (str(row) for row in rows[:5])
    if len(rows) > 5:
        yield f"and {len(rows) - 5} more"
