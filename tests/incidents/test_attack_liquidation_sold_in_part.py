"""What was lost on the part of a lot that is sold reaches nobody until the case closes.

Attack: whoever wants to leave, or to be paid ahead, takes all of a lot but its dust at the floor and lets the rounds
pass. The sale ends *back*: nothing is exposed, and "nothing is lost yet" (rule 18), though 99 % has an owner and its
price is known. In an evergreen deal the tranche that the loss reaches is open again; in a closed-end one a run pays
juniors as if the loan stood.
"""

from functools import partial

from salvor.model.liquidation.state import Stage
from tests.property.liquidation_stage import STEPS
from tests.utils.evergreen_sales import GatesAndSales
from tests.utils.gates import JUNIOR, MEZZANINE, SENIOR
from tests.utils.selling import stand

ALL_BUT_DUST = STEPS.units - STEPS.dust


def take_all_but_dust(played, highest):
    """By the newcomer, at the floor."""
    played.lab.now += STEPS.fall
    given = {"wanted": ALL_BUT_DUST, "at_least": ALL_BUT_DUST, "highest": highest}
    model = partial(STEPS.take, played.sales, 1, played.newcomer.address, played.lab.now, **given)
    args = (1, ALL_BUT_DUST, ALL_BUT_DUST, highest)
    played._sold(model, played.sold.auctions[0].take, *args, by=played.newcomer)
    played.lab.now += STEPS.linger
    played.relist()
    played.lab.now += STEPS.longest
    played.relist()


def test_nobody_leaves_between_the_part_that_was_sold_and_its_loss(lab):
    """Of a loan of 403 all but a hundredth brought 3: 400 are gone, and 400 is more than the junior has."""
    played = GatesAndSales(lab)
    played.enter(played.senior, SENIOR, 400)
    played.open(0, 403)
    for who, place in ((played.mezz, MEZZANINE), (played.junior, JUNIOR)):
        played.leave(who, place, 100)
    played.end_period(0)
    played.sell()
    take_all_but_dust(played, 3)
    assert played.sales.accounts[1].left == STEPS.dust
    assert [took.ended for took in played.settle().taken] == [0, 0, 0]


def test_a_run_knows_what_the_sold_part_lost(lab):
    """Of 30,000 a hundredth is left; what 29,700 of it brought is 7,840 (61 % of 13,000 for 990 units, up, less 11)."""
    sales = stand(lab).sell_loan(13_000)
    sales.sell_part(ALL_BUT_DUST)
    account = sales.account()
    assert (sales.stage(), account.left, account.brought) == (Stage.HELD, STEPS.dust, 7_840)
    sales.report(1)
    assert sales.deal.pool.record(1).writtenOff >= 29_700 - 7_840
