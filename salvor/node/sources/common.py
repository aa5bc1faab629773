"""What the settings of all sources have: a name, where the bytes come from, how often, and what is watched."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator

from salvor.amounts import Wad
from salvor.deal.fields import Part, Percent
from salvor.node.fetching import is_local
from salvor.node.keys import key_of
from salvor.node.observation import Reader

_DURATION = re.compile(r"(\d{1,6}) ?(s|sec|seconds?|min|minutes?|h|hours?|d|days?)", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def _duration(text: object) -> int:
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if not match or int(match[1]) == 0:
        raise ValueError(f"'{text}' is not a length of time, such as 30 s, 5 min, 12 h or 1 day")
    return int(match[1]) * _SECONDS[match[2][0]]


def _key(text: object) -> bytes:
    if not isinstance(text, str):
        raise ValueError(f"'{text}' is not a key")
    return key_of(text)


def _environment_name(text: object) -> str:
    if isinstance(text, str) and re.fullmatch(r"[A-Z][A-Z0-9_]{0,99}", text, re.ASCII):
        return text
    raise ValueError("is not the name of an environment variable")  # it may be the secret itself: not told


def _url(text: object) -> str:
    try:
        parts = urlsplit(text if isinstance(text, str) else "")
        _ = parts.port  # looked at only now
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
        raise ValueError("is not an address, such as https://example.org/file.csv")
    if parts.username or parts.password:
        raise ValueError("has a name or password in it; put it into `headers`, from the environment")
    return str(text)


FileName = Annotated[str, Field(min_length=1, max_length=1_000)]
EnvironmentName = Annotated[str, BeforeValidator(_environment_name)]
Duration = Annotated[int, BeforeValidator(_duration)]  # seconds
KeyText = Annotated[bytes, BeforeValidator(_key)]
Url = Annotated[str, BeforeValidator(_url)]


class FromEnvironment(Part):
    """A secret's place: never the secret itself."""

    env: EnvironmentName
    prefix: str = ""  # such as `Token `


class Where(Part):
    """Either a file beside the configuration or an address."""

    file: FileName | None = None
    url: Url | None = None
    headers: Mapping[str, FromEnvironment] = Field(default_factory=dict)
    ca_file: FileName | None = (
        None  # certificates (PEM) of whom alone to believe who a server is, as in a bank's own network
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Where:
        if (self.file is None) == (self.url is None):
            raise ValueError("name either `file` or `url`")
        if self.headers and (self.url is None or not (self.url.startswith("https:") or is_local(self.url))):
            raise ValueError("`headers` are secrets: they travel over https only")
        if self.ca_file and not (self.url or "").startswith("https:"):
            raise ValueError("`ca_file` is for an https address")
        return self


class Watched(Part):
    """A value of a source: the hub's key, and when it is worth a report."""

    key: KeyText
    heartbeat: Duration  # a new observation is reported when so long has passed since the last
    deviation: Percent = Wad(0)  # or at once, when the value moved by as much; 0 reports every new observation


class SourceSettings(Part):
    """What every kind has."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    where: Where = Field(alias="from")
    every: Duration  # between two looks
    timeout: Duration = 30


def table(reader: Reader, text: str, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV with a header, with their line; every row must be as long as the header."""
    rows = csv.reader(io.StringIO(whole_lines(reader, text), newline=""), strict=True)
    try:
        header = next(rows)
        for column in columns:
            if header.count(column) != 1:
                raise reader.fail(column, "no such column" if column not in header else "the column stands twice")
        for row in rows:
            if row:
                yield rows.line_num, dict(zip(header, fitting(reader, row, len(header), rows.line_num), strict=True))
    except csv.Error as error:
        raise reader.fail(f"line {rows.line_num}", f"is not CSV: {error}") from None


def fitting(reader: Reader, row: list[str], width: int, line: int) -> list[str]:
    """The row, when it has as many fields as it should."""
    if len(row) != width:
        raise reader.fail(f"line {line}", f"has {len(row)} fields, not {width}")
    return row


def whole_lines(reader: Reader, text: str) -> str:
    """The text, when its last line ends: one that does not may be cut off within a number."""
    if not text.endswith("\n"):
        raise reader.fail("last line", "has no end; the file is cut off")
    return text
