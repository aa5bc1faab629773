"""Vaults over an evergreen note: what they harvest is what as many notes earn, whatever epochs make and end between."""

import pytest

from tests.property.evergreen_stage import FOREVER, UNLIMITED, set_stage
from tests.utils.gates import SENIOR
from tests.utils.vaulted import BID, DAY, KINDS, PAYING, REINVESTING, deploy_vault
from tests.utils.world import NO_CORRECTION, report_of

HALF = 30_000  # of the senior's 60,000 units


class Vaulted:
    """Half of the senior note is in a vault, for its first holder; the other half its twin has in the wallet."""

    def __init__(self, lab, kind):
        stage = set_stage(lab)
        self.lab, self.live, self.rules = lab, stage.live, stage.rules
        self.first, self.twin, _, self.newcomer = stage.people
        self.note, self.gate, self.cash = self.live.notes[SENIOR], self.live.gates[SENIOR], self.live.settlement
        self.vault = deploy_vault(lab, kind, self.live.access, self.note, BID)
        self.live.allow_list.admit(self.vault, FOREVER, sender=self.live.parties.transfer_agent)
        for each in stage.people:
            self.note.approve(self.vault, UNLIMITED, sender=each)
        self.note.transfer(self.twin, HALF, sender=self.first)
        self.vault.deposit(HALF, self.first, sender=self.first)

    def end_epoch(self, *, enter=0, leave=0):
        """The newcomer buys for `enter` and sells `leave` of what it has; then the epoch is settled."""
        if enter:
            self.gate.requestDeposit(enter, self.newcomer, self.newcomer, sender=self.newcomer)
        if leave:
            self.gate.requestRedeem(leave, self.newcomer, self.newcomer, sender=self.newcomer)
        period = self.live.pool.lastReported() + 1
        self.lab.now = max(self.lab.now, self.rules.end(period))
        self.live.pool.report(period, report_of(15_000), NO_CORRECTION, sender=self.live.parties.servicer)
        self.live.waterfall.run(period, sender=self.newcomer)
        self.live.fund.settle(sender=self.newcomer)
        waits = self.gate.maxMint(self.newcomer)
        if waits:
            self.gate.mint(waits, self.newcomer, self.newcomer, sender=self.newcomer)

    def claimed(self, who, call):
        before = self.cash.balanceOf(who)
        call(sender=who)
        return self.cash.balanceOf(who) - before


@pytest.fixture(params=KINDS)
def any_kind(request, lab):
    return Vaulted(lab, request.param)


@pytest.fixture
def paying(lab):
    return Vaulted(lab, PAYING)


@pytest.fixture
def reinvesting(lab):
    return Vaulted(lab, REINVESTING)


CHANGES = ({"enter": 12_345}, {"leave": 7_000}, {}, {"enter": 999, "leave": 1_111})


def test_a_harvest_after_each_epoch_is_what_the_twin_earned(any_kind):
    supplies = set()
    for change in CHANGES:
        any_kind.end_epoch(**change)
        supplies.add(any_kind.note.totalSupply())
        due = any_kind.note.claimable(any_kind.twin)
        assert any_kind.vault.harvest(sender=any_kind.newcomer).return_value == due > 0
        assert any_kind.claimed(any_kind.twin, any_kind.note.claim) == due
    assert len(supplies) == 3


def test_one_harvest_after_all_epochs_is_as_much(any_kind):
    for change in CHANGES:
        any_kind.end_epoch(**change)
    due = any_kind.note.claimable(any_kind.twin)
    assert any_kind.note.claimable(any_kind.vault) == due
    assert any_kind.vault.harvest(sender=any_kind.newcomer).return_value == due
    assert any_kind.vault.cashHeld() == any_kind.cash.balanceOf(any_kind.vault) == due


def test_a_harvest_before_an_epoch_is_settled_leaves_the_rest_to_the_next(any_kind):
    """The run pays, the vault harvests, then units change, then the next run pays: nothing is lost or paid twice."""
    any_kind.end_epoch(enter=20_000)
    first = any_kind.vault.harvest(sender=any_kind.newcomer).return_value
    assert any_kind.vault.harvest(sender=any_kind.newcomer).return_value == 0
    any_kind.end_epoch(leave=5_000)
    second = any_kind.vault.harvest(sender=any_kind.newcomer).return_value
    assert first + second == any_kind.note.claimable(any_kind.twin)


def test_all_can_leave_through_the_gate_in_the_end(any_kind):
    any_kind.end_epoch(enter=10_000)
    units = any_kind.vault.redeem(
        any_kind.vault.balanceOf(any_kind.first), any_kind.first, any_kind.first, sender=any_kind.first
    )
    any_kind.gate.requestRedeem(HALF, any_kind.first, any_kind.first, sender=any_kind.first)
    assert units.return_value == HALF
    assert any_kind.claimed(any_kind.first, any_kind.vault.claimCash) == any_kind.note.claimable(any_kind.twin)


class TestPaying:
    def test_pays_the_holder_what_the_twin_is_paid(self, paying):
        for change in CHANGES:
            paying.end_epoch(**change)
            due = paying.vault.claimableCash(paying.first)
            paid = paying.claimed(paying.twin, paying.note.claim)
            assert paying.claimed(paying.first, paying.vault.claimCash) == due == paid

    def test_gives_a_newcomer_none_of_an_epoch_before(self, paying):
        paying.end_epoch(enter=10_000)
        earned = paying.note.claimable(paying.twin)
        paying.vault.deposit(10_000, paying.newcomer, sender=paying.newcomer)
        assert [paying.vault.claimableCash(each) for each in (paying.first, paying.newcomer)] == [earned, 0]
        paying.end_epoch()
        credit = paying.vault.harvest(sender=paying.newcomer).return_value
        got = [paying.vault.claimableCash(each) for each in (paying.first, paying.newcomer)]
        assert got == [earned + credit * 3 // 4, credit // 4]
        assert earned + credit <= paying.note.claimable(paying.twin) * 4 // 3


class TestReinvesting:
    def test_buys_for_what_was_earned_across_epochs(self, reinvesting):
        reinvesting.end_epoch(enter=10_000)
        reinvesting.end_epoch(leave=5_000)
        waits = reinvesting.vault.waiting()
        assert waits == reinvesting.note.claimable(reinvesting.twin)
        reinvesting.vault.harvest(sender=reinvesting.newcomer)
        reinvesting.lab.wait(10 * DAY)  # at par
        reinvesting.vault.sell(waits, waits, sender=reinvesting.newcomer)
        assert (reinvesting.vault.totalAssets(), reinvesting.vault.waiting()) == (HALF + waits, 0)
        before = reinvesting.note.claimable(reinvesting.twin)
        reinvesting.end_epoch()
        more = reinvesting.note.claimable(reinvesting.twin) - before
        assert reinvesting.vault.waiting() >= more
