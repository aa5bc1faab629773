"""Loan-level amounts against the roots that the servicer told: of their period, and after corrections (PL-02)."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.utils.full_deal import Terms, Tranche, build, step
from tests.utils.leaves import collections_tree, salt_of

TERMS = Terms((Tranche(1_000),), (step("residual", 0),), periods=3)
LOANS = tuple(salt_of(number) for number in range(9))  # roots of their fields: any 32 bytes
paid = st.lists(st.integers(1, 2**40), min_size=1, max_size=len(LOANS))


class Told:
    """What a servicer says of a period, and how each loan's part of it is proved."""

    def __init__(self, period, cash) -> None:
        self.period, self.cash = period, dict(zip(LOANS, cash, strict=False))
        self.tree = collections_tree(period, self.cash)

    def proved(self, pool, *, period=None, more=0):
        """Whether each loan's amount is accepted, for its own period or another, as it is or with a unit more."""
        period = self.period if period is None else period
        return [
            pool.verifyCollection(period, loan, units + more, salt_of(self.period, place), self.tree.proof(place))
            for place, (loan, units) in enumerate(self.cash.items())
        ]

    def report(self, deal, correction=(0, bytes(32), 0, 0, 0, 0)):
        lab, gross = deal.lab, sum(self.cash.values())
        servicer = lab.actor("servicer")
        lab.now = max(lab.now, deal.end(self.period))
        deal.token.mint(servicer, gross, sender=servicer)
        deal.token.approve(deal.pool, gross, sender=servicer)
        said = (gross, 0, 0, 0, 0, 0, self.tree.root, len(self.cash), False)
        deal.pool.report(self.period, said, correction, sender=servicer)


def test_an_amount_is_proved_against_the_last_root_of_its_period_and_no_other(lab):
    deal = build(lab, TERMS).sell()
    start = lab.snapshot()

    @settings(max_examples=60, deadline=None)
    @given(first=paid, second=paid, corrected=paid)
    def check(first, second, corrected):
        lab.restore(start)
        one, two, later = Told(1, first), Told(2, second), Told(1, corrected)
        one.report(deal)
        assert all(one.proved(deal.pool)), "PL-02"
        assert not any(one.proved(deal.pool, more=1)), "PL-02"
        assert not any(one.proved(deal.pool, period=2)), "PL-02"
        two.report(deal, (1, later.tree.root, len(corrected), 0, 0, 0))
        assert all(two.proved(deal.pool)), "PL-02"
        assert all(later.proved(deal.pool)), "PL-02"
        assert not any(two.proved(deal.pool, period=1)), "PL-02"
        assert not any(later.proved(deal.pool, period=2)), "PL-02"
        assert any(one.proved(deal.pool)) == (first == corrected), "PL-02"

    check()
