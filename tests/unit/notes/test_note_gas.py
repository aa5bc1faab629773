"""What a claim and a transfer cost on a node, beside what each must read and write."""

import pytest

pytestmark = pytest.mark.engines("anvil")

MOST_OF_A_CLAIM, SLOT = 70_000, 2_100  # a slot that is read for the first time in a transaction


@pytest.fixture
def under_way(deal, note, holder, other):
    """Both were paid before, so no slot is filled for the first time; the other has traded, the holder never has."""

    def pay():
        deal.run(600)
        return [note.claim(sender=each).gas_used for each in (holder, other)]

    note.transfer(other, 20_000, sender=holder)  # before any cash: nothing is kept of it
    pay()
    note.transfer(other, 0, sender=other)
    pay()
    deal.pay = pay
    return deal


class TestClaim:
    def test_costs_at_most_the_limit_also_after_trades(self, under_way):
        assert max(under_way.pay()) <= MOST_OF_A_CLAIM

    def test_reads_three_slots_more_after_trades(self, under_way):
        """What was seen, and what was earned of interest and of principal by then."""
        never, traded = under_way.pay()
        assert 3 * SLOT < traded - never < 3 * SLOT + 600


class TestTransfer:
    def test_reads_no_slot_more_of_those_who_were_paid(self, under_way, note, holder, other):
        """One of each side says what was seen and whether the holder is frozen."""
        note.transfer(other, 5, sender=holder)
        gas = note.transfer(other, 5, sender=holder).gas_used
        sent, balances, seen = 21_600, 2 * (SLOT + 2_900), 2 * SLOT
        compliance, distributor, event, counting = 2_600, 2_600 + 2 * SLOT, 1_756, 5_000
        assert gas < sent + balances + seen + compliance + distributor + event + counting
