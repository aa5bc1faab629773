"""SealedAuction: commitments, reveals, who wins at what price, and whose the deposits are."""

import pytest

from salvor.model.liquidation.state import Stage
from tests.property.liquidation_stage import (
    CASH,
    CLIMB,
    SEALED_STRATEGIES,
    STEPS,
    VICKREY,
    VICKREY_STRATEGIES,
    set_sales,
)
from tests.utils.selling import Selling
from tests.utils.world import DAY, WAD

FLOOR, DEPOSIT = 30_500, 3_050
SALT = b"\x07" * 32


class Bids(Selling):
    """A case sold by sealed prices."""

    @property
    def sealed(self):
        return self.sales.live.auctions[2]

    def commit(self, who, price, salt=SALT):
        seal = self.sealed.sealOf(self.number, who, price, salt)
        return self.sealed.commit(1, self.number, seal, sender=who)

    @property
    def number(self):
        return self.sealed.roundOf(1)[1]

    def reveal(self, who, price, salt=SALT):
        return self.sealed.reveal(1, price, salt, sender=who)

    def claim(self, who, number=1):
        return self.sealed.reclaim(number, who, sender=self.outsider)


@pytest.fixture
def first_price(shared_lab):
    """The loan of 30,000 for sale from 30,500, deposits of 3,050; costs of 11."""
    bids = Bids(set_sales(shared_lab, strategies=SEALED_STRATEGIES))
    bids.worth(50_000)
    bids.open(1, 30_000)
    bids.propose("LOAN_SALE")
    bids.sell()
    return bids


@pytest.fixture
def vickrey(shared_lab):
    """The property behind a loan of 30,000 for sale at the second price, deposits as high as the floor; costs of 97."""
    bids = Bids(set_sales(shared_lab, (STEPS, CLIMB, VICKREY), VICKREY_STRATEGIES))
    bids.worth(50_000)
    bids.open(1, 30_000)
    bids.foreclose()
    return bids


class TestCommit:
    def test_brings_the_deposit_and_shows_no_price(self, first_price):
        first_price.commit(first_price.first, 40_000)
        assert first_price.held == DEPOSIT
        assert first_price.sealed.roundOf(1)[0].commitments == 1

    def test_refuses_a_second_one(self, first_price, lab):
        first_price.commit(first_price.first, 40_000)
        with lab.refused("AlreadyCommitted", first_price.first):
            first_price.commit(first_price.first, 41_000)

    @pytest.mark.parametrize("number", [0, 1])
    def test_refuses_a_seal_that_stands_for_a_state(self, first_price, lab, number):
        """Else a bidder could have the deposit back without a price, and the case would have it too."""
        seal = number.to_bytes(28, "big")
        with lab.refused("NotCommitted", first_price.first, seal):
            first_price.sealed.commit(1, 1, seal, sender=first_price.first)

    def test_refuses_a_seal_for_a_round_that_is_over(self, first_price, lab):
        """It names its round: in the next one it could never be revealed, and the deposit would be lost."""
        seal = first_price.sealed.sealOf(1, first_price.first, 40_000, SALT)
        lab.wait(4 * DAY)
        first_price.relist()
        with lab.refused("OtherRound", 1, 2):
            first_price.sealed.commit(1, 1, seal, sender=first_price.first)

    def test_refuses_who_is_not_admitted(self, first_price, lab):
        first_price.remove(first_price.first)
        with lab.refused("NotEligible", first_price.first):
            first_price.commit(first_price.first, 40_000)

    def test_refuses_it_once_reveals_begin(self, first_price, lab):
        begun = first_price.now
        lab.wait(2 * DAY)
        with lab.refused("WrongTime", first_price.now, begun, begun + 2 * DAY):
            first_price.commit(first_price.first, 40_000)


class TestReveal:
    @pytest.fixture
    def committed(self, first_price, lab):
        for who, price in ((first_price.first, 40_000), (first_price.second, 45_000), (first_price.third, 45_000)):
            first_price.commit(who, price)
        lab.wait(2 * DAY)
        return first_price

    def test_of_the_best_price_leads_and_of_equals_the_earlier(self, committed):
        for who, price in ((committed.third, 45_000), (committed.first, 40_000), (committed.second, 45_000)):
            committed.reveal(who, price)
        round_ = committed.sealed.roundOf(1)[0]
        assert (round_.bidder, round_.best, round_.second) == (committed.second.address, 45_000, 45_000)

    @pytest.mark.parametrize("change", ["price", "salt", "account", "again"])
    def test_refuses_what_was_not_committed(self, committed, lab, change):
        who, price, salt = committed.first, 40_000, SALT
        if change == "again":
            committed.reveal(who, price)
        elif change == "price":
            price += 1
        elif change == "salt":
            salt = bytes(32)
        else:
            who = committed.outsider
        with lab.refused("NotCommitted"):
            committed.reveal(who, price, salt)

    def test_refuses_it_too_early_and_too_late(self, first_price, lab):
        first_price.commit(first_price.first, 40_000)
        begun = first_price.now
        lab.wait(2 * DAY - 1)
        with lab.refused("WrongTime", first_price.now, begun + 2 * DAY, begun + 3 * DAY):
            first_price.reveal(first_price.first, 40_000)
        lab.wait(DAY + 1)
        with lab.refused("WrongTime", first_price.now, begun + 2 * DAY, begun + 3 * DAY):
            first_price.reveal(first_price.first, 40_000)

    def test_below_the_floor_is_out_of_the_contest_and_keeps_the_deposit(self, first_price, lab):
        first_price.commit(first_price.first, FLOOR - 1)
        lab.wait(2 * DAY)
        first_price.reveal(first_price.first, FLOOR - 1)
        first_price.claim(first_price.first)
        assert first_price.house.owed(first_price.first) == DEPOSIT

    def test_of_who_lost_admission_is_refused_until_it_is_back(self, committed, lab):
        committed.remove(committed.second)
        with lab.refused("NotEligible", committed.second):
            committed.reveal(committed.second, 45_000)
        assert committed.sealed.priceOf(1) == 0
        agent, until = committed.deal.parties.transfer_agent, committed.now + 99 * DAY
        committed.deal.allow_list.admit(committed.second, until, sender=agent)
        committed.reveal(committed.second, 45_000)
        assert committed.sealed.priceOf(1) == 45_000


class TestPay:
    def test_at_the_first_price_closes_the_case(self, first_price, lab):
        first_price.commit(first_price.first, 40_000)
        first_price.commit(first_price.second, 35_000)
        lab.wait(2 * DAY)
        first_price.reveal(first_price.first, 40_000)
        first_price.reveal(first_price.second, 35_000)
        lab.wait(DAY)
        first_price.sealed.pay(1, sender=first_price.first)
        assert (first_price.stage(), first_price.house.titleOf(1, first_price.first)) == (Stage.CLOSED, 1)
        assert first_price.token.balanceOf(first_price.first) == CASH - 40_000
        assert first_price.open_period() == (39_989, 40_000, 0, 0)
        first_price.claim(first_price.second)
        first_price.house.payOut(first_price.second, sender=first_price.outsider)
        assert first_price.token.balanceOf(first_price.second) == CASH

    def test_at_the_second_price_gives_the_rest_of_the_deposit_back(self, vickrey, lab):
        """The deposit is the floor; alone in the contest a winner pays the floor."""
        vickrey.commit(vickrey.first, 50_000)
        lab.wait(2 * DAY)
        vickrey.reveal(vickrey.first, 50_000)
        lab.wait(DAY)
        assert vickrey.sealed.priceOf(1) == FLOOR
        vickrey.sealed.pay(1, sender=vickrey.first)
        assert vickrey.token.balanceOf(vickrey.first) == CASH - FLOOR

    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2)])
    def test_takes_the_second_price_whatever_the_order_of_reveals(self, vickrey, lab, order):
        people, prices = (vickrey.first, vickrey.second, vickrey.third), (50_000, 45_000, 31_000)
        for who, price in zip(people, prices, strict=True):
            vickrey.commit(who, price)
        lab.wait(2 * DAY)
        for place in order:
            vickrey.reveal(people[place], prices[place])
        assert vickrey.sealed.priceOf(1) == 45_000

    def test_is_the_winners_and_has_its_time(self, first_price, lab):
        begun = first_price.now
        first_price.commit(first_price.first, 40_000)
        lab.wait(2 * DAY)
        first_price.reveal(first_price.first, 40_000)
        with lab.refused("WrongTime", first_price.now, begun + 3 * DAY, begun + 4 * DAY):
            first_price.sealed.pay(1, sender=first_price.first)
        lab.wait(DAY)
        with lab.refused("NotTheWinner", first_price.second, first_price.first):
            first_price.sealed.pay(1, sender=first_price.second)


class TestForfeits:
    def test_what_was_never_revealed_is_the_cases(self, first_price, lab):
        first_price.commit(first_price.first, 40_000)
        first_price.commit(first_price.second, 50_000)
        lab.wait(2 * DAY)
        first_price.reveal(first_price.first, 40_000)
        lab.wait(DAY)
        first_price.sealed.pay(1, sender=first_price.first)
        assert first_price.open_period() == (40_000 + DEPOSIT - 11, 40_000 + DEPOSIT, 0, 0)
        with lab.refused("NothingToReclaim", 1, first_price.second):
            first_price.claim(first_price.second)

    def test_a_winner_who_does_not_pay_loses_the_deposit_and_no_more(self, first_price, lab):
        first_price.commit(first_price.first, 40_000)
        lab.wait(2 * DAY)
        first_price.reveal(first_price.first, 40_000)
        lab.wait(2 * DAY - 1)
        with lab.refused("NotOver"):
            first_price.relist()
        lab.wait(1)
        first_price.relist()
        assert first_price.open_period() == (DEPOSIT - 11, DEPOSIT, 0, 0)
        assert (first_price.account().round, first_price.token.balanceOf(first_price.first)) == (2, CASH - DEPOSIT)
        with lab.refused("NothingToReclaim", 1, first_price.first):
            first_price.claim(first_price.first)

    def test_a_winner_who_may_not_have_title_any_more_loses_the_deposit(self, first_price, lab):
        first_price.commit(first_price.first, 40_000)
        lab.wait(2 * DAY)
        first_price.reveal(first_price.first, 40_000)
        lab.wait(DAY)
        first_price.remove(first_price.first)
        with lab.refused("NotEligible", first_price.first):
            first_price.sealed.pay(1, sender=first_price.first)
        lab.wait(DAY)
        first_price.relist()
        assert first_price.house.owed(first_price.first) == 0
        assert first_price.open_period() == (DEPOSIT - 11, DEPOSIT, 0, 0)

    def test_the_best_can_not_take_the_deposit_back(self, first_price, lab):
        first_price.commit(first_price.first, 40_000)
        lab.wait(2 * DAY)
        first_price.reveal(first_price.first, 40_000)
        with lab.refused("NothingToReclaim", 1, first_price.first):
            first_price.claim(first_price.first)

    def test_a_deposit_is_had_once(self, first_price, lab):
        first_price.commit(first_price.first, FLOOR)
        first_price.commit(first_price.second, FLOOR + 1)
        lab.wait(2 * DAY)
        first_price.reveal(first_price.first, FLOOR)
        first_price.reveal(first_price.second, FLOOR + 1)
        first_price.claim(first_price.first)
        with lab.refused("NothingToReclaim", 1, first_price.first):
            first_price.claim(first_price.first)

    def test_of_a_round_that_was_cancelled_all_deposits_go_back(self, first_price, lab):
        first_price.commit(first_price.first, 40_000)
        first_price.pay(30_011)
        first_price.claim(first_price.first)
        with lab.refused("NothingToReclaim", 1, first_price.first):
            first_price.claim(first_price.first)
        assert (first_price.stage(), first_price.house.owed(first_price.first)) == (Stage.CLOSED, DEPOSIT)

    def test_comes_in_full_too_late_once_prices_are_told(self, first_price, lab):
        lab.wait(2 * DAY)
        with lab.refused("WrongTime"):
            first_price.pay(30_011)

    def test_a_case_sold_elsewhere_later_keeps_no_deposit(self, first_price, lab):
        """The deposit is reclaimed when the case has long been sold in another auction."""
        first_price.commit(first_price.first, FLOOR)
        first_price.commit(first_price.second, FLOOR + 1)
        lab.wait(2 * DAY)
        first_price.reveal(first_price.first, FLOOR)
        first_price.reveal(first_price.second, FLOOR + 1)
        lab.wait(2 * DAY)
        first_price.relist()
        lab.wait(3 * DAY)
        first_price.relist()
        first_price.foreclose()
        first_price.bid(FLOOR, first_price.third)
        first_price.claim(first_price.first)
        assert first_price.house.owed(first_price.first) == DEPOSIT


class TestConstructor:
    GOOD = (True, DAY, DAY, DAY, WAD)

    def test_keeps_what_it_was_given(self, sales, lab):
        made = lab.deploy("SealedAuction", sales.house, self.GOOD, sender=sales.outsider)
        assert (tuple(made.terms()), made.longest(), made.house()) == (self.GOOD, 3 * DAY, sales.house.address)

    @pytest.mark.parametrize(
        "given",
        [(True, 0, 1, 1, 1), (True, 1, 0, 1, 1), (True, 1, 1, 0, 1), (True, 1, 1, 1, 0), (True, 1, 1, 1, WAD + 1)],
    )
    def test_refuses_times_and_deposits_of_nothing(self, sales, lab, given):
        with lab.refused("WrongSealedTerms", given):
            lab.deploy("SealedAuction", sales.house, given, sender=sales.outsider)


def test_begin_cancel_and_finish_are_the_houses(first_price, lab):
    for name, args in (("begin", (1, 1, 1, 0)), ("cancel", (1, 0)), ("finish", (1,))):
        with lab.refused("NotTheHouse", first_price.outsider, first_price.house):
            getattr(first_price.sealed, name)(*args, sender=first_price.outsider)
