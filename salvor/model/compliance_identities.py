"""Who stands behind a wallet, and what trusted issuers say (docs/compliance.md, rules 1 to 6).

What follows from claims is reckoned when something comes in and kept until refreshed, as on chain; only time and an
issuer that dies change it without a call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from salvor.model.refusal import Refused

MOST_WALLETS = 8
LIVES_AT_ONCE, PAUSE = 2, 86_400  # of an issuer that dies, in one generation
FOREVER = 2**40 - 1


@dataclass(frozen=True)
class Claim:
    """What an issuer signs."""

    identity: str
    topic: int
    value: int
    issued_at: int
    until: int
    issuer: str
    epoch: int = 0


@dataclass
class Kept:
    """A claim that came in; one that was taken back keeps older ones out."""

    claim: Claim
    revoked: bool = False


@dataclass(frozen=True)
class Facts:
    """What follows from the claims of an identity: it holds while every life of an issuer it rests on goes on."""

    country: int = 0
    class_: int = 0
    until: int = 0
    relies: frozenset[tuple[str, int]] = frozenset()
    generation: int = 0


@dataclass
class Person:
    """An identity: its number, the country that an agent says, its wallets, what is known."""

    number: int
    stated: int = 0
    wallets: list[str] = field(default_factory=list)
    facts: Facts = Facts()


@dataclass
class Trust:
    """Topics that are asked for, and issuers by topic in the order of the registry's lists."""

    topics: list[int] = field(default_factory=list)
    issuers: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def trust(self, issuer: str, topics: list[int]) -> None:
        """From now on."""
        for topic in topics:
            self.issuers[topic].append(issuer)

    def distrust(self, issuer: str) -> None:
        """The last of each list takes the place."""
        for issuers in self.issuers.values():
            if issuer in issuers:
                issuers[issuers.index(issuer)] = issuers[-1]
                issuers.pop()


@dataclass(frozen=True)
class Rested:
    """Since when identities rest on which life of an issuer; `how_many` lives of it a generation has had, up to two."""

    life: int
    since: int
    generation: int
    how_many: int


@dataclass
class Identities:
    """The registry. `country_topic` and `class_topic` are those whose values are facts."""

    country_topic: int
    class_topic: int
    trust: Trust = field(default_factory=Trust)
    people: dict[str, Person] = field(default_factory=dict)
    owner: dict[str, str] = field(default_factory=dict)  # identity by wallet
    kept: dict[tuple[str, int, str], Kept] = field(default_factory=dict)
    revoked: set[Claim] = field(default_factory=set)
    epochs: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    lives: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    rested: dict[str, Rested] = field(default_factory=dict)
    generation: int = 1
    last_number: int = 0

    # WALLETS

    def register(self, wallet: str, identity: str, stated: int, now: int) -> None:
        """A wallet of an identity; the same again changes at most the stated country."""
        before = self.owner.get(wallet)
        if before not in (None, identity):
            raise Refused("WalletTaken", wallet, before)
        person = self.people.get(identity) or Person(0)
        if before is None and len(person.wallets) == MOST_WALLETS:
            raise Refused("TooManyWallets", identity, MOST_WALLETS)
        news = stated not in (0, person.stated)
        if news:
            person.stated = stated
        if before is None:
            if person.number == 0:
                self.last_number += 1
                person.number = self.last_number
                self.people[identity] = person
            person.wallets.append(wallet)
            self.owner[wallet] = identity
        if news or before is None:
            self.refresh(identity, now)

    def remove(self, wallet: str, held: int, token: str, now: int) -> None:
        """Out of the registry; what holds a unit stays (rule 2)."""
        if (identity := self.owner.get(wallet)) is None:
            raise Refused("WalletUnknown", wallet)
        if held:
            raise Refused("WalletHolds", wallet, token, held)
        self._take_out(wallet, identity)
        self.refresh(identity, now)

    def give(self, wallet: str, identity: str, held: int, token: str, now: int) -> None:
        """To another identity."""
        before = self.owner.get(wallet)
        if before == identity:
            return
        stated = self.people[before].stated if before else 0
        self.remove(wallet, held, token, now)
        known = self.people.get(identity)
        self.register(wallet, identity, 0 if known and known.stated else stated, now)

    def state(self, wallet: str, country: int, now: int) -> None:
        """An agent says a country."""
        if (identity := self.owner.get(wallet)) is None:
            raise Refused("WalletUnknown", wallet)
        self.people[identity].stated = country
        self.refresh(identity, now)

    def _take_out(self, wallet: str, identity: str) -> None:
        wallets = self.people[identity].wallets
        wallets[wallets.index(wallet)] = wallets[-1]
        wallets.pop()
        del self.owner[wallet]

    # CLAIMS

    def add(self, claim: Claim, digest: bytes, good: bool, now: int) -> None:
        """Rule 4. `good` says whether the signature is the issuer's over this claim, registry and chain."""
        self._refuse_dates(claim, now)
        if claim.issuer not in self.trust.issuers[claim.topic]:
            raise Refused("IssuerNotTrusted", claim.issuer, claim.topic)
        if claim.epoch != self.epochs[claim.issuer]:
            raise Refused("WrongEpoch", claim.issuer, claim.epoch, self.epochs[claim.issuer])
        most = {self.country_topic: 999, self.class_topic: 3}.get(claim.topic)
        if most is not None and not 0 < claim.value <= most:
            raise Refused("ValueOutOfRange", claim.topic, claim.value)
        if claim in self.revoked:
            raise Refused("ClaimIsRevoked", digest)
        kept = self.kept.get(place := (claim.identity, claim.topic, claim.issuer))
        if kept and kept.claim == claim:
            return
        if kept and kept.claim.epoch == claim.epoch and claim.issued_at <= kept.claim.issued_at:
            raise Refused("OlderClaim", claim.issued_at, kept.claim.issued_at)
        if not good:
            raise Refused("WrongSignature", claim.issuer)
        self.kept[place] = Kept(claim)
        self.refresh(claim.identity, now)

    def revoke(self, claim: Claim, now: int) -> None:
        """By its issuer."""
        self.revoked.add(claim)
        kept = self.kept.get(place := (claim.identity, claim.topic, claim.issuer))
        if kept is None or kept.claim != claim:
            newer = kept and kept.claim.epoch == claim.epoch and claim.issued_at <= kept.claim.issued_at
            if newer or claim.epoch != self.epochs[claim.issuer]:
                return
        self.kept[place] = Kept(claim, revoked=True)
        self.refresh(claim.identity, now)

    def revoke_all(self, issuer: str) -> None:
        """A new epoch."""
        self.epochs[issuer] += 1
        self.lives[issuer] += 1

    def distrust(self, issuer: str) -> None:
        """Whoever rests on it is blocked."""
        self.trust.distrust(issuer)
        self.lives[issuer] += 1

    def ask_for(self, topic: int) -> None:
        """Nobody is verified until refreshed."""
        self.trust.topics.append(topic)
        self.generation += 1

    # WHAT FOLLOWS

    def refresh(self, identity: str, now: int) -> None:
        """Rule 5, for who is registered."""
        if (person := self.people.get(identity)) is None or not person.wallets:
            return
        until, relies = FOREVER, set()
        best = [self._best(identity, topic, now, latest=False) for topic in self.trust.topics]
        country = self._best(identity, self.country_topic, now, latest=True)
        class_ = self._best(identity, self.class_topic, now, latest=True)
        for claim in (*best, country, class_):
            if claim:
                until = min(until, claim.until)
                self._rest_on(claim.issuer, now)
                relies.add((claim.issuer, self.lives[claim.issuer]))
        if None in best:
            until = 0
        said = country.value if country else person.stated
        person.facts = Facts(said, class_.value if class_ else 0, until, frozenset(relies), self.generation)

    def facts_of(self, wallet: str) -> tuple[int, Facts]:
        """Number and facts of the identity behind a wallet; zeros for a stranger."""
        person = self.people.get(self.owner.get(wallet, ""))
        return (person.number, person.facts) if person else (0, Facts())

    def verified(self, wallet: str, now: int) -> bool:
        """Now."""
        facts = self.facts_of(wallet)[1]
        alive = all(self.lives[issuer] == life for issuer, life in facts.relies)
        return now < facts.until and facts.generation == self.generation and alive

    def wallets_of(self, wallet: str) -> list[str]:
        """All wallets of the identity behind one; of a stranger that one."""
        person = self.people.get(self.owner.get(wallet, ""))
        return person.wallets if person else [wallet]

    def _best(self, identity: str, topic: int, now: int, *, latest: bool) -> Claim | None:
        found: Claim | None = None
        for claim in self._counting(identity, topic, now):
            rank = (claim.issued_at, found and found.issued_at) if latest else (claim.until, found and found.until)
            if found is None or rank[0] > (rank[1] or 0):
                found = claim
        return found

    def _counting(self, identity: str, topic: int, now: int) -> Iterator[Claim]:
        for issuer in self.trust.issuers[topic]:
            kept = self.kept.get((identity, topic, issuer))
            if not self._may_rest_on(issuer, now):
                continue
            if kept and not kept.revoked and now < kept.claim.until and kept.claim.epoch == self.epochs[issuer]:
                yield kept.claim

    def _may_rest_on(self, issuer: str, now: int) -> bool:
        if (before := self.rested.get(issuer)) is None or before.generation != self.generation:
            return True
        return before.life == self.lives[issuer] or before.how_many < LIVES_AT_ONCE or now >= before.since + PAUSE

    def _rest_on(self, issuer: str, now: int) -> None:
        before, life = self.rested.get(issuer), self.lives[issuer]
        if before and (before.generation, before.life) == (self.generation, life):
            return
        had = before.how_many if before and before.generation == self.generation else 0
        self.rested[issuer] = Rested(life, now, self.generation, min(had + 1, LIVES_AT_ONCE))

    def _refuse_dates(self, claim: Claim, now: int) -> None:
        if claim.until <= claim.issued_at:
            raise Refused("ClaimNeverValid", claim.issued_at, claim.until)
        if now < claim.issued_at:
            raise Refused("ClaimFromTheFuture", claim.issued_at, now)
        if claim.until <= now:
            raise Refused("ClaimExpired", claim.until, now)
