"""A proposal as a mapping file that a person reads and edits: samples, confidence and questions stand beside each line.

Nothing of a file can end a comment or a quoted text: whatever is not plain is quoted by YAML's own writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from salvor.tape.propose.line import Key, Line
from salvor.tape.propose.proposal import Proposal

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?: [A-Za-z0-9_]+)*|[0-9]{1,9}")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
_CODED = {"format", "numbers"}  # always in quotes
_LONGEST = 40  # letters of a sample


def written(proposal: Proposal) -> str:
    """The text of the mapping file."""
    lines = [*_top(proposal), "fields:"]
    for line in proposal.mapped:
        lines += _field(line)
    if proposal.unmapped:
        lines += ["", f"# Columns that are no field of {proposal.schema.asset_class}, with samples:"]
        lines += [f"#   {plain(line.column or '')}: {_samples(line)}" for line in proposal.unmapped]
    return "\n".join(lines) + "\n"


def looked_at(proposal: Proposal) -> str:
    """How much of the file the proposal rests on."""
    if proposal.whole:
        return f"all {proposal.rows:,} rows were looked at"
    return f"{proposal.rows:,} rows were looked at: the first ones and some from places spread over the file"


def plain(text: str) -> str:
    """A text of the bank's on one line, without control characters, and not too long."""
    one_line = "".join(each for each in " ".join(text.split()) if each.isprintable())
    return one_line if len(one_line) <= _LONGEST else f"{one_line[: _LONGEST - 1]}…"


def _top(proposal: Proposal) -> Iterator[str]:
    yield f"# Proposed by `ape run tape map` for {plain(proposal.path.name)}; {looked_at(proposal)}."
    yield "# Read it line by line: samples and confidence stand behind each. What begins with ? must be decided."
    yield "salvor_mapping: 1"
    for key in proposal.head:
        if key.name == "numbers" and key.value is not None:
            yield f"numbers: {key.value}"
        else:
            yield _pair(key)
    yield "# cut_off: 2024-12-31 # the day at which balances are told, if the file has one"
    style = proposal.style.model_dump(exclude_defaults=True)
    if style:
        yield f"file: {{ {', '.join(f'{name}: {scalar(str(value))}' for name, value in style.items())} }}"


def _field(line: Line) -> Iterator[str]:
    beside = f"{line.confidence} %: {_samples(line)}" if line.column else ""
    says = [key.says for key in line.keys if key.says and (key.value is not None or len(line.keys) == 1)]
    comment = "; ".join(each for each in (beside, *says, *map(plain_note, line.notes)) if each)
    if not line.values and all(key.value is not None for key in line.keys):
        keys = ", ".join(f"{key.name}: {scalar(key.text, quoted=key.name in _CODED)}" for key in line.keys)
        yield f"  {line.field}: {{ {keys} }} # {comment}"
        return
    yield f"  {line.field}: # {comment}"
    for key in line.keys:
        yield f"    {_pair(key, silent=key.value is not None or len(line.keys) == 1)}"
    if line.values:
        yield "    values:"
        for key in line.values:
            yield f"      {_pair(key)}"


def _pair(key: Key, *, silent: bool = False) -> str:
    comment = f" # {plain_note(key.says)}" if key.says and not silent else ""
    return f"{scalar(key.name)}: {scalar(key.text, quoted=key.name in _CODED)}{comment}"


def plain_note(text: str) -> str:
    """A sentence on one line; samples in it may hold anything."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())


def _samples(line: Line) -> str:
    if not line.samples:
        return "empty"
    return ", ".join(map(plain, line.samples)) if line.shown else "not shown, it may be about people"


def scalar(text: str, *, quoted: bool = False) -> str:
    """A text as YAML reads it back, plain where that is safe."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and not quoted:
        return text
    return yaml.dump(text, default_style='"', allow_unicode=True, width=float("inf")).rstrip("\n")
