"""What was decided and sent while investors were registered: a SQLite file, written before anything is sent.

The chain is the truth; the journal keeps what the chain can't tell: the claims as they were signed, so that a run that
was killed sends the very same again, and why a wallet was refused.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from salvor.errors import FileUnreadable

State = Literal["signed", "sent", "done", "refused"]
_VERSION = 1
_TABLES = """
create table if not exists wallets (
    registry text not null,
    wallet text not null,
    row text not null,        -- what the file says, to see a change
    call text not null,       -- the registration with its signatures, as it is sent
    state text not null check (state in ('signed', 'sent', 'done', 'refused')),
    reason text not null default '',
    primary key (registry, wallet)
) strict;
"""


@dataclass(frozen=True)
class Entry:
    """One wallet at one registry."""

    wallet: str
    row: str
    call: Any
    state: State
    reason: str


class Journal:
    """One file; every change is on disk before the call returns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._base = sqlite3.connect(path, isolation_level=None)
            self._base.execute("pragma journal_mode = wal")
            self._base.execute("pragma synchronous = full")
            version = int(self._base.execute("pragma user_version").fetchone()[0])
            if version not in (0, _VERSION):
                raise FileUnreadable(path, "a journal of investors", f"it is of version {version}, this is {_VERSION}")
            self._base.executescript(_TABLES)
            self._base.execute(f"pragma user_version = {_VERSION}")
        except sqlite3.DatabaseError as error:
            raise FileUnreadable(path, "a journal of investors", str(error)) from None

    def entries(self, registry: str) -> dict[str, Entry]:
        """All wallets of a registry."""
        found = self._base.execute(
            "select wallet, row, call, state, reason from wallets where registry = ?", (registry,)
        ).fetchall()
        return {each[0]: Entry(each[0], each[1], json.loads(each[2]), each[3], each[4]) for each in found}

    def signed(self, registry: str, entries: Iterable[tuple[str, str, Any]]) -> None:
        """Wallets whose claims were signed, in one piece; what was known of them before is replaced."""
        rows = [(registry, wallet, row, json.dumps(call), "signed", "") for wallet, row, call in entries]
        with self._whole():
            self._base.executemany("insert or replace into wallets values (?, ?, ?, ?, ?, ?)", rows)

    def mark(self, registry: str, wallets: Iterable[str], state: State, reason: str = "") -> None:
        """What became of some wallets."""
        rows = [(state, reason, registry, wallet) for wallet in wallets]
        with self._whole():
            self._base.executemany("update wallets set state = ?, reason = ? where registry = ? and wallet = ?", rows)

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    @contextmanager
    def _whole(self) -> Iterator[None]:
        self._base.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._base.execute("rollback")
            raise
        self._base.execute("commit")
