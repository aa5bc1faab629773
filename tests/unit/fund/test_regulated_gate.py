"""A gate before notes with rules: what waits there is nobody's holding, and rules are asked when units come or go."""

from dataclasses import replace

import pytest

from salvor.deploy.apply import apply
from salvor.deploy.live import Parties
from salvor.deploy.regulated import NoteRules, RegulatedTerms
from salvor.deploy.terms import DealTerms
from salvor.model.compliance import RegulatedNote
from salvor.model.compliance_identities import Identities
from salvor.model.compliance_rules import Rule
from salvor.tape.committed import ClassTotal, CommittedTape
from tests.property.evergreen_stage import UNLIMITED, evergreen, small_deal
from tests.utils.gates import JUNIOR, NOBODY, SENIOR
from tests.utils.regulated import CLASS, COUNTRY, CUBA, DAY, ITALY, KENYA, KYC, NO_LIMIT, params_of, verified
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
        self.registry = self.live.regulated.registry
        self.senior, self.mezz, self.junior, self.newcomer = map(self.person, ("senior", "mezz", "junior", "newcomer"))
        self._pay(self.servicer)
        self._sell(parties.arranger)

    def person(self, name, country=ITALY):
        """Verified, with cash that every gate may take."""
        wallet = verified(self.lab, self.live, ISSUER, name, country)
        self._pay(wallet)
        return wallet

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

    def _pay(self, wallet):
        self.cash.mint(wallet, 10**9, sender=self.admin)
        for spender in (self.live.offering, self.live.pool, *self.live.gates):
            self.cash.approve(spender, UNLIMITED, sender=wallet)

    def _sell(self, arranger):
        offering, holders = self.live.offering, (self.senior, self.mezz, self.junior)
        offering.open(self.live.waterfall, sender=arranger)
        for place, (who, tranche) in enumerate(zip(holders, self.rules.tranches, strict=True)):
            offering.order(place, tranche.cap, sender=who)
        self.lab.now = self.rules.closing
        offering.close(sender=self.senior)
        for place, who in enumerate(holders):
            offering.settle(place, who, sender=who)


@pytest.fixture
def fund(lab):
    return RegulatedFund(lab)


def test_nobody_registers_a_gate_and_nobody_counts_it(fund):
    gate, note = fund.live.gates[SENIOR], fund.live.notes[SENIOR]
    assert not fund.registry.contains(gate)
    fund.leave(fund.senior, SENIOR, 18_000)
    assert (note.balanceOf(gate), fund.counted(SENIOR), fund.recounted(SENIOR)) == (18_000, 1, 1)


class TestRequestDeposit:
    def test_counts_what_waits_for_the_largest_holding(self, lab, fund):
        fund.enter(fund.senior, SENIOR, 4_000)
        fund.end_epoch()
        with lab.refused("NotEligible", NOBODY, fund.senior, 10_001):
            fund.enter(fund.senior, SENIOR, 6_001)
        fund.enter(fund.senior, SENIOR, 6_000)

    @pytest.mark.parametrize("known", [True, False])
    def test_refuses_who_may_not_hold(self, lab, fund, known):
        cuban = fund.person("cuban", CUBA) if known else lab.actor("stranger")
        with lab.refused("NotEligible", NOBODY, cuban, 5):
            fund.enter(cuban, JUNIOR, 5)

    def test_refuses_a_holder_too_many(self, lab, fund):
        fund.live.notes[JUNIOR].transfer(fund.mezz, 10, sender=fund.junior)
        with lab.refused("NotEligible", NOBODY, fund.newcomer, 5):
            fund.enter(fund.newcomer, JUNIOR, 5)


class TestRequestRedeem:
    def test_of_all_makes_room_for_another_holder(self, fund):
        fund.leave(fund.senior, SENIOR, 60_000)
        assert fund.counted(SENIOR) == fund.recounted(SENIOR) == 0

    def test_has_no_largest_holding_at_the_gate(self, fund):
        """Two holders ask to sell more than one may hold."""
        note = fund.live.notes[SENIOR]
        fund.live.regulated.compliances[SENIOR].setRule(
            int(Rule.MAX_HOLDING), params_of(Rule.MAX_HOLDING, 30_000), sender=fund.admin
        )
        note.transfer(fund.mezz, 30_000, sender=fund.senior)
        for each in (fund.senior, fund.mezz):
            fund.leave(each, SENIOR, 30_000)
        assert note.balanceOf(fund.live.gates[SENIOR]) == 60_000

    def test_asks_the_rules_of_the_sender(self, lab, fund):
        compliance, gate = fund.live.regulated.compliances[SENIOR], fund.live.gates[SENIOR]
        compliance.setRule(int(Rule.MIN_HOLDING), params_of(Rule.MIN_HOLDING, 50_000), sender=fund.admin)
        assert fund.live.notes[SENIOR].detectTransferRestriction(fund.senior, gate, 10_001) == 21
        with lab.refused("TransferRefused", code=21):
            fund.leave(fund.senior, SENIOR, 10_001)
        fund.leave(fund.senior, SENIOR, 10_000)

    def test_asks_for_a_counterparty(self, lab, fund):
        """Where transfers need a listed side, the issuer lists the gate."""
        compliance, gate = fund.live.regulated.compliances[SENIOR], fund.live.gates[SENIOR]
        for listed, code in (([fund.mezz.address], 26), ([gate.address], 0)):
            compliance.setRule(int(Rule.COUNTERPARTIES), params_of(Rule.COUNTERPARTIES, listed), sender=fund.admin)
            assert fund.live.notes[SENIOR].detectTransferRestriction(fund.senior, gate, 5) == code

    def test_keeps_in_what_is_locked(self, lab, fund):
        compliance = fund.live.regulated.compliances[SENIOR]
        lock = lab.deploy("LockUp", compliance, 90 * DAY, 0, sender=fund.admin)
        compliance.addModule(lock, sender=fund.admin)
        fund.enter(fund.newcomer, SENIOR, 700)
        fund.end_epoch()
        fund.take(fund.newcomer, SENIOR, 700)
        with lab.refused("TransferRefused", code=128 + 2):
            fund.leave(fund.newcomer, SENIOR, 1)
        fund.leave(fund.senior, SENIOR, 60_000)  # from before the rule

    def test_stops_while_the_note_is_paused(self, lab, fund):
        fund.live.notes[SENIOR].pause(sender=fund.agent)
        with lab.refused("NotePaused"):
            fund.leave(fund.senior, SENIOR, 1)

    def test_of_a_note_goes_to_its_own_gate_alone(self, lab, fund):
        other = fund.live.gates[JUNIOR]
        with lab.refused("TransferRefused", code=10):
            fund.live.notes[SENIOR].transfer(other, 1, sender=fund.senior)


class TestSettle:
    def test_makes_and_ends_units_at_the_gate(self, fund):
        """No rule holds an epoch up: more is made and ended there than one may hold."""
        note, gate = fund.live.notes[SENIOR], fund.live.gates[SENIOR]
        fund.live.regulated.compliances[SENIOR].setRule(
            int(Rule.MAX_HOLDING), params_of(Rule.MAX_HOLDING, 6_999), sender=fund.admin
        )
        fund.enter(fund.newcomer, SENIOR, 6_999)
        fund.enter(fund.mezz, SENIOR, 10)
        fund.leave(fund.senior, SENIOR, 18_000)
        fund.end_epoch()
        assert (note.balanceOf(gate), note.totalSupply()) == (7_009, 49_009)
        assert fund.counted(SENIOR) == fund.recounted(SENIOR) == 1
        assert gate.redeem(18_000, fund.senior, fund.senior, sender=fund.senior).return_value == 18_000

    def test_goes_on_after_all_claims_ended(self, fund):
        fund.enter(fund.newcomer, SENIOR, 700)
        fund.registry.revokeAll(sender=ISSUER)
        fund.end_epoch()
        assert fund.live.gates[SENIOR].claimableDepositRequest(0, fund.newcomer) == 700


class TestClaim:
    @pytest.fixture
    def met(self, fund):
        fund.enter(fund.newcomer, JUNIOR, 1_000)
        fund.end_epoch()
        return fund

    def test_counts_who_begins_to_hold(self, met):
        met.take(met.newcomer, JUNIOR, 7)
        assert met.counted(JUNIOR) == met.recounted(JUNIOR) == 2

    def test_refuses_a_receiver_who_may_not_hold(self, lab, met):
        cuban, gate = met.person("cuban", CUBA), met.live.gates[JUNIOR]
        with lab.refused("NotEligible", met.newcomer, cuban, 7):
            met.take(met.newcomer, JUNIOR, 7, cuban)
        with lab.refused("NotEligible", met.newcomer, lab.actor("stranger"), 7):
            met.take(met.newcomer, JUNIOR, 7, lab.actor("stranger"))
        met.registry.updateCountry(met.newcomer, KENYA, sender=met.agent)
        assert met.live.notes[JUNIOR].detectTransferRestriction(gate, cuban, 7) == 18

    def test_breaks_no_limit_with_what_waited(self, lab, met):
        """Two asked while one place was left: who claims first has it, the other turns back."""
        met.enter(met.mezz, JUNIOR, 1_000)
        met.end_epoch()
        gate = met.live.gates[JUNIOR]
        met.take(met.newcomer, JUNIOR, 7)
        with lab.refused("TransferRefused", code=128):
            met.take(met.mezz, JUNIOR, 5)
        assert met.live.notes[JUNIOR].detectTransferRestriction(gate, met.mezz, 5) == 128
        waiting = gate.maxMint(met.mezz)
        gate.turnBack(waiting, met.mezz, sender=met.mezz)
        assert gate.pendingRedeemRequest(0, met.mezz) == waiting

    def test_asks_a_request_for_a_least_and_a_claim_for_none(self, lab, met):
        """What was asked for with enough is taken in whatever pieces, and needs no counterparty."""
        compliance = met.live.regulated.compliances[JUNIOR]
        for rule, value in (
            (Rule.MIN_INVESTMENT, 100),
            (Rule.MIN_HOLDING, 100),
            (Rule.COUNTERPARTIES, [met.mezz.address]),
        ):
            compliance.setRule(int(rule), params_of(rule, value), sender=met.admin)
        with lab.refused("NotEligible"):
            met.enter(met.mezz, JUNIOR, 5)
        met.take(met.newcomer, JUNIOR, 99)
        assert met.live.notes[JUNIOR].balanceOf(met.newcomer) == 99

    def test_of_a_cancelled_exit_needs_room(self, lab, fund):
        note, gate = fund.live.notes[SENIOR], fund.live.gates[SENIOR]
        note.transfer(fund.mezz, 30_000, sender=fund.senior)
        fund.leave(fund.senior, SENIOR, 30_000)
        note.transfer(fund.newcomer, 10, sender=fund.mezz)
        gate.cancelRedeemRequest(0, fund.senior, sender=fund.senior)
        with lab.refused("TransferRefused", code=128):
            gate.claimCancelRedeemRequest(0, fund.senior, fund.senior, sender=fund.senior)
        note.transfer(fund.mezz, 10, sender=fund.newcomer)
        gate.claimCancelRedeemRequest(0, fund.senior, fund.senior, sender=fund.senior)
        assert (note.balanceOf(fund.senior), fund.counted(SENIOR), fund.recounted(SENIOR)) == (30_000, 2, 2)


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (Rule.COUNTRY_ALLOW, ([KENYA],)),
        (Rule.COUNTRY_DENY, ([ITALY],)),
        (Rule.INVESTOR_CLASS, (0b1000,)),
        (Rule.MIN_HOLDING, (50_000,)),
        (Rule.MAX_HOLDING, (50,)),
        (Rule.SUPPLY_SHARE, (10**15,)),
        (Rule.TRANSFER_WINDOW, (0, 1, 127, 0, 86_400)),
        (Rule.COUNTERPARTIES, ([NOBODY],)),
        (Rule.MIN_INVESTMENT, (50_000,)),
        (Rule.DENOMINATION, (None, 1_000)),
    ],
)
def test_gives_the_reasons_of_the_model(fund, rule, values):
    """Of a transfer to the gate and of one from it, with each rule alone."""
    fund.leave(fund.senior, SENIOR, 20_000)
    note, gate, compliance = fund.live.notes[SENIOR], fund.live.gates[SENIOR], fund.live.regulated.compliances[SENIOR]
    for each in (Rule.MAX_HOLDING, Rule.COUNTRY_DENY):
        compliance.dropRule(int(each), sender=fund.admin)
    if rule == Rule.DENOMINATION:
        values = fund.cash.address, values[1]
    compliance.setRule(int(rule), params_of(rule, *values), sender=fund.admin)
    model = modelled(fund, rule, values)
    for giver, taker in ((fund.senior, gate), (gate, fund.senior), (gate, fund.newcomer)):
        for units in (100, 15_500):
            found = model.reasons(giver.address, taker.address, units, fund.lab.now)
            assert [each.code for each in note.refusals(giver, taker, units)] == found


def modelled(fund, rule, values):
    """The senior note as it stands, with one rule; everybody is of Italy and of no class."""
    identities, note, gate = Identities(COUNTRY, CLASS), fund.live.notes[SENIOR], fund.live.gates[SENIOR]
    for each in (fund.senior, fund.newcomer):
        identities.register(each.address, each.address, ITALY, fund.lab.now)
    model = RegulatedNote(note.address, identities, gate=gate.address)
    model.table.params[rule] = values
    for each in (fund.senior, fund.newcomer, gate):
        model.units[each.address] = note.balanceOf(each)
    return model


class TestRecovery:
    def test_takes_what_waits_to_another_wallet_of_the_identity(self, lab, fund):
        fund.leave(fund.senior, SENIOR, 60_000)
        found, gate = lab.actor("new wallet"), fund.live.gates[SENIOR]
        fund.live.notes[SENIOR].recover(fund.senior, found, sender=fund.agent)
        assert (gate.pendingRedeemRequest(0, found), gate.pendingRedeemRequest(0, fund.senior)) == (60_000, 0)
        gate.cancelRedeemRequest(0, found, sender=found)
        gate.claimCancelRedeemRequest(0, found, found, sender=found)
        assert fund.counted(SENIOR) == 1

    def test_forces_nothing_to_a_gate(self, lab, fund):
        gate = fund.live.gates[SENIOR]
        with lab.refused("HolderFrozen", gate):
            fund.live.notes[SENIOR].forcedTransfer(fund.senior, gate, 1, sender=fund.agent)
