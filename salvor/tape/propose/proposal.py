"""A proposed mapping of a bank's file: one line a column, and every question that only a person can answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from salvor.tape.plan import FileStyle
from salvor.tape.propose.details import Context, Details, details
from salvor.tape.propose.line import Key, Line
from salvor.tape.propose.looks import Looks, looks_of
from salvor.tape.propose.matching import Match, fit, guess_class, match
from salvor.tape.propose.numbers import Found, currency_of, number_style
from salvor.tape.propose.sample import Sample, take_sample
from salvor.tape.propose.words import is_personal
from salvor.tape.schema import AssetClass, asset_class

DOUBTFUL = 72  # a match below it is a question


@dataclass(frozen=True)
class Proposal:
    """What `ape run tape map` found out about a file."""

    path: Path
    schema: AssetClass
    style: FileStyle
    notes: tuple[str, ...]
    head: tuple[Key, ...]  # asset class, currency, numbers
    lines: tuple[Line, ...]  # fields in the order of the asset class, then columns that are none
    rows: int  # that were looked at
    whole: bool  # whether these are all

    @property
    def mapped(self) -> list[Line]:
        """Lines that have a field."""
        return [line for line in self.lines if line.field]

    @property
    def unmapped(self) -> list[Line]:
        """Columns that fit no field."""
        return [line for line in self.lines if not line.field]

    def open(self) -> Iterator[tuple[str, Key]]:
        """Every place of the mapping that must be decided."""
        yield from ((key.name, key) for key in self.head if key.value is None)
        for line in self.lines:
            yield from line.open()

    def as_json(self) -> dict[str, object]:
        """For machines and logs: without samples that may be about people."""
        return {
            "file": self.path.name,
            "rows": self.rows,
            "whole": self.whole,
            "notes": list(self.notes),
            "header_row": self.style.header_row,
            **{key.name: key.value for key in self.head},
            "columns": [_line_as_json(line) for line in self.lines],
            "open": [{"place": place, "says": key.says, "choices": list(key.choices)} for place, key in self.open()],
        }


def _line_as_json(line: Line) -> dict[str, object]:
    return {
        "column": line.column,
        "samples": list(line.samples) if line.shown else [],
        "field": line.field,
        "confidence": line.confidence,
        "keys": {key.name: key.text for key in line.keys},
        "values": {key.name: key.text for key in line.values},
        "notes": list(line.notes),
    }


def propose(
    path: Path,
    *,
    style: FileStyle | None = None,
    find_header: bool = True,
    class_name: str | None = None,
    currency: str | None = None,
) -> Proposal:
    """Look at a sample of a file and propose how it is read; what the caller names is not guessed."""
    sample = take_sample(path, style or FileStyle(), find_header=find_header)
    looks = {name: looks_of(sample, name) for name in sample.frame.columns if name.strip()}
    schema, found, class_key = _class_of(looks, class_name)
    columns = {each.field: each.column for each in found}
    numbers = _numbers_of(sample, schema, columns)
    head = [class_key, _currency_of(sample, schema, columns, looks, currency)]
    head += [numbers.key] if numbers.key else []
    context = Context(schema, numbers.style, sample.titles, columns, looks)
    lines = tuple(_lines(sample, found, context))
    return Proposal(
        path, schema, sample.style, tuple(sample.notes), tuple(head), lines, sample.frame.height, sample.whole
    )


def _class_of(looks: Mapping[str, Looks], name: str | None) -> tuple[AssetClass, list[Match], Key]:
    if name:
        schema = asset_class(name)
        return schema, match(looks, schema), Key("asset_class", name)
    schema, found, rivals = guess_class(looks)
    if rivals:
        choices = (schema.asset_class, *rivals)
        says = f"the columns leave it open; the fields below are those of {schema.asset_class}"
        return schema, found, Key("asset_class", None, says, choices)
    return schema, found, Key("asset_class", schema.asset_class, "by its columns")


def _of_kind(schema: AssetClass, columns: Mapping[str, str], kind: str) -> list[str]:
    return [column for field, column in columns.items() if schema.fields[field].kind == kind]


def _numbers_of(sample: Sample, schema: AssetClass, columns: Mapping[str, str]) -> Found:
    """By the amounts; by the rates only where the amounts have no signs."""
    found = Found(None, number_style([]).style)
    for kind in ("money", "rate"):
        found = number_style([sample.values(name) for name in _of_kind(schema, columns, kind)])
        if found.key:
            return found
    return found


def _currency_of(
    sample: Sample, schema: AssetClass, columns: Mapping[str, str], looks: Mapping[str, Looks], named: str | None
) -> Key:
    if named:
        return Key("currency", named)
    return currency_of(looks, _of_kind(schema, columns, "money"), columns.get("currency"), sample.titles)


def _lines(sample: Sample, found: list[Match], context: Context) -> Iterator[Line]:
    matches, schema = {each.field: each for each in found}, context.schema
    free = [name for name in context.looks if name not in context.columns.values()]
    for field, spec in schema.fields.items():
        if field in matches:
            yield _mapped(sample, matches[field], context)
        elif spec.required or field == schema.balance_of(matches):
            may_be = [name for name in free if fit(name, context.looks[name], field, spec) >= 60]
            yield Line(None, (), False, field, 0, (Key("column", None, f"needed: {spec.says}", tuple(may_be[:6])),))
    for name in free:
        yield _unmapped(name, context.looks[name])


def _mapped(sample: Sample, each: Match, context: Context) -> Line:
    looks, spec = context.looks[each.column], context.schema.fields[each.field]
    told: Details = details(each.field, sample.values(each.column).unique(maintain_order=True), context)
    column = Key("column", each.column)
    if each.confidence < DOUBTFUL:
        column = Key("column", None, "is it? else take the line out", (each.column,))
    shown = not (spec.personal or is_personal(each.column))
    return Line(
        each.column, looks.samples, shown, each.field, each.confidence, (column, *told.keys), told.values, told.notes
    )


def _unmapped(name: str, looks: Looks) -> Line:
    """Free text of an unknown column may be about people, so that only numbers, days and codes are shown."""
    short = bool(looks.filled) and max(map(len, looks.texts)) <= 4
    plain = (
        short or max(looks.days, looks.amounts, looks.whole) >= 80 or (looks.few and looks.filled > 2 * looks.distinct)
    )
    return Line(name, looks.samples, plain and not is_personal(name))
