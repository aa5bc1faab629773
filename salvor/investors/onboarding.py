"""Registers the rows of a file at an identity registry: in batches, with a journal, safe to repeat and to resume.

What the chain knows already is left alone. Claims are signed once and kept in the journal before anything is sent, and
the registry takes the same registration twice without doing anything: a run that was killed is simply run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salvor.chain.engine import CHAIN_ID
from salvor.chain.refusal import CallRefused
from salvor.chain.send import send
from salvor.deploy.rule_settings import class_number, country_number
from salvor.investors.claims import Issuer, digest_of
from salvor.investors.file import Investors, Row
from salvor.investors.journal import Entry, Journal

BATCH = 40  # wallets with three claims each: half a block of 30 million gas


@dataclass(frozen=True)
class Known:
    """What a registry knows of a wallet; times in seconds since 1970."""

    identity: str  # empty for a stranger
    country: int
    klass: int
    until: int
    verified: bool

    def is_as(self, row: Row) -> bool:
        """Whether nothing is left to do."""
        facts = (self.country, self.klass, self.until, self.verified)
        return facts == (country_number(row.country), class_number(row.klass), row.until, True)


@dataclass(frozen=True)
class Outcome:
    """What became of one row: `there` already, `registered`, `renewed`, `refused`; in a dry run what would."""

    row: Row
    became: str
    reason: str = ""


@dataclass(frozen=True)
class Registration:
    """All that a run did."""

    outcomes: tuple[Outcome, ...]
    batches: int  # that were sent and went through

    def of(self, became: str) -> tuple[Outcome, ...]:
        """Rows with one outcome."""
        return tuple(each for each in self.outcomes if each.became == became)


@dataclass(frozen=True)
class Desk:
    """Whom and what a run works with. `now` is the chain's clock; `registry` a handle or one of Ape's."""

    registry: Any
    agent: Any
    issuer: Issuer
    journal: Journal
    now: int
    topics: Mapping[str, Sequence[int]]  # numbers of the topics that each word of the file's claims stands for
    batch: int = BATCH
    chain_id: int = CHAIN_ID
    tick: Callable[[int], None] = lambda done: None

    @property
    def place(self) -> str:
        """What the journal calls this registry: on two chains registries may have one address."""
        return f"{self.chain_id}:{self.registry.address}"


def known_of(registry: Any, wallet: str, standing: tuple[int, int] | None = None, now: int | None = None) -> Known:
    """Reads the word of a wallet (interfaces/Records.sol); of a stranger there is nothing more to ask.

    With the registry's `standing()` and the chain's clock, whether it counts is reckoned here instead of asked.
    """
    word = int(registry.recordsOf(wallet, wallet)[0])
    if word & 0xFFFFFFFF == 0:
        return Known("", 0, 0, 0, verified=False)
    country, klass, until = word >> 32 & 0xFFFF, word >> 48 & 0xFF, word >> 56 & (1 << 40) - 1
    if standing is None or now is None:
        verified = bool(registry.isVerified(wallet))
    else:
        dead, generation = standing
        verified = now < until and word >> 96 & 0xFFFF == generation and word >> 128 & dead == 0
    return Known(str(registry.identity(wallet)), country, klass, until, verified)


def register(investors: Investors, desk: Desk, *, dry_run: bool = False) -> Registration:
    """Bring the registry to what the file says; a row that is refused stops nobody else."""
    dead, generation = desk.registry.standing()
    standing = (int(dead), int(generation))
    known = {row.wallet: known_of(desk.registry, row.wallet, standing, desk.now) for row in investors.rows}
    identities, reasons = _identities(investors, known, desk)
    outcomes = dict(_settled(investors, known, identities, reasons))
    todo = [row for row in investors.rows if row.wallet not in outcomes]
    batches = 0
    if dry_run:
        outcomes |= {row.wallet: Outcome(row, _word(known[row.wallet])) for row in todo}
        batches = -(-len(todo) // desk.batch)
    else:
        entries = _signed(todo, identities, desk)
        for start in range(0, len(todo), desk.batch):
            rows = todo[start : start + desk.batch]
            sent, refused = _send([entries[row.wallet] for row in rows], desk)
            batches += sent
            for row in rows:
                reason = refused.get(row.wallet)
                outcomes[row.wallet] = (
                    Outcome(row, _word(known[row.wallet])) if reason is None else Outcome(row, "refused", reason)
                )
            desk.tick(start + len(rows))
    return Registration(tuple(outcomes[row.wallet] for row in investors.rows), batches)


def _word(known: Known) -> str:
    return "renewed" if known.identity else "registered"


def _settled(
    investors: Investors, known: Mapping[str, Known], identities: Mapping[str, str], reasons: Mapping[str, str]
) -> Iterator[tuple[str, Outcome]]:
    """Rows of which nothing is sent: what the chain has already, and wallets that it has under somebody else."""
    for row in investors.rows:
        there = known[row.wallet]
        if row.name in reasons:
            yield row.wallet, Outcome(row, "refused", reasons[row.name])
        elif there.identity and there.identity != identities[row.name]:
            reason = f"the registry has it under the identity {there.identity}, {row.name} has {identities[row.name]}"
            yield row.wallet, Outcome(row, "refused", reason)
        elif there.is_as(row):
            yield row.wallet, Outcome(row, "there")


def _signed(todo: Sequence[Row], identities: Mapping[str, str], desk: Desk) -> dict[str, Entry]:
    """An entry of the journal for each row: the one of a run that was cut off, or a new one with new signatures."""
    place = desk.place
    before = desk.journal.entries(place)
    epoch = int(desk.registry.epochOf(desk.issuer.address))
    fresh, kept = [], {}
    for row in todo:
        entry = before.get(row.wallet)
        if entry is not None and _still_good(entry, row, identities[row.name], epoch, desk):
            kept[row.wallet] = entry
        else:
            fresh.append(row)
    calls = [(row.wallet, _as_text(row), _call(row, identities[row.name], epoch, desk)) for row in fresh]
    desk.journal.signed(place, calls)
    entries = desk.journal.entries(place)
    return {row.wallet: kept.get(row.wallet) or entries[row.wallet] for row in todo}


def _as_text(row: Row) -> str:
    return "|".join([row.name, row.country, row.klass, ",".join(row.claims), str(row.until)])


def _still_good(entry: Entry, row: Row, identity: str, epoch: int, desk: Desk) -> bool:
    """Whether what a run that was cut off has signed is what would be signed now.

    What was done and is not there any more was taken back since: it is signed anew.
    """
    _, signed_for, _, claims, _ = entry.call
    signers = {(claim[5], claim[6]) for claim in claims}
    as_before = entry.row == _as_text(row) and signed_for == identity and entry.state in ("signed", "sent")
    return as_before and signers == {(desk.issuer.address, epoch)}


def _identities(investors: Investors, known: Mapping[str, Known], desk: Desk) -> tuple[dict[str, str], dict[str, str]]:
    """The identity of each person, and why some have none; nobody comes into an identity that is somebody else's.

    It is that of the person's first wallet that is registered; else what a run that was cut off began with; else the
    first of its wallets that names nobody. A wallet that somebody else lost still names that somebody's identity.
    """
    found: dict[str, str] = {}
    holders: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for row in investors.rows:
        if identity := known[row.wallet].identity:
            found.setdefault(row.name, identity)
            other = holders.setdefault(identity, row.name)
            if other != row.name:
                for name in (other, row.name):
                    reasons[name] = (
                        f"the registry has wallets of {other} and of {row.name} under one identity, {identity}: "
                        "take out the one that is not theirs (deleteIdentity)"
                    )
    begun = _begun(desk)
    for name in investors.names:
        if name not in found:
            own = investors.wallets(name)
            first = [begun[wallet] for wallet in own if begun.get(wallet) in own]
            free = next((each for each in (*first, *own) if _names_nobody(desk.registry, each)), None)
            if free is None:
                reasons[name] = f"{own[0]} names the identity of other wallets at the registry: add a wallet of its own"
            found[name] = free or own[0]
    return found, reasons


def _begun(desk: Desk) -> dict[str, str]:
    """Identities by wallet, of registrations that were signed and perhaps sent."""
    entries = desk.journal.entries(desk.place).values()
    return {entry.wallet: str(entry.call[1]) for entry in entries if entry.state in ("signed", "sent")}


def _names_nobody(registry: Any, identity: str) -> bool:
    """Whether no wallet belongs to an identity."""
    number = int(registry.numberOf(identity))
    return number == 0 or not registry.walletsOf(number)


def _call(row: Row, identity: str, epoch: int, desk: Desk) -> list[Any]:
    """The struct `Registration`, with claims that are signed now."""
    values = {"kyc": 1, "country": country_number(row.country), "class": class_number(row.klass)}
    claims, signatures = [], []
    for word in row.claims:
        for topic in desk.topics[word]:
            claim = (identity, topic, values[word], desk.now, row.until, desk.issuer.address, epoch)
            claims.append(claim)
            digest = digest_of(claim, desk.chain_id, str(desk.registry.address))
            signatures.append("0x" + desk.issuer.sign(digest).hex())
    return [row.wallet, identity, country_number(row.country), claims, signatures]


def _send(entries: Sequence[Entry], desk: Desk) -> tuple[int, dict[str, str]]:
    """A batch, or its halves when it is refused: who is refused in the end stands alone. Batches sent, and reasons."""
    place, wallets = desk.place, [entry.wallet for entry in entries]
    desk.journal.mark(place, wallets, "sent")
    try:
        send(desk.registry.register, [_struct(entry.call) for entry in entries], sender=desk.agent)
    except CallRefused as refused:
        if len(entries) == 1:
            reason = str(refused.refusal)
            desk.journal.mark(place, wallets, "refused", reason)
            return 0, {entries[0].wallet: reason}
        half = len(entries) // 2
        (one, why), (other, why_not) = _send(entries[:half], desk), _send(entries[half:], desk)
        return one + other, why | why_not
    desk.journal.mark(place, wallets, "done")
    return 1, {}


def _struct(call: Sequence[Any]) -> tuple[Any, ...]:
    """As the ABI takes it, from what JSON keeps."""
    wallet, identity, country, claims, signatures = call
    return wallet, identity, country, [tuple(each) for each in claims], [bytes.fromhex(each[2:]) for each in signatures]
