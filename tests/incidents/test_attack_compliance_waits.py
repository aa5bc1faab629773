"""Attack: what anybody may call, called again and again, so that what waits for time or quiet never comes.

A refresh that changed nothing ended a count of holders; a report that was renewed put off the day of suspension; and a
count that was under way when its rule was taken out stopped the registry.
"""

import pytest

from tests.utils.regulated import CUBA, DAY, NO_LIMIT, open_office

REVERTS = 1
USES = 7


@pytest.fixture
def office(lab):
    office = open_office(lab)
    office.holder("A", 60)
    office.holder("B", 40)
    office.count = office.module("HolderCount", 9, [NO_LIMIT] * 4, [], [])
    office.registry.watch(office.count, sender=office.admin)
    office.wallets = sorted((lab.actor(name) for name in "AB"), key=lambda one: one.word)
    return office


class TestCount:
    def test_goes_on_when_a_refresh_finds_nothing_new(self, lab, office):
        office.count.rebuild(office.wallets[:1], sender=office.agent)
        office.registry.refresh(office.identity("A"), sender=lab.actor("attacker"))
        office.count.rebuild(office.wallets[1:], sender=office.agent)
        office.count.finishRebuild(sender=office.agent)
        assert office.count.holders() == 2, "CO-05"

    def test_ends_when_what_is_known_changed(self, lab, office):
        office.count.rebuild(office.wallets, sender=office.agent)
        lab.wait(1)
        office.add(office.claim(office.identity("A"), 2, CUBA))
        with lab.refused("NothingCounted"):
            office.count.finishRebuild(sender=office.agent)

    def test_that_was_taken_out_stops_no_registry(self, lab, office):
        office.count.rebuild(office.wallets[:1], sender=office.agent)
        office.compliance.removeModule(office.count, sender=office.admin)
        lab.wait(1)
        office.add(office.claim(office.identity("A"), 2, CUBA))
        assert office.registry.investorCountry(lab.actor("A")) == CUBA
        with lab.refused("ModuleUnknown", office.count):
            office.count.rebuild(office.wallets, sender=office.agent)


class TestReport:
    @pytest.fixture
    def trial(self, lab, office):
        module = lab.deploy("BadModule", USES, sender=office.admin)
        office.compliance.addModule(module, sender=office.admin)
        module.behave(REVERTS, REVERTS, sender=office.admin)
        return module, lab.actor("A"), lab.actor("B"), 1

    def test_is_not_renewed_while_it_waits(self, lab, office, trial):
        attacker, module = lab.actor("attacker"), trial[0]
        office.compliance.reportModule(*trial, sender=attacker)
        lab.now += 3 * DAY - 1
        office.compliance.reportModule(*trial, sender=attacker)
        lab.wait(1)
        office.compliance.suspendBroken(*trial, sender=lab.actor("B"))
        assert office.compliance.isSuspended(module)

    def test_is_renewed_when_it_is_stale(self, lab, office, trial):
        anybody = lab.actor("B")
        office.compliance.reportModule(*trial, sender=anybody)
        first = lab.now
        lab.now = first + 10 * DAY
        with lab.refused("NotNow", trial[0], first, lab.now):
            office.compliance.suspendBroken(*trial, sender=anybody)
        office.compliance.reportModule(*trial, sender=anybody)
        lab.wait(3 * DAY)
        office.compliance.suspendBroken(*trial, sender=anybody)


class TestVelocity:
    def test_never_counts_for_less_than_its_period(self, lab, office):
        """A period of 15 seconds had eighths of one second, so it ended after eight."""
        office.compliance.removeModule(office.count, sender=office.admin)
        velocity = office.module("Velocity", 50, 15)
        lab.now += 1 - lab.now % 2  # the last second of an eighth
        office.note.transfer(lab.actor("B"), 30, sender=lab.actor("A"))
        lab.wait(15)
        assert velocity.sentBy(office.identity("A")) == 30, "CO-06"
        lab.wait(2)
        assert velocity.sentBy(office.identity("A")) == 0, "CO-06"
