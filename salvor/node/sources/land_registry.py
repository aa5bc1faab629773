"""A land registry: HM Land Registry's Price Paid Data, 16 columns without a header, a row a sale.

The price of a property is that of its last sale, in whole pounds; its time is the day of the transfer. A monthly file
also has changed (C) and deleted (D) records, which count for the transaction that they name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from salvor.deal.fields import Name
from salvor.node.errors import SourceFailed
from salvor.node.observation import Fetched, Observation, Reader, one_by_one
from salvor.node.sources.common import SourceSettings, Watched, fitting, whole_lines

_WIDTH = 16
_TRANSACTION, _PRICE, _DATE, _POSTCODE, _PAON, _SAON, _CATEGORY, _STATUS = 0, 1, 2, 3, 7, 8, 14, 15
_FORM = "%Y-%m-%d %H:%M"


class Property(Watched):
    """A property by its address, as the registry writes it."""

    postcode: Name
    paon: Name  # number or name of the house
    saon: Annotated[str, Field(max_length=60)] = ""  # of the flat


class _Sale(NamedTuple):
    day: int
    price: int
    transaction: str
    line: int


_Row = tuple[int, list[str]]


class LandRegistry(SourceSettings):
    """Settings of the source; category A is a sale at full market value, B a repossession, a transfer to a firm ..."""

    kind: Literal["land_registry"]
    categories: Annotated[tuple[Literal["A", "B"], ...], Field(min_length=1)] = ("A",)
    values: Annotated[tuple[Property, ...], Field(min_length=1)]

    def read(self, fetched: Fetched) -> Sequence[Observation | SourceFailed]:
        """The last sale of each property."""
        reader = Reader(self.name)
        wanted = {_address(each): each for each in self.values}
        sales: dict[str, tuple[tuple[str, str, str], _Row]] = {}
        rows = csv.reader(io.StringIO(whole_lines(reader, reader.text(fetched.body)), newline=""), strict=True)
        try:
            for row in rows:
                if row:
                    self._note(reader, fitting(reader, row, _WIDTH, rows.line_num), rows.line_num, wanted, sales)
        except csv.Error as error:
            raise reader.fail(f"line {rows.line_num}", f"is not CSV: {error}") from None
        found: dict[tuple[str, str, str], list[_Row]] = {}
        for address, sale in sales.values():
            found.setdefault(address, []).append(sale)
        return one_by_one(self.values, lambda each: _observation(reader, each, found.get(_address(each), [])))

    def _note(
        self,
        reader: Reader,
        row: list[str],
        line: int,
        wanted: dict[tuple[str, str, str], Property],
        sales: dict[str, tuple[tuple[str, str, str], _Row]],
    ) -> None:
        transaction, status = row[_TRANSACTION], row[_STATUS]
        if not (transaction.startswith("{") and transaction.endswith("}")):
            raise reader.fail(f"line {line}, column 1", "is not a transaction in braces; is this the file?")
        if status not in ("A", "C", "D"):
            raise reader.fail(f"line {line}, column 16", f"is {status[:10]!r}, not A, C or D")
        address = (row[_POSTCODE], row[_PAON], row[_SAON])
        if status != "A":
            sales.pop(transaction, None)
        if address not in wanted or status == "D" or row[_CATEGORY] not in self.categories:
            return
        if transaction in sales:
            raise reader.fail(f"line {line}, column 1", "the transaction stands twice")
        sales[transaction] = address, (line, row)


def _observation(reader: Reader, asked: Property, rows: list[_Row]) -> Observation:
    sales = [_sale(reader, line, row) for line, row in rows]
    if not sales:
        raise reader.fail("postcode", f"no sale of {' '.join(filter(None, _address(asked)))}")
    last = max(sales)
    if any(each.day == last.day and each.price != last.price for each in sales):
        raise reader.fail(f"line {last.line}", "the property was sold twice on one day at different prices")
    return Observation(asked.key, last.price, last.day, f"price paid {last.transaction}")


def _sale(reader: Reader, line: int, row: list[str]) -> _Sale:
    price = reader.wad(row[_PRICE], f"line {line}, column 2 (price)")
    day = reader.day(row[_DATE], f"line {line}, column 3 (date of transfer)", _FORM)
    return _Sale(day, price, row[_TRANSACTION], line)


def _address(asked: Property) -> tuple[str, str, str]:
    return asked.postcode, asked.paon, asked.saon
