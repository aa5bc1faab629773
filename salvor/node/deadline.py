"""A time for all of an exchange: whoever sends a byte now and then does not stretch it."""

from __future__ import annotations

import http.client
import socket
import threading
from contextlib import suppress
from types import TracebackType


class Deadline:
    """Cuts a connection when its time is over; what is being read then breaks off, and `is_over` tells why."""

    def __init__(self, line: http.client.HTTPConnection, seconds: float) -> None:
        self._line, self._late = line, threading.Event()
        self._wires: list[socket.socket | None] = []
        self._alarm = threading.Timer(seconds, self._cut)
        self._alarm.daemon = True

    def __enter__(self) -> Deadline:
        self.watch()
        self._alarm.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._alarm.cancel()

    def watch(self) -> None:
        """The socket that the line has now: it forgets it when an answer has begun that ends the connection."""
        self._wires.append(self._line.sock)

    @property
    def is_over(self) -> bool:
        """Whether the time is over."""
        return self._late.is_set()

    def _cut(self) -> None:
        self._late.set()
        for wire in (*self._wires, self._line.sock):  # while TLS is agreed on only the line has it
            with suppress(OSError):
                if wire is not None:
                    wire.shutdown(socket.SHUT_RDWR)
