"""B07: the old wallet was taken out of the registry before the hook asked for its identity, so recovery reverted
(OpenZeppelin stellar-contracts #757).

The new wallet joins the identity first, the units move within it, and only then the old wallet goes.
"""

from tests.utils.regulated import ITALY, NO_LIMIT, Rule, open_office


def test_recovery_with_cap_country_and_count_keeps_them(lab):
    office = open_office(lab)
    office.rule(Rule.MAX_HOLDING, 70)
    office.rule(Rule.COUNTRY_ALLOW, [ITALY])
    count = office.module("HolderCount", 1, [NO_LIMIT, 1, 1, 1], [ITALY], [1])
    office.registry.watch(count, sender=office.admin)
    lost, new = office.holder("A", 70), lab.actor("new")
    number = office.registry.numberOf(office.identity("A"))

    def counts():
        return (
            count.holders(),
            count.holdersOfCountry(ITALY),
            count.holdersOfClass(2),
            office.compliance.unitsOf(number),
        )

    before = counts()
    assert before == (1, 1, 1, 70)
    office.note.recoveryAddress(lost, new, office.identity("A"), sender=office.agent)
    assert counts() == before, "CO-05"
    assert (office.note.balanceOf(lost), office.note.balanceOf(new)) == (0, 70)
    assert not office.registry.contains(lost)
    assert office.registry.isVerified(new)
    assert office.code(new, new, 70) == 0
    assert office.code(new, lost, 1) == 10
