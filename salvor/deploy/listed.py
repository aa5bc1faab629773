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
    adds: str  # the functions that bring somebody in, take somebody out, and change what is said
    takes_out: str
    updates: str = ""
    words: tuple[str, ...] = ()

    @property
    def functions(self) -> tuple[str, ...]:
        """By which the list is changed."""
        return tuple(dict.fromkeys(each for each in (self.adds, self.updates, self.takes_out) if each))

    def is_of(self, blueprint: Blueprint) -> bool:
        """Whether a contract has such a list."""
        return self.added[0] in blueprint.events and self.removed in blueprint.events

    def cure(self, entry: object, wanted: Entry | None, live: Entry | None) -> tuple[str, tuple[object, ...]]:
        """The call that makes an entry what it is to be."""
        if wanted is None:
            return self.takes_out, (entry,)
        said = tuple(list(each) if isinstance(each, tuple) else each for each in wanted)
        return (self.updates if live is not None and self.updates else self.adds), (entry, *said)

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
    List("agent", ("AgentAdded",), "AgentRemoved", "addAgent", "removeAgent"),
    List(
        "trusted issuer",
        ("TrustedIssuerAdded", "ClaimTopicsUpdated"),
        "TrustedIssuerRemoved",
        "addTrustedIssuer",
        "removeTrustedIssuer",
        "updateIssuerClaimTopics",
    ),
    List("claim topic", ("ClaimTopicAdded",), "ClaimTopicRemoved", "addClaimTopic", "removeClaimTopic"),
    List("watcher", ("Watched",), "Unwatched", "watch", "unwatch"),
    List("rule", ("RuleSet",), "RuleDropped", "setRule", "dropRule", "setRule", RULES),
    List("module", ("ModuleAdded",), "ModuleRemoved", "addModule", "removeModule"),
)


def others_in(
    wanted: Mapping[object, Entry], live: Mapping[object, Entry]
) -> Iterator[tuple[object, Entry | None, Entry | None]]:
    """What differs: the entry, what the file says of it, and what the chain does; None for nothing."""
    for entry in dict.fromkeys([*wanted, *live]):
        if wanted.get(entry) != live.get(entry):
            yield entry, wanted.get(entry), live.get(entry)


def said(entry: Entry | None) -> str:
    """Whether somebody stands in a list, and what is said of them, in words."""
    if entry is None:
        return "not held"
    words = ", ".join(f"0x{each.hex()}" if isinstance(each, bytes) else str(each) for each in entry)
    return f"held ({words})" if words else "held"
