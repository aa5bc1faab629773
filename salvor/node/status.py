"""A node's keys as they stand on the chain, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.table import Table

from salvor.amounts import format_percent, format_units
from salvor.model.oracle_keys import name_of
from salvor.node.config import NodeSettings
from salvor.node.keyring import address_without_passphrase
from salvor.node.reading import KeyState, OnChain
from salvor.node.rpc import Rpc
from salvor.node.telling import length, shown, told_time

_NUMBERS = ("value", "age", "spread", "own value")


@dataclass(frozen=True)
class KeyStatus:
    """A key, and the second up to which this node should have told it again: None before its first report."""

    state: KeyState
    heartbeat: int
    next_heartbeat: int | None


@dataclass(frozen=True)
class Status:
    """All keys of a configuration at a block's second."""

    name: str
    signer: str
    is_signer: bool
    now: int
    keys: tuple[KeyStatus, ...]

    @property
    def all_good(self) -> bool:
        """Whether a quorum of fresh sources agrees on every key."""
        return all(each.state.status == "good" for each in self.keys)


def read_status(settings: NodeSettings) -> Status:
    """Asks the chain; the signer's address is read from its key file, which need not be opened."""
    chain, signer = settings.chain, address_without_passphrase(settings.key)
    rpc = Rpc(chain.rpc, seconds=chain.timeout)
    try:
        there = OnChain(rpc, chain_id=chain.chain_id, hub=chain.hub, reports=chain.reports)
        keys = []
        for _, watched in settings.watched():
            state = there.state(watched.key, signer)
            due = state.landed_at + watched.heartbeat if state.landed_nonce else None
            keys.append(KeyStatus(state, watched.heartbeat, due))
        return Status(settings.name, signer, there.is_signer(signer), there.now(), tuple(keys))
    finally:
        rpc.close()


def tables(status: Status, *, sources: bool) -> Iterator[Table]:
    """One of keys; with `sources` one of what stands behind them."""
    table = Table(title=f"{status.name}, signer {status.signer}, at {told_time(status.now)}", title_justify="left")
    for heading in ("key", "value", "status", "age", "quorum", "spread", "own value", "next heartbeat"):
        table.add_column(
            heading, justify="right" if heading in ("value", "age", "spread", "own value") else "left", overflow="fold"
        )
    for each in status.keys:
        state = each.state
        table.add_row(
            name_of(state.key),
            shown(state.value) if state.status != "refused" else "-",
            f"{state.status}{f': {state.why}' if state.why else ''}",
            length(state.age) if state.at else "-",
            f"{state.counted} of {state.quorum}",
            "-" if state.spread is None else format_percent(state.spread, 2),
            shown(state.landed_value) if state.landed_nonce else "-",
            _due(each, status.now),
        )
    yield table
    if sources:
        behind = Table(title="what each source says", title_justify="left")
        for heading in ("key", "source", "value", "of", "counts?"):
            behind.add_column(heading, justify="right" if heading == "value" else "left", overflow="fold")
        for each in status.keys:
            for said in each.state.sources:
                given = (shown(said.value), told_time(said.at)) if said.at else ("-", "-")
                behind.add_row(name_of(each.state.key), said.who, *given, said.reason)
        yield behind


def status_as_json(status: Status) -> dict[str, object]:
    """For machines; values are WAD as text, so that no reader makes floats of them."""
    return {
        "node": status.name,
        "signer": status.signer,
        "is_signer": status.is_signer,
        "now": status.now,
        "all_good": status.all_good,
        "keys": [_as_json(each) for each in status.keys],
    }


def _as_json(each: KeyStatus) -> dict[str, object]:
    state = each.state
    return {
        "key": name_of(state.key),
        "value": str(state.value),
        "value_shown": format_units(state.value, 18),
        "status": state.status,
        "why": state.why,
        "at": state.at,
        "age": state.age,
        "counted": state.counted,
        "quorum": state.quorum,
        "spread": None if state.spread is None else str(state.spread),
        "own": {"value": str(state.landed_value), "at": state.landed_time, "nonce": state.landed_nonce},
        "heartbeat": each.heartbeat,
        "next_heartbeat": each.next_heartbeat,
        "sources": [
            {"who": said.who, "value": str(said.value), "at": said.at, "reason": said.reason} for said in state.sources
        ],
    }


def _due(each: KeyStatus, now: int) -> str:
    if each.next_heartbeat is None:
        return "no report yet"
    left = each.next_heartbeat - now
    return f"in {length(left)}" if left >= 0 else f"{length(-left)} overdue"
