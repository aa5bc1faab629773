"""A court's docket: CourtListener's REST API v4, one docket, or a list of dockets.

The value says how far a case has come: 1 while it is pending, 2 once it has ended (0 is no value a hub takes). Its time
is `date_modified`, when the docket's copy last changed: that an old copy says "pending" does not make it new.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from salvor.amounts import WAD
from salvor.deal.fields import Whole
from salvor.node.errors import SourceFailed
from salvor.node.observation import Fetched, Observation, Reader, one_by_one
from salvor.node.sources.common import SourceSettings, Watched

PENDING, ENDED = 1 * WAD, 2 * WAD


class Docket(Watched):
    """A docket by its number in the API."""

    docket: Whole


class CourtDocket(SourceSettings):
    """Settings of the source."""

    kind: Literal["court_docket"]
    values: Annotated[tuple[Docket, ...], Field(min_length=1)]

    def read(self, fetched: Fetched) -> Sequence[Observation | SourceFailed]:
        """How far each case has come."""
        reader = Reader(self.name)
        said = reader.json(fetched.body)
        listed = isinstance(said, dict) and "results" in said
        dockets = reader.member(said, "results") if listed else [said]
        if not isinstance(dockets, list):
            raise reader.fail("results", "is not a list")
        found: dict[int, tuple[str, Any]] = {}
        for i, docket in enumerate(dockets):
            path = f"results[{i}]" if listed else ""
            number = reader.whole(reader.member(docket, "id", path), f"{path}.id".lstrip("."), 1, 999_999_999)
            if number in found:
                raise reader.fail(f"{path}.id".lstrip("."), f"docket {number} stands twice")
            found[number] = path, docket
        return one_by_one(self.values, lambda each: _observation(reader, each, found.get(each.docket)))


def _observation(reader: Reader, asked: Docket, found: tuple[str, Any] | None) -> Observation:
    if found is None:
        raise reader.fail("id", f"no docket {asked.docket} in the answer")
    path, docket = found

    def member(name: str) -> tuple[Any, str]:
        return reader.member(docket, name, path), f"{path}.{name}".lstrip(".")

    at = reader.moment(*member("date_modified"))
    filed, ended = member("date_filed"), member("date_terminated")
    if ended[0] is not None and filed[0] is not None and reader.day(*ended) < reader.day(*filed):
        raise reader.fail(ended[1], f"{ended[0]} is before the case was filed ({filed[0]})")
    if ended[0] is not None:
        reader.day(*ended)
    number = str(reader.member(docket, "docket_number", path))[:40]
    return Observation(
        asked.key, PENDING if ended[0] is None else ENDED, at, f"docket {asked.docket} ({number}) date_terminated"
    )
