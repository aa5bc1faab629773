"""What a column may hold, once its texts are values: ranges, signs, public code lists, as pandera checks.

The asset class declares it field by field; the checks are made from the declaration, and each carries the id of its
rule as its error, so that a failure is a breach like any other.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from salvor.amounts import WAD
from salvor.tape.schema import FieldSpec

NEGATIVE, OUT_OF_RANGE = "TAPE-016", "TAPE-031"
# pandera loads the rest of itself, a fifth of a second, when something is checked for the first time.
pa.DataFrameSchema.register_default_backends(pl.DataFrame)
_LISTS = {"iso_3166": "TAPE-041", "iso_4217": "TAPE-042", "nace": "TAPE-043"}


def column_checks(specs: Mapping[str, FieldSpec]) -> pa.DataFrameSchema:
    """The pandera schema of these fields; only those that declare something have a column in it."""
    checks = {name: _checks(spec) for name, spec in specs.items()}
    # Without a type: pandera does not know 128-bit integers, and the readers have made the types already.
    columns = {name: pa.Column(None, found, nullable=True) for name, found in checks.items() if found}
    return pa.DataFrameSchema(columns)


def failures(values: pl.DataFrame, checks: pa.DataFrameSchema) -> list[tuple[str, str, pl.Series]]:
    """For each check that fails somewhere: its field, its rule's id, and the places in `values`."""
    try:
        checks.validate(values, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases.select("column", "check", pl.col("index").cast(pl.UInt32))
        return [
            (str(column), str(rule), found["index"])
            for (column, rule), found in cases.group_by("column", "check", maintain_order=True)
        ]
    return []


def _checks(spec: FieldSpec) -> list[pa.Check]:
    found = []
    if spec.kind == "money" and not spec.signed:
        found.append(pa.Check.ge(0, error=NEGATIVE))
    one = WAD // 100 if spec.kind == "rate" else 1
    if spec.least is not None:
        found.append(pa.Check.ge(spec.least * one, error=OUT_OF_RANGE))
    if spec.most is not None:
        found.append(pa.Check.le(spec.most * one, error=OUT_OF_RANGE))
    if spec.code_list:
        from salvor.tape.codes import code_list

        found.append(pa.Check.isin(sorted(code_list(spec.code_list)), error=_LISTS[spec.code_list]))
    return found
