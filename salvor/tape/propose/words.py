"""Headers as plain words, and how near two of them are: case, accents, signs, abbreviations and stop words gone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from rapidfuzz import fuzz

from salvor.tape.schema import FieldSpec, asset_class, asset_class_names

_FILE = Path(__file__).with_name("words.yaml")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_UMLAUTS = {"ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
_LETTERS = str.maketrans(_UMLAUTS | {"º": "", "°": ""})


@dataclass(frozen=True)
class Words:
    """The file `words.yaml`."""

    abbreviations: Mapping[str, Sequence[str]]
    stop_words: Sequence[str]
    units: Mapping[str, Sequence[str]]
    currencies: Sequence[str]
    currency_signs: Mapping[str, Sequence[str]]
    personal: Sequence[str]
    fields: Mapping[str, Sequence[str]]
    values: Mapping[str, Sequence[str]]


@cache
def words() -> Words:
    """Read once; everything in it is text, so that `no` stays a word."""
    return Words(**yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))


@cache
def plain(text: str) -> str:
    """Lower case words without accents, signs, units and stop words; abbreviations are written out."""
    kept = [word for word in _split(text) if word not in _noise()] or _split(text)
    return " ".join(dict.fromkeys(_long().get(word, word) for word in kept))


def units_in(header: str, *, only: Sequence[str] | None = None) -> set[str]:
    """Units that a header names: thousand, million, percent, basis_point; `only` by these names of them."""
    said = set(_split(header)) if only is None else set(_split(header)) & set(only)
    found = {unit for unit, names in words().units.items() if said & set(names)}
    return found | ({"percent"} if "%" in header else set())


def currencies_in(header: str) -> set[str]:
    """Codes of currencies in a header, also in `kEUR` and `TEUR`, and those of its signs."""
    codes = {code for code in words().currencies if re.search(rf"(?<![A-Z])[kKTM]?{code}(?![A-Za-z])", header)}
    signs = [set(codes) for sign, codes in words().currency_signs.items() if len(sign) == 1 and sign in header]
    return codes.union(*signs)


@cache
def nearness(header: str, field: str, source: str) -> int:
    """How near a header is to what a field is called, 0 to 100; 100 is said in these very words."""
    said = plain(header)
    return max(_near(said, phrase) for phrase in _phrases(field, source))


def near_field(header: str, field: str, spec: FieldSpec) -> int:
    """How near a header is to a field of an asset class."""
    return nearness(header, field, spec.source)


def is_personal(header: str) -> bool:
    """Whether a header says that its values are about living people."""
    return max(_near(plain(header), plain(each)) for each in _personal_words()) >= 90


@cache
def _personal_words() -> frozenset[str]:
    """Words for what is no field, and for fields about living people, whether this asset class has them or not."""
    schemas = [asset_class(name) for name in asset_class_names()]
    fields = {field for schema in schemas for field, spec in schema.fields.items() if spec.personal}
    return frozenset(words().personal).union(*(words().fields.get(name, ()) for name in fields))


def meaning(value: str, allowed: Sequence[str]) -> str | None:
    """Which of the allowed values a bank's word means; None when no word for it is known, or two are."""
    said = plain(value)
    known = {ours: {plain(ours), *map(plain, words().values.get(ours, ()))} for ours in allowed}
    exact = [ours for ours, names in known.items() if said in names]
    if exact:
        return exact[0] if len(exact) == 1 else None
    if len(said) < 5:
        return None
    near = {ours for ours, names in known.items() if any(fuzz.ratio(said, name) >= 90 for name in names)}
    return near.pop() if len(near) == 1 else None


def _near(said: str, phrase: str) -> int:
    if said == phrase:
        return 100
    if said.replace(" ", "") == phrase.replace(" ", ""):
        return 98
    ours, theirs = set(phrase.split()), set(said.split())
    alike = fuzz.token_sort_ratio(said, phrase) * 0.94
    if len(ours) > 1 and ours < theirs:
        alike = max(alike, 92 - 8 * len(theirs - ours))
    elif len(theirs) > 1 and theirs < ours:
        alike = max(alike, 86 - 8 * len(ours - theirs))
    elif phrase in (said.split()[0], said.split()[-1]):
        alike = max(alike, 74 - 4 * len(theirs - ours))  # one word of several: never more than a question
    return int(alike)


@cache
def _phrases(field: str, source: str) -> tuple[str, ...]:
    """The field's name, its name in the template, and what banks call it."""
    template = source.rpartition(":")[2].partition(";")[0] if ":" in source else ""
    return tuple(dict.fromkeys(plain(each) for each in (field, template, *words().fields.get(field, ())) if each))


def _split(text: str) -> list[str]:
    bare = unicodedata.normalize("NFKD", _CAMEL.sub(" ", unicodedata.normalize("NFC", text)).translate(_LETTERS))
    letters = "".join(char for char in bare if not unicodedata.combining(char))
    return [word.lower() for word in re.findall(r"[A-Za-z]+|[0-9]+", letters)]


@cache
def _long() -> dict[str, str]:
    return {_bare(short): long for long, shorts in words().abbreviations.items() for short in shorts}


def _bare(text: str) -> str:
    return "".join(_split(text)) or text


@cache
def _noise() -> frozenset[str]:
    units = (name for names in words().units.values() for name in names)
    return frozenset([*words().stop_words, *units, *(code.lower() for code in words().currencies)])
