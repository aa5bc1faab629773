"""A servicer's file: any tape that `salvor/tape` reads through a mapping, so in whatever way the servicer writes it.

A loan whose row breaks a rule has no value here; nor has one that is not in the file. The time is the day in the file's
name (`servicer-{date}.csv`), else the mapping's cut-off date.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from salvor.amounts import timestamp
from salvor.deal.fields import Name, Whole
from salvor.deal.load import load_tape_mapping
from salvor.errors import SalvorError
from salvor.node.errors import SourceFailed
from salvor.node.observation import Fetched, Observation, Reader, one_by_one
from salvor.node.sources.common import FileName, SourceSettings, Watched
from salvor.tape.plan import TapeMapping

_ID = "contract_identifier"
_WAD_DECIMALS = 18


class LoanField(Watched):
    """A loan by its identifier, and an amount or rate of it by the tape's name."""

    loan: Name
    field: Name


class ServicerFile(SourceSettings):
    """Settings of the source; `mapping` is a file beside the configuration, as `ape run tape check` takes it."""

    kind: Literal["servicer_file"]
    mapping: FileName
    decimals: Annotated[Whole, Field(le=18)] = 2
    values: Annotated[tuple[LoanField, ...], Field(min_length=1)]

    def plan(self) -> TapeMapping:
        """The mapping; read anew each time, as a servicer changes its columns when it likes."""
        return load_tape_mapping(Path(self.mapping))

    def read(self, fetched: Fetched) -> Sequence[Observation | SourceFailed]:
        """One amount or rate each."""
        import polars as pl

        from salvor.tape.check import check_tape

        reader = Reader(self.name)
        plan = self.plan()
        day = fetched.named_day or plan.cut_off
        if day is None:
            raise reader.fail("cut_off", "is in neither the file's name ({date}) nor the mapping")
        mapping = plan.model_copy(update={"cut_off": day})
        with tempfile.TemporaryDirectory(prefix="salvor-node-") as folder:
            path = Path(folder) / "servicer"
            path.write_bytes(fetched.body)
            try:
                checked = check_tape(path, mapping, decimals=self.decimals, out=Path(folder) / "out")
            except SalvorError as error:
                raise reader.fail("body", error.message.replace(f"{path}: ", "")) from None
            wanted = list({each.loan for each in self.values})
            rows = pl.read_parquet(checked.accepted).filter(pl.col(_ID).is_in(wanted)).to_dicts()
        loans = {row[_ID]: row for row in rows}
        refused = checked.totals.rows_rejected
        told = f"; {refused} rows break a rule (`ape run tape check` tells which)" if refused else ""
        return one_by_one(
            self.values, lambda each: _observation(reader, each, loans, self, mapping, timestamp(day), told)
        )


def _observation(
    reader: Reader,
    asked: LoanField,
    loans: dict[str, dict[str, Any]],
    source: ServicerFile,
    mapping: TapeMapping,
    day: int,
    told: str,
) -> Observation:
    if asked.loan not in loans:
        raise reader.fail("loan", f"no accepted row of loan {asked.loan!r}{told}")
    row = loans[asked.loan]
    field = f"{asked.field} of loan {asked.loan!r}"
    kind = mapping.specs()[asked.field].kind if asked.field in row else None
    if kind not in ("money", "rate"):
        raise reader.fail(field, "is not an amount or a rate that the mapping has a column for")
    if row[asked.field] is None:
        raise reader.fail(field, "is empty")
    decimals = source.decimals if kind == "money" else _WAD_DECIMALS
    value = reader.wad(str(row[asked.field]), field, decimals=decimals)
    return Observation(asked.key, value, day, f"{asked.field} of loan {asked.loan}")
