"""What the values of a column look like, whatever its header says: days, amounts, whole numbers, codes, identifiers.

Shares are whole percent of the values that are not empty. They only order proposals; no amount is made from them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from salvor.tape.propose.sample import Sample
from salvor.tape.values.dates import FORMATS, read_dates

_CURRENCY = r"(?:[A-Z]{3}|kr\.?|zł|Kč|Fr\.?)?"
_AROUND = r"[^0-9A-Za-z]{0,3}"
_AMOUNT = (
    rf"^{_AROUND}{_CURRENCY}{_AROUND}[0-9][0-9.,'\x{{2019}}\s\x{{a0}}\x{{202f}}\x{{2009}}]*{_AROUND}{_CURRENCY}[)-]?$"
)
_DECIMALS = r"[0-9][.,][0-9]"
_WHOLE = r"^-?[0-9]{1,18}$"
_DAYLIKE = r"^[0-9]{1,4}[/.-](?:[0-9]{1,2}|[A-Za-z]{3})[/.-][0-9]{1,4}|^[0-9]{8}$"
_TIME = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?Z?$")
_MANY = 2_000  # distinct values that are looked at


@dataclass(frozen=True)
class Looks:
    """Of one column; shares in percent of its distinct values, `unique` of the rows."""

    filled: int
    rows: int
    distinct: int
    days: int
    amounts: int
    decimals: int
    whole: int
    percent_signs: int
    unique: int
    samples: tuple[str, ...]
    texts: pl.Series  # distinct values, the most frequent first
    counts: tuple[int, ...]

    @property
    def few(self) -> bool:
        """Whether the values are so few that each may be a code."""
        return 0 < self.distinct <= 40 and (self.distinct <= 12 or self.distinct * 10 <= self.filled)


def looks_of(sample: Sample, column: str) -> Looks:
    """What this column's values look like."""
    values = sample.values(column)
    counted = values.value_counts(sort=False).sort(["count", column], descending=[True, False]).head(_MANY)
    texts = counted[column].alias("text")
    return Looks(
        filled=len(values),
        rows=sample.frame.height,
        distinct=values.n_unique(),
        days=max((share for _, share in fitting(texts)), default=0),
        amounts=_share(texts, _AMOUNT),
        decimals=_share(texts, _DECIMALS),
        whole=_share(texts, _WHOLE),
        percent_signs=_share(texts, r"%\s*$"),
        unique=100 * values.n_unique() // len(values) if len(values) else 0,
        samples=tuple(values.unique(maintain_order=True).head(3)),
        texts=texts,
        counts=tuple(counted["count"]),
    )


def fitting(texts: pl.Series) -> list[tuple[str, int]]:
    """Formats that some of the values fit, with the share in percent, the best first; 100 is all of them."""
    if not len(texts) or _share(texts, _DAYLIKE) < 30:
        return []
    ends = [match.group() for text in texts if (match := _TIME.search(text))]
    end = max(set(ends), key=ends.count) if ends else ""
    found: list[tuple[str, int]] = []
    for each in FORMATS:
        problems = int(read_dates(texts, each + end).problems.is_not_null().sum())
        if share := 100 * (len(texts) - problems) // len(texts):
            found.append((each + end, share))
    return sorted(found, key=lambda each: -each[1])


def _share(texts: pl.Series, pattern: str) -> int:
    return int(texts.str.contains(pattern).sum()) * 100 // len(texts) if len(texts) else 0
