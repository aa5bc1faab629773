"""A node by JSON-RPC: one connection kept alive, batches, and patience with a node that is slow or away.

Whatever is asked here may be asked twice: reads change nothing, and a signed transaction has one nonce. So everything
that got no good answer is asked again, until patience ends in one line.
"""

from __future__ import annotations

import http.client
import itertools
import json
import ssl
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from salvor.deploy.plan.refusals import NodeSilent, NodeWrong

Question = tuple[str, Sequence[Any]]
_TRIES = 3
_BUSY = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Refused:
    """The node's own error as an answer."""

    message: str
    data: Any = None
    code: int = 0


@dataclass
class Node:
    """Where a chain is asked. `watch` is told of every request before it goes out and after its answer came."""

    url: str
    patience: float = 60.0  # seconds until a node that does not answer is given up
    timeout: float = 20.0  # of one request
    pause: float = 0.25  # before the first repetition; doubles up to 16 times that
    watch: Callable[[str], None] | None = None
    requests: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    _line: http.client.HTTPConnection | None = None
    _ids: Any = field(default_factory=itertools.count)

    @property
    def where(self) -> str:
        """The host, without a key that may stand in path, query or password."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)

    def ask(self, method: str, *params: Any) -> Any:
        """One answer; an error that the node repeats is `NodeWrong`."""
        for number in range(_TRIES):
            [answer] = self.ask_all([(method, params)])
            if not isinstance(answer, Refused):
                return answer
            if number < _TRIES - 1:
                time.sleep(self.pause)
        raise NodeWrong(self.where, f"{method}: {answer.message}")

    def ask_all(self, questions: Sequence[Question]) -> list[Any]:
        """Answers in the order of the questions, from one request; an error of the node is a `Refused` among them."""
        if not questions:
            return []
        numbers = [next(self._ids) for _ in questions]
        body = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}
            for number, (method, params) in zip(numbers, questions, strict=True)
        ]
        said = ",".join(sorted({method for method, _ in questions}))
        given_up, pause = time.monotonic() + self.patience, self.pause
        while True:
            try:
                return self._answers(self._post(body, said), numbers)
            except (_TryAgain, OSError, http.client.HTTPException) as trouble:
                self.close()
                if time.monotonic() + pause > given_up:
                    raise self._gave_up(trouble) from None
            time.sleep(pause)
            pause = min(pause * 2, self.pause * 16)

    def close(self) -> None:
        """Let go of the connection; the next question opens another."""
        if self._line:
            self._line.close()
        self._line = None

    def _gave_up(self, trouble: Exception) -> Exception:
        if isinstance(trouble, _TryAgain):
            return NodeWrong(self.where, str(trouble))
        return NodeSilent(self.where, f"{type(trouble).__name__}: {trouble}".removesuffix(": "))

    def _post(self, body: list[dict[str, Any]], said: str) -> Any:
        if self.watch:
            self.watch(f"before {said}")
        parts = urlsplit(self.url)
        if self._line is None:
            self._line = self._open(parts.scheme, parts.hostname or "", parts.port)
        self.requests += 1
        self.calls.update(each["method"] for each in body)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._line.request("POST", path, json.dumps(body), self._headers(parts))
        answer = self._line.getresponse()
        text = answer.read()
        if answer.status in _BUSY:
            raise _TryAgain(f"HTTP {answer.status}")
        if answer.status >= 400:
            raise NodeWrong(self.where, f"HTTP {answer.status}")
        if self.watch:
            self.watch(f"after {said}")
        try:
            return json.loads(text)
        except ValueError:
            raise _TryAgain("no JSON") from None

    def _open(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        if scheme == "https":
            own = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self.timeout, context=own)
        return http.client.HTTPConnection(host, port, timeout=self.timeout)

    def _headers(self, parts: Any) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if parts.username:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
        return headers

    def _answers(self, got: Any, numbers: Sequence[int]) -> list[Any]:
        """By their numbers; a node may answer in any order, and one that leaves an answer out is asked again."""
        if isinstance(got, dict) and got.get("error"):
            raise _TryAgain(str(got["error"].get("message", got["error"])))
        by_number = {each.get("id"): each for each in got if isinstance(each, dict)} if isinstance(got, list) else {}
        if missing := [number for number in numbers if number not in by_number]:
            raise _TryAgain(f"{len(missing)} of {len(numbers)} answers are missing")
        return [self._answer(by_number[number]) for number in numbers]

    def _answer(self, one: dict[str, Any]) -> Any:
        if error := one.get("error"):
            error = error if isinstance(error, dict) else {"message": str(error)}
            return Refused(str(error.get("message", error)), error.get("data"), int(error.get("code", 0) or 0))
        if "result" not in one:
            raise _TryAgain("an answer without a result")
        return one["result"]


class _TryAgain(Exception):
    """An answer that is none."""


def number_in(answer: Any) -> int | None:
    """A quantity; None when the answer is none."""
    try:
        return int(answer, 16)
    except (TypeError, ValueError):
        return None


def bytes_in(answer: Any) -> bytes | None:
    """Data; None when the answer is none."""
    try:
        return bytes.fromhex(answer.removeprefix("0x"))
    except (AttributeError, ValueError):
        return None
