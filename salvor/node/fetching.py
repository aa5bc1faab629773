"""The bytes of a source: a file, or one HTTP answer that is whole, direct, and in time; anything else is refused.

What is told of an address is never more than scheme, host and path: keys like to stand in the rest.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from salvor.node.deadline import Deadline
from salvor.node.errors import SourceFailed
from salvor.node.observation import Fetched

MOST_BYTES = 64 << 20
_PIECE = 1 << 16
_DAY_IN_NAME = "{date}"
_LOCAL = ("127.0.0.1", "::1", "localhost")
_PROGRAM = "salvor-oracle-node"
_LATER = (429, 503)  # too many questions; not now
_LONGEST_WAIT = 86_400


def fetch_file(source: str, path: Path, *, now: int) -> Fetched:
    """A file; `{date}` in its name stands for a day such as 2026-06-30, and the latest one is read."""
    day: date | None = None
    if _DAY_IN_NAME in path.name:
        path, day = _latest(source, path)
    try:
        with path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SourceFailed(source, str(path), (error.strerror or "can't be read").lower()) from None
    if len(body) > MOST_BYTES:
        raise SourceFailed(source, str(path), f"is larger than {MOST_BYTES >> 20} MiB")
    return Fetched(body, now, day)


def fetch_http(
    source: str,
    url: str,
    *,
    seconds: float,
    now: int,
    headers: Mapping[str, str] | None = None,
    ca_file: str | None = None,
) -> Fetched:
    """One GET. The time is for all of it: a server that sends a byte now and then does not stretch it.

    With `ca_file` no other authority is believed than those in it.
    """
    parts = urlsplit(url)
    shown = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
    line = _connection(source, parts, seconds, ca_file)
    deadline = Deadline(line, seconds)
    try:
        with deadline:
            line.connect()
            deadline.watch()
            target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            line.request("GET", target, headers=_asked(headers))
            body = _whole(source, shown, line.getresponse(), deadline)
    except TimeoutError:
        raise _slow(source, shown, seconds) from None
    except (OSError, http.client.HTTPException, ssl.SSLError) as error:
        if deadline.is_over:
            raise _slow(source, shown, seconds) from None
        raise SourceFailed(source, shown, _why(error)) from None
    finally:
        line.close()
    if deadline.is_over:
        raise _slow(source, shown, seconds)
    return Fetched(body, now)


def _connection(source: str, parts: SplitResult, seconds: float, ca_file: str | None) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        try:
            own = ssl.create_default_context(cafile=ca_file)
        except OSError as error:  # also ssl.SSLError
            why = (
                (error.strerror or "can't be read").lower()
                if not isinstance(error, ssl.SSLError)
                else "has no certificate"
            )
            raise SourceFailed(source, str(ca_file), why) from None
        return http.client.HTTPSConnection(host, parts.port, timeout=seconds, context=own)
    return http.client.HTTPConnection(host, parts.port, timeout=seconds)


def _asked(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {"User-Agent": _PROGRAM, "Accept-Encoding": "identity", "Connection": "close", **(headers or {})}


def _whole(source: str, shown: str, answer: http.client.HTTPResponse, deadline: Deadline) -> bytes:
    if 300 <= answer.status < 400:
        where = urlsplit(answer.headers.get("Location", ""))
        raise SourceFailed(
            source, shown, f"sends on to {where.hostname or where.path or 'nowhere'}; name the final address"
        )
    if answer.status != 200:
        wait = _asked_to_wait(answer) if answer.status in _LATER else 0
        raise SourceFailed(source, shown, f"answered {answer.status}", wait=wait)
    if (coding := answer.headers.get("Content-Encoding", "identity")) != "identity":
        raise SourceFailed(source, shown, f"came packed with {coding[:20]!r}, which was not asked for")
    kind = answer.headers.get_content_type()
    if kind in ("text/html", "application/xhtml+xml"):
        raise SourceFailed(source, shown, "answered with a web page, not data")
    if len(answer.headers.get_all("Content-Length", [])) > 1:
        raise SourceFailed(source, shown, "says twice how long its answer is")
    promised = answer.length
    if promised is None and not answer.chunked:
        raise SourceFailed(
            source, shown, "does not say how long its answer is, so one that is cut off would be believed"
        )
    pieces, size = [], 0
    while piece := answer.read1(_PIECE):
        size += len(piece)
        if size > MOST_BYTES:
            raise SourceFailed(source, shown, f"is larger than {MOST_BYTES >> 20} MiB")
        pieces.append(piece)
    if promised is not None and size != promised and not deadline.is_over:
        raise SourceFailed(source, shown, f"was cut off after {size} of {promised} bytes")
    return b"".join(pieces)


def _asked_to_wait(answer: http.client.HTTPResponse) -> int:
    """Seconds out of `Retry-After`, a day at most; the header's other form, a date, is left to the backoff."""
    said = answer.headers.get("Retry-After", "").strip()
    return min(int(said), _LONGEST_WAIT) if re.fullmatch(r"\d{1,9}", said, re.ASCII) else 0


def _slow(source: str, shown: str, seconds: float) -> SourceFailed:
    return SourceFailed(source, shown, f"did not answer within {seconds:g} seconds")


def _why(error: Exception) -> str:
    if isinstance(error, http.client.IncompleteRead):
        return "was cut off"
    if isinstance(error, ConnectionRefusedError):
        return "refused the connection"
    if isinstance(error, socket.gaierror):
        return "its host is not known"
    if isinstance(error, ssl.SSLError):
        return f"its certificate or connection is not to be trusted ({error.reason or 'TLS'})"
    return f"broke off ({type(error).__name__})"


def _latest(source: str, pattern: Path) -> tuple[Path, date]:
    before, after = pattern.name.split(_DAY_IN_NAME, 1)
    shape = re.compile(re.escape(before) + r"(\d{4}-\d{2}-\d{2})" + re.escape(after), re.ASCII)
    found: list[tuple[date, Path]] = []
    try:
        names = os.listdir(pattern.parent)  # noqa: PTH208 - names are all that is needed
    except OSError as error:
        raise SourceFailed(source, str(pattern.parent), (error.strerror or "can't be read").lower()) from None
    for name in names:
        if match := shape.fullmatch(name):
            with suppress(ValueError):  # 2026-02-30 is no day, and no file of ours
                found.append((date.fromisoformat(match[1]), pattern.parent / name))
    if not found:
        raise SourceFailed(source, str(pattern), "no file of that name and a date is there")
    day, path = max(found)
    return path, day


def is_local(url: str) -> bool:
    """Whether an address is this machine's own: there a secret may travel without encryption."""
    return urlsplit(url).hostname in _LOCAL
