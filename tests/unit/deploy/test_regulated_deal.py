"""A deal whose notes ask identities and rules: the same deployment, the same life, other refusals."""

from dataclasses import replace
from pathlib import Path

import pytest

from salvor.deal.load import load_deal
from salvor.deal.networks import ClaimIssuer
from salvor.deploy.apply import apply
from salvor.deploy.deployment import accounts_on
from salvor.deploy.live import Parties
from salvor.deploy.regulated import NoteRules, RegulatedTerms
from salvor.deploy.regulated_deal import regulated_terms
from salvor.jurisdictions.of_deal import load_deal_rules
from salvor.model.compliance_rules import Rule
from tests.utils.regulated import CLASS, COUNTRY, ITALY, KENYA, KYC, NO_LIMIT, params_of, verified
from tests.utils.signing import Signer
from tests.utils.world import DAY, NO_CORRECTION, report_of, small_terms

ISSUER = Signer("issuer of a deal")
SHIPPED = Path(__file__).parents[3] / "deals/cross-border/deal.yaml"
ITALIANS = NoteRules(((int(Rule.COUNTRY_ALLOW), params_of(Rule.COUNTRY_ALLOW, [ITALY])),))
COUNTED = NoteRules(modules=(("HolderCount", (2, [NO_LIMIT] * 4, [], [])),))


@pytest.fixture
def live(lab):
    """Italians hold the senior note, two identities the mezzanine, anybody verified the equity."""
    parties = Parties(*(lab.actor(role) for role in ("admin", "seller", "servicer", "transfer agent", "arranger")))
    settlement = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=parties.admin)
    trusted = ((ISSUER.address, (KYC, COUNTRY, CLASS)),)
    regulated = RegulatedTerms((KYC,), COUNTRY, CLASS, trusted, (ITALIANS, COUNTED, NoteRules()))
    terms = replace(small_terms(lab.now + 10 * DAY), regulated=regulated)
    deployed = apply(lab.contracts, terms, parties=parties, settlement=settlement)
    deployed.offering.open(deployed.waterfall, sender=parties.arranger)
    return deployed, terms


def order(live, investor, tranche, units):
    live.settlement.mint(investor, units, sender=investor)
    live.settlement.approve(live.offering, units, sender=investor)
    return live.offering.order(tranche, units, sender=investor)


def test_takes_orders_from_whom_its_rules_allow(lab, live):
    live, _ = live
    kenyan = verified(lab, live, ISSUER, "kenyan", KENYA)
    with lab.refused("NotEligible", lab.actor("stranger"), 2, 5):
        order(live, lab.actor("stranger"), 2, 5)
    with lab.refused("NotEligible", kenyan, 0, 5):
        order(live, kenyan, 0, 5)
    order(live, kenyan, 2, 5)


def test_lives_as_any_deal_does(lab, live):
    live, terms = live
    people = (("italian", ITALY), ("kenyan", KENYA), ("third", ITALY))
    italian, kenyan, third = (verified(lab, live, ISSUER, name, country) for name, country in people)
    holders = (italian, kenyan, third)
    for tranche, (holder, units) in enumerate(zip(holders, terms.sizes, strict=True)):
        order(live, holder, tranche, units)
    lab.now = terms.closing
    live.offering.close(sender=third)
    for tranche, holder in enumerate(holders):
        live.offering.settle(tranche, holder, sender=third)
    count = live.regulated.modules[1]["HolderCount"]
    assert (count.holders(), live.notes[1].balanceOf(kenyan)) == (1, terms.sizes[1])
    with lab.refused("TransferRefused", code=17):
        live.notes[0].transfer(kenyan, 1, sender=italian)
    live.notes[0].transfer(third, 1_000, sender=italian)
    lab.now = terms.period_ends[0]
    live.settlement.mint(live.parties.servicer, 40_000, sender=third)
    live.settlement.approve(live.pool, 40_000, sender=live.parties.servicer)
    live.pool.report(1, report_of(40_000), NO_CORRECTION, sender=live.parties.servicer)
    live.waterfall.run(1, sender=third)
    before = live.settlement.balanceOf(italian)
    live.notes[0].claim(sender=italian)
    assert live.settlement.balanceOf(italian) > before


def test_lets_the_transfer_agent_supervise_by_both_ways(lab, live):
    live, terms = live
    holder, agent = verified(lab, live, ISSUER, "italian", ITALY), live.parties.transfer_agent
    order(live, holder, 0, terms.sizes[0])
    live.notes[0].setFrozen(holder, True, sender=agent)
    live.notes[0].setAddressFrozen(holder, False, sender=agent)
    assert not live.notes[0].isFrozen(holder)
    with lab.refused("OtherIssue", False):
        live.notes[0].mint(holder, 1, sender=agent)


def test_is_registered_by_whom_the_file_names_and_trusts_for_each_topic_whom_it_names(lab):
    """The transfer agent then has no say in the registry."""
    deal = load_deal(SHIPPED)
    accounts, _ = accounts_on(deal, "sepolia", lab.actor("admin").address)
    rules = load_deal_rules(SHIPPED)
    issuers, token = accounts.claim_issuers.values(), ("SettlementToken", "Euro", "EUR", 2)
    settlement = lab.deploy(*token, sender=lab.actor("admin"))
    terms = regulated_terms(rules, issuers=issuers, settlement=settlement.address, registrar=accounts.registrar)
    parties = Parties(*(lab.actor(role) for role in ("admin", "seller", "servicer", "transfer agent", "arranger")))
    named = replace(small_terms(lab.now + 10 * DAY), regulated=terms)
    live = apply(lab.contracts, named, parties=parties, settlement=settlement).regulated
    by_name = accounts.by_name()
    assert live.registry.isAgent(by_name["registrar"])
    assert not live.registry.isAgent(parties.transfer_agent)
    trusted = {KYC: "claim issuer bureau", COUNTRY: "claim issuer civil register", CLASS: "claim issuer bureau"}
    for topic, name in trusted.items():
        assert list(live.issuers.getTrustedIssuersForClaimTopic(topic)) == [by_name[name]]


def test_has_the_rules_of_its_jurisdictions(lab):
    rules = load_deal_rules(SHIPPED)
    settlement = lab.deploy("SettlementToken", "Euro", "EUR", 2, sender=lab.actor("admin"))
    trusted = ClaimIssuer(address=ISSUER.address, topics=["kyc", "country", "class"])
    terms = regulated_terms(rules, issuers=[trusted], settlement=settlement.address)
    assert len(terms.notes) == len(rules.deal.tranches)
    assert all(own.rules for own in terms.notes)
    parties = Parties(*(lab.actor(role) for role in ("admin", "seller", "servicer", "transfer agent", "arranger")))
    deal = small_terms(lab.now + 10 * DAY)
    own = replace(terms, notes=tuple(terms.notes[min(place, len(terms.notes) - 1)] for place in range(3)))
    live = apply(lab.contracts, replace(deal, regulated=own), parties=parties, settlement=settlement)
    for compliance, note in zip(live.regulated.compliances, own.notes, strict=True):
        assert all(compliance.isOn(number) for number, _ in note.rules)
        assert len(compliance.getModules()) == len(note.modules)
