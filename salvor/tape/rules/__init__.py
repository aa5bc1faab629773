"""Every rule a tape is checked by: an id, how bad a breach is, one sentence, and what to do about it.

An id is for ever: exceptions files of past deals name it. Rules of single values are applied where the value is read
(`values/`), rules between fields where their fields are mapped.
"""

from __future__ import annotations

from collections.abc import Mapping

from salvor.tape.rules.amounts import OF_AMOUNTS
from salvor.tape.rules.claims import OF_CLAIMS
from salvor.tape.rules.collateral import OF_COLLATERAL
from salvor.tape.rules.dates import OF_DATES
from salvor.tape.rules.rule import Facts, Rule, Severity
from salvor.tape.rules.tables import OF_TABLES
from salvor.tape.rules.values import OF_VALUES

__all__ = ["RULES", "Facts", "Rule", "Severity"]

_ALL = {**OF_VALUES, **OF_DATES, **OF_AMOUNTS, **OF_COLLATERAL, **OF_CLAIMS, **OF_TABLES}
RULES: Mapping[str, Rule] = dict(sorted(_ALL.items()))
