"""The mapping file of a tape: which of the bank's columns is which field, and how its values are written.

A tape is one file, whose columns stand under `fields`, or several related ones under `tables`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from salvor.amounts import Rounding
from salvor.errors import OptionInvalid, near
from salvor.tape.schema import AssetClass, FieldSpec, asset_class
from salvor.tape.tables.fitting import tables_problem
from salvor.tape.tables.templates import fields_of, joined_fields, templates

Unit = Literal["one", "thousand", "million", "percent", "fraction", "basis_point"]
Transform = Literal["upper", "lower", "trim", "remove_spaces"]
_WHOLE_DAY = re.compile(r"(?=.*%d)(?=.*%[mb])(?=.*%[Yy])(?:%[dmbYy]|[^%])*")
OPEN = "?"  # a value that somebody must decide, then the choices: `? %d.%m.%Y or %m.%d.%Y`


def _decided(value: object) -> object:
    """Whatever a proposal left open is refused, with its choices."""
    if isinstance(value, str) and (value == OPEN or value.startswith(f"{OPEN} ")):
        choices = value[1:].strip()
        raise ValueError(f"must be decided{f': {choices}' if choices else ', as the comment beside it says'}")
    return value


Ours = Annotated[str, BeforeValidator(_decided)]


class Unfit(ValueError):
    """A key that does not fit the rest of the mapping, and where it stands."""

    def __init__(self, place: tuple[str, ...], reason: str) -> None:
        self.place = place
        super().__init__(reason)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NumberStyle(_Part):
    """How the file writes numbers."""

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""

    @model_validator(mode="after")
    def _differ(self) -> NumberStyle:
        if self.decimal == self.thousands:
            raise ValueError(f"'{self.decimal}' can't be the decimal sign and the sign between thousands")
        return self


class FileStyle(_Part):
    """How the file is made; what is not named is found out, and reported."""

    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    header_row: int = Field(default=1, ge=1, le=1_000)
    sheet: str | None = None


class FieldSource(_Part):
    """Where a field comes from and how its values are written; only some keys fit each kind."""

    column: str
    format: str | None = None  # of dates
    century_pivot: int | None = Field(default=None, ge=0, le=99)  # two-digit years up to it are of this century
    unit: Unit | None = None  # of money: one, thousand, million; of rates: percent, fraction, basis_point
    rounding: Rounding = "exact"  # of money
    values: Mapping[str, Ours] = Field(default_factory=dict)  # of codes: the bank's word -> ours
    pad: int | None = Field(default=None, ge=1, le=64)  # identifiers and texts: fill up with zeros to this length
    transform: Transform | None = None  # of identifiers and texts; what it changed stands in the exceptions file

    _all_decided = field_validator("*", mode="before")(_decided)


class TableSource(_Part):
    """One of several related tables: the file that it stands in, and its fields."""

    file: str | None = None  # within the folder of the tape; `*` may stand for what changes; none in a workbook
    style: FileStyle = FileStyle()
    numbers: NumberStyle | None = None  # where it differs from the other tables
    fields: Mapping[str, FieldSource]
    includes_external: bool | None = None  # of historical collections: what the agents brought in stands in them too

    _all_decided = field_validator("*", mode="before")(_decided)


_UNITS: dict[str, tuple[Unit, ...]] = {
    "money": ("one", "thousand", "million"),
    "rate": ("percent", "fraction", "basis_point"),
}
_FITTING = {
    "date": {"format", "century_pivot"},
    "money": {"rounding", "unit"},
    "rate": {"unit"},
    "code": {"values"},
    "identifier": {"pad", "transform"},
    "text": {"pad", "transform"},
    "integer": set[str](),
}


class TapeMapping(_Part):
    """One file beside the tape, with a version."""

    salvor_mapping: Literal["1"]
    asset_class: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    cut_off: date | None = None
    numbers: NumberStyle | None = None  # not named: a decimal point, unless the values leave it open
    file: FileStyle = FileStyle()
    identifiers: Literal["case_matters", "case_ignored"] = "case_matters"
    own_fields: Mapping[str, FieldSource] = Field(default_factory=dict, alias="fields")  # of a tape of one file
    tables: Mapping[str, TableSource] = Field(default_factory=dict)

    _all_decided = field_validator("*", mode="before")(_decided)

    @property
    def schema_of(self) -> AssetClass:
        """The asset class."""
        return asset_class(self.asset_class)

    @property
    def fields(self) -> Mapping[str, FieldSource]:
        """Where each field of a loan comes from; with related tables, the column as `table.column`."""
        if not self.tables:
            return self.own_fields
        found = joined_fields({name: list(table.fields) for name, table in self.tables.items()}, self.schema_of)
        sources = {name: (table, self.tables[table].fields[own]) for name, ((table, own), *_) in found.items()}
        return {
            name: source.model_copy(update={"column": f"{table}.{source.column}"})
            for name, (table, source) in sources.items()
        }

    @property
    def balance(self) -> str:
        """The field in which sums are told."""
        return self.schema_of.balance_of(self.fields)

    def specs(self) -> dict[str, FieldSpec]:
        """Of the fields that are mapped, in the order of the asset class; no row can be without the balance."""
        fields, balance = self.fields, self.balance
        found = {name: spec for name, spec in self.schema_of.fields.items() if name in fields}
        return found | {balance: found[balance].model_copy(update={"required": True})}

    @model_validator(mode="after")
    def _fits_its_class(self) -> TapeMapping:
        try:
            schema = self.schema_of
        except OptionInvalid as error:
            raise Unfit(("asset_class",), error.message) from None
        if not self.tables:
            _refuse_unfit(self.asset_class, ("fields",), self.own_fields, schema.fields)
            _refuse_without_needed(self.asset_class, self.own_fields, schema)
            return self
        if self.own_fields:
            raise ValueError("`fields` are of a tape of one file; with `tables`, each table has its own")
        if self.file != FileStyle():
            raise ValueError("`file` is of a tape of one file; with `tables`, each table has its `style`")
        for table, source in self.tables.items():
            if table not in templates():
                raise ValueError(
                    f"there is no table '{table}'{near(table, templates()) or '; there is: ' + ', '.join(templates())}"
                )
            _refuse_unfit(f"table {table}", ("tables", table, "fields"), source.fields, fields_of(table, schema))
        if problem := tables_problem(self.tables, schema):
            raise ValueError(problem)
        _refuse_without_needed("table loan", self.tables["loan"].fields, schema)
        return self


def _refuse_unfit(
    where: str, place: tuple[str, ...], fields: Mapping[str, FieldSource], known: Mapping[str, FieldSpec]
) -> None:
    """Raises `Unfit` for a field that is not there, or a key that does not fit its kind."""
    for name, source in fields.items():
        if reason := _unfit(where, name, source, known):
            raise Unfit((*place, name), reason)


def _unfit(where: str, name: str, source: FieldSource, known: Mapping[str, FieldSpec]) -> str:
    if name not in known:
        hint = near(name, known) or f"; it has: {', '.join(known)}"
        return f"{where} has no field '{name}'{hint}"
    kind, allowed = known[name].kind, known[name].allowed
    units = _UNITS.get(kind, ())
    if unfit := source.model_fields_set - {"column"} - _FITTING[kind]:
        return f"'{name}' is {kind}: `{min(unfit)}` does not fit it"
    if source.unit and source.unit not in units:
        return f"'{name}' is {kind}: its `unit` is one of {', '.join(units)}"
    if kind == "date" and source.format is None:
        return f"'{name}' is a date: name its `format`, such as '%d/%m/%Y'"
    if kind == "date" and not _WHOLE_DAY.fullmatch(source.format or ""):
        return f"'{name}' is a date: its `format` is made of %d, %m or %b, and %Y or %y, such as '%d/%m/%Y'"
    wrong = sorted(set(source.values.values()) - set(allowed))
    return f"'{name}' has no value '{wrong[0]}'; it has: {', '.join(allowed)}" if wrong else ""


def _refuse_without_needed(where: str, fields: Mapping[str, FieldSource], schema: AssetClass) -> None:
    needed = {name for name, spec in schema.fields.items() if spec.required} | {schema.balance_of(fields)}
    missing = [name for name in schema.fields if name in needed and name not in fields]
    if missing:
        raise ValueError(f"{where} needs '{missing[0]}': {schema.fields[missing[0]].says}")
