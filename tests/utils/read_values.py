"""Values that a deal reads of its own hub: signed on chain, taken by the model too, so that both have one reading."""

from __future__ import annotations

from typing import Any

from salvor.deal.oracle import Oracle
from salvor.deploy.oracle import key_in, policy_of
from salvor.deploy.terms import OracleTerms
from salvor.lab import Lab
from salvor.model.oracle import Hub, Reading
from salvor.model.oracle_reports import Domain, Report, Told
from salvor.model.oracle_signed import Disputes, DisputeTerms, Letter, Reports
from tests.utils.signing import Signer, parts

DAY, WAD = 86_400, 10**18
BOND = 1_000
VALUER, AUDITOR = Signer("valuer"), Signer("auditor")
FOREVER = 2**40 - 1


def read_terms(key: str, **reads: Any) -> OracleTerms:
    """A key that both signers make: fresh for five days, 10 % apart at most."""
    signers = {each.role: each.address for each in (VALUER, AUDITOR)}
    sources = [{"signer": name, "hours": "120"} for name in signers]
    value = {"key": key, "quorum": "2", "sources": sources, "lowest": "0"}
    given = {"signers": signers, "challenges": {"bond": "10.00"}, "values": [value]}
    return OracleTerms(Oracle.model_validate(given), BOND, **reads)


class Values:
    """The hub of a live deal beside its model."""

    def __init__(self, lab: Lab, live: Any, terms: OracleTerms) -> None:
        self.lab, self.live, self.own = lab, live.oracle, terms.section
        (value,) = self.own.values
        self.key, self.hub, self.reports, self.nonce = key_in(value.key), Hub(), Reports(), 0
        self.hub.set_policy(self.key, policy_of(value, self.own, self.live), lab.now)
        for each in (VALUER, AUDITOR):
            self.reports.add_signer(each.address)
        given = DisputeTerms(BOND, 2 * DAY, 5 * DAY, WAD // 20, WAD // 10, "seller")
        self.disputes, self.asset = Disputes(given, self.reports, self.hub), live.settlement

    def say(self, value: int, *signers: Signer, at: int | None = None) -> None:
        """Each of them, both unless named, signs the value, of now unless said."""
        for signer in signers or (VALUER, AUDITOR):
            self.nonce += 1
            told = Told(self.key, value, self.lab.now if at is None else at)
            report = Report(told, self.nonce, FOREVER)
            digest = report.digest(Domain(31_337, self.live.reports.address))
            v, r, s = parts(signer.key.sign_msg_hash(digest))
            args = signer, report.words, r + s + bytes([v])
            self.live.reports.submit(*args, sender=self.lab.actor("outsider"))
            self.reports.submit(signer.address, told, Letter(self.nonce, FOREVER, digest), self.lab.now)

    def challenge(self, signer: Signer) -> None:
        """Its last report, by somebody who pays the bond."""
        who, nonce = self.lab.actor("challenger"), self.reports.landed[signer.address, self.key].nonce
        self.asset.mint(who, BOND, sender=who)
        self.asset.approve(self.live.disputes, BOND, sender=who)
        self.live.disputes.challenge(signer, self.key, nonce, sender=who)
        self.disputes.challenge(who.address, signer.address, self.key, nonce, self.lab.now)

    def read(self, now: int) -> Reading:
        """The model's, good or refused."""
        given = [self.reports.answer(each.address, self.key) for each in (VALUER, AUDITOR)]
        return self.hub.read(self.key, given, now, fresh=True)
