"""The tables that a tape may consist of: which fields each has, and which field of the joined loan comes of which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from salvor.tape.schema import AssetClass, FieldSpec

LOAN, COUNTERPARTY, RELATIONSHIP, COLLATERAL = "loan", "counterparty", "relationship", "collateral"
COLLATERAL_RELATIONSHIP, ENFORCEMENT = "collateral_relationship", "enforcement"
EXTERNAL, HISTORICAL = "external_collection", "historical_collection"
CONTRACT, BORROWER, PROTECTION = "contract_identifier", "counterparty_identifier", "collateral_identifier"
ROLE, LIEN, VALUE = "counterparty_role", "lien_position", "collateral_value"
COLLECTED, RECOVERED = "collected_amount", "recovered_amount"
COLLECTIONS = (EXTERNAL, HISTORICAL)
# The tables that can say whose counterparty, or whose collateral, something is.
NAMES_BORROWER = (RELATIONSHIP, LOAN)
NAMES_PROTECTION = (RELATIONSHIP, COLLATERAL_RELATIONSHIP, COLLATERAL, LOAN)
_FILE = Path(__file__).with_name("templates.yaml")


class Template(BaseModel):
    """One table of the templates."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    says: str
    source: str
    of_class: Literal["all"] | tuple[str, ...]
    own: Mapping[str, FieldSpec]


@cache
def templates() -> Mapping[str, Template]:
    """All tables, in the order in which they are read."""
    return {name: Template.model_validate(each) for name, each in yaml.safe_load(_FILE.read_text()).items()}


def fields_of(table: str, schema: AssetClass) -> dict[str, FieldSpec]:
    """What a table can have in a tape of this class; its own fields go before those of the class."""
    template = templates()[table]
    of_class = (
        schema.fields
        if template.of_class == "all"
        else {name: schema.fields[name] for name in template.of_class if name in schema.fields}
    )
    return {**of_class, **template.own}


def joined_fields(tables: Mapping[str, Sequence[str]], schema: AssetClass) -> dict[str, list[tuple[str, str]]]:
    """Which tables, with which of their fields, bring each field of the joined loan; the first one is shown.

    `tables` has the fields that each table maps. A field that two tables bring is listed with both.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for table, fields in tables.items():
        for name in fields:
            for field in _becomes(table, name):
                if field in schema.fields:
                    found.setdefault(field, []).append((table, name))
    return {name: found[name] for name in schema.fields if name in found}


def _becomes(table: str, name: str) -> tuple[str, ...]:
    """The field of the loan that a table's field becomes; identifiers that only join become none."""
    if name == CONTRACT:
        return (name,) if table == LOAN else ()
    if name == BORROWER:
        return (name,) if table in NAMES_BORROWER else ()
    if name == PROTECTION:
        return (name,) if table in NAMES_PROTECTION else ()
    return (RECOVERED,) if name == COLLECTED else (name,)
