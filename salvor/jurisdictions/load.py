"""Reads a jurisdiction file: each line is a rule, its legal source with a date, and who confirmed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, model_validator

from salvor.deal.document import compose, refuse, validate
from salvor.deal.fields import Name, Part, Version
from salvor.errors import near
from salvor.jurisdictions.rules import RULES, Rule

FOLDER = Path(__file__).parents[2] / "deals" / "jurisdictions"
_WHAT = "jurisdiction file"
Sentence = Annotated[str, Field(min_length=1, max_length=400)]


class Origin(Part):
    """Why a line stands in the file."""

    why: Sentence
    source: Sentence
    dated: date  # of the source in the version that is meant
    confirmed: Sentence | None = None  # where the text was read
    unconfirmed: Sentence | None = None  # what nobody has checked; a lawyer reads this first
    tranches: Annotated[tuple[Name, ...], Field(min_length=1, max_length=8)] | None = None  # all, when not named

    @model_validator(mode="after")
    def _says_one(self) -> Origin:
        if (self.confirmed is None) == (self.unconfirmed is None):
            raise ValueError("a line says either `confirmed` (where it was read) or `unconfirmed` (what is open)")
        return self


class _File(Part):
    salvor_jurisdiction: Version
    title: Sentence
    as_of: date
    note: Annotated[str, Field(max_length=2_000)] = ""
    lines: Annotated[list[Any], Field(min_length=1, max_length=100)]


@dataclass(frozen=True)
class Line:
    """One rule of one jurisdiction, and where it stands in the file."""

    jurisdiction: str
    number: int  # line of the file
    rule: Rule
    origin: Origin

    @property
    def cited(self) -> str:
        """The source in brackets, as it stands behind a sentence; what is not confirmed says so."""
        open_ = "" if self.origin.confirmed else ", unconfirmed"
        return f"{self.jurisdiction}: {self.origin.source}, {self.origin.dated}{open_}"


@dataclass(frozen=True)
class Jurisdiction:
    """A file that was read."""

    name: str
    title: str
    as_of: date
    note: str
    lines: tuple[Line, ...]


def shipped() -> list[str]:
    """Names of the jurisdictions that come with Salvor."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load_jurisdiction(path: Path) -> Jurisdiction:
    """Read and check a file; its name is the jurisdiction's."""
    root = compose(path, _WHAT)
    file = validate(path, root, _File, _known_keys)
    nodes = next(value for key, value in root.value if key.value == "lines").value
    lines = tuple(_line(path, node, path.stem) for node in nodes)
    return Jurisdiction(path.stem, file.title, file.as_of, file.note, lines)


def _line(path: Path, node: yaml.Node, jurisdiction: str) -> Line:
    """A line is two things in one: a rule by its word, and its origin."""
    if not isinstance(node, yaml.MappingNode):
        refuse(path, node, (), "a line is a list of `key: value`, the first of them `rule`")
    words = {key.value: value for key, value in node.value}
    if "rule" not in words:
        refuse(path, node, ("rule",), "is missing")
    word = words["rule"].value
    if word not in RULES:
        hint = near(str(word), RULES) or f" ({', '.join(RULES)})"
        refuse(path, node, ("rule",), f"there is no rule '{word}'{hint}")
    of_origin = set(Origin.model_fields)
    rule = validate(path, _part(node, lambda key: key != "rule" and key not in of_origin), RULES[word], _known_keys)
    origin = validate(path, _part(node, lambda key: key in of_origin), Origin, _known_keys)
    return Line(jurisdiction, node.start_mark.line + 1, rule, origin)


def _part(node: yaml.MappingNode, wanted: Any) -> yaml.MappingNode:
    """The same node with some of its keys, each still at its place."""
    pairs = [(key, value) for key, value in node.value if wanted(key.value)]
    return yaml.MappingNode(node.tag, pairs, node.start_mark, node.end_mark)


def _known_keys() -> list[str]:
    keys = ["rule", *_File.model_fields, *Origin.model_fields]
    for rule in RULES.values():
        keys += [field.alias or name for name, field in rule.model_fields.items()]
    return keys
