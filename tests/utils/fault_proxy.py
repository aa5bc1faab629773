"""A proxy between whoever deploys and a node; at numbered requests it does what bad networks and bad nodes do.

`KINDS` names the faults. The proxy also keeps every signed transaction that it saw, so that a test can compare them
with the journal.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

KINDS = (
    "drop",  # the request never arrives
    "lose",  # it arrives, and the answer is lost
    "delay",  # the answer comes after the asker has given up
    "duplicate",  # it arrives twice
    "error",  # the node says that it has an internal error
    "busy",  # HTTP 503
    "garbage",  # no JSON
    "partial",  # one answer of the batch is missing
    "swallow",  # a transaction gets its hash and is forgotten
    "stale",  # answers of an old block
    "reorg",  # what the last two blocks had is gone
)
_STALE = {"eth_blockNumber": "0x0", "eth_getTransactionCount": "0x0", "eth_getTransactionReceipt": None}


@dataclass
class FaultProxy:
    """`at` says what happens at which request, counted from 1."""

    target: str
    at: dict[int, str] = field(default_factory=dict)
    slow: float = 0.6
    count: int = 0
    raws: set[str] = field(default_factory=set)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def handle(self, body: bytes) -> tuple[int, bytes] | None:
        """Status and answer; None when the line is to be cut."""
        asked = json.loads(body)
        with self._lock:
            self.count += 1
            kind = self.at.get(self.count)
            for each in asked:
                if each["method"] == "eth_sendRawTransaction":
                    self.raws.add(each["params"][0])
        match kind:
            case "drop":
                return None
            case "busy":
                return 503, b""
            case "garbage":
                return 200, b"<html>502</html>"
            case "error":
                return 200, _errors(asked)
            case "swallow":
                return 200, self._swallow(asked)
            case "stale":
                return 200, self._stale(asked)
        answer = self._forward(body)
        match kind:
            case "lose":
                return None
            case "delay":
                time.sleep(self.slow)
            case "duplicate":
                answer = self._forward(body)
            case "partial":
                return 200, json.dumps(json.loads(answer)[:-1]).encode()
            case "reorg":
                self._reorganise()
        return 200, answer

    def _forward(self, body: bytes) -> bytes:
        line = http.client.HTTPConnection(urlsplit(self.target).netloc, timeout=30)
        line.request("POST", "/", body, {"Content-Type": "application/json"})
        answer = line.getresponse().read()
        line.close()
        return answer

    def _ask(self, method: str, *params: object) -> object:
        asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return json.loads(self._forward(json.dumps(asked).encode())).get("result")

    def _reorganise(self) -> None:
        """Once nothing is being mined: anvil loses blocks when it mines and reorganises at once."""
        while self._ask("txpool_status") != {"pending": "0x0", "queued": "0x0"}:
            time.sleep(0.005)
        self._ask("anvil_reorg", 2, [])

    def _swallow(self, asked: list) -> bytes:
        """Hashes for transactions that go nowhere; all else is answered."""
        from salvor.deploy.plan.signers import hash_of

        rest = [each for each in asked if each["method"] != "eth_sendRawTransaction"]
        answers = json.loads(self._forward(json.dumps(rest).encode())) if rest else []
        for each in asked:
            if each["method"] == "eth_sendRawTransaction":
                answers.append(
                    {"jsonrpc": "2.0", "id": each["id"], "result": hash_of(bytes.fromhex(each["params"][0][2:]))}
                )
        return json.dumps(answers).encode()

    def _stale(self, asked: list) -> bytes:
        answers = json.loads(self._forward(json.dumps(asked).encode()))
        methods = {each["id"]: each["method"] for each in asked}
        for each in answers:
            if methods[each["id"]] in _STALE:
                each["result"] = _STALE[methods[each["id"]]]
        return json.dumps(answers).encode()


@contextmanager
def fault_proxy(target: str) -> Iterator[FaultProxy]:
    """Listening on a port of its own until the block ends."""
    proxy = FaultProxy(target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 20  # head and body leave together: apart, each answer would wait for the kernel's timer
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            outcome = proxy.handle(body)
            if outcome is None:
                self.close_connection = True
                self.connection.close()
                return
            status, answer = outcome
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                self.close_connection = True  # who asked has gone

        def log_message(self, *_: object) -> None:
            pass

        def finish(self) -> None:
            with suppress(OSError, ValueError):  # the line was cut
                super().finish()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()


def _errors(asked: list) -> bytes:
    error = {"code": -32603, "message": "internal error"}
    return json.dumps([{"jsonrpc": "2.0", "id": each["id"], "error": error} for each in asked]).encode()
