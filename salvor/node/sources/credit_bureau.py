"""A credit bureau: the JSON of Equifax's US consumer credit report, from which nothing but one score is taken.

The time is the day of the report. Names, addresses and numbers of people stay where they are: no error, log, journal
or report holds any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from salvor.amounts import WAD
from salvor.deal.fields import Name
from salvor.node.errors import SourceFailed
from salvor.node.observation import Fetched, Observation, Reader, one_by_one
from salvor.node.sources.common import SourceSettings, Watched

_HIT = "1"
_LEAST, _MOST = 300, 850
_REPORTS = "consumers.equifaxUSConsumerCreditReport"


class Score(Watched):
    """A score by the reference under which the report was asked for, and the model's number."""

    reference: Name
    model: Name


class CreditBureau(SourceSettings):
    """Settings of the source."""

    kind: Literal["credit_bureau"]
    values: Annotated[tuple[Score, ...], Field(min_length=1)]

    def read(self, fetched: Fetched) -> Sequence[Observation | SourceFailed]:
        """One score each."""
        reader = Reader(self.name)
        said = reader.json(fetched.body)
        if (status := reader.member(said, "status")) != "completed":
            raise reader.fail("status", f"is {str(status)[:20]!r}, not 'completed'")
        consumers = reader.member(said, "consumers")
        reports = reader.member(consumers, "equifaxUSConsumerCreditReport", "consumers")
        if not isinstance(reports, list):
            raise reader.fail(_REPORTS, "is not a list")
        return one_by_one(self.values, lambda each: _observation(reader, each, reports))


def _observation(reader: Reader, asked: Score, reports: list[Any]) -> Observation:
    paths = [f"{_REPORTS}[{i}]" for i in range(len(reports))]
    named = [reader.member(report, "customerReferenceNumber", at) for report, at in zip(reports, paths, strict=True)]
    if named.count(asked.reference) != 1:
        count = "no report" if asked.reference not in named else "more than one report"
        raise reader.fail(f"{_REPORTS}[].customerReferenceNumber", f"{count} of a reference that is asked for")
    place = named.index(asked.reference)
    report, path = reports[place], paths[place]
    hit = reader.member(reader.member(report, "hitCode", path), "code", f"{path}.hitCode")
    if hit != _HIT:
        raise reader.fail(f"{path}.hitCode.code", f"is {str(hit)[:10]!r}: the file of this person was not found")
    day = reader.day(reader.member(report, "reportDate", path), f"{path}.reportDate", "%m%d%Y")
    models = reader.member(report, "models", path)
    if not isinstance(models, list):
        raise reader.fail(f"{path}.models", "is not a list")
    numbers = [reader.member(model, "modelNumber", f"{path}.models[{i}]") for i, model in enumerate(models)]
    if numbers.count(asked.model) != 1:
        raise reader.fail(f"{path}.models[].modelNumber", f"{numbers.count(asked.model)} models {asked.model}, not one")
    place = numbers.index(asked.model)
    field = f"{path}.models[{place}]"
    if "score" not in models[place] and "rejectCode" in models[place]:
        raise reader.fail(f"{field}.rejectCode", "the model gives no score for this person")
    score = reader.whole(reader.member(models[place], "score", field), f"{field}.score", _LEAST, _MOST)
    return Observation(asked.key, score * WAD, day, f"credit report, model {asked.model}")
