"""Signed reports and their disputes in exact integers: rules 20 to 27 of docs/oracles.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from salvor.amounts import WAD, mul_div_up
from salvor.model.oracle import Answer, Hub, Reading, Reason, Status
from salvor.model.oracle_reports import Told
from salvor.model.refusal import Refused


class Standing(IntEnum):
    """What became of a report."""

    PLAIN = 0
    CHALLENGED = 1
    STRUCK = 2
    CONFIRMED = 3


class Outcome(IntEnum):
    """What became of a dispute."""

    NONE = 0
    OPEN = 1
    UPHELD = 2
    REJECTED = 3
    LAPSED = 4


@dataclass(frozen=True)
class Landed:
    """The last report of a signer for a key; all 0 before the first."""

    value: int = 0
    at: int = 0
    nonce: int = 0
    landed_at: int = 0
    standing: Standing = Standing.PLAIN


@dataclass(frozen=True)
class Letter:
    """What a signature was made over: nonce, valid-until, and whether it is the signer's."""

    nonce: int
    valid_until: int
    digest: bytes
    good: bool = True


@dataclass
class Reports:
    """Signers, and their last reports."""

    active: dict[str, bool] = field(default_factory=dict)  # by signer; there is whoever ever was one
    voided: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    landed: defaultdict[tuple[str, bytes], Landed] = field(default_factory=lambda: defaultdict(Landed))

    def add_signer(self, signer: str) -> None:
        """Once."""
        if int(signer, 16) == 0:
            raise Refused("SignerZero")
        if signer in self.active:
            raise Refused("SignerKnown", signer)
        self.active[signer] = True

    def remove_signer(self, signer: str) -> None:
        """For ever, with all that it signed."""
        self._active(signer)
        self.active[signer] = False

    def void_up_to(self, signer: str, nonce: int) -> None:
        """What was signed so far and not handed in never will be."""
        self._active(signer)
        if nonce <= self.voided[signer]:
            raise Refused("NonceVoided", signer, nonce, self.voided[signer])
        self.voided[signer] = nonce

    def submit(self, signer: str, told: Told, letter: Letter, now: int) -> None:
        """One report, or one value of a batch."""
        self._signed(signer, letter, now)
        last = self.landed[signer, told.key]
        if told.at > now:
            raise Refused("ReportFromFuture", told.at, now)
        if letter.nonce <= last.nonce:
            raise Refused("NonceUsed", signer, told.key, letter.nonce, last.nonce)
        if told.at <= last.at:
            raise Refused("NotLater", signer, told.key, told.at, last.at)
        self._land(signer, told, letter.nonce, now)

    def submit_batch(self, signer: str, values: Sequence[Told], letter: Letter, now: int) -> int:
        """A whole batch; how many were new."""
        self._signed(signer, letter, now)
        for told in values:
            if told.at > now:
                raise Refused("ReportFromFuture", told.at, now)
        fresh = 0
        for told in values:
            last = self.landed[signer, told.key]
            if letter.nonce > last.nonce and told.at > last.at:
                self._land(signer, told, letter.nonce, now)
                fresh += 1
        return fresh

    def answer(self, signer: str, key: bytes) -> Answer:
        """As a source."""
        last, reason = self.landed[signer, key], Reason.NONE
        if last.nonce == 0:
            reason = Reason.NO_VALUE
        elif not self.active.get(signer):
            reason = Reason.SIGNER_REMOVED
        elif last.standing in (Standing.CHALLENGED, Standing.STRUCK):
            reason = Reason.DISPUTED
        return Answer(reason, last.value, 0, last.at)

    def _active(self, signer: str) -> None:
        if not self.active.get(signer):
            raise Refused("NotASigner", signer)

    def _signed(self, signer: str, letter: Letter, now: int) -> None:
        self._active(signer)
        if now > letter.valid_until:
            raise Refused("ReportExpired", letter.valid_until, now)
        if letter.nonce <= self.voided[signer]:
            raise Refused("NonceVoided", signer, letter.nonce, self.voided[signer])
        if not letter.good:
            raise Refused("SignatureWrong", signer, letter.digest)

    def _land(self, signer: str, told: Told, nonce: int, now: int) -> None:
        self.landed[signer, told.key] = Landed(told.value, told.at, nonce, now)


@dataclass(frozen=True)
class DisputeTerms:
    """What a challenge costs and how long things take (seconds); tolerance and lapse cost are WAD."""

    bond: int
    window: int
    decide_within: int
    tolerance: int
    lapse_cost: int
    forfeits_to: str


@dataclass(frozen=True)
class Dispute:
    """A challenge of one report."""

    signer: str
    key: bytes
    nonce: int
    value: int
    at: int
    until: int
    challenger: str
    landed_at: int
    challenged_at: int
    outcome: Outcome = Outcome.OPEN


@dataclass
class Disputes:
    """Challenges of reports; their number is their place, from 1."""

    terms: DisputeTerms
    reports: Reports
    hub: Hub
    all: list[Dispute] = field(default_factory=list)
    credit: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    paid_in: int = 0
    paid_out: int = 0
    forfeited: int = 0

    @property
    def held(self) -> int:
        """Bonds of open disputes and all credits."""
        return self.paid_in - self.paid_out

    def challenge(self, challenger: str, signer: str, key: bytes, nonce: int, now: int) -> int:
        """The last report no longer counts."""
        last = self.reports.landed[signer, key]
        if nonce == 0 or last.nonce != nonce:
            raise Refused("NotTheReport", signer, key, nonce, last.nonce)
        if last.standing is not Standing.PLAIN:
            raise Refused("ChallengedBefore", signer, key, nonce)
        if now > (until := last.landed_at + self.terms.window):
            raise Refused("WindowOver", now, until)
        decided = now + self.terms.decide_within
        times = last.landed_at, now
        self.all.append(Dispute(signer, key, nonce, last.value, last.at, decided, challenger, *times))
        self.reports.landed[signer, key] = replace(last, standing=Standing.CHALLENGED)
        self.paid_in += self.terms.bond
        return len(self.all)

    def resolve(self, number: int, wrong: bool, now: int) -> None:
        """By the resolver."""
        self._end(number, self._in_time(number, now), Outcome.UPHELD if wrong else Outcome.REJECTED, now)

    def settle(self, number: int, others: Reading, now: int) -> None:
        """By what the key's other sources say."""
        one = self._in_time(number, now)
        if others.status is not Status.GOOD or others.at <= one.at:
            raise Refused("NoLaterQuorum", others.counted, others.quorum, others.at, one.at)
        wrong = abs(one.value - others.value) > others.value * self.terms.tolerance // WAD
        self._end(number, one, Outcome.UPHELD if wrong else Outcome.REJECTED, now)

    def lapse(self, number: int, now: int) -> None:
        """Nobody decided in time."""
        one = self._open(number)
        if now <= one.until:
            raise Refused("TooEarlyToLapse", now, one.until)
        self._end(number, one, Outcome.LAPSED, now)

    def pay_credit(self, account: str) -> int:
        """What is the account's."""
        cash = self.credit[account]
        if not cash:
            raise Refused("NothingToPay", account)
        self.credit[account] = 0
        self.paid_out += cash
        return cash

    def _open(self, number: int) -> Dispute:
        one = self.all[number - 1] if 1 <= number <= len(self.all) else None
        if one is None or one.outcome is not Outcome.OPEN:
            raise Refused("NotOpen", number, one.outcome if one else Outcome.NONE)
        return one

    def _in_time(self, number: int, now: int) -> Dispute:
        one = self._open(number)
        if now > one.until:
            raise Refused("TooLateToDecide", now, one.until)
        return one

    def _end(self, number: int, one: Dispute, outcome: Outcome, now: int) -> None:
        self.all[number - 1] = replace(one, outcome=outcome)
        lapsed = mul_div_up(self.terms.bond, self.terms.lapse_cost, WAD)
        forfeited = {Outcome.REJECTED: self.terms.bond, Outcome.LAPSED: lapsed}.get(outcome, 0)
        self.forfeited += forfeited
        self.credit[self.terms.forfeits_to] += forfeited
        self.credit[one.challenger] += self.terms.bond - forfeited
        if outcome is Outcome.UPHELD:
            self.hub.forget_between(one.key, one.landed_at, one.challenged_at, now)
        last = self.reports.landed[one.signer, one.key]
        if last.nonce == one.nonce:
            standing = Standing.STRUCK if outcome is Outcome.UPHELD else Standing.CONFIRMED
            self.reports.landed[one.signer, one.key] = replace(last, standing=standing)
