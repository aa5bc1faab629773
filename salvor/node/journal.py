"""What this node has signed and sent, written before it does either: killed at any moment, it goes on where it was.

Three rules hold whatever happens. One key and time has one value, for ever. A key's times only go forward. A nonce is
given once. A row is there before its signature is, and a transaction before it is sent, so nothing that the world may
have seen is unknown after a crash. SQLite with a write-ahead log, synced at each commit; one process at a time.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal, TextIO

from salvor.model.oracle_keys import name_of
from salvor.model.oracle_reports import Told
from salvor.node.errors import JournalUnfit, WouldContradict
from salvor.node.observation import Observation

_VERSION = 1
_TABLES = """
CREATE TABLE owner (version INTEGER, signer TEXT, chain_id INTEGER, contract TEXT);
CREATE TABLE seal (nonce INTEGER PRIMARY KEY, valid_until INTEGER NOT NULL, digest BLOB NOT NULL, signature BLOB,
  state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', made_at INTEGER NOT NULL);
CREATE TABLE told (key BLOB, at INTEGER, value TEXT NOT NULL, reference TEXT NOT NULL, place INTEGER NOT NULL,
  nonce INTEGER NOT NULL REFERENCES seal, PRIMARY KEY (key, at)) WITHOUT ROWID;
CREATE INDEX told_by_nonce ON told (nonce, place);
CREATE TABLE sent (number INTEGER, attempt INTEGER, nonce INTEGER NOT NULL REFERENCES seal, hash TEXT NOT NULL,
  raw BLOB NOT NULL, gas INTEGER NOT NULL, max_fee INTEGER NOT NULL, tip INTEGER NOT NULL, made_at INTEGER NOT NULL,
  PRIMARY KEY (number, attempt)) WITHOUT ROWID;
"""

_LAST = "SELECT key, max(at), value, made_at FROM told JOIN seal USING (nonce) GROUP BY key"
# What was followed by a later value of its key, and whose signature has come to its end.
_PASSED = """DELETE FROM told WHERE at < (SELECT max(at) FROM told AS later WHERE later.key = told.key)
  AND nonce IN (SELECT nonce FROM seal WHERE made_at < ? AND state NOT IN ('claimed', 'signed'))"""

# claimed: written, maybe not signed. signed: maybe sent, see `sent`. The others are ends.
State = Literal["claimed", "signed", "landed", "refused", "expired"]
DigestOf = Callable[[Sequence[Told], int, int], bytes]  # values, nonce, valid until


@dataclass(frozen=True)
class Seal:
    """One signature: its values in the order in which they were given, and how far it has come."""

    nonce: int
    valid_until: int
    digest: bytes
    signature: bytes | None
    state: State
    values: tuple[Told, ...]


@dataclass(frozen=True)
class Sent:
    """A transaction of the node's account, as it was written before it was sent."""

    number: int  # the account's own count
    attempt: int
    nonce: int  # of the signature that it carries
    hash: str
    raw: bytes
    gas: int
    max_fee: int
    tip: int
    made_at: int


@dataclass(frozen=True)
class LastTold:
    """What was last signed for a key, and when that was."""

    value: int
    at: int
    signed_at: int


class Journal:
    """One file, one node, one process."""

    def __init__(self, path: Path, *, signer: str, chain_id: int, contract: str) -> None:
        self._path = path
        self._lock = _lock(path)
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA foreign_keys=ON")
            self._open(signer, chain_id, contract)
            self.last_nonce: int = self._db.execute("SELECT ifnull(max(nonce), 0) FROM seal").fetchone()[0]
            rows = self._db.execute(
                "SELECT key, max(at), value, made_at FROM told JOIN seal USING (nonce) GROUP BY key"
            )
            self._last = {key: LastTold(int(value), at, made_at) for key, at, value, made_at in rows}
        except sqlite3.DatabaseError as error:
            self._lock.close()
            raise JournalUnfit(path, str(error)) from None
        except JournalUnfit:
            self._lock.close()
            raise

    def close(self) -> None:
        """Let go of file and lock."""
        self._db.close()
        self._lock.close()

    def last(self, key: bytes) -> LastTold | None:
        """What was last signed for a key."""
        return self._last.get(key)

    def contradiction(self, told: Observation) -> WouldContradict | None:
        """The error, when another value was signed for this key and time."""
        row = self._db.execute(
            "SELECT value FROM told WHERE key = ? AND at = ?", (told.key, told.observed_at)
        ).fetchone()
        if row is None or int(row[0]) == told.value:
            return None
        return WouldContradict(name_of(told.key), told.observed_at, int(row[0]), told.value)

    def is_news(self, told: Observation) -> bool:
        """Whether its time is later than all that was signed for its key."""
        last = self._last.get(told.key)
        return last is None or told.observed_at > last.at

    def claim(self, told: Sequence[Observation], *, now: int, valid_until: int, digest_of: DigestOf) -> Seal | None:
        """Write down what will be signed under the next nonce. What is no news is left out; None when nothing is left.

        Two values of one key in one call can't be: the second is no news.
        """
        fresh: dict[bytes, Observation] = {}
        for each in told:
            if each.key not in fresh and self.is_news(each):
                fresh[each.key] = each
        if not fresh:
            return None
        values = tuple(Told(each.key, each.value, each.observed_at) for each in fresh.values())
        nonce = self.last_nonce + 1
        digest = digest_of(values, nonce, valid_until)
        with self._writing():
            self._insert_seal(nonce, valid_until, digest, now)
            self._db.executemany(
                "INSERT INTO told (key, at, value, reference, place, nonce) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (each.key, each.observed_at, str(each.value), each.reference, place, nonce)
                    for place, each in enumerate(fresh.values())
                ],
            )
        self.last_nonce = nonce
        self._last |= {each.key: LastTold(each.value, each.observed_at, now) for each in fresh.values()}
        return Seal(nonce, valid_until, digest, None, "claimed", values)

    def renew(self, old: Seal, *, now: int, valid_until: int, digest_of: DigestOf) -> Seal:
        """The same values under a new nonce, where the old signature expired unused."""
        nonce = self.last_nonce + 1
        digest = digest_of(old.values, nonce, valid_until)
        with self._writing():
            self._db.execute("UPDATE seal SET state = 'expired' WHERE nonce = ?", (old.nonce,))
            self._insert_seal(nonce, valid_until, digest, now)
            self._db.execute("UPDATE told SET nonce = ? WHERE nonce = ?", (nonce, old.nonce))
        self.last_nonce = nonce
        return Seal(nonce, valid_until, digest, None, "claimed", old.values)

    def skip_to(self, nonce: int) -> None:
        """The next nonce is above this one: its signer has declared all up to it void."""
        self.last_nonce = max(self.last_nonce, nonce)

    def signed(self, nonce: int, signature: bytes) -> None:
        """Keep the signature."""
        with self._writing():
            self._db.execute("UPDATE seal SET signature = ?, state = 'signed' WHERE nonce = ?", (signature, nonce))

    def sending(self, sent: Sent) -> None:
        """Keep a transaction that is about to be sent."""
        with self._writing():
            self._db.execute("INSERT INTO sent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(sent))

    def ended(self, nonce: int, state: Literal["landed", "refused", "expired"], reason: str = "") -> None:
        """How it ended."""
        with self._writing():
            self._db.execute("UPDATE seal SET state = ?, reason = ? WHERE nonce = ?", (state, reason, nonce))

    def open_seals(self) -> list[Seal]:
        """Those that have not ended, oldest first: what a node that starts must see to."""
        rows = self._db.execute(
            "SELECT nonce, valid_until, digest, signature, state FROM seal WHERE state IN ('claimed', 'signed') "
            "ORDER BY nonce"
        ).fetchall()
        return [
            Seal(nonce, until, digest, signature, state, self._values(nonce))
            for nonce, until, digest, signature, state in rows
        ]

    def sent_for(self, nonce: int) -> list[Sent]:
        """All transactions that carried a signature, oldest first."""
        rows = self._db.execute("SELECT * FROM sent WHERE nonce = ? ORDER BY number, attempt", (nonce,))
        return [Sent(*row) for row in rows]

    def prune(self, before: int) -> int:
        """Forget values that ended before a second and were followed by later ones: the rules need the last ones."""
        with self._writing():
            return self._db.execute(_PASSED, (before,)).rowcount

    def _values(self, nonce: int) -> tuple[Told, ...]:
        rows = self._db.execute("SELECT key, value, at FROM told WHERE nonce = ? ORDER BY place", (nonce,))
        return tuple(Told(key, int(value), at) for key, value, at in rows)

    def _insert_seal(self, nonce: int, valid_until: int, digest: bytes, now: int) -> None:
        self._db.execute(
            "INSERT INTO seal (nonce, valid_until, digest, state, made_at) VALUES (?, ?, ?, 'claimed', ?)",
            (nonce, valid_until, digest, now),
        )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """All of it or nothing, on the disk when it ends."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                with suppress(sqlite3.Error):  # where the disk is full SQLite has rolled back by itself
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise JournalUnfit(self._path, f"it can't be written: {error}") from None

    def _open(self, signer: str, chain_id: int, contract: str) -> None:
        ours = (_VERSION, signer, chain_id, contract)
        if not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            # Tables and owner in one transaction: a journal that was killed here is empty, not half a journal.
            with self._writing():
                for statement in filter(str.strip, _TABLES.split(";")):
                    self._db.execute(statement)
                self._db.execute("INSERT INTO owner VALUES (?, ?, ?, ?)", ours)
        owner = self._db.execute("SELECT version, signer, chain_id, contract FROM owner").fetchone()
        if owner[0] != _VERSION:
            raise JournalUnfit(self._path, f"it has version {owner[0]}, this program reads {_VERSION}")
        if owner != ours:
            raise JournalUnfit(
                self._path, f"it is of signer {owner[1]} for {owner[3]} on chain {owner[2]}; each has its own journal"
            )


def _lock(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(f"{path.name}.lock").open("a")
    except OSError as error:
        raise JournalUnfit(path, (error.strerror or "it can't be opened").lower()) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise JournalUnfit(path, "another process has it open") from None
    return lock
