"""A server on this machine that speaks Sourcify's API (version 2) and Etherscan's (version 2), as far as we ask it.

What it answers to whom is set by address, so that a test can let one contract fail and another wait.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = "T0P-S3CRET-KEY"


@dataclass
class Playing:
    """`failing` are addresses that are answered with an error; a job is looked at `waits` times before it is done."""

    url: str = ""
    failing: set[str] = field(default_factory=set)
    mismatching: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    limits: int = 0  # answers of "too many calls" that come first
    waits: int = 1
    tried: list[str] = field(default_factory=list)  # addresses, as they were sent
    bodies: list[dict] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # tickets
    _jobs: dict[str, list] = field(default_factory=dict)

    def sourcify(self, method: str, path: str, body: dict) -> tuple[int, dict]:
        if method == "GET":
            return 200, self._job(path.rsplit("/", 1)[-1])
        address = path.rsplit("/", 1)[-1]
        self._note(address, body)
        if address in self.failing:
            return 500, {"customCode": "internal_error", "message": "later"}
        if address in self.known:
            return 409, {"customCode": "already_verified", "message": "Contract is already verified"}
        return 202, {"verificationId": self._ticket(address)}

    def etherscan(self, method: str, query: dict, form: dict) -> tuple[int, dict]:
        if self.limits:
            self.limits -= 1
            return 200, {"status": "0", "message": "NOTOK", "result": "Max calls per sec rate limit reached (3/sec)"}
        if (form or query).get("apikey") != KEY:
            return 200, _bad(f"Invalid API Key ({(form or query).get('apikey')})")
        if method == "GET":
            match = self._job(query["guid"])
            if not match["isJobCompleted"]:
                return 200, _bad("Pending in queue")
            passed = match["contract"]["match"]
            return 200, {"status": "1", "message": "OK", "result": "Pass - Verified"} if passed else _bad(
                "Fail - Unable to verify"
            )
        address = form["contractaddress"]
        self._note(address, form | {"chainid": query["chainid"]})
        if address in self.failing:
            return 200, _bad("Unable to locate ContractCode at " + address)
        if address in self.known:
            return 200, _bad("Contract source code already verified")
        return 200, {"status": "1", "message": "OK", "result": self._ticket(address)}

    def _note(self, address: str, body: dict) -> None:
        self.tried.append(address)
        self.bodies.append(body)

    def _ticket(self, address: str) -> str:
        ticket = f"job-{len(self._jobs)}"
        self._jobs[ticket] = [address, self.waits]
        return ticket

    def _job(self, ticket: str) -> dict:
        self.asked.append(ticket)
        job = self._jobs[ticket]
        if job[1]:
            job[1] -= 1
            return {"isJobCompleted": False, "verificationId": ticket}
        if job[0] in self.mismatching:
            error = {"customCode": "no_match", "message": "The onchain and recompiled bytecodes don't match."}
            return {"isJobCompleted": True, "contract": {"match": None}, "error": error}
        return {"isJobCompleted": True, "contract": {"match": "exact_match"}}


@contextmanager
def playing_explorer() -> Iterator[Playing]:
    """Sourcify below `url`, Etherscan at `url`/v2/api, a page for people below `url`/html; until the block ends."""
    playing = Playing()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", b"")

        def do_POST(self) -> None:
            self._answer("POST", self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, method: str, body: bytes) -> None:
            parts = urlsplit(self.path)
            if parts.path.startswith("/html/"):
                return self._say(200, b"<html>Just a moment...</html>")
            if parts.path == "/v2/api":
                status, said = playing.etherscan(method, _single(parts.query), _single(body.decode()))
            else:
                status, said = playing.sourcify(method, parts.path, json.loads(body or b"{}"))
            return self._say(status, json.dumps(said).encode())

        def _say(self, status: int, text: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    playing.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield playing
    finally:
        server.shutdown()
        server.server_close()


def _bad(says: str) -> dict:
    return {"status": "0", "message": "NOTOK", "result": says}


def _single(query: str) -> dict:
    return {name: values[0] for name, values in parse_qs(query).items()}
