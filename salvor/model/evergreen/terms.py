"""What an evergreen deal says beside the cash rules (docs/evergreen.md)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EvergreenTerms:
    """An epoch of `every` periods with a cut-off in seconds; `limits` one a tranche but the most junior.

    `rate` a year, `fees` and `limits` are WAD (rules 5, 10 and 24); `source` says whether a value source is named.
    """

    every: int
    cut_off: int
    rate: int
    limits: tuple[int, ...]
    fees: int = 0
    senior_first: bool = True
    source: bool = False
