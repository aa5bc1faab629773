"""An asset class: which fields a loan of it has, of what kind, and which of them is its balance."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from salvor.errors import OptionInvalid, near

Kind = Literal["identifier", "money", "date", "integer", "code", "text"]
_FOLDER = Path(__file__).with_name("schemas")


class FieldSpec(BaseModel):
    """One field."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Kind
    required: bool = False
    allowed: tuple[str, ...] = ()
    source: str
    says: str


class AssetClass(BaseModel):
    """One file of `schemas/`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    asset_class: str
    title: str
    fields: Mapping[str, FieldSpec]
    balance: str = Field(description="the field in which sums are told")

    def of_kind(self, kind: Kind) -> list[str]:
        """Names of the fields of a kind."""
        return [name for name, spec in self.fields.items() if spec.kind == kind]


@cache
def asset_class(name: str) -> AssetClass:
    """The schema of this name; raises `OptionInvalid` with those there are."""
    path = _FOLDER / f"{name}.yaml"
    if not path.is_file():
        known = sorted(each.stem for each in _FOLDER.glob("*.yaml"))
        hint = near(name, known) or f"; there is: {', '.join(known)}"
        raise OptionInvalid(f"no asset class '{name}'{hint}")
    try:
        return AssetClass.model_validate(yaml.safe_load(path.read_text()))
    except ValidationError as error:
        raise OptionInvalid(f"{path}: {error.errors()[0]['msg']}") from None
