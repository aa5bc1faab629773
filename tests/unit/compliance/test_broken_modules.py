"""A module that fails refuses, and holds up no exit; who unblocks, when, and that nobody can fake it."""

import pytest

from tests.utils.regulated import DAY, NOBODY

REVERTS, EATS, NOTHING, TOO_MUCH, TWO = range(1, 6)
BAD = [REVERTS, EATS, NOTHING, TOO_MUCH, TWO]
CHECKS, MINTS, RECORDS = 1, 2, 4
BROKEN = 129


@pytest.fixture
def holders(office):
    return office.holder("giver", 100), office.holder("taker", 100)


@pytest.fixture
def module(lab, office, holders):
    bad = lab.deploy("BadModule", CHECKS + MINTS + RECORDS, sender=office.admin)
    office.compliance.addModule(bad, sender=office.admin)
    return bad


def transfer(office, holders):
    return office.note.transfer(holders[1], 1, sender=holders[0])


class TestAskedOfATransfer:
    @pytest.mark.parametrize("manner", BAD)
    def test_refuses_in_words(self, lab, office, holders, module, manner):
        module.behave(manner, 0, sender=office.admin)
        code = 128 if manner == TOO_MUCH else BROKEN  # 20,000 bytes of nothing begin with a "no"
        assert office.code(*holders, 1) == code
        assert office.note.messageForTransferRestriction(code)
        with lab.refused("TransferRefused", code=code, module=module.address):
            transfer(office, holders)

    @pytest.mark.parametrize("manner", [REVERTS, EATS])
    def test_can_not_stop_an_exit_nor_a_claim(self, office, holders, module, manner):
        module.behave(manner, manner, sender=office.admin)
        receipt = office.note.burn(holders[0], 40, sender=office.agent)
        assert [each.module for each in receipt.events_of(office.compliance, "ModuleFailed")] == [module.address]
        office.note.forcedTransfer(holders[0], holders[1], 10, sender=office.agent)
        office.note.claim(sender=holders[0])
        assert [office.note.balanceOf(each) for each in holders] == [50, 110]

    def test_that_does_not_take_the_news_refuses(self, lab, office, holders, module):
        module.behave(0, REVERTS, sender=office.admin)
        with lab.refused("TransferRefused", code=BROKEN, module=module.address):
            transfer(office, holders)


class TestWhoUnblocks:
    def test_is_an_agent_at_once(self, lab, office, holders, module):
        module.behave(REVERTS, REVERTS, sender=office.admin)
        office.compliance.suspendModule(module, sender=office.agent)
        assert office.compliance.isSuspended(module)
        transfer(office, holders)
        module.behave(0, 0, sender=office.admin)
        office.compliance.resumeModule(module, sender=office.admin)
        module.behave(REVERTS, 0, sender=office.admin)
        with lab.refused("TransferRefused", code=BROKEN):
            transfer(office, holders)

    @pytest.mark.parametrize("manner", [(REVERTS, 0), (EATS, 0), (0, REVERTS)])
    def test_is_anybody_after_three_days(self, lab, office, holders, module, manner):
        anybody, trial = lab.actor("anybody"), (module, *holders, 1)
        module.behave(*manner, sender=office.admin)
        office.compliance.reportModule(*trial, sender=anybody)
        since = lab.now
        lab.now = since + 3 * DAY - 1
        with lab.refused("NotNow", module, since, lab.now):
            office.compliance.suspendBroken(*trial, sender=anybody)
        lab.now = since + 3 * DAY
        office.compliance.suspendBroken(*trial, sender=anybody)
        transfer(office, holders)

    def test_is_nobody_while_it_works(self, lab, office, holders, module):
        anybody, trial = lab.actor("anybody"), (module, *holders, 1)
        with lab.refused("ModuleWorks", module):
            office.compliance.reportModule(*trial, sender=anybody)
        module.behave(REVERTS, 0, sender=office.admin)
        office.compliance.reportModule(*trial, sender=anybody)
        module.behave(0, 0, sender=office.admin)
        lab.wait(4 * DAY)
        with lab.refused("ModuleWorks", module):
            office.compliance.suspendBroken(*trial, sender=anybody)

    def test_needs_a_report_that_is_not_old(self, lab, office, holders, module):
        module.behave(REVERTS, 0, sender=office.admin)
        trial = (module, *holders, 1)
        with lab.refused("NotNow"):
            office.compliance.suspendBroken(*trial, sender=holders[0])
        office.compliance.reportModule(*trial, sender=holders[0])
        lab.wait(10 * DAY)
        with lab.refused("NotNow"):
            office.compliance.suspendBroken(*trial, sender=holders[0])

    def test_can_not_be_had_by_a_movement_that_can_not_be(self, lab, office, holders, module):
        for trial in ((*holders, 101), (NOBODY, holders[1], 1), (holders[0], NOBODY, 1)):
            with lab.refused("NoSuchMovement"):
                office.compliance.reportModule(module, *trial, sender=holders[0])

    def test_is_not_asked_because_a_rule_says_no(self, lab, office, holders):
        """A "no" is an answer: a fee that nobody lets be taken makes no module broken."""
        fee = office.module("TransferFee", office.cash, 10**18, office.agent)
        assert office.code(*holders, 1) == 128
        with lab.refused("ModuleWorks", fee):
            office.compliance.reportModule(fee, *holders, 1, sender=holders[0])

    def test_finds_nothing_changed_by_a_trial(self, lab, office, holders, module):
        velocity = office.module("Velocity", 50, DAY)
        with lab.refused("ModuleWorks", velocity):
            office.compliance.reportModule(velocity, *holders, 40, sender=holders[0])
        assert velocity.sentBy(office.identity("giver")) == 0
