"""How the values of one field are to be read: the keys beside `column`, by what the values look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from salvor.tape.propose.days import date_keys
from salvor.tape.propose.line import Key
from salvor.tape.propose.looks import Looks
from salvor.tape.propose.numbers import money_unit, rate_unit, read_ones
from salvor.tape.propose.words import meaning
from salvor.tape.schema import AssetClass, FieldSpec
from salvor.tape.values.money import Numbers

_POSTCODE, _COUNTRY = "counterparty_postcode", "counterparty_country"


@dataclass(frozen=True)
class Context:
    """What a field's values are read beside: the whole of the columns, and the style of the file's numbers."""

    schema: AssetClass
    style: Numbers
    titles: str
    columns: Mapping[str, str]  # field -> column
    looks: Mapping[str, Looks]


@dataclass(frozen=True)
class Details:
    """Keys of a field, words of its codes, and what should be known about its values."""

    keys: tuple[Key, ...] = ()
    values: tuple[Key, ...] = ()
    notes: tuple[str, ...] = ()


def details(field: str, texts: pl.Series, context: Context) -> Details:
    """Of one field; `texts` are the distinct values of its column without the empty ones."""
    spec, column = context.schema.fields[field], context.columns[field]
    looks = context.looks[column]
    if not looks.filled:
        empty = (Key("format", None, "the column is empty here, such as %d/%m/%Y"),) if spec.kind == "date" else ()
        return Details(empty, notes=("empty in all rows that were looked at",))
    match spec.kind:
        case "date":
            keys, notes = date_keys(texts, field)
            return Details(tuple(keys), notes=tuple(notes))
        case "money":
            unit = money_unit(column, context.titles)
            return Details(tuple(unit), notes=_unread(texts, context.style))
        case "rate":
            unit = rate_unit(column, looks, field, spec, context.style)
            return Details(tuple(unit), notes=_unread(texts, context.style))
        case "code":
            return Details(values=_code_words(looks, spec))
        case "identifier" | "text":
            return _filled_up(field, texts, context)
        case _:
            return Details()


def _unread(texts: pl.Series, style: Numbers) -> tuple[str, ...]:
    left = texts.filter(read_ones(texts, style).is_null())
    return (f"{len(left)} values are no such numbers, such as {left[0]}",) if len(left) else ()


def _code_words(looks: Looks, spec: FieldSpec) -> tuple[Key, ...]:
    """Each word of the bank with ours; what is ours already needs no line, and what is unknown must be decided."""
    found = []
    for text, count in zip(looks.texts, looks.counts, strict=True):
        if text not in spec.allowed:
            ours = meaning(text, spec.allowed)
            found.append(Key(text, ours, f"{count:,} {'row' if count == 1 else 'rows'}", () if ours else spec.allowed))
    return tuple(found)


def _filled_up(field: str, texts: pl.Series, context: Context) -> Details:
    """Zeros in front that a spreadsheet took: sure for postcodes of one country, else only told."""
    digits = texts.filter(texts.str.contains(r"^[0-9]*[1-9][0-9]*$"))
    lengths = digits.str.len_chars()
    full = max(lengths, default=0)
    short = digits.filter(lengths < full)
    if texts.str.contains(r"[^0-9]").any() or not len(short) or digits.str.contains("^0[0-9]").any():
        return Details()
    if field != _POSTCODE:
        if (len(digits) - len(short)) * 10 < len(digits) * 9:
            return Details()
        few = f"{len(short)} of {len(digits)} have fewer than {full} digits, such as {short[0]}"
        return Details(notes=(f"{few}: lost zeros? `pad: {full}`",))
    if len(short) * 2 > len(digits):
        return Details()
    country = context.columns.get(_COUNTRY)
    if country and context.looks[country].distinct > 1:
        says = f"{len(short)} of {len(digits)} are shorter: take the line out if other countries have fewer digits"
        return Details((Key("pad", None, says, (str(full),)),))
    return Details((Key("pad", str(full), "zeros in front are lost"),))
