"""JSON-RPC to a chain's node: one question, one answer, every trouble in one line without the address's secrets."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from salvor.node.deadline import Deadline
from salvor.node.errors import RpcFailed

_MOST_BYTES = 16 << 20


class Rpc:
    """A connection that is kept, and opened anew when it broke. Threads that share it wait for each other."""

    def __init__(self, url: str, *, seconds: float) -> None:
        self._parts, self._seconds = urlsplit(url), seconds
        self._line: http.client.HTTPConnection | None = None
        self._lock, self._number = threading.Lock(), 0

    def ask(self, method: str, *params: Any) -> Any:
        """The result; raises `RpcFailed`."""
        with self._lock:
            self._number += 1
            question = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
            answer = self._json(method, self._post(method, json.dumps(question).encode()))
        if not isinstance(answer, dict) or answer.get("id") != question["id"]:
            raise RpcFailed(method, "the answer is not one to this question")
        if error := answer.get("error"):
            said = error if isinstance(error, dict) else {"message": str(error)}
            raise RpcFailed(method, str(said.get("message", "refused"))[:300], said.get("data"))
        if "result" not in answer:
            raise RpcFailed(method, "the answer has no result")
        return answer["result"]

    def number(self, method: str, *params: Any) -> int:
        """A result that is a quantity."""
        result = self.ask(method, *params)
        try:
            return int(result, 16)
        except (TypeError, ValueError):
            raise RpcFailed(method, f"{str(result)[:40]!r} is not a number") from None

    def close(self) -> None:
        """Let go of the connection."""
        if self._line:
            self._line.close()
        self._line = None

    def _post(self, method: str, body: bytes) -> bytes:
        for again in (True, False):
            kept, deadline = self._line is not None, None
            try:
                if self._line is None:
                    self._line = self._open()
                path = f"{self._parts.path or '/'}{f'?{self._parts.query}' if self._parts.query else ''}"
                with Deadline(self._line, self._seconds) as deadline:
                    self._line.request("POST", path, body, {"Content-Type": "application/json"})
                    deadline.watch()
                    answer = self._line.getresponse()
                    content = answer.read(_MOST_BYTES)
                if deadline.is_over:  # what came by then may be taken for all of it
                    raise TimeoutError
                if answer.status != 200 and not content.startswith(b"{"):
                    raise RpcFailed(method, f"{self._parts.hostname} answered {answer.status}")
                return content
            except TimeoutError:
                self.close()
                raise self._silent(method) from None
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if deadline is not None and deadline.is_over:
                    raise self._silent(method) from None
                # A kept connection may have been closed by the other side meanwhile: once more on a new one.
                if not (kept and again):
                    raise RpcFailed(method, f"{self._parts.hostname}: {_why(error)}") from None
        raise AssertionError

    def _silent(self, method: str) -> RpcFailed:
        return RpcFailed(method, f"{self._parts.hostname} did not answer within {self._seconds:g} seconds")

    def _open(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=self._seconds, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=self._seconds)

    @staticmethod
    def _json(method: str, content: bytes) -> Any:
        with suppress(ValueError):
            return json.loads(content)
        raise RpcFailed(method, "the answer is not JSON")


def _why(error: Exception) -> str:
    return (
        "refused the connection" if isinstance(error, ConnectionRefusedError) else f"broke off ({type(error).__name__})"
    )
