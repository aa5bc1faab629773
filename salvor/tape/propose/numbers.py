"""How a file writes numbers, found by reading them in every way there is: ways that give other values are asked about.

The readers of the check do the reading, so what is proposed here is what will be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from salvor.tape.propose.line import Key
from salvor.tape.propose.looks import Looks
from salvor.tape.propose.words import currencies_in, units_in, words
from salvor.tape.schema import FieldSpec
from salvor.tape.values.money import Numbers, read_money

_STYLES = (
    *(Numbers(decimal) for decimal in ".,"),
    Numbers(".", ","),
    Numbers(",", "."),
    *(Numbers(decimal, thousands) for thousands in " '" for decimal in ".,"),
)
_CURRENCY = r"[A-Z]{3}|\p{Sc}|kr\.?|zł|Kč|Fr\.?"
_DECIMALS = 12  # finer than any amount or rate that is compared here
_ONE = 1_000_000_000_000


@dataclass(frozen=True)
class Found:
    """The style of a file: its key in the mapping (None: the default is right), and the style to read samples with."""

    key: Key | None
    style: Numbers


def number_style(columns: Sequence[pl.Series]) -> Found:
    """The style that reads most of these texts; a question where two read as many and do not agree."""
    texts = pl.concat(columns).alias("text").unique(maintain_order=True) if columns else pl.Series("text", [""])
    signs = texts.filter(texts.str.contains(r"[0-9][.,'\x{2019}\s\x{a0}\x{202f}\x{2009}]+[0-9]"))
    if not len(signs):
        return Found(None, _STYLES[0])
    read = [(style, _values(signs, style)) for style in _STYLES]
    most = max(len(values) - values.null_count() for _, values in read)
    best = [(style, values) for style, values in read if len(values) - values.null_count() == most]
    unlike: list[tuple[Numbers, pl.Series]] = []
    for style, values in best:
        if not any(values.equals(other) for _, other in unlike):
            unlike.append((style, values))
    if len(unlike) == 1:
        return Found(Key("numbers", _shown(best[0][0])), best[0][0])
    return Found(_question(signs, unlike), best[0][0])


def read_ones(texts: pl.Series, style: Numbers) -> pl.Series:
    """Texts as whole numbers of 1e-12; null where the style does not fit."""
    return _values(texts, style)


def one(count: int) -> int:
    """So many ones as `read_ones` gives them."""
    return count * _ONE


def _values(texts: pl.Series, style: Numbers) -> pl.Series:
    bare = texts.str.replace_all(_CURRENCY, "").str.replace(r"\s*%\s*$", "").str.strip_chars()
    return read_money(bare, style, currency="", decimals=_DECIMALS, rounding="down").values


def _shown(style: Numbers) -> str:
    thousands = f', thousands: "{style.thousands}"' if style.thousands else ""
    return f'{{ decimal: "{style.decimal}"{thousands} }}'


def _question(texts: pl.Series, unlike: Sequence[tuple[Numbers, pl.Series]]) -> Key:
    frame = pl.DataFrame({"text": texts, "one": unlike[0][1], "other": unlike[1][1]})
    frame = frame.filter(pl.col("one").ne_missing(pl.col("other")))
    text, *values = frame.row(0)
    said = [f"{_plain(value)} ({_shown(style)})" for value, (style, _) in zip(values, unlike, strict=False)]
    says = f"{text} is {' or '.join(said)}"
    return Key("numbers", None, says, tuple(_shown(style) for style, _ in unlike))


def _plain(value: int | None) -> str:
    if value is None:
        return "no number"
    whole, rest = divmod(abs(value), _ONE)
    decimals = f".{rest:0{_DECIMALS}}".rstrip("0") if rest else ""
    return f"{'-' if value < 0 else ''}{whole}{decimals}"


def money_unit(header: str, titles: str) -> list[Key]:
    """The key `unit` of amounts: thousands or millions, named by the header or by a title above it."""
    for unit in sorted({"thousand", "million"} & units_in(header)):
        named = [name for name in words().units[unit] if len(name) > 1]
        sure = unit in units_in(header, only=named) or bool(currencies_in(header))
        says = "as the header says" if sure else f"what does the letter in '{header}' mean"
        return [Key("unit", unit if sure else None, says, () if sure else (unit, "one"))]
    for unit in sorted({"thousand", "million"} & units_in(titles)):
        return [Key("unit", None, f"a title above the header names a {unit}", (unit, "one"))]
    return []


def rate_unit(header: str, looks: Looks, field: str, spec: FieldSpec, style: Numbers) -> list[Key]:
    """The key `unit` of rates: what the header or signs say, or what alone fits; else a question."""
    named = units_in(header) & {"percent", "basis_point"}
    if field == "exchange_rate":
        return [Key("unit", "fraction")]
    if looks.percent_signs > 50 or len(named) == 1:
        return [Key("unit", named.pop() if len(named) == 1 else "percent")]
    values = read_ones(looks.texts, style).drop_nulls()
    values = values.filter(values != 0)
    if not len(values):
        return []
    above, most = int((values > one(1)).sum()), one(spec.most if spec.most is not None else 100)
    if int((values > most).sum()) * 2 > len(values):
        return [Key("unit", None, f"is {looks.samples[0]} in basis points, or percent", ("basis_point", "percent"))]
    if above * 2 > len(values):
        return [Key("unit", "percent")]
    return [Key("unit", None, f"is {looks.samples[0]} a part of one, or percent", ("fraction", "percent"))]


def currency_of(looks: Mapping[str, Looks], amounts: Sequence[str], stated: str | None, titles: str) -> Key:
    """The currency of the tape: by headers, by signs at the amounts, by a column of codes; a question if not one."""
    seen = {code for column in amounts for code in currencies_in(column)}
    seen |= currencies_in(titles)
    for column in amounts:
        marked = looks[column].texts.str.extract(rf"({_CURRENCY})").drop_nulls().unique()
        seen |= {code for mark in marked for code in _codes(mark)}
    if stated and (codes := [text for text in looks[stated].texts if len(text) == 3]):
        return Key("currency", codes[0]) if len(codes) == 1 else _ask_currency(f"'{stated}' has several", codes)
    if len(seen) == 1:
        return Key("currency", seen.pop(), "by the signs at the amounts")
    return _ask_currency("of the deal; the file does not say" if not seen else "of the deal", sorted(seen))


def _ask_currency(says: str, codes: Sequence[str]) -> Key:
    return Key("currency", None, says, tuple(codes))


def _codes(mark: str) -> Sequence[str]:
    return words().currency_signs.get(mark.rstrip("."), [mark] if mark in words().currencies else [])
