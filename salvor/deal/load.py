"""Read a YAML file into its typed model; every error names file, line and column.

All scalars stay text until pydantic reads them: YAML's own guesses (floats, `no` as false, dates) never touch a deal.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NoReturn, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from salvor.deal import life, rules, schema
from salvor.deal.checks import findings
from salvor.deal.life import Life, life_findings
from salvor.deal.schema import Deal
from salvor.deal.screening import screening_findings, screening_terms
from salvor.errors import DealInvalid, FileMissing, near
from salvor.tape import plan
from salvor.tape.plan import TapeMapping
from salvor.tape.review.terms import Terms

Model = TypeVar("Model", bound=BaseModel)
_WHITESPACE = re.compile(r"\s+")


def load_deal(path: Path, *, mapping: TapeMapping | None = None) -> Deal:
    """Read and check a deal file; its screening must fit a mapping, which is the deal's own unless one is given."""
    root = _compose(path, "deal file")
    deal = _validate(path, root, Deal)
    for place, reason in findings(deal):
        _refuse(path, root, place, reason)
    if deal.screening:
        mapping = mapping or load_tape_mapping(path.parent / deal.tape.mapping)
        for place, reason in screening_findings(deal, mapping):
            _refuse(path, root, place, reason)
    return deal


def load_screening(path: Path, *, mapping: TapeMapping, decimals: int) -> tuple[Deal, Terms]:
    """A deal and what it demands of a tape that was checked through this mapping, in money of these decimals."""
    deal = load_deal(path, mapping=mapping)
    root = _compose(path, "deal file")
    if deal.screening is None:
        _refuse(path, root, ("screening",), "is missing: the deal demands nothing of its loans")
    if deal.settlement.decimals != decimals:
        reason = f"is {deal.settlement.decimals}, and the tape was checked with {decimals}: check it once more"
        _refuse(path, root, ("settlement", "decimals"), reason)
    return deal, screening_terms(deal, mapping)


def load_life(path: Path, deal: Deal) -> Life:
    """Read what happens to a deal, and check that it fits the deal."""
    root = _compose(path, "life of a deal")
    found = _validate(path, root, Life)
    for place, reason in life_findings(found, deal):
        _refuse(path, root, place, reason)
    return found


def load_part(path: Path, what: str, model: type[Model]) -> Model:
    """Read any other file that is written as a deal is; `what` says in errors which."""
    return _validate(path, _compose(path, what), model)


def refuse_part(path: Path, what: str, place: tuple[str | int, ...], reason: str) -> NoReturn:
    """Tell where in such a file it stands that can't be."""
    _refuse(path, _compose(path, what), place, reason)


def refuse_event(path: Path, place: tuple[str | int, ...], reason: str) -> NoReturn:
    """Tell where in a life the event stands that can't be."""
    _refuse(path, _compose(path, "life of a deal"), place, reason)


def load_tape_mapping(path: Path) -> TapeMapping:
    """Read the mapping file of an asset class."""
    return _validate(path, _compose(path, "mapping file"), TapeMapping)


def _compose(path: Path, what: str) -> yaml.Node:
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


def _validate(path: Path, root: yaml.Node, model: type[Model]) -> Model:
    try:
        return model.model_validate(_plain(path, root))
    except ValidationError as error:
        # An unknown key first: it is why the right one is missing.
        first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        cause = first.get("ctx", {}).get("error")
        place = cause.place if isinstance(cause, plan.Unfit) else _without_tags(root, first["loc"])
        _refuse(path, root, place, _in_words(first, model))


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


def _in_words(error: Any, model: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        key = str(error["loc"][-1])
        if key[:1].isdigit():
            return "unknown key; decimals are written with a point, not a comma"
        return "unknown key" + near(key, _keys_of(model) or _known_keys())
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
    return f"'{error['input']}': {error['msg'][0].lower()}{error['msg'][1:]}"


def _keys_of(model: type[BaseModel]) -> list[str]:
    """Keys of a file that is neither deal nor mapping: those of its own model, however deep."""
    if model.__module__.startswith(("salvor.deal.", "salvor.tape.")):
        return []
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


def _known_keys() -> list[str]:
    found = [*vars(schema).values(), *vars(rules).values(), *vars(life).values(), *vars(plan).values()]
    models = [each for each in found if isinstance(each, type) and issubclass(each, BaseModel)]
    return [field for model in models for field in model.model_fields]


def _refuse(path: Path, root: yaml.Node, place: tuple[str | int, ...], reason: str) -> NoReturn:
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
