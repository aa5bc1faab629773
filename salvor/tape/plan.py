"""The mapping file of a tape: which of the bank's columns is which field, and how its values are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from salvor.amounts import Rounding
from salvor.errors import near
from salvor.tape.schema import AssetClass, FieldSpec, asset_class

Unit = Literal["one", "thousand", "million", "percent", "fraction", "basis_point"]
Transform = Literal["upper", "lower", "trim", "remove_spaces"]
OPEN = "?"  # a value that somebody must decide, then the choices: `? %d.%m.%Y or %m.%d.%Y`


def _decided(value: object) -> object:
    """Whatever a proposal left open is refused, with its choices."""
    if isinstance(value, str) and (value == OPEN or value.startswith(f"{OPEN} ")):
        choices = value[1:].strip()
        raise ValueError(f"must be decided{f': {choices}' if choices else ', as the comment beside it says'}")
    return value


Ours = Annotated[str, BeforeValidator(_decided)]


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
    fields: Mapping[str, FieldSource]

    _all_decided = field_validator("*", mode="before")(_decided)

    @property
    def schema_of(self) -> AssetClass:
        """The asset class."""
        return asset_class(self.asset_class)

    def specs(self) -> dict[str, FieldSpec]:
        """Of the fields that are mapped, in the order of the asset class."""
        return {name: spec for name, spec in self.schema_of.fields.items() if name in self.fields}

    @model_validator(mode="after")
    def _fits_its_class(self) -> TapeMapping:
        known = asset_class(self.asset_class).fields
        for name, source in self.fields.items():
            if name not in known:
                hint = near(name, known) or f"; it has: {', '.join(known)}"
                raise ValueError(f"{self.asset_class} has no field '{name}'{hint}")
            unfit = source.model_fields_set - {"column"} - _FITTING[known[name].kind]
            if unfit:
                raise ValueError(f"'{name}' is {known[name].kind}: `{min(unfit)}` does not fit it")
            units = _UNITS.get(known[name].kind, ())
            if source.unit and source.unit not in units:
                raise ValueError(f"'{name}' is {known[name].kind}: its `unit` is one of {', '.join(units)}")
            if known[name].kind == "date" and source.format is None:
                raise ValueError(f"'{name}' is a date: name its `format`, such as '%d/%m/%Y'")
            if wrong := sorted(set(source.values.values()) - set(known[name].allowed)):
                raise ValueError(f"'{name}' has no value '{wrong[0]}'; it has: {', '.join(known[name].allowed)}")
        needed = {name for name, spec in known.items() if spec.required} | {asset_class(self.asset_class).balance}
        missing = [name for name in known if name in needed and name not in self.fields]
        if missing:
            raise ValueError(f"{self.asset_class} needs '{missing[0]}': {known[missing[0]].says}")
        return self
