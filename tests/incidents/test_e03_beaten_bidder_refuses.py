"""Incident E03: a beaten bidder whom the asset refuses, or who calls back, holds up those who bid more.

Source: hookart/protocol #4; pdaian/bootcamp-security #15. Refunds are pulled: nothing is sent to a bidder inside
another's call.
"""

import pytest

from salvor.chain.refusal import CallRefused
from tests.property.liquidation_stage import UNLIMITED
from tests.utils.selling import stand
from tests.utils.world import DAY


def climbing(lab, token):
    sales = stand(lab, settlement=lab.deploy(token, sender=lab.actor("admin")))
    sales.worth(50_000)
    sales.open(1, 30_000)
    sales.foreclose()
    return sales


def test_a_blacklisted_bidder_is_beaten_and_keeps_a_credit(lab):
    sales = climbing(lab, "RefusingToken")
    sales.bid(30_500, sales.first)
    sales.token.refuse(sales.first, True, sender=sales.outsider)
    sales.bid(33_550, sales.second)
    assert sales.house.owed(sales.first) == 30_500
    assert sales.held == 30_500 + 33_550
    lab.wait(2 * DAY)
    sales.settle()
    assert sales.house.titleOf(1, sales.second) == 1
    with lab.refused("Refused", sales.first):
        sales.house.payOut(sales.first, sender=sales.outsider)
    sales.token.refuse(sales.first, False, sender=sales.outsider)
    assert sales.house.payOut(sales.first, sender=sales.outsider).return_value == 30_500


@pytest.mark.parametrize("call", ["bid", "payOut", "settle", "relist", "take"])
def test_an_asset_that_calls_back_during_a_bid_gains_nothing(lab, call):
    """The asset is itself a bidder, admitted and beaten: it may have its credit once, and nothing else."""
    sales = climbing(lab, "CallingToken")
    token, english, house = sales.token, sales.english, sales.house
    sales.deal.allow_list.admit(token, 2**39, sender=sales.deal.parties.transfer_agent)
    token.mint(token, 10**6, sender=sales.outsider)
    for target, data in ((token, token.approve.encode(house, UNLIMITED)), (english, english.bid.encode(1, 30_500))):
        token.act(target, data, sender=sales.outsider)
    sales.bid(33_550, sales.first)
    replies = {
        "bid": (english, english.bid.encode(1, 70_000)),
        "payOut": (house, house.payOut.encode(token)),
        "settle": (english, english.settle.encode(1)),
        "relist": (house, house.relist.encode(1)),
        "take": (sales.dutch, sales.dutch.take.encode(1, 1, 0, 2**255)),
    }
    token.arm(*replies[call], sender=sales.outsider)
    try:
        sales.bid(60_000, sales.second)
        refused = None
    except CallRefused as said:
        refused = said.refusal.error
    assert refused in ((None, "CashArrivedShort") if call in ("bid", "payOut") else (None,))
    brought = 30_500 + 33_550 + (0 if refused else 60_000)
    owed = sum(house.owed(who) for who in (token, sales.first, sales.second))
    assert sales.held == owed + english.roundOf(1).best == brought
