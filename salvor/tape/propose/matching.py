"""Which column is which field: header and values together, one to one, the best of all ways at once.

A confidence above 90 is kept for headers that say a field in its very words and whose values look like it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from salvor.tape.propose.looks import Looks
from salvor.tape.propose.words import meaning, near_field, units_in
from salvor.tape.schema import AssetClass, FieldSpec, asset_class, asset_class_names

LEAST = 62  # below it a column is no field
_TIE = 4  # percent: asset classes that explain a tape nearly as well
_NEEDED = 160  # percent: what a field counts that a tape of this class can't be without
# Numbers with a shape of their own: what is not so shaped may be the tax code of a person.
_SHAPES = {"legal_entity_identifier": "^[A-Z0-9]{18}[0-9]{2}$"}  # ISO 17442
_CLOSE = 6  # a second field so near makes the first one doubtful


@dataclass(frozen=True)
class Match:
    """A column and its field."""

    column: str
    field: str
    confidence: int  # 0 to 100


def guess_class(looks: Mapping[str, Looks]) -> tuple[AssetClass, list[Match], list[str]]:
    """The asset class whose fields explain the columns best, its matches, and other classes that fit nearly as well."""
    tried = [(asset_class(name), match(looks, asset_class(name))) for name in asset_class_names()]
    spread = {field: sum(field in each.fields for each, _ in tried) for each, _ in tried for field in each.fields}
    ranked = sorted(
        ((_worth(schema, found, spread), schema, found) for schema, found in tried), key=lambda each: -each[0]
    )
    worth, schema, found = ranked[0]
    return schema, found, [other.asset_class for near, other, _ in ranked[1:] if (worth - near) * 100 < _TIE * worth]


def match(looks: Mapping[str, Looks], schema: AssetClass) -> list[Match]:
    """Columns with their fields, in the order of the file."""
    columns, fields = list(looks), list(schema.fields)
    scores = [[score(name, looks[name], field, schema.fields[field]) for field in fields] for name in columns]
    # The fourth power: one good pair is worth more than two poor ones.
    weights = [_NEEDED if spec.required else 100 for spec in schema.fields.values()]
    worth = [
        [each**4 * weight if each >= LEAST else 0 for each, weight in zip(row, weights, strict=True)] for row in scores
    ]
    taken = best_assignment(worth)
    found = []
    for row, place in enumerate(taken):
        if place is None or scores[row][place] < LEAST:
            continue
        own = scores[row][place]
        rival = max((each for other, each in enumerate(scores[row]) if other != place), default=0)
        doubt = min(12, _CLOSE + rival - own) if rival > own - _CLOSE else 0
        found.append(Match(columns[row], fields[place], max(own - doubt, LEAST)))
    return found


def score(header: str, looks: Looks, field: str, spec: FieldSpec) -> int:
    """How well a column is this field, 0 to 100: its header, weighed by its values."""
    near = near_field(header, field, spec)
    if near < LEAST - 6:
        return 0
    return near * (40 + 60 * fit(header, looks, field, spec) // 100) // 100 if fit(header, looks, field, spec) else 0


def fit(header: str, looks: Looks, field: str, spec: FieldSpec) -> int:
    """How well the values are of a field's kind, 0 to 100; 0 excludes it. An empty column may be anything."""
    if not looks.filled:
        return 75
    if field in _SHAPES and looks.texts.str.contains(_SHAPES[field]).sum() * 10 < 9 * len(looks.texts):
        return 0
    match spec.kind:
        case "date":
            return looks.days if looks.days >= 50 else 0
        case "money":
            return _money(looks)
        case "rate":
            return _rate(header, looks, field)
        case "integer":
            return looks.whole if looks.whole >= 80 and looks.days < 80 else 0
        case "code":
            return _code(looks, spec)
        case "identifier":
            return _identifier(looks, required=spec.required)
        case _:
            return _text(looks, spec)


def _money(looks: Looks) -> int:
    if looks.amounts < 60 or looks.days >= 80 or looks.percent_signs > 50:
        return 0
    zeros = looks.texts.str.contains(r"^0[0-9]").any()
    return 30 if zeros and not looks.decimals else 97 if looks.decimals else 95


def _rate(header: str, looks: Looks, field: str) -> int:
    signed = looks.percent_signs > 50
    if not signed and (looks.amounts < 60 or looks.days >= 80):
        return 0
    if signed or {"percent", "basis_point"} & units_in(header):
        return 100
    large = looks.texts.str.contains(r"^[^0-9]*[0-9]{4,}|[0-9][., '][0-9]{3}[.,]").sum() * 100 // len(looks.texts)
    return 20 if large > 20 and field != "exchange_rate" else 96


def _code(looks: Looks, spec: FieldSpec) -> int:
    if looks.days >= 50 or looks.decimals > 50 or not looks.few:
        return 0
    known = sum(meaning(text, spec.allowed) is not None for text in looks.texts)
    return 70 + 30 * known // max(len(looks.texts), 1) if looks.whole < 50 or known else 45


def _identifier(looks: Looks, *, required: bool) -> int:
    if (looks.days >= 80 and looks.whole < 80) or (looks.decimals > 50 and looks.amounts > 50):
        return 0
    return 100 if looks.unique >= 99 else 60 if not required or looks.unique >= 90 else 25


def _text(looks: Looks, spec: FieldSpec) -> int:
    if looks.days >= 80 and looks.whole < 80:
        return 0
    if spec.code_list:
        from salvor.tape.codes import code_list

        listed = int(looks.texts.is_in(sorted(code_list(spec.code_list))).sum()) * 100 // len(looks.texts)
        return 60 + 40 * listed // 100
    return 95 if looks.decimals <= 50 or looks.amounts <= 50 else 50


def _worth(schema: AssetClass, found: Sequence[Match], spread: Mapping[str, int]) -> int:
    """What an asset class explains: fields that few classes have count more, a required one that is missing against."""
    mapped = {each.field for each in found}
    gained = sum(each.confidence + 30 // spread[each.field] for each in found)
    needed = {name for name, spec in schema.fields.items() if spec.required} | {schema.balance_of(mapped)}
    return gained - 60 * len(needed - mapped)


def best_assignment(worth: Sequence[Sequence[int]]) -> list[int | None]:
    """For each row the column that makes the sum largest, each column once (the Hungarian method, exact integers)."""
    rows, columns = len(worth), max(len(worth), len(worth[0]) if worth else 0)
    cost = [[-row[at] if at < len(row) else 0 for at in range(columns)] for row in worth]
    row_price, column_price, owner = [0] * (rows + 1), [0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        owner[0], at = row, 0
        least: list[int | None] = [None] * (columns + 1)
        came, seen = [0] * (columns + 1), [False] * (columns + 1)
        while owner[at]:
            seen[at] = True
            at = _cheapest(cost, owner[at], at, (row_price, column_price), least, came, seen)
            _reprice(at, (row_price, column_price), owner, least, seen)
        while at:
            owner[at], at = owner[came[at]], came[at]
    taken = {owner[at]: at - 1 for at in range(1, columns + 1) if owner[at]}
    found = [taken[row + 1] for row in range(rows)]
    return [at if at < len(worth[row]) and worth[row][at] > 0 else None for row, at in enumerate(found)]


def _cheapest(
    cost: list[list[int]],
    row: int,
    at: int,
    prices: tuple[list[int], list[int]],
    least: list[int | None],
    came: list[int],
    seen: list[bool],
) -> int:
    """The free column that is reached at the least cost; remembers from where each was reached."""
    best: int | None = None
    for other in range(1, len(seen)):
        if seen[other]:
            continue
        reached = cost[row - 1][other - 1] - prices[0][row] - prices[1][other]
        known = least[other]
        if known is None or reached < known:
            least[other], came[other] = reached, at
        if best is None or (least[other] or 0) < (least[best] or 0):
            best = other
    assert best is not None  # there are at least as many columns as rows
    return best


def _reprice(
    at: int, prices: tuple[list[int], list[int]], owner: list[int], least: list[int | None], seen: list[bool]
) -> None:
    step = least[at] or 0
    for other, passed in enumerate(seen):
        if passed:
            prices[0][owner[other]] += step
            prices[1][other] -= step
        elif (known := least[other]) is not None:
            least[other] = known - step
