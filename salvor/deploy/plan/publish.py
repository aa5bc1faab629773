"""Sources to explorers, so that everybody can read what stands on the chain: out of the journal and the repository.

What was accepted is written into the journal, so a later run tries exactly what is open. Arguments are the tail of what
was sent; nothing is encoded a second time.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rlp

from salvor.chain.artifacts import Artifact
from salvor.chain.solc import compiler_version, standard_json
from salvor.deploy.plan.create3 import CREATEX, CREATEX_FACTORY, SALVOR
from salvor.deploy.plan.creation import arguments_in
from salvor.deploy.plan.explorers import Answer, Explorer, State
from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.refusals import JournalUnfit
from salvor.errors import NotDeployable
from salvor.files import write_whole

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
            "constructorArguements": self.arguments.hex(),  # as its first version had it, and as Blockscout has it
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


def write_publications(made: Iterable[Publication], out: Path) -> Path:
    """As files, for the forms of explorers."""
    for each in made:
        name = each.step.replace(" ", "-")
        for kind, content in (("sourcify", each.for_sourcify()), ("etherscan", each.for_etherscan())):
            write_whole(out / f"{name}.{kind}.json", json.dumps(content, indent=2) + "\n")
    return out


def sent_arguments(artifact: Artifact, raw: bytes) -> bytes | None:
    """The tail of the creation code in a signed transaction; None when the code before it is another one."""
    to, data = _call_of(raw)
    factory = CREATEX_FACTORY if to == bytes.fromhex(CREATEX[2:]) else SALVOR
    return arguments_in(artifact, factory.code_in(data))


def publish(
    made: Iterable[Publication],
    journal: Journal,
    explorer: Explorer,
    chain_id: int,
    *,
    tell: Callable[[str, str], None],
    looks: int = 60,
    pause: float = 2.0,
) -> list[str]:
    """Send what this explorer has not accepted yet, and wait for what it says; gives the names that stay open.

    It is looked at so many times, with so many seconds in between; tickets are kept, so a later run asks first.
    """
    kept = _Kept(journal, f"published {explorer.where}")
    waiting, left = [], []
    for each in made:
        if each.step in kept.accepted:
            continue
        answer = explorer.ask(kept.tickets[each.step], chain_id) if each.step in kept.tickets else None
        if answer is None or answer.state is State.REFUSED:  # refused earlier: what was wrong may be mended
            answer = explorer.send(each, chain_id)
        if kept.take(each.step, answer, tell):
            waiting.append(each.step)
        elif answer.state is State.REFUSED:
            left.append(each.step)
    for _ in range(looks):
        if not waiting:
            break
        time.sleep(pause)
        for step in list(waiting):
            answer = explorer.ask(kept.tickets[step], chain_id)
            if not kept.take(step, answer, tell):
                waiting.remove(step)
                left += [step] if answer.state is State.REFUSED else []
    for step in waiting:
        tell("still waits", step)
    return [*left, *waiting]


class _Kept:
    """What an explorer accepted and what it has tickets for, in the journal."""

    def __init__(self, journal: Journal, fact: str) -> None:
        self._journal, self._fact = journal, fact
        said = json.loads(journal.said(fact) or "{}")
        self.accepted: dict[str, str] = said.get("accepted", {})
        self.tickets: dict[str, str] = said.get("tickets", {})

    def take(self, step: str, answer: Answer, tell: Callable[[str, str], None]) -> bool:
        """Write down and tell; whether it still waits."""
        if answer.state is State.WAITS:
            new = self.tickets.get(step) != answer.ticket
            self.tickets[step] = answer.ticket
            if new:
                tell("sent", step)
        else:
            self.tickets.pop(step, None)
            if answer.state is State.ACCEPTED:
                self.accepted[step] = answer.says
            tell(f"{answer.state}: {answer.says}", step)
        self._journal.say({self._fact: {"accepted": self.accepted, "tickets": self.tickets}})
        return answer.state is State.WAITS


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
