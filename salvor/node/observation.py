"""What a source says, and how its texts become exact integers: no float, no guess, no rounding."""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from salvor.amounts import WAD, timestamp
from salvor.node.errors import SourceFailed

MOST = 2**127 - 1  # of a value in WAD: more is a fault of the source, whatever the hub's bounds are
_DECIMAL = re.compile(r"-?(\d{1,40})(?:\.(\d{1,40}))?", re.ASCII)
_DAY = 86_400
Asked = TypeVar("Asked")


@dataclass(frozen=True)
class Observation:
    """One value: key (32 bytes), WAD, the second that the source speaks of, and where it stands in the source."""

    key: bytes
    value: int
    observed_at: int
    reference: str


@dataclass(frozen=True)
class Fetched:
    """The bytes of a source, when they came, and the day that a file's name tells."""

    body: bytes
    at: int
    named_day: date | None = None


class Source(Protocol):
    """What every kind of source has: settings in, and a function from bytes to observations."""

    @property
    def name(self) -> str:
        """As the configuration has it; stands in every error."""
        ...

    def read(self, fetched: Fetched) -> Sequence[Observation | SourceFailed]:
        """For each value that is asked for what the source says, or why it has none; never a guess.

        Raises `SourceFailed` when the bytes as a whole can't be trusted: then nothing of them is.
        """
        ...


class Reader:
    """Reads the texts of one source; whatever does not fit is told with the source's name and the field's."""

    def __init__(self, source: str) -> None:
        self.source = source

    def fail(self, field: str, reason: str) -> SourceFailed:
        """The error to raise."""
        return SourceFailed(self.source, field, reason)

    def wad(self, text: object, field: str, *, decimals: int = 0) -> int:
        """A positive decimal text as WAD, divided by ten to `decimals`; exact, or refused."""
        shown = text if isinstance(text, str) else str(text)
        match = None if isinstance(text, bool) else _DECIMAL.fullmatch(shown)
        if not match:
            raise self.fail(field, f"{_short(shown)} is not a decimal number")
        fraction = (match[2] or "").rstrip("0")
        if len(fraction) + decimals > 18:
            raise self.fail(field, f"{_short(shown)} has more than {18 - decimals} decimals")
        value: int = int(match[1] + fraction) * 10 ** (18 - decimals - len(fraction))
        if shown.startswith("-") or value == 0:
            raise self.fail(field, f"{_short(shown)} is not above 0")
        if value > MOST:
            raise self.fail(field, f"{_short(shown)} is more than {MOST // WAD}")
        return value

    def whole(self, text: object, field: str, least: int, most: int) -> int:
        """A whole number between two bounds, both included."""
        shown = str(text)
        if isinstance(text, bool) or not re.fullmatch(r"\d{1,9}", shown, re.ASCII) or not least <= int(shown) <= most:
            raise self.fail(field, f"{_short(shown)} is not a whole number from {least} to {most}")
        return int(shown)

    def day(self, text: object, field: str, form: str = "%Y-%m-%d") -> int:
        """A day as the second at which it begins, UTC."""
        shown = str(text)
        try:
            found = datetime.strptime(shown, form).replace(tzinfo=UTC)
        except ValueError:
            raise self.fail(field, f"{_short(shown)} is not a date of the form {form}") from None
        if found.strftime(form) != shown:  # strptime takes 1 for 01, and blanks
            raise self.fail(field, f"{_short(shown)} is not a date of the form {form}")
        if not 1970 <= found.year <= 2200:
            raise self.fail(field, f"{_short(shown)} is not a date from 1970 to 2200")
        return timestamp(found.date())

    def moment(self, text: object, field: str) -> int:
        """A time of ISO 8601 with its zone, in whole seconds, what is below a second left off."""
        shown = str(text)
        try:
            found = datetime.fromisoformat(shown)
        except ValueError:
            found = None
        if found is None or found.tzinfo is None or "T" not in shown:
            raise self.fail(field, f"{_short(shown)} is not a time with a zone, such as 2026-05-01T00:00:00-07:00")
        return int(found.replace(microsecond=0).timestamp())

    def text(self, body: bytes, encoding: str = "utf-8") -> str:
        """The body as text; a web page instead of data is told as one."""
        start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        if not start:
            raise self.fail("body", "is empty")
        if start.startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<?xml", b"<!--")):
            raise self.fail("body", "is a web page, not data")
        try:
            return body.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        except UnicodeDecodeError as error:
            raise self.fail("body", f"is not {encoding} at byte {error.start}") from None

    def json(self, body: bytes) -> Any:
        """JSON in which numbers are exact and no name stands twice in one object."""
        text = self.text(body)
        try:
            return json.loads(
                text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=self._without_doubles
            )
        except json.JSONDecodeError as error:
            cut = " (cut off?)" if error.pos >= len(text.rstrip()) - 1 else ""
            raise self.fail("body", f"is not JSON at line {error.lineno}{cut}") from None
        except (ValueError, RecursionError) as error:
            raise self.fail("body", f"is not JSON that can be used: {error}") from None

    def member(self, within: Any, name: str, path: str = "") -> Any:
        """A member of a JSON object."""
        field = f"{path}.{name}" if path else name
        if not isinstance(within, dict):
            raise self.fail(path or "body", "is not an object")
        if name not in within:
            raise self.fail(field, "is missing")
        return within[name]

    def _without_doubles(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            raise self.fail(next(name for name in names if names.count(name) > 1), "stands twice in one object")
        return found


def one_by_one(asked: Iterable[Asked], read: Callable[[Asked], Observation]) -> list[Observation | SourceFailed]:
    """Each value by itself: one that is not there takes no other along."""
    found: list[Observation | SourceFailed] = []
    for each in asked:
        try:
            found.append(read(each))
        except SourceFailed as failure:
            found.append(failure)
    return found


def end_of_month(year: int, month: int) -> int:
    """The first second after it."""
    return timestamp(date(year, month, monthrange(year, month)[1])) + _DAY


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}...")
