"""A house price index: the FHFA's master file (`hpi_master.csv`), every series of it in one CSV.

An index speaks of a period; its time is the first second after that period. The FHFA revises what it has published: a
revised past month is another value for a key and time that was signed, and is not signed again (docs/oracle-node.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from salvor.deal.fields import Name
from salvor.node.errors import SourceFailed
from salvor.node.observation import Fetched, Observation, Reader, end_of_month, one_by_one
from salvor.node.sources.common import SourceSettings, Watched, table

_SERIES = ("hpi_type", "hpi_flavor", "frequency", "place_id")
_PERIODS = {"monthly": 12, "quarterly": 4}


class IndexSeries(Watched):
    """One series and which of its two columns."""

    place_id: Name  # USA, DV_PAC, CA, 12420 ...
    hpi_type: Name = "traditional"
    hpi_flavor: Name = "purchase-only"
    frequency: Literal["monthly", "quarterly"] = "monthly"
    column: Literal["index_nsa", "index_sa"] = "index_sa"


class HousePrices(SourceSettings):
    """Settings of the source."""

    kind: Literal["house_prices"]
    values: Annotated[tuple[IndexSeries, ...], Field(min_length=1)]

    def read(self, fetched: Fetched) -> Sequence[Observation | SourceFailed]:
        """The latest period of each series."""
        reader = Reader(self.name)
        latest: dict[tuple[str, ...], tuple[int, int, int, dict[str, str]]] = {}
        wanted = {_series(each) for each in self.values}
        columns = (*_SERIES, "yr", "period", *sorted({each.column for each in self.values}))
        for line, row in table(reader, reader.text(fetched.body), columns):
            series = tuple(row[column] for column in _SERIES)
            if series not in wanted:
                continue
            year = reader.whole(row["yr"], f"line {line}, yr", 1970, 2200)
            period = reader.whole(row["period"], f"line {line}, period", 1, _PERIODS[series[2]])
            before = latest.get(series)
            if before and before[:2] == (year, period):
                raise reader.fail(f"line {line}", f"{series[3]} {year}-{period} stands twice")
            if not before or before[:2] < (year, period):
                latest[series] = (year, period, line, row)
        return one_by_one(self.values, lambda each: self._observation(reader, each, latest.get(_series(each))))

    def _observation(
        self, reader: Reader, asked: IndexSeries, found: tuple[int, int, int, dict[str, str]] | None
    ) -> Observation:
        if found is None:
            raise reader.fail("place_id", f"no row of {', '.join(_series(asked))}")
        year, period, line, row = found
        if not row[asked.column]:
            raise reader.fail(f"line {line}, {asked.column}", f"is empty for {asked.place_id} {year}-{period}")
        value = reader.wad(row[asked.column], f"line {line}, {asked.column}")
        month = period if asked.frequency == "monthly" else 3 * period
        reference = f"{asked.place_id} {asked.frequency} {year}-{period} {asked.column}"
        return Observation(asked.key, value, end_of_month(year, month), reference)


def _series(asked: IndexSeries) -> tuple[str, ...]:
    return asked.hpi_type, asked.hpi_flavor, asked.frequency, asked.place_id
