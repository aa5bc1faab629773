"""Sources to explorers, so that everybody can read what stands on the chain: out of the journal and the repository.

What was accepted is written into the journal, so a later run tries exactly what is open. Arguments are the tail of what
was sent; nothing is encoded a second time.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rlp

from salvor.chain.artifacts import Artifact
from salvor.chain.solc import compiler_version, standard_json
from salvor.deploy.plan.create3 import CREATEX, CREATEX_FACTORY, SALVOR
from salvor.deploy.plan.creation import arguments_in
from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.refusals import JournalUnfit
from salvor.errors import NotDeployable

_TIMEOUT = 60  # seconds for an explorer's answer
_DATA = {2: 7, 1: 6}  # place of the calldata in a typed transaction
_DATA_OF_OLD = 5


@dataclass(frozen=True)
class Publication:
    """One contract as an explorer takes it."""

    step: str
    address: str
    identifier: str  # source:contract
    compiler: str
    source: dict[str, Any]  # standard JSON
    arguments: bytes
    transaction: str

    def for_sourcify(self) -> dict[str, Any]:
        """The body of Sourcify's `POST /v2/verify/{chain}/{address}`."""
        return {
            "stdJsonInput": self.source,
            "compilerVersion": self.compiler,
            "contractIdentifier": self.identifier,
            "creationTransactionHash": self.transaction,
        }

    def for_etherscan(self) -> dict[str, str]:
        """The fields of Etherscan's `verifysourcecode`, without a key."""
        return {
            "module": "contract",
            "action": "verifysourcecode",
            "codeformat": "solidity-standard-json-input",
            "contractaddress": self.address,
            "contractname": self.identifier,
            "compilerversion": f"v{self.compiler}",
            "constructorArguments": self.arguments.hex(),
            "sourceCode": json.dumps(self.source),
        }


def publications(journal: Journal, artifacts: Mapping[str, Artifact], root: Path) -> Iterator[Publication]:
    """Every contract that the journal knows as mined."""
    contracts = json.loads(journal.said("contracts") or "{}")
    raws = {each.hash: each.raw for each in journal.sent()}
    compiler = compiler_version(root)
    for step, mined in journal.mined().items():
        if step not in contracts or not contracts[step][1]:
            continue
        kind, address = contracts[step]
        arguments = sent_arguments(artifacts[kind], raws[mined.hash])
        if arguments is None:
            raise JournalUnfit(journal.path, f"{step} was deployed from other sources than those of today")
        identifier = f"{artifacts[kind].source}:{kind}"
        source = standard_json(root, artifacts[kind].source)
        yield Publication(step, address, identifier, compiler, source, arguments, mined.hash)


def sent_arguments(artifact: Artifact, raw: bytes) -> bytes | None:
    """The tail of the creation code in a signed transaction; None when the code before it is another one."""
    to, data = _call_of(raw)
    factory = CREATEX_FACTORY if to == bytes.fromhex(CREATEX[2:]) else SALVOR
    return arguments_in(artifact, factory.code_in(data))


def publish(
    made: Iterator[Publication], journal: Journal, server: str, chain_id: int, *, tell: Callable[[str, str], None]
) -> list[str]:
    """Send what this server has not accepted yet; gives the names of those that stay open."""
    fact = f"published {server}"
    accepted = dict(json.loads(journal.said(fact) or "{}"))
    left = []
    for each in made:
        if each.step in accepted:
            continue
        said = _post(f"{server.rstrip('/')}/v2/verify/{chain_id}/{each.address}", each.for_sourcify())
        if isinstance(said, dict) and (said.get("verificationId") or said.get("match")):
            accepted[each.step] = said.get("verificationId") or said["match"]
            journal.say({fact: json.dumps(accepted)})
            tell("accepted", each.step)
        else:
            left.append(each.step)
            tell(f"refused: {said}", each.step)
    return left


def _post(url: str, body: dict[str, Any]) -> Any:
    """The answer, or in one line why there is none; a contract that is known already is as good as accepted."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        if error.code == 409:
            return {"match": "already there"}
        return f"HTTP {error.code}: {' '.join(text.split())[:200]}"
    except (OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def _call_of(raw: bytes) -> tuple[bytes, bytes]:
    """Receiver and calldata of a signed transaction."""
    kind = raw[0]
    if kind in _DATA:
        fields: Any = rlp.decode(raw[1:])
        place = _DATA[kind]
        return fields[place - 2], fields[place]
    if kind < 0xC0:
        raise NotDeployable("a transaction", f"of type {kind}")
    fields = rlp.decode(raw)
    return fields[_DATA_OF_OLD - 2], fields[_DATA_OF_OLD]
