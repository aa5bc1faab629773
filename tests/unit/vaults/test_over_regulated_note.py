"""A vault over a note with ERC-3643's registry, rules, pause and partial freezes: what max* says is what happens."""

import pytest

from salvor.model.compliance_rules import Rule
from tests.utils.regulated import CLASS, COUNTRY, CUBA, DAY, ITALY, KYC, PROFESSIONAL, open_office, params_of
from tests.utils.vaulted import BID, KINDS, UNLIMITED, deploy_vault


class Regulated:
    """A vault registered as a wallet of an identity of its own, and two holders of 1,000 notes."""

    def __init__(self, lab, kind):
        self.lab, self.office = lab, open_office(lab)
        office = self.office
        self.note = office.note
        self.vault = deploy_vault(lab, kind, office.access, self.note, BID)
        self._register("vault", self.vault, lab.now + 4_000 * DAY)
        self.holders = [office.holder(name, 1_000) for name in ("holder", "other")]
        for each in self.holders:
            self.note.approve(self.vault, UNLIMITED, sender=each)

    def _register(self, name, wallet, until):
        office, identity = self.office, self.office.identity(name)
        facts = ((KYC, 0), (COUNTRY, ITALY), (CLASS, PROFESSIONAL))
        claims = [office.claim(identity, topic, value, until=until) for topic, value in facts]
        row = (wallet.address, identity, 0, [each.struct for each in claims], [office.sign(each) for each in claims])
        office.registry.register([row], sender=office.agent)

    def limits(self, who):
        vault = self.vault
        coming = vault.maxDeposit(who, sender=who), vault.maxMint(who, sender=who)
        return (*coming, vault.maxWithdraw(who), vault.maxRedeem(who))


@pytest.fixture(params=KINDS)
def stand(request, lab):
    found = Regulated(lab, request.param)
    found.vault.deposit(400, found.holders[0], sender=found.holders[0])
    return found


def test_who_is_registered_goes_in_and_out(stand):
    holder, other = stand.holders
    shares = stand.vault.balanceOf(holder)
    stand.vault.transfer(other, shares // 4, sender=holder)
    assert [stand.vault.maxWithdraw(each) for each in (holder, other)] == [300, 100]
    assert stand.vault.redeem(shares // 4, other, other, sender=other).return_value == 100


def test_a_stranger_gets_no_share(lab, stand):
    holder, stranger = stand.holders[0], lab.actor("stranger")
    assert stand.vault.maxDeposit(stranger, sender=holder) == 0
    with lab.refused("NotEligible", stand.vault, stranger, 10):
        stand.vault.deposit(10, stranger, sender=holder)
    with lab.refused("NotEligible", stand.vault, stranger, 400):
        stand.vault.transfer(stranger, stand.vault.balanceOf(holder), sender=holder)


def test_who_is_verified_no_more_is_told_so_in_that_second(lab, stand):
    late = stand.office.person("late", until=lab.now + 10 * DAY)
    holder = stand.holders[0]
    lab.wait(10 * DAY - 1)
    assert stand.vault.maxDeposit(late, sender=holder) > 0
    lab.wait(1)
    assert stand.vault.maxDeposit(late, sender=holder) == 0
    with lab.refused("NotEligible", stand.vault, late, 10):
        stand.vault.deposit(10, late, sender=holder)


def test_a_pause_closes_all_four_and_shares_stay(lab, stand):
    holder, other = stand.holders
    stand.note.pause(sender=stand.office.agent)
    assert stand.limits(holder) == (0, 0, 0, 0)
    with lab.refused("NotePaused"):
        stand.vault.transfer(other, 1, sender=holder)
    stand.note.unpause(sender=stand.office.agent)
    assert all(stand.limits(holder))


def test_notes_of_the_vault_that_are_frozen_in_part_stay(lab, stand):
    holder = stand.holders[0]
    stand.note.freezePartialTokens(stand.vault, 360, sender=stand.office.agent)
    assert stand.vault.maxWithdraw(holder) == 40
    with lab.refused("UnitsFrozen", stand.vault, 41, 40):
        stand.vault.withdraw(41, holder, holder, sender=holder)
    assert stand.vault.redeem(stand.vault.maxRedeem(holder), holder, holder, sender=holder).return_value == 40


def test_who_is_frozen_can_do_nothing_with_shares(lab, stand):
    holder, other = stand.holders
    stand.note.setAddressFrozen(holder, True, sender=stand.office.agent)
    assert stand.limits(holder) == (0, 0, 0, 0)
    for call, args in ((stand.vault.transfer, (other, 1)), (stand.vault.redeem, (1, other, holder))):
        with lab.refused("HolderFrozen", holder):
            call(*args, sender=holder)


def test_a_largest_holding_is_found_to_the_unit(lab, stand):
    """The vault may hold 550 and has 400."""
    holder = stand.holders[0]
    stand.office.rule(Rule.MAX_HOLDING, 550)
    assert stand.vault.maxDeposit(stand.office.person("new"), sender=holder) == 150
    assert stand.vault.maxWithdraw(holder) == 0  # who has 600 of 550 may receive nothing


def test_a_country_that_is_shut_out_is_shut_out_of_shares(stand):
    holder = stand.holders[0]
    abroad = stand.office.person("abroad", CUBA)
    assert stand.vault.maxDeposit(abroad, sender=holder) > 0
    stand.office.rule(Rule.COUNTRY_DENY, [CUBA])
    assert stand.vault.maxDeposit(abroad, sender=holder) == 0


def test_a_least_holding_that_came_later_keeps_nobody_out(stand):
    """The vault holds less than the least: it could send nothing, and what comes mends that."""
    office, (holder, other) = stand.office, stand.holders
    office.compliance.setRule(int(Rule.MIN_HOLDING), params_of(Rule.MIN_HOLDING, 500), sender=office.admin)
    stand.note.transfer(holder, 1_000, sender=other)
    most = stand.vault.maxDeposit(holder, sender=holder)
    assert most == 1_600
    stand.vault.deposit(most, holder, sender=holder)
    assert stand.vault.maxWithdraw(holder) == 2_000
