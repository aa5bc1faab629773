"""An asset class: which fields a loan of it has, of what kind, and which of them can be its balance."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from salvor.errors import OptionInvalid, near

Kind = Literal["identifier", "money", "rate", "date", "integer", "code", "text"]
CodeList = Literal["iso_3166", "iso_4217", "nace"]
_FOLDER = Path(__file__).with_name("schemas")


class FieldSpec(BaseModel):
    """One field. Money is read as integer settlement units, a rate as WAD (1e18 = 100 %), a date as a day."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Kind
    required: bool = False
    allowed: tuple[str, ...] = ()  # of codes
    code_list: CodeList | None = None  # of texts: a public list that the value must stand in
    least: int | None = None  # of integers; of rates in whole percent
    most: int | None = None
    signed: bool = False  # of money: may be below zero
    personal: bool = False  # about a living person: checked, and never committed
    after_cut_off: bool = False  # became known later, as in a look back: no part of what is sold
    source: str
    says: str

    @property
    def committed(self) -> bool:
        """Whether a leaf of the tape is made of it."""
        return not self.personal and not self.after_cut_off


class AssetClass(BaseModel):
    """One file of `schemas/`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    asset_class: str
    title: str
    fields: Mapping[str, FieldSpec]
    balances: tuple[str, ...] = Field(min_length=1, description="sums are told in the first of them that is mapped")

    def balance_of(self, fields: Collection[str]) -> str:
        """The field of these in which sums are told; where none can be, the one that should be there."""
        return next((name for name in self.balances if name in fields), self.balances[0])

    def of_kind(self, kind: Kind) -> list[str]:
        """Names of the fields of a kind."""
        return [name for name, spec in self.fields.items() if spec.kind == kind]


def asset_class_names() -> list[str]:
    """Those there are."""
    return sorted(each.stem for each in _FOLDER.glob("*.yaml"))


@cache
def asset_class(name: str) -> AssetClass:
    """The schema of this name; raises `OptionInvalid` with those there are."""
    path = _FOLDER / f"{name}.yaml"
    if not path.is_file():
        known = asset_class_names()
        hint = near(name, known) or f"; there is: {', '.join(known)}"
        raise OptionInvalid(f"no asset class '{name}'{hint}")
    try:
        return AssetClass.model_validate(yaml.safe_load(path.read_text()))
    except ValidationError as error:
        raise OptionInvalid(f"{path}: {error.errors()[0]['msg']}") from None
