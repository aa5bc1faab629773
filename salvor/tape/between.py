"""The rules between the fields of a loan, on values that are read: which loan breaks which, and what is shown of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from salvor.tape.breaches import breaches, where
from salvor.tape.files.table import ROW
from salvor.tape.rules import RULES, Facts


@dataclass(frozen=True)
class Between:
    """The rules whose fields are all mapped; `columns` are the bank's, by field."""

    facts: Facts
    columns: Mapping[str, str]

    def broken(self, values: pl.DataFrame, text_of: Callable[[str], pl.Series]) -> list[pl.DataFrame]:
        """Breaches in these rows; `text_of` gives the texts of a field, as they are shown."""
        conditions = [
            rule.broken(self.facts).fill_null(value=False).alias(name)
            for name, rule in RULES.items()
            if rule.broken and set(rule.needs) <= self.columns.keys()
        ]
        found = []
        for broken in values.select(conditions).get_columns() if conditions else []:
            if broken.any():
                field = RULES[broken.name].field
                told = where(broken, broken.name)
                found += breaches(values[ROW], field, self.columns[field], text_of(field), told)
        return found
