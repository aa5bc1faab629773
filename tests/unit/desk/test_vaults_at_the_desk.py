"""Vaults deployed with a deal and used through the desk: from the sale to cash in the hands of who holds shares."""

from dataclasses import replace

import pytest

from salvor.deploy.apply import apply
from salvor.deploy.deal_plan import deal_steps
from salvor.deploy.live import Parties
from salvor.deploy.vaults import VaultTerms
from salvor.desk import actions
from salvor.desk import vaults as desk
from salvor.model.pool import Report
from tests.utils.own_node import GENESIS
from tests.utils.small_plan import TOKEN, artifacts, small_accounts
from tests.utils.world import DAY, small_terms

WAD = 10**18
WANTED = (
    VaultTerms("Senior income", "SINC", ((0, 1),)),
    VaultTerms("Two to one", "MIX", ((0, 2), (1, 1)), (WAD // 2, WAD, 20 * DAY)),
)
ROLES = ("admin", "seller", "servicer", "transfer agent", "arranger")


@pytest.fixture
def live(lab):
    """The small deal with two vaults, sold to three investors and closed; the transfer agent has admitted everybody."""
    parties = Parties(*(lab.actor(role) for role in ROLES))
    token = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=parties.admin)
    terms = replace(small_terms(lab.now + 10 * DAY), vaults=WANTED)
    made = apply(lab.contracts, terms, parties=parties, settlement=token)
    actions.open_sale(made)
    investor = lab.actor("investor")
    actions.admit(made, investor, until=2**39)
    for place, size in enumerate(terms.sizes):
        token.mint(investor, size, sender=parties.admin)
        actions.order(made, investor, tranche=place, units=size)
    lab.now = terms.closing
    actions.close(made, by=investor)
    for place in range(len(terms.sizes)):
        actions.settle(made, investor, tranche=place, by=investor)
    desk.admit_vaults(made, until=2**39)
    lab.terms = terms
    return made


@pytest.fixture
def investor(lab):
    return lab.actor("investor")


def pay(lab, live, cash):
    """The first period, in which so much was collected."""
    lab.now = lab.terms.period_ends[0]
    live.settlement.mint(live.parties.servicer, cash, sender=live.parties.admin)
    told = Report(1, cash, root=b"\1" * 32, loans=1)
    actions.allow_cash(live, told)
    actions.report(live, told)
    actions.run_waterfall(live, 1, by=live.parties.seller)


def test_a_vault_over_the_senior_note_passes_its_cash_on(lab, live, investor):
    vault = desk.vault_of(live, "Senior income")
    desk.deposit(vault, investor, 6_000)
    pay(lab, live, 9_000)
    due = vault.vault.claimableCash(investor)
    assert due == live.notes[0].claimable(vault.vault) > 0
    before = live.settlement.balanceOf(investor)
    desk.claim(vault, investor)
    assert live.settlement.balanceOf(investor) - before == due
    desk.redeem(vault, investor, vault.vault.balanceOf(investor))
    assert live.notes[0].balanceOf(investor) == lab.terms.sizes[0]


def test_a_vault_over_two_notes_takes_their_weights_and_reinvests(lab, live, investor):
    vault = desk.vault_of(live, "Two to one")
    desk.deposit(vault, investor, 1_000)
    assert [note.balanceOf(vault.basket) for note in live.notes] == [2_000, 1_000, 0]
    pay(lab, live, 9_000)
    desk.harvest(vault, by=investor)
    waits = vault.vault.waiting()
    assert waits > 0
    lab.wait(20 * DAY)
    for note in live.notes:
        note.approve(vault.basket, 2**255, sender=investor)
    vault.basket.bundle(waits, investor, sender=investor)
    desk.sell(vault, investor, cash=waits, most=waits)
    assert (vault.vault.totalAssets(), vault.vault.waiting()) == (1_000 + waits, 0)
    desk.redeem(vault, investor, vault.vault.balanceOf(investor))
    assert vault.vault.totalSupply() == 0
    assert desk.show(vault, [("investor", investor)], 2)[0].startswith("Two to one: 0.0")


def test_only_the_transfer_agent_moves_shares(lab, live, investor):
    vault = desk.vault_of(live, "Senior income")
    desk.deposit(vault, investor, 6_000)
    for caller in ("admin", "arranger", "investor"):
        with lab.refused("AccessManagedUnauthorized", lab.actor(caller)):
            vault.vault.recover(investor, lab.actor("seller"), sender=lab.actor(caller))
    found = lab.actor("new wallet")
    actions.admit(live, found, until=2**39)
    vault.vault.recover(investor, found, sender=live.parties.transfer_agent)
    assert vault.vault.balanceOf(found) == 6_000


def test_the_plan_of_the_deal_has_them():
    terms = replace(small_terms(GENESIS + 10 * DAY), vaults=WANTED)
    planned = deal_steps("small deal", terms, artifacts(), small_accounts(), TOKEN, chain_id=31_337, now=GENESIS)
    names = [step.name for step in planned.steps.steps if step.kind != "call"]
    assert names[-3:] == ["PayingNoteVault SINC", "NoteBasket MIXb", "ReinvestingNoteVault MIX"]
    roles = [step.name for step in planned.steps.steps if "setTargetFunctionRole(" in step.name]
    assert all(any(name in role for role in roles) for name in names[-3:])


def test_a_vault_that_nobody_asked_for_is_not_found(live):
    with pytest.raises(KeyError):
        desk.vault_of(live, "Junior income")
