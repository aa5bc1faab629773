"""What a bidder can gain by withholding, splitting or reordering: no more than docs/liquidation.md says (AU-13).

The machine of sales proves that contracts are the model; here the model is asked about all ways in which one bidder
with several accounts may act, beside one who acts plainly.
"""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from salvor.model.liquidation.dutch import Dutch, DutchRound
from salvor.model.liquidation.state import part_up
from tests.utils.bidding import Bids

UNITS = 1_000
prices = st.integers(1, 10**6)
parts = st.lists(st.integers(1, 400), min_size=1, max_size=6).filter(lambda each: sum(each) <= UNITS)


@given(
    start=prices, share=st.integers(1, 100), bought=parts, waits=st.lists(st.integers(0, 20), min_size=6, max_size=6)
)
def test_a_lot_taken_in_parts_costs_at_least_what_it_costs_in_one_at_the_last_price(start, share, bought, waits):
    """Waiting is what the price falls for; parts are each rounded up: at once they cost less than a unit more each."""
    kind, floor = Dutch(step=1, fall=30, linger=100, units=UNITS), max(1, start * share // 100)
    round_, second, paid = DutchRound(start, floor, 0, UNITS), 0, 0
    for part, wait in zip(bought, waits, strict=False):
        second += wait
        price, _ = kind.price(round_, second)
        paid += part_up(price, part, UNITS)
    last, _ = kind.price(round_, second)
    assert paid >= part_up(last, sum(bought), UNITS), "AU-13"
    at_once = sum(part_up(start, part, UNITS) for part in bought)
    assert part_up(start, sum(bought), UNITS) <= at_once < part_up(start, sum(bought), UNITS) + len(bought), "AU-13"


@given(offered=st.lists(st.integers(50, 300), min_size=1, max_size=4), second_price=st.booleans())
def test_the_order_of_reveals_decides_nothing(offered, second_price):
    found = {Bids(offered, second_price).outcome(order) for order in permutations(range(len(offered)))}
    assert len(found) == 1, "AU-13"


@given(
    ladder=st.lists(st.integers(50, 300), min_size=1, max_size=4, unique=True),
    others=st.lists(st.integers(50, 300), max_size=2),
    second_price=st.booleans(),
    mask=st.integers(0, 15),
)
def test_a_price_that_is_withheld_costs_its_deposit_and_saves_no_more_than_the_step_down(
    ladder, others, second_price, mask
):
    """One bidder has an account for each price of a ladder, sees what others reveal, and reveals which it likes."""
    told = [price for place, price in enumerate(ladder) if mask >> place & 1]
    withheld = len(ladder) - len(told)
    bids = Bids([*others, *ladder], second_price)
    order = [*range(len(others)), *(len(others) + place for place in range(len(ladder)) if mask >> place & 1)]
    winner, price = bids.outcome(order)
    cost = bids.deposit * withheld + (price if winner is not None and winner >= len(others) else 0)
    if winner is None or winner < len(others):
        assert cost == bids.deposit * withheld, "AU-13"
        return
    # Never below what a plain bid of one account would have had to beat, and each rung that was kept back is paid for.
    plain = max([bids.floor, *others])
    least = plain if second_price else max(plain, min(told))
    assert cost >= least + bids.deposit * withheld, "AU-13"
