"""A YAML file with places: it becomes a typed model, and every error names file, line and column.

All scalars stay text until pydantic reads them: YAML's own guesses (floats, `no` as false, dates) never touch a deal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from salvor.errors import DealInvalid, FileMissing, near

Model = TypeVar("Model", bound=BaseModel)
_WHITESPACE = re.compile(r"\s+")


def compose(path: Path, what: str) -> yaml.Node:
    """The nodes of a file, each with its line and column."""
    if not path.is_file():
        raise FileMissing(path, what)
    try:
        text = path.read_text(encoding="utf-8")
        _refuse_aliases(path, text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise DealInvalid(path, line, column, "", f"not valid YAML: {error.problem}{_hint(error.problem)}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = _WHITESPACE.sub(" ", str(error))
        raise DealInvalid(path, 1, 1, "", f"not valid YAML in UTF-8: {reason}") from None
    if not isinstance(node, yaml.MappingNode):
        raise DealInvalid(path, 1, 1, "", f"a {what} is a list of `key: value` lines")
    return node


def _hint(problem: str | None) -> str:
    if "\\t" in (problem or ""):
        return "; indent with spaces"
    return "; put quotes around text that has a colon in it" if problem == "mapping values are not allowed here" else ""


def _refuse_aliases(path: Path, text: str) -> None:
    """A term that stands somewhere else can't be read where it counts, and one that contains itself never ends."""
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            mark = event.start_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise DealInvalid(path, line, column, "", "aliases (*name) are not allowed in a deal")


def validate(path: Path, root: yaml.Node, model: type[Model], known_keys: Callable[[], Iterable[str]]) -> Model:
    """A document as its model; the first error becomes a line with its place."""
    try:
        return model.model_validate(_plain(path, root))
    except ValidationError as error:
        # An unknown key first: it is why the right one is missing.
        first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        cause = first.get("ctx", {}).get("error")
        # An error may know better where it stands.
        place = getattr(cause, "place", None) or _without_tags(root, first["loc"])
        refuse(path, root, place, _in_words(first, known_keys))


def _plain(path: Path, node: yaml.Node) -> Any:
    """Dictionaries, lists and text; a key that stands twice is an error, not a silent overwrite."""
    if isinstance(node, yaml.MappingNode):
        plain: dict[str, Any] = {}
        for key, value in node.value:
            line, column = key.start_mark.line + 1, key.start_mark.column + 1
            if not isinstance(key, yaml.ScalarNode):
                raise DealInvalid(path, line, column, "", "a key is a word")
            if key.value in plain:
                raise DealInvalid(path, line, column, key.value, "stands twice")
            plain[key.value] = _plain(path, value)
        return plain
    if isinstance(node, yaml.SequenceNode):
        return [_plain(path, item) for item in node.value]
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


def _without_tags(root: yaml.Node, loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Pydantic names the chosen kind in the place of an error, where the file has no key of that name."""
    node, place = root, []
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            inner = [value for key, value in node.value if key.value == part]
            if not inner and part in [value.value for key, value in node.value if key.value == "kind"]:
                continue
            node = inner[0] if inner else yaml.ScalarNode("", "")
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
        place.append(part)
    return tuple(place)


def _in_words(error: Any, known_keys: Callable[[], Iterable[str]]) -> str:
    if error["type"] == "extra_forbidden":
        key = str(error["loc"][-1])
        if key[:1].isdigit():
            return "unknown key; decimals are written with a point, not a comma"
        return "unknown key" + near(key, known_keys())
    if error["type"] == "union_tag_not_found":
        return "`kind` is missing"
    if error["type"] == "union_tag_invalid":
        given, known = error["ctx"]["tag"], error["ctx"]["expected_tags"]
        return f"kind '{given}' is none of {known}{near(given, re.findall('[a-z_]+', known))}"
    if error["type"].startswith("date_"):
        return f"'{error['input']}' is not a date, such as 2026-12-31"
    if error["type"] == "string_pattern_mismatch" and error["loc"][-1:] == ("currency",):
        return f"'{error['input']}' is no currency, such as EUR"
    if error["type"] == "missing":
        return "is missing"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    said = f"'{error['input']}': {error['msg'][0].lower()}{error['msg'][1:]}"
    if error["type"] in ("enum", "literal_error") and isinstance(error["input"], str):
        said += near(error["input"], re.findall(r"'([^']+)'", error["ctx"]["expected"]))
    return said


def refuse(path: Path, root: yaml.Node, place: tuple[str | int, ...], reason: str) -> NoReturn:
    """Tell the line and column of a place in a file; of what is missing, those of what it is missing from."""
    node: yaml.Node = root
    mark = root.start_mark
    for depth, part in enumerate(place):
        if isinstance(node, yaml.ScalarNode):
            place = place[:depth]  # what stands for more than it says, or which of several readings failed
            break
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == part]
            if not found:
                break  # a missing key: the error stands where its parent does
            mark, node = found[0][0].start_mark, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            mark = node.start_mark
    raise DealInvalid(path, mark.line + 1, mark.column + 1, ".".join(str(part) for part in place), reason)


def keys_of(model: type[BaseModel]) -> list[str]:
    """Every key that a file of this model may have, however deep."""
    found: dict[str, None] = {}
    waiting = [model]
    while waiting:
        for name, field in waiting.pop().model_fields.items():
            found[field.alias or name] = None
            waiting += _models_in(field.annotation)
    return list(found)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]
