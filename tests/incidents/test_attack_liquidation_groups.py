"""Groups of tranches (section 6 of docs/liquidation.md).

Attack: a dishonest servicer takes the collateral of one group's holders for those of another, alone; a case takes more
back than came with it; what it brings takes more off a pool balance than came in.
"""

from dataclasses import replace

from salvor.model.liquidation.state import Stage
from salvor.tape.committed import CommittedTape
from tests.property import liquidation_stage
from tests.property.liquidation_stage import GROUP_STRATEGIES, STEPS, set_sales
from tests.utils.leaves import SmallTape, committed
from tests.utils.selling import Selling
from tests.utils.world import DAY, NO_CORRECTION, report_of

LONG, QUICK = 0, 1
FIRST_OF_QUICK, SECOND_OF_QUICK = 5, 6


def balance_of(sales, group):
    """The pool balance of a group after its first report, which says nothing."""
    stage = sales.sales.stages[group]
    sales.lab.now = max(sales.now, stage.terms.period_ends[0])
    stage.live.pool.report(1, report_of(0), NO_CORRECTION, sender=sales.servicer)
    return stage.live.pool.poolBalance(1)


class TwoGroups(Selling):
    """A loan sale is the quick group's, a payment plan the long one's, a foreclosure leaves a case where it is."""

    def pools(self):
        return [stage.live.pool for stage in self.sales.stages]

    def balances(self):
        return [pool.grossBalance() for pool in self.pools()]


def two_groups(lab, strategies=GROUP_STRATEGIES):
    made = TwoGroups(set_sales(lab, strategies=strategies, groups=2))
    made.worth(50_000)
    return made


def test_a_servicer_alone_moves_no_claim_by_joining(lab):
    """Rule 39: only by the overseer or a trigger. Nobody confirmed the loan that joins, and nobody can send it back."""
    sales = two_groups(lab)
    sales.open(1, 30_000)
    sales.book.join(1, sales.sales.proof(FIRST_OF_QUICK), 12_000, 0, sender=sales.servicer)
    assert sales.balances() == [130_000, 20_000]


def test_nor_with_a_case_that_nobody_ever_confirmed(lab):
    """The whole tape of the other group, in one transaction each."""
    sales = two_groups(lab)
    opening = (30_000, 0, True, "0x" + 40 * "0", liquidation_stage.SUBJECTS[0])
    sales.book.open(sales.sales.proof(1), opening, sender=sales.servicer)
    for number, claim in ((FIRST_OF_QUICK, 12_000), (SECOND_OF_QUICK, 8_000)):
        sales.book.join(1, sales.sales.proof(number), claim, 0, sender=sales.servicer)
    assert sales.balances() == [130_000, 20_000]


def test_what_is_left_of_a_lot_moves_no_case_past_the_overseer(lab):
    """Rule 18 puts the loan sale, the quick group's, in the place of a foreclosure that stays and needs no approval."""
    sales = two_groups(lab, (*GROUP_STRATEGIES[:4], replace(GROUP_STRATEGIES[4], approval=False)))
    sales.open(1, 30_000)
    sales.switch("LOAN_SALE")
    sales.sell()
    sales.sell_part(600)
    sales.switch("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))  # the overseer takes it to the long group
    assert sales.account().group == LONG
    sales.propose("FORECLOSURE")
    sales.sell()
    assert sales.account().group == LONG


def test_what_was_written_off_before_takes_nothing_off_the_new_groups_balance(lab):
    """Rule 40: what it brings takes as much off as came in. 20,000 came in, and the group's own loans stay 20,000."""
    sales = two_groups(lab)
    sales.open(1, 20_000, 10_000)
    sales.switch("LOAN_SALE")
    assert sales.balances() == [110_000, 40_000]
    sales.pay(30_000)
    stage = sales.sales.second
    lab.now = max(sales.now, stage.terms.period_ends[0])
    stage.live.pool.report(1, report_of(0), NO_CORRECTION, sender=sales.servicer)
    assert stage.live.pool.poolBalance(1) == 20_000


class CheapTape(SmallTape):
    """Its gross balance is less than its claims: a deal may say so (`claim` and balance are two fields)."""

    @property
    def committed(self) -> CommittedTape:
        return committed(self.tree.root, len(self.values), 4_000)


def test_a_case_takes_no_more_back_than_came_with_it(lab, monkeypatch):
    """Rule 40 caps what leaves by the whole gross balance: there and back costs the other group its own loans."""
    monkeypatch.setattr(liquidation_stage, "OTHER", CheapTape((("21", 12_000, 0), ("22", 8_000, 0))))
    sales = two_groups(lab)
    sales.open(FIRST_OF_QUICK, 12_000)
    assert sales.balances() == [130_000, 4_000]
    sales.switch("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
    assert sales.balances() == [134_000, 0]
    sales.switch("LOAN_SALE")
    assert sales.balances() == [130_000, 4_000]


CLAIM = 3 * 2**94  # within the 2^96 - 1 of a case


def test_two_large_cases_are_exposed_at_once(lab, monkeypatch):
    """Each amount is within MOST, their sum is not: the second trigger, or sale, can't start while the first runs."""
    monkeypatch.setattr(liquidation_stage, "OTHER", SmallTape((("21", CLAIM, 0), ("22", CLAIM, 0))))
    sales = two_groups(lab)
    sales.open(FIRST_OF_QUICK, CLAIM)
    sales.open(SECOND_OF_QUICK, CLAIM, subject=1)
    sales.fire(case=1)
    sales.fire(case=2)
    assert sales.house.exposedOf(QUICK) == 2 * CLAIM


def test_what_is_exposed_elsewhere_keeps_no_fired_case_from_its_sale(lab, monkeypatch):
    """No figure of a group keeps a case from moving (rule 40); here no round ever begins, and the cure does not end."""
    monkeypatch.setattr(liquidation_stage, "OTHER", SmallTape((("21", CLAIM, 0), ("22", CLAIM, 0))))
    sales = two_groups(lab)
    sales.open(FIRST_OF_QUICK, CLAIM)
    sales.fire(case=1)
    sales.open(SECOND_OF_QUICK, CLAIM, subject=1)
    sales.worth(50_000, subject=1)
    sales.switch("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY), 2)
    sales.fire(case=2)
    sales.book.startSale(2, sender=sales.outsider)
    assert sales.account(2).group == QUICK


def test_a_loan_that_joins_from_another_group_brings_its_written_off_along_as_elsewhere(lab):
    """Rule 40: 2,000 came in with it; what it recovers of the 10,000 is cash of the long group and nothing else."""
    sales = two_groups(lab)
    sales.open(1, 20_000)
    sales.join(FIRST_OF_QUICK, 2_000, 10_000)
    assert sales.balances() == [132_000, 18_000]
    sales.pay(32_000)
    assert balance_of(sales, LONG) == 110_000


def test_what_is_recovered_by_the_group_that_wrote_it_off_is_recovered(lab):
    """Rule 40: there and back. That loss is in the books of the long group, and so is what comes on it."""
    sales = two_groups(lab)
    sales.open(1, 20_000, 10_000)
    sales.switch("LOAN_SALE")
    sales.switch("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
    assert sales.account().group == LONG
    sales.pay(30_000)
    assert sales.open_period() == (30_000, 30_000, 0, 10_000)


def test_a_loss_that_a_group_booked_itself_is_recovered_there_after_moving_away_and_back(lab):
    """The quick group wrote off what a sold part lost; the case goes to the long one and comes back."""
    sales = two_groups(lab)
    sales.worth(13_000)
    sales.open(1, 30_000)
    sales.switch("LOAN_SALE")
    sales.sell()
    sales.sell_part(600)
    quick = sales.pools()[QUICK]
    before = quick.record(1)
    assert before.writtenOff > 0
    sales.switch("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
    sales.switch("LOAN_SALE")
    assert sales.account().group == QUICK
    sales.pay(30_000)
    assert quick.record(1).recovered == before.writtenOff


def cheap(lab, monkeypatch):
    monkeypatch.setattr(liquidation_stage, "OTHER", CheapTape((("21", 12_000, 0), ("22", 8_000, 0))))
    sales = two_groups(lab)
    sales.open(FIRST_OF_QUICK, 12_000)
    sales.switch("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
    assert sales.balances() == [134_000, 0]
    return sales


def test_what_a_case_brings_takes_as_much_off_as_came_in(lab, monkeypatch):
    """Rule 40: 4,000 came in with the case; of the 12,000 that it brings the rest takes nothing off the balance."""
    sales = cheap(lab, monkeypatch)
    sales.pay(12_000)
    assert balance_of(sales, LONG) == 130_000


def test_what_a_case_loses_takes_as_much_off_as_came_in(lab, monkeypatch):
    """The same of a loss."""
    sales = cheap(lab, monkeypatch)
    sales.switch("DISCOUNTED_PAY_OFF", (1, 0, 0))
    sales.pay(1)
    assert sales.stage() == Stage.CLOSED
    assert balance_of(sales, LONG) == 130_000


def test_costs_take_nothing_off_the_balance_that_did_not_come_in(lab):
    """Rule 40: 30,000 came in with the case; the 11 of costs that the debtor pays beside them take nothing off."""
    sales = two_groups(lab)
    sales.open(1, 30_000)
    sales.switch("LOAN_SALE")
    sales.sell()
    sales.pay(30_011)
    assert sales.stage() == Stage.CLOSED
    assert balance_of(sales, QUICK) == 20_000


def test_a_price_above_the_claim_takes_no_more_off_the_new_group_than_came_in(lab):
    """Rule 40: 20,000 came in with the case; quick's own loans stay 20,000. It sells for 30,500."""
    sales = two_groups(lab)
    sales.open(1, 20_000)
    sales.switch("LOAN_SALE")
    assert sales.balances() == [110_000, 40_000]
    sales.sell()
    lab.wait(STEPS.fall)
    sales.take(1_000, sales.first)
    assert sales.stage() == Stage.CLOSED
    assert balance_of(sales, QUICK) == 20_000
