"""What was signed, kept in SQLite before it is sent: whatever happens next, the same bytes can be sent again.

The journal is in WAL mode with full synchronisation: a row that `add` returned from outlives a killed process and a
power cut. One run at a time has it. It never holds a key.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from salvor.deploy.plan.refusals import JournalInUse, JournalUnfit
from salvor.deploy.plan.signers import Signed

_VERSION = "1"
_TABLES = """
create table if not exists said (name text primary key, value text not null);
create table if not exists sent (
  id integer primary key, step text not null, sender text not null, nonce integer not null, hash text not null,
  raw blob not null, gas integer not null, fee text not null, tip text not null, block integer not null,
  state text not null
);
create table if not exists mined (
  step text primary key, hash text not null, block integer not null, block_hash text not null, gas integer not null,
  price text not null
);
"""
OPEN, DISPLACED, FAILED = "open", "displaced", "failed"


@dataclass(frozen=True)
class Sent:
    """One signed transaction; a step has several of one nonce after a fee was raised."""

    id: int
    step: str
    sender: str
    nonce: int
    hash: str
    raw: bytes
    gas: int
    fee: int  # wei of a unit of gas, at most
    tip: int
    block: int  # the latest when it was signed
    state: str

    @property
    def signed(self) -> Signed:
        """To broadcast it again."""
        return Signed(self.raw, self.hash)


@dataclass(frozen=True)
class Mined:
    """Where a step's transaction is."""

    step: str
    hash: str
    block: int
    block_hash: str
    gas: int
    price: int


def fact_of(path: Path, name: str) -> str | None:
    """What a journal says, also while a run has it; None where there is no journal, or none that can be read."""
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as opened:
            row = opened.execute("select value from said where name = ?", (name,)).fetchone()
    except sqlite3.DatabaseError:
        return None
    return None if row is None else str(row[0])


class Journal:
    """The file of one deployment. `watch` is told before and after each write."""

    def __init__(self, path: Path, *, watch: Callable[[str], None] | None = None) -> None:
        self.path, self._watch = path, watch
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = path.with_name(f"{path.name}.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise JournalInUse(path) from None
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("pragma journal_mode = wal")
            self._db.execute("pragma synchronous = full")
            self._db.executescript(_TABLES)
        except sqlite3.DatabaseError as error:
            self._lock.close()
            raise JournalUnfit(path, str(error)) from None
        if (found := self.said("version")) not in (None, _VERSION):
            self.close()
            raise JournalUnfit(path, f"it is of version {found}, this is version {_VERSION}")
        if found is None:
            self.say({"version": _VERSION})

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the next run have it."""
        self._db.close()
        self._lock.close()

    def said(self, name: str) -> str | None:
        """A fact of the deployment; None when it was never written."""
        row = self._db.execute("select value from said where name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def say(self, facts: Mapping[str, Any]) -> None:
        """Facts, all or none; what is not text is kept as JSON."""
        rows = [(name, each if isinstance(each, str) else json.dumps(each)) for name, each in facts.items()]
        self._write(f"facts {','.join(facts)}", [("insert or replace into said values (?, ?)", row) for row in rows])

    def add(self, signed: Iterable[tuple[str, str, int, Signed, int, int, int, int]]) -> None:
        """Step, sender, nonce, transaction, gas, fee, tip and latest block of each; all are kept, or none."""
        columns = "step, sender, nonce, hash, raw, gas, fee, tip, block, state"
        sql = f"insert into sent ({columns}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        rows = [
            (step, sender, nonce, each.hash, each.raw, gas, str(fee), str(tip), block, OPEN)
            for step, sender, nonce, each, gas, fee, tip, block in signed
        ]
        self._write(f"signed {len(rows)}", [(sql, row) for row in rows])

    def mark(self, sent: Iterable[Sent], state: str) -> None:
        """What became of transactions that will not be sent again."""
        rows = [("update sent set state = ? where id = ?", (state, each.id)) for each in sent]
        self._write(f"{state} {len(rows)}", rows)

    def learn_hash(self, sent: Sent, found: str) -> None:
        """Of a transaction that the node signed."""
        self._write("hash", [("update sent set hash = ? where id = ?", (found, sent.id))])

    def settle(self, mined: Iterable[Mined]) -> None:
        """Where steps were mined, deep enough."""
        sql = "insert or replace into mined values (?, ?, ?, ?, ?, ?)"
        rows = [(sql, (m.step, m.hash, m.block, m.block_hash, m.gas, str(m.price))) for m in mined]
        self._write(f"mined {len(rows)}", rows)

    def sent(self) -> list[Sent]:
        """Everything that was ever signed, in that order."""
        columns = "id, step, sender, nonce, hash, raw, gas, fee, tip, block, state"
        rows = self._db.execute(f"select {columns} from sent order by id")
        return [
            Sent(id_, step, sender, nonce, own, raw, gas, int(fee), int(tip), block, state)
            for id_, step, sender, nonce, own, raw, gas, fee, tip, block, state in rows
        ]

    def mined(self) -> dict[str, Mined]:
        """By step."""
        rows = self._db.execute("select step, hash, block, block_hash, gas, price from mined")
        return {
            step: Mined(step, own, block, block_hash, gas, int(price))
            for step, own, block, block_hash, gas, price in rows
        }

    def _write(self, what: str, statements: Iterable[tuple[str, tuple[Any, ...]]]) -> None:
        """One transaction of the database."""
        statements = list(statements)
        if not statements:
            return
        if self._watch:
            self._watch(f"before {what}")
        self._db.execute("begin immediate")
        try:
            for sql, row in statements:
                self._db.execute(sql, row)
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")
        if self._watch:
            self._watch(f"after {what}")
