"""How sources reach an explorer: Sourcify's API (version 2) and Etherscan's (version 2), which Blockscout has too.

Both take standard JSON, give a ticket, and say later what came of it. A key is sent and appears in nothing else: no
journal, no error, no line that is printed.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlencode

from salvor.deploy.plan.refusals import KeyMissing

SOURCIFY, ETHERSCAN = "https://sourcify.dev/server", "https://api.etherscan.io/v2/api"
ETHERSCAN_KEY = "ETHERSCAN_API_KEY"  # in the environment
_TIMEOUT = 60  # seconds for an answer
_TRIES = 4  # with an explorer that is busy
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_ALREADY, _WAS_THERE = "already verified", "it was there already"
_SHOWN = 200  # characters of what an explorer says


class Source(Protocol):
    """One contract, ready to be sent."""

    @property
    def address(self) -> str:
        """Where it stands."""
        ...

    def for_sourcify(self) -> dict[str, Any]:
        """A body of JSON."""
        ...

    def for_etherscan(self) -> dict[str, str]:
        """Fields of a form."""
        ...


class State(StrEnum):
    """What an explorer thinks of a contract."""

    ACCEPTED = "accepted"
    WAITS = "waits"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """`ticket` asks again while it waits; `says` are the explorer's words."""

    state: State
    says: str = ""
    ticket: str = ""


class Explorer(Protocol):
    """Takes sources; `where` is kept with what it accepted."""

    @property
    def where(self) -> str:
        """Its address."""
        ...

    def send(self, source: Source, chain_id: int) -> Answer:
        """Hand one contract in."""
        ...

    def ask(self, ticket: str, chain_id: int) -> Answer:
        """What came of it."""
        ...


@dataclass
class Sourcify:
    """sourcify.dev, or a server with the same API."""

    where: str = SOURCIFY
    pause: float = 1.0  # seconds before a busy server is asked again

    def send(self, source: Source, chain_id: int) -> Answer:
        """Known already is as good as accepted."""
        url = f"{self.where.rstrip('/')}/v2/verify/{chain_id}/{source.address}"
        code, said = _asked(_json_request(url, source.for_sourcify()), self.pause)
        if code == 409:
            return Answer(State.ACCEPTED, _WAS_THERE)
        if isinstance(said, dict) and said.get("verificationId"):
            return Answer(State.WAITS, ticket=str(said["verificationId"]))
        return Answer(State.REFUSED, _words(code, said))

    def ask(self, ticket: str, chain_id: int) -> Answer:
        """By the number of the job; a match is one with or without the hash of the source texts."""
        request = urllib.request.Request(f"{self.where.rstrip('/')}/v2/verify/{ticket}")
        code, said = _asked(request, self.pause)
        if code != 200 or not isinstance(said, dict):
            return Answer(State.REFUSED, _words(code, said))
        if not said.get("isJobCompleted"):
            return Answer(State.WAITS, ticket=ticket)
        match = (said.get("contract") or {}).get("match")
        if match:
            return Answer(State.ACCEPTED, str(match))
        why = str((said.get("error") or {}).get("message") or "it does not match")[:_SHOWN]
        return Answer(State.ACCEPTED, _WAS_THERE) if _ALREADY in why.lower() else Answer(State.REFUSED, why)


@dataclass
class Etherscan:
    """etherscan.io for every chain that it has, or an explorer with the same API; `key` is never shown."""

    key: str = field(repr=False)
    where: str = ETHERSCAN
    pause: float = 1.0

    def send(self, source: Source, chain_id: int) -> Answer:
        """As a form, the key in it."""
        form = urlencode({"apikey": self.key, **source.for_etherscan()}).encode()
        good, says = self._read(urllib.request.Request(f"{self.where}?{urlencode({'chainid': chain_id})}", form))
        if _ALREADY in says.lower():
            return Answer(State.ACCEPTED, _WAS_THERE)
        return Answer(State.WAITS, ticket=says) if good else Answer(State.REFUSED, says)

    def ask(self, ticket: str, chain_id: int) -> Answer:
        """By the ticket; only a query can carry the key there."""
        query = {"chainid": chain_id, "module": "contract", "action": "checkverifystatus", "guid": ticket}
        _, says = self._read(urllib.request.Request(f"{self.where}?{urlencode(query | {'apikey': self.key})}"))
        if says.startswith("Pass"):
            return Answer(State.ACCEPTED, says)
        if _ALREADY in says.lower():
            return Answer(State.ACCEPTED, _WAS_THERE)
        if any(word in says.lower() for word in ("pending", "in progress")):
            return Answer(State.WAITS, says, ticket)
        return Answer(State.REFUSED, says)

    def _read(self, request: urllib.request.Request) -> tuple[bool, str]:
        """Whether it is content, and its words: a ticket, a verdict, or why not."""
        code, said = _asked(request, self.pause)
        if code != 200 or not isinstance(said, dict):
            return False, _words(code, said).replace(self.key, "***")
        says = str(said.get("result") or said.get("message") or "no reason")
        return str(said.get("status")) == "1", says.replace(self.key, "***")[:_SHOWN]


def explorer_for(kind: str, *, server: str | None, environment: Mapping[str, str]) -> Explorer:
    """By name; Etherscan's key is in the environment."""
    if kind == "sourcify":
        return Sourcify(server or SOURCIFY)
    if not (key := environment.get(ETHERSCAN_KEY, "").strip()):
        raise KeyMissing(ETHERSCAN_KEY)
    return Etherscan(key, server or ETHERSCAN)


def _json_request(url: str, body: Mapping[str, Any]) -> urllib.request.Request:
    return urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})


def _asked(request: urllib.request.Request, pause: float) -> tuple[int, Any]:
    """Status and answer, parsed where it is JSON; status 0 when there is none. A busy explorer is asked again."""
    request.add_header("User-Agent", "salvor")  # some explorers turn urllib's own away
    for number in range(_TRIES):
        code, said = _asked_once(request)
        limited = isinstance(said, dict) and "rate limit" in str(said.get("result", "")).lower()
        if number == _TRIES - 1 or not (limited or code in _BUSY):
            break
        time.sleep(pause)
    return code, said


def _asked_once(request: urllib.request.Request) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
            code, text = answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        code, text = error.code, error.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, f"no answer: {type(error).__name__}"
    try:
        return 200 if 200 <= code < 300 else code, json.loads(text)
    except ValueError:
        return code if code >= 300 else 0, text


def _words(code: int, said: Any) -> str:
    text = str(said.get("message", said)) if isinstance(said, dict) else str(said)
    short = " ".join(text.split())[:_SHOWN]
    return f"HTTP {code}: {short}" if code else short or "an empty answer"
