"""Attack: a winner lets its admission lapse, and so ends a round without a buyer for nothing.

A bid or a deposit of whom compliance did not admit any more went back in full: whoever wanted the price to fall by
the haircut led the round, and had to lose an admission only. Now a sealed winner who does not pay loses the deposit
whatever kept it from paying, and in a climbing auction a step of the bid is forfeited (rules 26, 29 and 30).
"""

from salvor.model.liquidation.state import StrategyTerms
from tests.property.liquidation_stage import SALE, SEALED_STRATEGIES
from tests.utils.selling import stand
from tests.utils.world import DAY

DEPOSIT = 3_050
SALT = b"\x08" * 32


def test_a_sealed_winner_who_lapsed_loses_the_deposit(lab):
    sales = stand(lab, strategies=SEALED_STRATEGIES, way=SEALED_STRATEGIES[3]).sell_loan(50_000)
    sealed, who = sales.sales.live.auctions[2], sales.first
    sealed.commit(1, 1, sealed.sealOf(1, who, 40_000, SALT), sender=who)
    lab.wait(2 * DAY)
    sealed.reveal(1, 40_000, SALT, sender=who)
    sales.remove(who)
    lab.wait(2 * DAY)
    sales.relist()
    assert (sales.house.owed(who), sales.open_period()) == (0, (DEPOSIT - 11, DEPOSIT, 0, 0))
    with lab.refused("NothingToReclaim", 1, who):
        sealed.reclaim(1, who, sender=sales.outsider)


def climbing(lab, rounds):
    """For sale from 30,500 in the climbing auction; costs of 11."""
    return stand(lab, way=StrategyTerms(1, rounds=rounds, cost=11, **SALE)).sell_loan(50_000)


def test_a_best_bidder_who_lapsed_loses_a_step(lab):
    sales = climbing(lab, 2)
    sales.bid(40_000, sales.first)
    sales.remove(sales.first)
    lab.wait(2 * DAY)
    sales.relist()
    assert (sales.house.owed(sales.first), sales.open_period()) == (38_000, (2_000 - 11, 2_000, 0, 0))
    assert sales.english.roundOf(1).best == 0


def test_it_does_so_in_the_last_round_too(lab):
    sales = climbing(lab, 1)
    sales.bid(40_000, sales.first)
    sales.remove(sales.first)
    lab.wait(2 * DAY)
    sales.relist()
    assert (sales.account().brought, sales.account().left, sales.account().gone) == (2_000 - 11, 0, False)
    assert sales.held == 38_000 + 11


def test_a_beaten_bidder_who_lapsed_loses_nothing(lab):
    sales = climbing(lab, 2)
    sales.bid(30_500, sales.first)
    sales.remove(sales.first)
    sales.bid(40_000, sales.second)
    lab.wait(2 * DAY)
    sales.settle()
    assert (sales.house.owed(sales.first), sales.house.titleOf(1, sales.second)) == (30_500, 1)
