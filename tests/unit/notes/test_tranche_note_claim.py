"""TrancheNote: what holders have earned, what they are paid, and what changes none of it."""

import pytest


@pytest.fixture
def split(deal, holder, other):
    """40,000 units with the holder, 20,000 with the other."""
    deal.notes[0].transfer(other, 20_000, sender=holder)
    return deal


@pytest.fixture
def claim():
    """Let a holder claim; gives what the token says arrived."""

    def take(deal, who):
        before = deal.token.balanceOf(who)
        deal.notes[0].claim(sender=who)
        return deal.token.balanceOf(who) - before

    return take


class TestClaim:
    def test_pays_what_the_units_earned(self, split, note, claim, holder, other):
        split.run(600)
        assert claim(split, holder) == 400
        assert (note.claimable(holder), note.claimable(other)) == (0, 200)
        assert split.distributor.heldForHolders() == 200

    def test_says_what_it_did(self, split, note, holder):
        split.run(600)
        (log,) = note.claim(sender=holder).events_of(note, "Claimed")
        assert (log.holder, log.interest, log.principal) == (holder.address, 400, 0)

    def test_tells_interest_and_principal_apart(self, sold):
        deal = sold(1_000, principal=True)
        note, holder = deal.notes[0], deal.holders[0]
        deal.run(1_200)
        (log,) = note.claim(sender=holder).events_of(note, "Claimed")
        assert (log.interest, log.principal) == tuple(note.paidTo(holder)) == (200, 1_000)

    def test_pays_nothing_a_second_time(self, split, claim, holder):
        split.run(600)
        assert [claim(split, holder), claim(split, holder)] == [400, 0]

    def test_pays_who_holds_nothing_nothing(self, lab, split, claim):
        split.run(600)
        assert claim(split, lab.actor("stranger")) == 0
        assert split.distributor.heldForHolders() == 600

    def test_keeps_the_fraction_to_the_holder_s_credit(self, sold, claim, other):
        deal = sold(11)  # a supply that divides no power of small primes
        holder = deal.holders[0]
        deal.notes[0].transfer(other, 6, sender=holder)
        paid = []
        for _ in range(11):
            deal.run(1)
            paid.append(claim(deal, holder))
        assert paid == [0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]  # 5/11, 10/11, 15/11, 20/11, 25/11 ...
        assert claim(deal, other) == 6

    def test_does_not_depend_on_how_often_one_claims(self, sold, claim, other):
        deal = sold(15_838)
        holder = deal.holders[0]
        deal.notes[0].transfer(other, 7_919, sender=holder)
        total = 0
        for cash in (101, 3, 1, 997):
            deal.run(cash)
            total += claim(deal, holder)
        # 1,102 in two halves of 551, each short by less than a unit: the remainder waits.
        assert total == claim(deal, other) == 550
        assert deal.distributor.heldForHolders() == 2

    def test_counts_what_was_paid_before_the_units_first_moved(self, deal, note, claim, holder, other):
        deal.run(600)
        assert claim(deal, holder) == 600
        note.transfer(other, 20_000, sender=holder)
        assert [claim(deal, each) for each in (holder, other)] == [0, 0]
        deal.run(600)
        assert [claim(deal, each) for each in (holder, other)] == [400, 200]

    def test_stays_open_after_the_units_are_gone(self, deal, note, claim, holder, other):
        deal.run(600)
        note.transfer(other, 60_000, sender=holder)
        assert claim(deal, holder) == 600

    def test_stays_open_after_the_last_run(self, sold, claim):
        deal = sold(100, periods=2)
        for _ in range(2):
            deal.run(50)
        assert claim(deal, deal.holders[0]) == 100


class TestClaimFor:
    def test_pays_the_holder_whoever_calls(self, lab, split, note, holder):
        split.run(600)
        note.claimFor(holder, sender=lab.actor("outsider"))
        assert split.token.balanceOf(holder) == 400
        assert split.token.balanceOf(lab.actor("outsider")) == 0


class TestClaimMany:
    def test_pays_each(self, lab, split, note, holder, other):
        split.run(600)
        note.claimMany([holder, other, holder, lab.actor("stranger")], sender=lab.actor("custodian"))
        assert [split.token.balanceOf(who) for who in (holder, other)] == [400, 200]

    def test_passes_over_who_is_frozen(self, lab, split, note, holder, other, agent):
        split.run(600)
        note.setFrozen(holder, True, sender=agent)
        note.claimMany([holder, other], sender=lab.actor("custodian"))
        assert (split.token.balanceOf(other), note.claimable(holder)) == (200, 400)


class TestDonation:
    """Settlement tokens sent by hand belong to nobody."""

    @pytest.mark.parametrize("where", ["distributor", "note"])
    def test_changes_no_claim(self, deal, note, holder, other, where):
        deal.run(600)
        deal.token.mint(deal.distributor if where == "distributor" else note, 1_000, sender=other)
        assert (note.claimable(holder), deal.distributor.heldForHolders()) == (600, 600)
        deal.report(5)
        deal.waterfall.run(2, sender=other)
        note.claim(sender=holder)
        assert (deal.token.balanceOf(holder), deal.distributor.heldForHolders()) == (605, 0)
