"""Logs of notes and their registry as rows of the event table: the one place that knows both.

An act of a supervisor is told twice on chain: by what it did (a transfer, a freeze) and by `Supervision` with papers.
Here the two are one event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from salvor.chain.artifacts import Artifacts
from salvor.chain.codec import address_of
from salvor.chain.engine import Log
from salvor.chain.handles import Event as ChainEvent
from salvor.chain.handles import blueprint_of, read_event
from salvor.supervision.events import Event, Kind, history

NOBODY = "0x0000000000000000000000000000000000000000"
_NEXT = "whoever has the next transfer"
_SPAN = 5_000  # blocks that are asked for at once
# As `Act` in interfaces/IRegulatedNote.sol: what it did, and what the event becomes.
_ACTS: tuple[tuple[Kind, Kind], ...] = (
    ("freeze", "freeze"),
    ("unfreeze", "unfreeze"),
    ("units_frozen", "units_frozen"),
    ("units_unfrozen", "units_unfrozen"),
    ("transfer", "forced_transfer"),
    ("transfer", "recovery"),
)


@dataclass(frozen=True)
class Located:
    """A log and where it stands; `at` is the time of its block."""

    block: int
    index: int
    at: int
    transaction: str
    log: Log


def learn(artifacts: Artifacts) -> None:
    """Know the events of everything that is read here."""
    for name in ("RegulatedNote", "RegulatedCompliance", "TrancheNote", "IdentityRegistry", "SanctionsRoot"):
        blueprint_of(artifacts[name])


def events_of(logs: Iterable[Located], tranches: Mapping[str, str]) -> tuple[Event, ...]:
    """The history that logs tell, in whatever order they come; `tranches` are names by address of the notes.

    Logs of other addresses are of no tranche: the registry's.
    """
    ordered = sorted(set(logs), key=lambda each: (each.block, each.index))
    found: list[Event] = []
    begun, transaction, issuers = 0, "", dict[str, str]()
    gates: dict[str, str] = {}
    for located in ordered:
        if located.transaction != transaction:
            begun, transaction = len(found), located.transaction
        said = read_event(located.log)
        if said is None:
            continue
        tranche = tranches.get(located.log.address, "")
        if said.name == "Supervision":
            _papers(found, begun, said)
        elif said.name == "GateSet" and tranche:
            gates[tranche] = said.gate
        elif event := _event(located, said, tranche, issuers, gates):
            found.append(event)
    return history(found)


def _papers(found: list[Event], begun: int, said: ChainEvent) -> None:
    """Gives the event of the same transaction that the act brought about its papers."""
    did, becomes = _ACTS[int(said.act)]
    giver, taker = (said.values["from"], said.to) if did == "transfer" else ("", said.values["from"])
    for place in range(len(found) - 1, begun - 1, -1):
        event = found[place]
        if (event.kind, event.giver, event.taker) == (did, giver, taker):
            reference, reason = _word(said.values["ref"]), _word(said.reason)
            found[place] = replace(event, kind=becomes, reference=reference, reason=reason)
            return


def _word(word: Any) -> str:
    """32 bytes as the text that they spell, else as digits; nothing for nothing."""
    raw = bytes(word)
    text = raw.rstrip(b"\0")
    if not text:
        return ""
    legible = all(32 <= byte < 127 for byte in text) and text == text.strip()  # so that a table keeps it as it is
    return text.decode() if legible else "0x" + raw.hex()


def _event(
    located: Located, said: ChainEvent, tranche: str, issuers: dict[str, str], gates: Mapping[str, str]
) -> Event | None:
    """One log as an event; what only repeats another is None."""
    values = said.values
    place = (located.block, located.index, located.at, tranche)
    match said.name:
        case "Issued" if tranche:
            issuers[tranche] = _NEXT
        case "Transfer" if tranche:
            return _transfer(place, values, issuers, gates.get(tranche, NOBODY))
        case "AddressFrozen":
            return Event(*place, "freeze" if said.isFrozen else "unfreeze", taker=said.userAddress)
        case "TokensFrozen":
            return Event(*place, "units_frozen", taker=said.userAddress, units=said.amount)
        case "TokensUnfrozen":
            return Event(*place, "units_unfrozen", taker=said.userAddress, units=said.amount)
        case "Flagged" | "Cleared":
            return Event(*place, "listed" if said.name == "Flagged" else "unlisted", taker=said.wallet)
        case "Paused" | "Unpaused":
            return Event(*place, "pause" if said.name == "Paused" else "unpause")
        case "IdentityRegistered" | "IdentityRemoved":
            kind: Kind = "registered" if said.name == "IdentityRegistered" else "removed"
            return Event(*place, kind, taker=said.investorAddress, reference=said.identity)
        case "ClaimAdded" | "ClaimRevoked":
            kind = "claim_added" if said.name == "ClaimAdded" else "claim_revoked"
            return Event(*place, kind, taker=said.identity, reference=f"topic {said.topic} by {said.issuer}")
    return None


def _transfer(
    place: tuple[int, int, int, str], values: Mapping[str, Any], issuers: dict[str, str], gate: str
) -> Event | None:
    """The first units go to the offering, which is no holder: what it hands over is issued.

    What waits at the gate of an evergreen tranche is nobody's: it is issued when it leaves, and gone when it comes.
    """
    giver, taker, units, tranche = values["from"], values["to"], values["value"], place[3]
    if issuers.get(tranche) == _NEXT:
        issuers[tranche] = taker
        return None
    if giver in (NOBODY, gate, issuers.get(tranche)):
        return None if taker in (NOBODY, gate) else Event(*place, "issue", taker=taker, units=units)
    if taker in (NOBODY, gate):
        return Event(*place, "burn", giver=giver, units=units)
    return Event(*place, "transfer", giver=giver, taker=taker, units=units)


def logs_of(ask: Callable[..., Any], addresses: Sequence[str], first: int, last: int) -> Iterator[Located]:
    """Logs of some addresses between two blocks, both included, a span at a time; `ask` is a node's JSON-RPC."""
    times: dict[str, int] = {}
    for start in range(first, last + 1, _SPAN):
        span = {"fromBlock": hex(start), "toBlock": hex(min(start + _SPAN - 1, last)), "address": list(addresses)}
        for found in ask("eth_getLogs", span):
            block = found["blockNumber"]
            if block not in times:
                times[block] = int(ask("eth_getBlockByNumber", block, False)["timestamp"], 16)
            topics = tuple(bytes.fromhex(each[2:]) for each in found["topics"])
            log = Log(address_of(found["address"]), topics, bytes.fromhex(found["data"][2:]))
            yield Located(int(block, 16), int(found["logIndex"], 16), times[block], found["transactionHash"], log)


@dataclass(frozen=True)
class Watched:
    """Where logs stand: tranches by the address of a note, of its compliances and their rules; and registries."""

    tranches: Mapping[str, str]
    registries: frozenset[str] = frozenset()

    @property
    def addresses(self) -> list[str]:
        """All of them."""
        return [*self.tranches, *sorted(self.registries)]

    def with_all_that(self, logs: Iterable[Located]) -> Watched:
        """And whatever these logs name beside it: a rule that was taken out since was asked while it was in."""
        tranches, registries = dict(self.tranches), set(self.registries)
        for located in logs:
            said = read_event(located.log) if located.log.address in tranches else None
            if said is None:
                continue
            if said.name in ("ComplianceAdded", "ModuleAdded"):
                (address,) = said.values.values()
                tranches.setdefault(str(address), tranches[located.log.address])
            elif said.name in ("IdentityRegistryAdded", "RegistryUsed"):
                (address,) = said.values.values()
                registries.add(str(address))
        return Watched(tranches, frozenset(registries))


def watch(notes: Mapping[str, Any], at: Callable[[str, str], Any]) -> Watched:
    """What belongs to some notes now, by tranche: each asks one compliance with its rules, all ask one registry."""
    tranches: dict[str, str] = {}
    registries: set[str] = set()
    for tranche, note in notes.items():
        compliance = at("RegulatedCompliance", str(note.compliance()))
        registries |= {str(compliance.registry()), str(note.identityRegistry())}
        for address in (str(note.address), str(compliance.address), *map(str, compliance.getModules())):
            tranches[address] = tranche
    return Watched(tranches, frozenset(registries))


def history_of(ask: Callable[..., Any], watched: Watched, first: int, last: int) -> tuple[Event, ...]:
    """What happened to some notes between two blocks, both included, also by what belonged to them before."""
    while True:
        logs = tuple(logs_of(ask, watched.addresses, first, last))
        if (more := watched.with_all_that(logs)) == watched:
            return events_of(logs, watched.tranches)
        watched = more
