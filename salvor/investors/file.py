"""The investors as an issuer keeps them: a CSV file, a row a wallet, each accepted or refused with its reason.

Columns: wallet, name, country, class, claims, expiry. Rows of one name are wallets of one person. Nothing here knows a
chain; what the rules of a deal say of a person is asked of its books.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from salvor.amounts import timestamp
from salvor.deal.names import unknown
from salvor.errors import FileMissing, FileUnreadable, RowInvalid, near
from salvor.investors.names import alike, checked_name
from salvor.jurisdictions.book import Rulebook
from salvor.jurisdictions.register import Investor
from salvor.jurisdictions.rules import InvestorClass, country, investor_class
from salvor.supervision.wallets import wallet

COLUMNS = ("wallet", "name", "country", "class", "claims", "expiry")
CLAIMS = ("kyc", "country", "class")  # what is said of a person: that it is known, where it lives, which class it is of
NEEDED = ("kyc", "class")  # without these nobody is verified
MOST_WALLETS = 8  # of one identity
LONGEST = 10 * 366  # days that a claim may hold
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True)
class Row:
    """A row that was accepted: one wallet of one person. Times in seconds since 1970."""

    line: int
    wallet: str
    name: str
    country: str
    klass: InvestorClass
    claims: tuple[str, ...]
    until: int

    @property
    def investor(self) -> Investor:
        """The same for the rules."""
        return Investor(self.name, self.country, self.klass, self.until)


@dataclass(frozen=True)
class Refused:
    """A row that is left out, and why."""

    line: int
    wallet: str
    name: str
    reason: str


@dataclass(frozen=True)
class Investors:
    """A file that was read: every row is in one of the two lists."""

    rows: tuple[Row, ...]
    refused: tuple[Refused, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Persons, each once, in the file's order."""
        return tuple(dict.fromkeys(row.name for row in self.rows))

    def wallets(self, name: str) -> tuple[str, ...]:
        """Wallets of a person."""
        return tuple(row.wallet for row in self.rows if row.name == name)


def read_investors(path: Path, *, today: date | None, books: Sequence[Rulebook] = ()) -> Investors:
    """Read and check the file; `books` are the deal's, and who may hold under none of them is refused.

    Without a day, claims that have run out are read as well: who somebody was does not change.
    """
    lines = _lines(path)
    rows: list[Row] = []
    legible: list[Row] = []  # refused rows too: what one says of a wallet or a person, no later one takes back
    refused: list[Refused] = []
    for line, cells in lines:
        try:
            row = _row(line, cells)
            before = tuple(legible)
            legible.append(row)
            _fits_the_rest(row, before)
            _still_holds(row, today)
            _may_hold_something(row, books)
        except ValueError as error:
            refused.append(Refused(line, cells["wallet"], cells["name"], str(error)))
        else:
            rows.append(row)
    return Investors(tuple(rows), tuple(refused))


def _lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    if not path.is_file():
        raise FileMissing(path, "investor file")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileUnreadable(path, "an investor file", "it is no text in UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        for column in COLUMNS:
            if column not in header:
                raise RowInvalid(path, 1, f"no column '{column}'{near(column, header)}")
            if header.count(column) > 1:
                raise RowInvalid(path, 1, f"column '{column}' stands twice")
        found = []
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    raise RowInvalid(path, reader.line_num, f"has {len(cells)} cells, the header {len(header)}")
                row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
                found.append((reader.line_num, row))
    except csv.Error as error:
        raise RowInvalid(path, reader.line_num, str(error)) from None
    return found


def _row(line: int, cells: dict[str, str]) -> Row:
    """One row alone; raises ValueError with the reason."""
    address = wallet(cells["wallet"])
    name = checked_name(cells["name"])
    if not cells["country"]:
        raise ValueError("no country: a person without one would pass a list of countries that may not")
    return Row(
        line,
        address,
        name,
        country(cells["country"]),
        investor_class(cells["class"]),
        _claims(cells["claims"]),
        _expiry(cells["expiry"]),
    )


def _claims(text: str) -> tuple[str, ...]:
    given = tuple(dict.fromkeys(text.replace(";", " ").split()))
    for claim in given:
        if claim not in CLAIMS:
            raise ValueError(unknown("claim", claim, CLAIMS))
    if missing := [claim for claim in NEEDED if claim not in given]:
        raise ValueError(f"without a claim of {' and '.join(missing)} nobody is verified")
    return tuple(claim for claim in CLAIMS if claim in given)


def _expiry(text: str) -> int:
    """The first second of the day on which the claims hold no more."""
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or day.year < 1970:
        raise ValueError(f"'{text}' is no date, such as 2027-12-31")
    return timestamp(day)


def _still_holds(row: Row, today: date | None) -> None:
    if today is None:
        return
    day = day_of(row.until)
    if day <= today:
        raise ValueError(f"the claims ran out on {day}")
    if (day - today).days > LONGEST:
        raise ValueError(f"claims that hold until {day} are looked at by nobody again: ten years at most")


def _fits_the_rest(row: Row, rows: Iterable[Row]) -> None:
    """Against the rows above, refused or not; the first row of a wallet and of a person counts."""
    theirs = [each for each in rows if each.name == row.name]
    for each in rows:
        if each.wallet == row.wallet:
            raise ValueError(f"the wallet stands in line {each.line} already, of {each.name}")
        if each.name != row.name and alike(each.name, row.name):
            raise ValueError(f"'{row.name}' looks like '{each.name}' in line {each.line}: one person has one name")
    for each in theirs:
        if (each.country, each.klass) != (row.country, row.klass):
            raise ValueError(
                f"{row.name} is {each.klass} of {each.country} in line {each.line}: one person, one answer"
            )
        if (each.claims, each.until) != (row.claims, row.until):
            raise ValueError(f"{row.name} has other claims in line {each.line}: claims are a person's, not a wallet's")
    if len({each.wallet for each in theirs}) >= MOST_WALLETS:
        raise ValueError(f"{row.name} has {MOST_WALLETS} wallets already, the most that one person may have")


def _may_hold_something(row: Row, books: Sequence[Rulebook]) -> None:
    if not books:
        return
    reasons = {book.tranche: _shut_out(row, book) for book in books}
    if all(reasons.values()):
        said = "; ".join(dict.fromkeys(reason for reason in reasons.values() if reason))
        raise ValueError(f"may hold no tranche: {said}")


def _shut_out(row: Row, book: Rulebook) -> str:
    """Why a person may hold nothing under a book; empty when it may."""
    if row.country not in book.opened:
        return f"{row.country} is not among the countries opened"
    if row.country in book.closed:
        return f"{row.country} is closed"
    return "" if row.klass in book.classes else f"{row.klass} may not hold {book.tranche}"


def may_hold(row: Row, books: Sequence[Rulebook]) -> tuple[str, ...]:
    """Tranches that a person may hold by country and class."""
    return tuple(book.tranche for book in books if not _shut_out(row, book))


def day_of(seconds: int) -> date:
    """The day of a time, UTC."""
    return datetime.fromtimestamp(seconds, UTC).date()
