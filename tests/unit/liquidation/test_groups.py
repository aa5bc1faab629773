"""Groups of tranches behind one house: whose a case's proceeds and its loss are, and how a case moves between them."""

from dataclasses import replace

import pytest

from salvor.deploy.apply import apply
from salvor.deploy.liquidation import deploy_liquidation
from salvor.deploy.structs import pool_terms
from salvor.model.liquidation.state import Stage, Strategy
from tests.property.liquidation_stage import GROUP_STRATEGIES, OTHER, STRATEGIES, SUBJECTS, set_sales
from tests.utils.leaves import committed
from tests.utils.selling import NOBODY, Selling
from tests.utils.world import DAY, NO_CORRECTION, WAD, changed, report_of, small_terms

LONG, QUICK = 0, 1
FIRST_OF_QUICK = 5  # its place in all tapes: a claim of 12,000


@pytest.fixture(scope="module")
def deployed(shared_lab):
    return set_sales(shared_lab, strategies=GROUP_STRATEGIES, groups=2)


class Grouped(Selling):
    """A loan sale is the quick group's, a payment plan the long one's, a foreclosure leaves a case where it is."""

    def pools(self):
        return [stage.live.pool for stage in self.sales.stages]

    def balances(self):
        return [pool.grossBalance() for pool in self.pools()]

    def brought(self):
        """Net and written off of the first period of each group."""
        records = [pool.record(1) for pool in self.pools()]
        return [(record.net, record.writtenOff) for record in records]

    def end(self, group, periods):
        """So many periods are reported with nothing in them."""
        stage = self.sales.stages[group]
        for period in range(1, periods + 1):
            self.lab.now = max(self.now, stage.terms.period_ends[period - 1])
            stage.live.pool.report(period, report_of(0), NO_CORRECTION, sender=self.servicer)

    def group(self, case=1):
        return self.account(case).group


@pytest.fixture
def sales(deployed, lab):
    made = Grouped(deployed)
    made.worth(50_000)
    made.open(1, 30_000)
    return made


class TestACase:
    def test_begins_in_the_group_of_its_tape(self, sales):
        sales.open(FIRST_OF_QUICK, 12_000, subject=1)
        assert [sales.group(case) for case in (1, 2)] == [LONG, QUICK]
        assert sales.balances() == [130_000, 20_000]

    def test_takes_its_claim_along_into_the_group_of_its_strategy(self, sales):
        sales.switch("LOAN_SALE")
        assert (sales.group(), sales.balances()) == (QUICK, [100_000, 50_000])
        sales.switch("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
        assert (sales.group(), sales.balances()) == (LONG, [130_000, 20_000])

    def test_leaves_what_it_brought_where_it_was_paid(self, sales):
        sales.pay(4_000)
        sales.switch("LOAN_SALE")
        assert sales.balances() == [104_000, 46_000]
        assert sales.brought() == [(4_000, 0), (0, 0)]

    @pytest.mark.parametrize("strategy", ["HOLD", "FORECLOSURE"])
    def test_stays_where_a_strategy_names_no_group(self, sales, strategy):
        sales.switch("LOAN_SALE")
        sales.switch(strategy)
        assert (sales.group(), sales.balances()) == (QUICK, [100_000, 50_000])

    def test_brings_price_and_loss_to_its_group_alone(self, sales):
        sales.switch("LOAN_SALE")
        sales.sell()
        assert [pool.awaited() for pool in sales.pools()] == [0, 1]
        assert [sales.house.exposedOf(group) for group in (LONG, QUICK)] == [0, 30_000]
        sales.lab.wait(10 * 3_600)
        sales.take(300, sales.first)
        sales.lab.wait(5 * 3_600)
        sales.relist()
        sales.lab.wait(10 * 3_600)
        sales.take(700, sales.second)  # 300 of 30,500 and 700 of 27,450, less costs of 11
        assert sales.stage() == Stage.CLOSED
        assert sales.brought() == [(0, 0), (9_150 + 19_215 - 11, 30_000 - 9_150 - 19_215 + 11)]
        cash = sales.token.balanceOf(sales.sales.second.live.distributor)
        assert cash == 9_150 + 19_215 + sum(sales.sales.second.terms.sizes)  # with the costs, which stand apart

    def test_is_carried_at_the_sum_of_what_it_brings_and_loses(self, sales):
        """Its claim has left the pool balance of the group when it closes: neither a gain nor a loss remains."""
        sales.switch("LOAN_SALE")
        sales.sell()
        sales.lab.wait(10 * 3_600)
        sales.take(1_000, sales.first)
        for stage, left in zip(sales.sales.stages, (100_000, 20_000), strict=True):
            sales.lab.now = max(sales.now, stage.terms.period_ends[0])
            stage.live.pool.report(1, report_of(0), NO_CORRECTION, sender=sales.servicer)
            # The 500 that came above the claim, 11 of them costs, are cash and nothing else.
            assert stage.live.pool.poolBalance(1) == left

    def test_that_a_trigger_fired_moves_when_its_sale_starts_and_its_exposure_with_it(self, sales):
        sales.fire(DAY)
        assert (sales.group(), sales.house.exposedOf(LONG)) == (LONG, 30_000)
        sales.lab.wait(DAY)
        sales.book.startSale(1, sender=sales.outsider)
        assert (sales.group(), sales.balances()) == (QUICK, [100_000, 50_000])
        assert [sales.house.exposedOf(group) for group in (LONG, QUICK)] == [0, 30_000]
        assert [sales.book.openExposure(group) for group in (LONG, QUICK)] == [0, 30_000]
        assert [sales.book.mayReach(QUICK, place) for place in range(3)] == [False, True, True]
        assert not any(sales.book.mayReach(LONG, place) for place in range(2))

    def test_is_moved_by_nobody_without_the_overseer(self, sales):
        """A loan sale needs no approval, but it would take the claim from one group to the other."""
        sales.propose("LOAN_SALE")
        assert (sales.book.caseOf(1).strategy, sales.group()) == (Strategy.HOLD, LONG)
        sales.approve("LOAN_SALE")
        assert (sales.book.caseOf(1).strategy, sales.group()) == (Strategy.LOAN_SALE, QUICK)
        sales.switch("HOLD")
        sales.propose("LOAN_SALE")  # within its group it begins at once
        assert sales.book.caseOf(1).strategy == Strategy.LOAN_SALE

    def test_takes_a_loan_of_another_group_with_its_outstanding(self, sales):
        sales.join(FIRST_OF_QUICK, 9_000, 3_000)
        assert (sales.group(), sales.balances()) == (LONG, [139_000, 11_000])

    def test_is_not_opened_over_a_loan_of_a_group_that_is_over(self, sales, lab):
        """Nothing could be paid on it any more, nor could it go anywhere."""
        sales.end(QUICK, 3)
        with lab.refused("GroupNotRunning", QUICK):
            sales.open(FIRST_OF_QUICK, 12_000, subject=1)
        with lab.refused("GroupNotRunning", QUICK):
            sales.join(FIRST_OF_QUICK, 12_000)

    def test_stays_where_it_is_once_a_group_takes_nothing_any_more(self, sales):
        sales.end(QUICK, 3)
        assert [pool.isRunning() for pool in sales.pools()] == [True, False]
        sales.switch("LOAN_SALE")
        assert (sales.group(), sales.balances()) == (LONG, [130_000, 20_000])

    def test_stays_where_it_is_when_the_other_group_ends_before_it_could_be_sold(self, sales, lab):
        """Then it is sold for its own group, and no trigger hangs."""
        sales.fire()
        lab.now = sales.sales.second.terms.period_ends[-1] - 15 * 3_600 + 1
        sales.book.startSale(1, sender=sales.outsider)
        assert (sales.stage(), sales.group(), sales.balances()) == (Stage.FOR_SALE, LONG, [130_000, 20_000])

    def test_goes_back_from_a_group_that_is_over_and_not_before_its_last_run(self, sales):
        """A loan that outlives its group is not lost to all."""
        sales.switch("LOAN_SALE")
        sales.end(QUICK, 3)
        plan = (1_000, sales.now + DAY, DAY)
        sales.switch("PAYMENT_PLAN", plan)
        assert (sales.group(), sales.balances()) == (QUICK, [100_000, 50_000])
        for period in range(1, 4):
            sales.sales.second.live.waterfall.run(period, sender=sales.outsider)
        assert sales.pools()[QUICK].isOver()
        sales.switch("PAYMENT_PLAN", plan)
        assert (sales.group(), sales.balances()) == (LONG, [130_000, 20_000])
        sales.pay(1_000)
        assert sales.brought() == [(1_000, 0), (0, 0)]


class TestAddGroup:
    @pytest.fixture
    def house(self, sales, lab):
        """One that has no book yet."""
        deal, admin = sales.deal, sales.deal.parties.admin
        args = (deal.access, deal.pool, deal.allow_list, sales.servicer, NOBODY)
        return lab.deploy("AuctionHouse", *args, sender=admin)

    def test_tells_its_place(self, sales, house):
        admin = sales.deal.parties.admin
        house.addGroup(sales.sales.second.live.pool, sender=admin)
        assert (house.groups(), house.poolOf(1)) == (2, sales.sales.second.live.pool.address)

    def test_refuses_a_tape_that_is_there(self, sales, lab, house):
        admin = sales.deal.parties.admin
        with lab.refused("SameTape", sales.deal.pool.tapeRoot(), 0):
            house.addGroup(sales.deal.pool, sender=admin)
        house.addGroup(sales.sales.second.live.pool, sender=admin)
        with lab.refused("SameTape", OTHER.tree.root, 1):
            house.addGroup(sales.sales.second.live.pool, sender=admin)

    def test_refuses_other_cash(self, sales, lab, house):
        admin, parties = sales.deal.parties.admin, sales.deal.parties
        token = lab.deploy("SettlementToken", "Other Dollar", "OUSD", 2, sender=admin)
        distributor = lab.deploy("Distributor", sales.deal.access, token, sender=admin)
        terms = pool_terms(small_terms(lab.now + 10 * DAY), token.address, parties.seller.address)
        pool = lab.deploy("LoanPool", sales.deal.access, distributor, terms, sender=admin)
        with lab.refused("OtherSettlement", token, sales.token):
            house.addGroup(pool, sender=admin)

    def test_refuses_another_carrying_ratio(self, sales, lab, house):
        """Lost after a move, a claim would cost its new holders another part of it than the old ones."""
        admin, parties = sales.deal.parties.admin, sales.deal.parties
        terms = changed(small_terms(lab.now + 10 * DAY), tape=OTHER.committed, carrying_ratio=WAD - 1)
        given = pool_terms(terms, sales.token.address, parties.seller.address)
        pool = lab.deploy("LoanPool", sales.deal.access, sales.deal.distributor, given, sender=admin)
        with lab.refused("OtherCarryingRatio", WAD - 1, WAD):
            house.addGroup(pool, sender=admin)

    def test_refuses_a_fifth(self, sales, lab, house):
        admin, parties = sales.deal.parties.admin, sales.deal.parties
        for number in range(4):
            terms = changed(small_terms(lab.now + 10 * DAY), tape=committed(bytes([9, number]) * 16, 1, 1))
            given = pool_terms(terms, sales.token.address, parties.seller.address)
            args = (sales.deal.access, sales.deal.distributor, given)
            pool = lab.deploy("LoanPool", *args, sender=admin)
            if number < 3:
                house.addGroup(pool, sender=admin)
        with lab.refused("TooManyGroups", 4):
            house.addGroup(pool, sender=admin)

    def test_a_group_that_is_not_there_is_named(self, sales, lab):
        with lab.refused("NoSuchGroup", 2, 2):
            sales.house.poolOf(2)


def test_a_claim_moves_only_by_the_house(sales, lab):
    with lab.refused("NotTheHouse", sales.servicer, sales.house):
        sales.deal.pool.moveClaim(-1, sender=sales.servicer)
    with lab.refused("NotTheBook", sales.overseer, sales.book):
        sales.house.move(1, QUICK, 0, sender=sales.overseer)


def test_a_loan_that_is_not_bought_yet_opens_no_case(sales, lab):
    """Its claim is the seller's: what it brought, or lost, would be nobody's here."""
    own, terms = sales.sales, changed(small_terms(lab.now + 10 * DAY), tape=OTHER.committed)
    live = apply(lab.contracts, terms, parties=sales.deal.parties, settlement=sales.token)
    alone = replace(own.terms, strategies=STRATEGIES)
    sold = deploy_liquidation(lab.contracts, live, alone, values=own.live.values)
    with lab.refused("GroupNotRunning", LONG):
        sold.book.open(own.proof(FIRST_OF_QUICK), (1, 0, True, NOBODY, SUBJECTS[0]), sender=sales.servicer)


def test_a_loan_of_no_group_opens_no_case(sales, lab):
    place, loan, proof, field, field_proof = sales.sales.proof(FIRST_OF_QUICK)
    with lab.refused("NotProved"):
        opening = (1, 0, True, NOBODY, SUBJECTS[0])
        sales.book.open((place, loan, proof[1:], field, field_proof), opening, sender=sales.servicer)
