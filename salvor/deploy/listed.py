"""What stands in the lists of identities and regulated notes (ERC-3643): rights and rules of no AccessManager.

As in `rights.py`, the same events come from a deployment in memory and from a chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from salvor.chain.engine import Log
from salvor.chain.handles import Blueprint
from salvor.deploy.rights import Names
from salvor.deploy.rule_settings import RULES

Entry = tuple[object, ...]  # what is said of whoever stands in a list


@dataclass(frozen=True)
class List:
    """A list by the events that fill and empty it; `words` name its numbers."""

    what: str
    added: tuple[str, ...]
    removed: str
    changed_by: str
    words: tuple[str, ...] = ()

    def is_of(self, blueprint: Blueprint) -> bool:
        """Whether a contract has such a list."""
        return self.added[0] in blueprint.events

    def read(self, blueprint: Blueprint, address: str, logs: Iterable[Log]) -> dict[object, Entry]:
        """Who or what stands in it, folded from its events."""
        events = (*self.added, self.removed)
        kinds = {one.topic: one for name in events for one in blueprint.events.get(name, ())}
        listed: dict[object, Entry] = {}
        for log in logs:
            if log.address == address and log.topics and (kind := kinds.get(log.topics[0])):
                entry, *said = kind.read(log).values.values()
                listed.pop(entry, None)
                if kind.name != self.removed:
                    listed[entry] = tuple(said)
        return listed

    def name(self, entry: object, names: Names) -> str:
        """For people."""
        if isinstance(entry, int):
            return self.words[entry] if self.words else str(entry)
        return names.who(str(entry))


LISTS = (
    List("agent", ("AgentAdded",), "AgentRemoved", "addAgent and removeAgent"),
    List(
        "trusted issuer",
        ("TrustedIssuerAdded", "ClaimTopicsUpdated"),
        "TrustedIssuerRemoved",
        "addTrustedIssuer, updateIssuerClaimTopics and removeTrustedIssuer",
    ),
    List("claim topic", ("ClaimTopicAdded",), "ClaimTopicRemoved", "addClaimTopic and removeClaimTopic"),
    List("rule", ("RuleSet",), "RuleDropped", "setRule and dropRule", RULES),
    List("module", ("ModuleAdded",), "ModuleRemoved", "addModule and removeModule"),
)


def others_in(wanted: Mapping[object, Entry], live: Mapping[object, Entry]) -> Iterator[tuple[object, str, str]]:
    """What differs, in words: the entry, what the file says of it, and what the chain does."""
    for entry in dict.fromkeys([*wanted, *live]):
        if wanted.get(entry) != live.get(entry):
            yield entry, _said(wanted.get(entry)), _said(live.get(entry))


def _said(entry: Entry | None) -> str:
    if entry is None:
        return "not held"
    said = ", ".join(f"0x{each.hex()}" if isinstance(each, bytes) else str(each) for each in entry)
    return f"held ({said})" if said else "held"
