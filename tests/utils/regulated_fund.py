"""A small evergreen deal whose notes have rules, sold to three verified people."""

from __future__ import annotations

from dataclasses import replace

from salvor.deploy.apply import apply
from salvor.deploy.live import Parties
from salvor.deploy.regulated import NoteRules, RegulatedTerms
from salvor.deploy.terms import DealTerms
from salvor.model.compliance_rules import Rule
from salvor.tape.committed import ClassTotal, CommittedTape
from tests.property.evergreen_stage import UNLIMITED, evergreen, small_deal
from tests.utils.regulated import (
    CLASS,
    COUNTRY,
    CUBA,
    DAY,
    ITALY,
    KYC,
    NO_LIMIT,
    Claim,
    claims_now,
    params_of,
    register,
)
from tests.utils.signing import Signer
from tests.utils.world import NO_CORRECTION, report_of

ISSUER = Signer("issuer of an evergreen deal")
MOST = 70_000
RULES = NoteRules(
    (
        (int(Rule.MAX_HOLDING), params_of(Rule.MAX_HOLDING, MOST)),
        (int(Rule.COUNTRY_DENY), params_of(Rule.COUNTRY_DENY, [CUBA])),
    ),
    (("HolderCount", (2, [NO_LIMIT] * 4, [], [])),),
)


class RegulatedFund:
    """Each tranche sold to one identity; two may hold a note, up to 70,000 units of it each, and nobody in Cuba."""

    def __init__(self, lab):
        self.lab, self.rules = lab, small_deal(lab.now + 10 * DAY, evergreen())
        parties = Parties(*(lab.actor(role) for role in ("admin", "seller", "servicer", "transfer agent", "arranger")))
        self.cash = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=parties.admin)
        tape = CommittedTape(b"\2" * 32, (ClassTotal("sme_loans", b"\1" * 32, 10, 200_000),))
        asked = RegulatedTerms((KYC,), COUNTRY, CLASS, ((ISSUER.address, (KYC, COUNTRY, CLASS)),), (RULES,) * 3)
        names = tuple((f"T-{place}", f"T{place}") for place in range(3))
        terms = replace(DealTerms(names, tape, self.rules), regulated=asked)
        self.live = apply(lab.contracts, terms, parties=parties, settlement=self.cash)
        self.agent, self.servicer, self.admin = parties.transfer_agent, parties.servicer, parties.admin
        self.registry, self.claims = self.live.regulated.registry, list[Claim]()
        self.senior, self.mezz, self.junior, self.newcomer = map(self.person, ("senior", "mezz", "junior", "newcomer"))
        self.pay(self.servicer)
        self._sell(parties.arranger)

    def person(self, name, country=ITALY):
        """Verified, with cash that every gate may take."""
        wallet = self.lab.actor(name)
        claims = claims_now(self.lab, ISSUER, wallet, country)
        register(self.live, ISSUER, wallet, claims)
        self.claims += claims
        self.pay(wallet)
        return wallet

    def pay(self, wallet):
        """Cash that every gate may take."""
        self.cash.mint(wallet, 10**9, sender=self.admin)
        for spender in (self.live.offering, self.live.pool, *self.live.gates):
            self.cash.approve(spender, UNLIMITED, sender=wallet)

    def end_epoch(self, gross=15_000):
        period = self.live.pool.lastReported() + 1
        self.lab.now = max(self.lab.now, self.rules.end(period))
        self.live.pool.report(period, report_of(gross), NO_CORRECTION, sender=self.servicer)
        self.live.waterfall.run(period, sender=self.newcomer)
        return self.live.fund.settle(sender=self.newcomer)

    def enter(self, who, place, cash):
        return self.live.gates[place].requestDeposit(cash, who, who, sender=who)

    def leave(self, who, place, units):
        return self.live.gates[place].requestRedeem(units, who, who, sender=who)

    def take(self, who, place, units, to=None):
        return self.live.gates[place].mint(units, to or who, who, sender=who)

    def counted(self, place):
        return self.live.regulated.modules[place]["HolderCount"].holders()

    def recounted(self, place):
        """By the module's own proof: all wallets with units in ascending order, the gate among them."""
        count, note = self.live.regulated.modules[place]["HolderCount"], self.live.notes[place]
        everybody = (self.senior, self.mezz, self.junior, self.newcomer, self.live.gates[place])
        wallets = sorted((each.address for each in everybody), key=lambda each: int(each, 16))
        count.rebuild([each for each in wallets if note.balanceOf(each)], sender=self.agent)
        receipt = count.finishRebuild(sender=self.agent)
        (told,) = receipt.events_of(count, "Rebuilt")
        return told.holders

    def _sell(self, arranger):
        offering, holders = self.live.offering, (self.senior, self.mezz, self.junior)
        offering.open(self.live.waterfall, sender=arranger)
        for place, (who, tranche) in enumerate(zip(holders, self.rules.tranches, strict=True)):
            offering.order(place, tranche.cap, sender=who)
        self.lab.now = self.rules.closing
        offering.close(sender=self.senior)
        for place, who in enumerate(holders):
            offering.settle(place, who, sender=who)
