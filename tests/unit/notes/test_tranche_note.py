"""TrancheNote: its supply, transfers that carry no claim on the past, and what the transfer agent may do."""

import pytest

from salvor.chain.send import selector_of
from tests.utils.full_deal import DAY, NOBODY, PERCENT, Terms, Tranche, build, step

LIMIT = 2**112 - 1
PARTS = 2**34 * 3**10 * 5**28 * 7**4


class TestConstructor:
    def test_keeps_what_it_was_given(self, deal, note):
        assert (note.name(), note.symbol(), note.decimals()) == ("T-0", "T-0", 2)
        assert (note.distributor(), note.compliance()) == (deal.distributor.address, deal.rule.address)
        assert note.authority() == deal.access.address

    @pytest.mark.parametrize("decimals", [0, 6, 18])
    def test_has_the_decimals_of_the_settlement_asset(self, lab, decimals):
        token = lab.deploy("SettlementToken", "Euro", "EUR", decimals, sender=lab.actor("admin"))
        deal = build(lab, Terms((Tranche(1),), (step("residual", 0),)), token=token)
        assert deal.notes[0].decimals() == decimals


class TestIssue:
    def test_gives_all_units_to_the_offering_which_hands_them_over(self, lab):
        deal = build(lab, Terms((Tranche(60_000),), (step("residual", 0),)))
        assert (deal.notes[0].totalSupply(), deal.notes[0].issuer()) == (0, NOBODY)
        deal.sell()
        note = deal.notes[0]
        assert (note.totalSupply(), note.balanceOf(deal.holders[0]), note.balanceOf(deal.offering)) == (60_000,) * 2 + (
            0,
        )
        assert note.issuer() == deal.offering.address

    def test_fills_the_books_to_the_limit(self, sold):
        deal = sold(LIMIT)
        assert deal.notes[0].totalSupply() == LIMIT

    @pytest.fixture
    def made(self, lab, deal):
        """A note of nobody's deal, issued by whoever holds the role."""
        admin = lab.actor("admin")
        note = lab.deploy("TrancheNote", deal.access, deal.distributor, deal.rule, "N", "N", sender=admin)
        deal.access.setTargetFunctionRole(note, [selector_of(note, "issue")], 99, sender=admin)
        deal.access.grantRole(99, admin, 0, sender=admin)
        return note, admin

    def test_refuses_one_unit_above_the_limit(self, lab, made):
        note, admin = made
        with lab.refused("AboveLimit", LIMIT + 1, LIMIT):
            note.issue(LIMIT + 1, sender=admin)

    def test_refuses_a_second_time(self, lab, made):
        note, admin = made
        note.issue(5, sender=admin)
        with lab.refused("AlreadyIssued", 5):
            note.issue(5, sender=admin)


class TestTransfer:
    def test_moves_units(self, note, holder, other):
        receipt = note.transfer(other, 15_000, sender=holder)
        (log,) = receipt.events_of(note, "Transfer")
        assert tuple(log.values.values()) == (holder.address, other.address, 15_000)
        assert (note.balanceOf(holder), note.balanceOf(other), note.totalSupply()) == (45_000, 15_000, 60_000)

    def test_carries_no_claim_on_the_past(self, deal, note, holder, other):
        deal.run(600)
        note.transfer(other, 60_000, sender=holder)
        assert (note.claimable(holder), note.claimable(other)) == (600, 0)
        deal.run(300)
        assert (note.claimable(holder), note.claimable(other)) == (600, 300)

    def test_splits_the_future_by_units(self, deal, note, holder, other):
        deal.run(600)
        note.transfer(other, 15_000, sender=holder)
        deal.run(400)
        note.transfer(holder, 15_000, sender=other)
        deal.run(8)
        assert (note.claimable(holder), note.claimable(other)) == (600 + 300 + 8, 100)

    def test_splits_principal_by_units_too(self, sold, other):
        deal = sold(60_000, principal=True)
        note, holder = deal.notes[0], deal.holders[0]
        deal.run(600)
        note.transfer(other, 15_000, sender=holder)
        deal.run(400)
        assert tuple(note.claimableApart(holder)) == (0, 900)
        assert tuple(note.claimableApart(other)) == (0, 100)

    def test_to_oneself_changes_nothing(self, deal, note, holder):
        deal.run(600)
        note.transfer(holder, 60_000, sender=holder)
        assert (note.balanceOf(holder), note.claimable(holder)) == (60_000, 600)
        deal.run(40)
        assert note.claimable(holder) == deal.distributor.heldForHolders() == 640

    def test_of_no_units_changes_nothing_whoever_makes_it(self, deal, lab, note, holder, other):
        deal.run(600)
        note.transferFrom(holder, other, 0, sender=lab.actor("outsider"))  # needs no allowance
        deal.run(40)
        assert (note.claimable(holder), note.claimable(other)) == (640, 0)

    def test_refuses_more_than_is_held(self, lab, note, holder, other):
        with lab.refused("ERC20InsufficientBalance", holder, 60_000, 60_001):
            note.transfer(other, 60_001, sender=holder)

    def test_refuses_the_zero_address(self, lab, note, holder):
        with lab.refused("ERC20InvalidReceiver", NOBODY):
            note.transfer(NOBODY, 1, sender=holder)


class TestSetFrozen:
    @pytest.fixture
    def frozen(self, note, holder, agent):
        receipt = note.setFrozen(holder, True, sender=agent)
        (log,) = receipt.events_of(note, "FreezeSet")
        assert (log.holder, log.frozen) == (holder.address, True)
        assert note.isFrozen(holder)
        return holder

    def test_stops_transfers(self, lab, note, frozen, other):
        with lab.refused("HolderFrozen", frozen):
            note.transfer(other, 1, sender=frozen)
        note.approve(other, 1, sender=frozen)
        with lab.refused("HolderFrozen", frozen):
            note.transferFrom(frozen, other, 1, sender=other)

    def test_stops_claims_and_not_what_is_earned(self, lab, deal, note, frozen, agent):
        deal.run(600)
        with lab.refused("HolderFrozen", frozen):
            note.claimFor(frozen, sender=lab.actor("outsider"))
        assert note.claimable(frozen) == 600
        note.setFrozen(frozen, False, sender=agent)
        note.claim(sender=frozen)
        assert deal.token.balanceOf(frozen) == 600

    def test_does_not_stop_what_comes(self, note, frozen, other, agent):
        note.forceTransfer(frozen, other, 10, sender=agent)
        note.transfer(frozen, 4, sender=other)
        assert note.balanceOf(frozen) == 59_994

    def test_refuses_the_offering(self, lab, deal, note, agent):
        with lab.refused("HolderFrozen", deal.offering):
            note.setFrozen(deal.offering, False, sender=agent)


class TestForceTransfer:
    def test_moves_units_without_an_allowance_with_their_share_of_the_past(self, deal, note, holder, other, agent):
        deal.run(600)
        receipt = note.forceTransfer(holder, other, 15_000, sender=agent)
        (log,) = receipt.events_of(note, "ForcedTransfer")
        assert tuple(log.values.values()) == (holder.address, other.address, 15_000, 150 * PARTS, 0)
        assert (note.balanceOf(other), note.claimable(holder), note.claimable(other)) == (15_000, 450, 150)
        assert [note.claimFor(each, sender=agent).return_value for each in (other, holder)] == [150, 450]

    def test_carries_interest_and_principal_apart_and_once(self, sold, other, agent):
        deal = sold(60_000, principal=True)
        note, holder = deal.notes[0], deal.holders[0]
        deal.run(60_090)
        note.claim(sender=holder)
        deal.run(31)
        deal.run(600)
        for units in (15_000, 15_000):
            note.forceTransfer(holder, other, units, sender=agent)
        # A half of 631, which are all interest; 315 and a half each.
        assert [tuple(note.claimableApart(each)) for each in (holder, other)] == [(315, 0), (315, 0)]
        assert tuple(note.paidTo(holder)) == (90, 60_000)

    def test_carries_principal(self, sold, other, agent):
        deal = sold(60_000, principal=True)
        note, holder = deal.notes[0], deal.holders[0]
        deal.run(60_090)
        note.forceTransfer(holder, other, 20_000, sender=agent)
        assert [tuple(note.claimableApart(each)) for each in (holder, other)] == [(60, 40_000), (30, 20_000)]

    def test_adds_to_what_the_receiver_has(self, deal, note, holder, other, agent):
        note.transfer(other, 12_000, sender=holder)
        deal.run(600)
        note.forceTransfer(holder, other, 24_000, sender=agent)
        assert (note.claimable(holder), note.claimable(other)) == (240, 360)

    def test_to_the_same_holder_changes_nothing(self, deal, note, holder, agent):
        deal.run(600)
        note.forceTransfer(holder, holder, 15_000, sender=agent)
        assert (note.balanceOf(holder), note.claimable(holder)) == (60_000, 600)

    def test_carries_the_largest_amounts(self, sold, lab, other, agent):
        deal = sold(LIMIT)
        periods = deal.terms.periods
        for _ in range(periods):
            deal.run(LIMIT // periods)
        deal.notes[0].forceTransfer(deal.holders[0], other, LIMIT // 2, sender=agent)
        assert deal.notes[0].claimable(other) == LIMIT // periods * periods * (LIMIT // 2) // LIMIT

    def test_refuses_no_units(self, lab, deal, note, holder, other, agent):
        deal.run(600)
        with lab.refused("ZeroUnits"):
            note.forceTransfer(holder, other, 0, sender=agent)

    def test_refuses_more_units_than_are_held(self, lab, deal, note, holder, other, agent):
        deal.run(600)
        note.transfer(other, 60_000, sender=holder)
        with lab.refused("ERC20InsufficientBalance", holder, 0, 1):
            note.forceTransfer(holder, other, 1, sender=agent)
        assert (note.claimable(holder), note.claimable(other)) == (600, 0)

    def test_refuses_the_offering(self, lab, deal, note, holder, other, agent):
        with lab.refused("HolderFrozen", deal.offering):
            note.forceTransfer(deal.offering, other, 1, sender=agent)
        with lab.refused("HolderFrozen", deal.offering):
            note.forceTransfer(holder, deal.offering, 1, sender=agent)


class TestRecover:
    def test_moves_units_and_all_that_was_not_claimed(self, deal, note, holder, other, agent):
        deal.run(600)
        note.claim(sender=holder)
        deal.run(40)
        (log,) = note.recover(holder, other, sender=agent).events_of(note, "Recovered")
        assert (log.lost, log.found, log.units) == (holder.address, other.address, 60_000)
        assert (note.balanceOf(holder), note.claimable(holder)) == (0, 0)
        assert (note.balanceOf(other), note.claimable(other)) == (60_000, 40)
        assert tuple(note.paidTo(holder)) == (600, 0)  # the record stays
        note.claim(sender=other)
        assert deal.token.balanceOf(other) == 40

    def test_moves_cash_alone_where_the_units_are_gone(self, deal, lab, note, holder, other, agent):
        deal.run(600)
        note.transfer(lab.actor("buyer"), 60_000, sender=holder)
        note.recover(holder, other, sender=agent)
        assert (note.claimable(holder), note.claimable(other)) == (0, 600)

    def test_takes_the_freeze_along(self, note, holder, other, agent):
        note.setFrozen(holder, True, sender=agent)
        note.recover(holder, other, sender=agent)
        assert note.isFrozen(other)

    def test_refuses_a_second_time(self, lab, note, holder, other, agent):
        note.recover(holder, other, sender=agent)
        with lab.refused("NothingToRecover", holder):
            note.recover(holder, other, sender=agent)

    def test_refuses_the_same_wallet(self, lab, note, holder, agent):
        with lab.refused("SameWallet", holder):
            note.recover(holder, holder, sender=agent)

    def test_refuses_the_offering(self, lab, deal, note, holder, agent):
        with lab.refused("HolderFrozen", deal.offering):
            note.recover(deal.offering, holder, sender=agent)
        with lab.refused("HolderFrozen", deal.offering):
            note.recover(holder, deal.offering, sender=agent)


class TestUnitsAt:
    """What a holder had when a vote was called; only the vote asks for it."""

    @pytest.fixture
    def voting(self, lab):
        terms = Terms((Tranche(100),), (step("residual", 0),), accelerated=(step("residual", 0),), share=50 * PERCENT)
        return build(lab, terms).sell()

    def test_are_those_of_the_moment_whatever_moved_since(self, voting, other):
        note, holder = voting.notes[0], voting.holders[0]
        voting.vote.call(sender=holder)
        note.transfer(other, 30, sender=holder)
        note.transfer(other, 30, sender=holder)
        assert [note.unitsAt(who, 1) for who in (holder, other)] == [100, 0]
        assert [note.balanceOf(who) for who in (holder, other)] == [40, 60]

    def test_are_remembered_up_to_the_end_of_the_vote_and_no_longer(self, lab, voting, other):
        note, holder = voting.notes[0], voting.holders[0]
        voting.vote.call(sender=holder)
        lab.now = voting.vote.ballot(1).until - 1
        note.transfer(other, 30, sender=holder)
        assert [note.unitsAt(who, 1) for who in (holder, other)] == [100, 0]
        lab.wait(2 * DAY)
        assert voting.distributor.mark(note).snapshot == 0
        late = lab.actor("late")
        note.transfer(late, 5, sender=other)
        assert note.unitsAt(late, 1) == 5  # nobody asks any more, and nothing was written

    def test_are_remembered_to_the_end_of_the_longest_vote(self, lab, other):
        terms = Terms((Tranche(100),), (step("residual", 0),), accelerated=(step("residual", 0),), window=2**32 - 1)
        deal = build(lab, terms).sell()
        note, holder = deal.notes[0], deal.holders[0]
        deal.vote.call(sender=holder)
        lab.now = deal.vote.ballot(1).until - 1
        note.transfer(other, 30, sender=holder)
        assert [note.unitsAt(who, 1) for who in (holder, other)] == [100, 0]

    def test_are_those_of_the_last_vote(self, lab, voting, other):
        note, holder = voting.notes[0], voting.holders[0]
        for moved in (10, 20):
            number = voting.vote.call(sender=holder).return_value
            note.transfer(other, moved, sender=holder)
            lab.now = voting.vote.ballot(number).until
        assert [note.unitsAt(who, 2) for who in (holder, other)] == [90, 10]
