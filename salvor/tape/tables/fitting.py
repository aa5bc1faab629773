"""Whether the tables of a mapping fit together: every join has one way, and no field comes from two tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from salvor.tape.schema import AssetClass
from salvor.tape.tables.templates import (
    BORROWER,
    COLLATERAL,
    COLLECTIONS,
    CONTRACT,
    COUNTERPARTY,
    ENFORCEMENT,
    EXTERNAL,
    HISTORICAL,
    LOAN,
    NAMES_BORROWER,
    NAMES_PROTECTION,
    PROTECTION,
    RECOVERED,
    RELATIONSHIP,
    fields_of,
    joined_fields,
)


class Fields(Protocol):
    """What of a table in a mapping is looked at here."""

    @property
    def fields(self) -> Mapping[str, object]:
        """By name."""

    @property
    def includes_external(self) -> bool | None:
        """Of historical collections."""


def tables_problem(tables: Mapping[str, Fields], schema: AssetClass) -> str | None:
    """The first thing that is wrong with the tables of a mapping, in one sentence."""
    if LOAN not in tables:
        return "`tables` needs 'loan': one row a loan"
    fields = {name: list(table.fields) for name, table in tables.items()}
    return (
        _without_required(fields, schema)
        or _without_link(fields)
        or _twice(fields, schema)
        or _collections_problem(tables)
    )


def linking(fields: Mapping[str, Sequence[str]], names: Sequence[str], identifier: str) -> list[str]:
    """The tables that say which `identifier` belongs to which loan."""
    found = [table for table in names if identifier in fields.get(table, ())]
    return [table for table in found if table != COLLATERAL or CONTRACT in fields[COLLATERAL]]


def _without_required(fields: Mapping[str, Sequence[str]], schema: AssetClass) -> str | None:
    for table, names in fields.items():
        known = fields_of(table, schema)
        missing = [name for name, spec in known.items() if table != LOAN and spec.required and name not in names]
        if missing:
            return f"table {table} needs '{missing[0]}': {known[missing[0]].says}"
    return None


def _without_link(fields: Mapping[str, Sequence[str]]) -> str | None:
    """Counterparties and collaterals need exactly one table that says whose they are."""
    for table, names, identifier in (
        (COUNTERPARTY, NAMES_BORROWER, BORROWER),
        (COLLATERAL, NAMES_PROTECTION, PROTECTION),
    ):
        links = linking(fields, names, identifier)
        if len(links) > 1:
            return f"tables {' and '.join(links)} both say which {table} belongs to a loan; map '{identifier}' in one"
        if table in fields and not links:
            return f"nothing says which {table} belongs to which loan: map '{identifier}' in table {RELATIONSHIP}"
        if table == COLLATERAL and links and COLLATERAL not in fields and links != [LOAN]:
            return f"table {links[0]} names collaterals, and there is no table {COLLATERAL}: map it, or leave them out"
    if ENFORCEMENT in fields and not {CONTRACT, PROTECTION} & set(fields[ENFORCEMENT]):
        return f"table {ENFORCEMENT} needs '{CONTRACT}' or '{PROTECTION}': what is enforced"
    if ENFORCEMENT in fields and CONTRACT not in fields[ENFORCEMENT] and COLLATERAL not in fields:
        return f"table {ENFORCEMENT} names collaterals, and there is no table {COLLATERAL}: map it"
    return None


def _twice(fields: Mapping[str, Sequence[str]], schema: AssetClass) -> str | None:
    for name, sources in joined_fields(fields, schema).items():
        tables = [table for table, _ in sources]
        if name == PROTECTION or (name == RECOVERED and LOAN not in tables):
            continue
        if len(tables) > 1:
            return f"'{name}' comes from tables {' and '.join(tables)}; map it in one of them"
    return None


def _collections_problem(tables: Mapping[str, Fields]) -> str | None:
    """Whether two tables of collections tell of the same money can't be seen in them."""
    both = all(table in tables for table in COLLECTIONS)
    for name, table in tables.items():
        if table.includes_external is not None and (name != HISTORICAL or not both):
            return f"`includes_external` is of table {HISTORICAL}, where there is a table {EXTERNAL} too"
    if both and tables[HISTORICAL].includes_external is None:
        return (
            f"table {HISTORICAL} needs `includes_external`: true if what table {EXTERNAL} has stands in it too, "
            "false if the two are added"
        )
    return None
