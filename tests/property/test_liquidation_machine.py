"""Cases, strategies and sales beside their model: every rule of docs/liquidation.md, by whoever may and whoever may not."""

from functools import partial

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from salvor.chain.refusal import CallRefused
from salvor.lab import strategies
from salvor.model.liquidation import book, house
from salvor.model.liquidation.state import Case, Plan, Stage, Standing, Strategy
from salvor.model.pool import Report
from tests.property.liquidation_mirror import SalesMirror, places
from tests.property.liquidation_stage import CURVE, SUBJECTS, set_sales
from tests.utils.world import DAY, ROOT, TAPE

HOUR = 3_600
numbers = st.integers(1, 4)
loans = st.integers(0, len(TAPE.values) - 1)
people = strategies.actors(3)
amounts = strategies.amounts(50_000)
units = strategies.amounts(1_001)
kinds = st.sampled_from(tuple(Strategy))
selling = st.sampled_from((Strategy.LOAN_SALE, Strategy.LOAN_SALE, Strategy.FORECLOSURE, Strategy.HOLD))
NO_CORRECTION = (0, bytes(32), 0, 0, 0, 0)


class LiquidationMachine(RuleBasedStateMachine):
    """Four cases at most are looked at; five loans, three bidders."""

    @classmethod
    def set_stage(cls, lab, auctions=None) -> None:
        cls.sales = set_sales(lab, auctions) if auctions else set_sales(lab)
        cls.lab, cls.live, cls.deal = lab, cls.sales.live, cls.sales.stage.live
        cls.named = places(cls.sales)
        cls.reached = {}

    def __init__(self) -> None:
        super().__init__()
        self.lab.restore(self.sales.beginning)
        self.mirror = SalesMirror(self.sales, self.named)
        self.state, self.prices = self.mirror.state, {}

    @property
    def now(self) -> int:
        return self.lab.now

    # CASES

    @initialize(outstanding=strategies.amounts(30_000), value=strategies.amounts(60_000))
    def begin(self, outstanding, value) -> None:
        """One case of two loans is there, and its thing has a value."""
        self.write(0, value, True)
        self.open(1, outstanding, 0, True, True, 0)
        self.join(1, 2, 30_000, 0)

    @rule(loan=loans, outstanding=amounts, lost=amounts, by_rank=st.booleans(), debtor=st.booleans(), subject=people)
    def open(self, loan, outstanding, lost, by_rank, debtor, subject) -> None:
        who = self.sales.debtor.address if debtor else "0x" + 40 * "0"
        case = Case(by_rank, who, SUBJECTS[subject])
        claim = TAPE.values[loan][1]
        self.mirror.do(
            book.open_case,
            self.loan(loan),
            claim,
            outstanding,
            lost,
            case,
            method=self.live.book.open,
            given=(self.sales.proof(loan), (outstanding, lost, by_rank, who, SUBJECTS[subject])),
            by=self.sales.servicer,
        )

    @rule(number=numbers, loan=loans, outstanding=amounts, lost=amounts)
    def join(self, number, loan, outstanding, lost) -> None:
        claim = TAPE.values[loan][1]
        self.mirror.do(
            book.join,
            number,
            self.loan(loan),
            claim,
            outstanding,
            lost,
            method=self.live.book.join,
            given=(number, self.sales.proof(loan), outstanding, lost),
            by=self.sales.servicer,
        )

    def loan(self, number):
        tree = TAPE.tree
        return tree.nodes[tree.places[number]]

    # STRATEGIES

    @rule(number=numbers, kind=kinds, amount=amounts, due=st.sampled_from((0, 1, DAY, 9 * DAY)), fits=st.booleans())
    def propose(self, number, kind, amount, due, fits) -> None:
        self.last = kind, self.plan(kind, amount, due, fits)
        self.strategy("propose", number, *self.last, self.sales.servicer)

    @rule(number=numbers)
    def approve(self, number) -> None:
        self.strategy("approve", number, *getattr(self, "last", (Strategy.HOLD, Plan())), self.sales.overseer)

    @rule(number=numbers, kind=kinds, amount=amounts, due=st.sampled_from((0, 1, DAY, 9 * DAY)), fits=st.booleans())
    def switch(self, number, kind, amount, due, fits) -> None:
        self.strategy("switchTo", number, kind, self.plan(kind, amount, due, fits), self.sales.overseer)

    def plan(self, kind, amount, due, fits):
        if not fits:
            return Plan(amount, due and self.now + due, due)
        interval = DAY if kind == Strategy.PAYMENT_PLAN else 0
        dated = kind in (Strategy.PAYMENT_PLAN, Strategy.FORECLOSURE)
        paid = kind in (Strategy.PAYMENT_PLAN, Strategy.DISCOUNTED_PAY_OFF)
        return Plan(amount % 20_000 + 1 if paid else 0, self.now + due if dated else 0, interval)

    def strategy(self, name, number, kind, plan, by) -> None:
        verbs = {"propose": book.propose, "approve": book.approve, "switchTo": book.switch_to}
        given = (number, kind, (plan.amount, plan.due, plan.interval))
        self.mirror.do(
            verbs[name], number, kind, plan, self.now, method=getattr(self.live.book, name), given=given, by=by
        )

    @rule(number=numbers)
    def expire(self, number) -> None:
        self.plain(book.expire, self.live.book.expire, number)

    @rule(number=numbers, amount=amounts, in_full=st.booleans())
    def pay(self, number, amount, in_full) -> None:
        account, debtor = self.state.accounts.get(number), self.sales.debtor
        cash = account.left_to_pay if in_full and account else amount
        self.mirror.do(
            book.pay, number, debtor.address, cash, self.now, method=self.live.book.pay, given=(number, cash), by=debtor
        )

    # SALES

    @rule(number=numbers)
    def sell(self, number) -> None:
        self.plain(book.sell, self.live.book.sell, number, by=self.sales.servicer)

    @rule(number=numbers, fee=st.sampled_from((0, 5, 40_000)), cure=st.sampled_from((0, HOUR, DAY)), after=selling)
    def fire(self, number, fee, cure, after) -> None:
        keeper = self.sales.overseer
        self.mirror.do(
            book.fire,
            number,
            keeper.address,
            fee,
            cure,
            after,
            self.now,
            method=self.live.book.fire,
            given=(number, keeper, fee, cure, after),
            by=self.sales.overseer,
        )

    @rule(number=numbers)
    def cure(self, number) -> None:
        self.mirror.do(book.cured, number, method=self.live.book.cured, given=(number,), by=self.sales.overseer)

    @rule(number=numbers)
    def start_sale(self, number) -> None:
        self.plain(book.start_sale, self.live.book.startSale, number)

    @rule(number=numbers, buyer=people, wanted=units, at_least=st.sampled_from((0, 1, 500)), most=st.booleans())
    def take(self, number, buyer, wanted, at_least, most) -> None:
        highest, who = 2**255 if most else 20_000, self.sales.bidders[buyer]
        kind = self.state.auctions[0]
        taken = self.mirror.do(
            lambda state: kind.take(
                state, number, who.address, self.now, wanted=wanted, at_least=at_least, highest=highest
            ),
            method=self.live.auctions[0].take,
            given=(number, wanted, at_least, highest),
            by=who,
        )
        if isinstance(taken, tuple):
            self.mirror.spent[who.address] += taken[1]

    @rule(number=numbers, bidder=people, amount=amounts, least=st.booleans())
    def bid(self, number, bidder, amount, least) -> None:
        kind, who, running = self.state.auctions[1], self.sales.bidders[bidder], self.state.rounds.get(number)
        amount = kind.least(running) if least and hasattr(running, "best") else amount
        self.mirror.do(
            lambda state: kind.bid(state, number, who.address, amount, self.now),
            method=self.live.auctions[1].bid,
            given=(number, amount),
            by=who,
        )

    @rule(number=numbers)
    def settle(self, number) -> None:
        kind, running = self.state.auctions[1], self.state.rounds.get(number)
        done = self.mirror.do(
            lambda state: kind.settle(state, number, self.now),
            method=self.live.auctions[1].settle,
            given=(number,),
            by=self.sales.stage.outsider,
        )
        if done is None and hasattr(running, "best"):
            self.mirror.spent[running.bidder] += running.best

    @rule(number=numbers)
    def relist(self, number) -> None:
        self.plain(house.relist, self.live.house.relist, number)

    @rule(who=strategies.actors(7))
    def pay_out(self, who) -> None:
        account = self.sales.people[who]
        self.mirror.do(
            house.pay_out,
            account.address,
            method=self.live.house.payOut,
            given=(account,),
            by=self.sales.stage.outsider,
        )

    def plain(self, verb, method, number, by=None) -> None:
        self.mirror.do(verb, number, self.now, method=method, given=(number,), by=by or self.sales.stage.outsider)

    # AROUND

    @rule(subject=people, value=strategies.amounts(60_000), good=st.sampled_from((True, True, True, False)))
    def write(self, subject, value, good) -> None:
        self.state.values[SUBJECTS[subject]] = value, good
        self.live.values.write(SUBJECTS[subject], value, good, sender=self.sales.stage.outsider)

    @rule(bidder=strategies.actors(4), admitted=st.sampled_from((True, True, False)))
    def admit(self, bidder, admitted) -> None:
        who, agent = (*self.sales.bidders, self.sales.vehicle)[bidder], self.deal.parties.transfer_agent
        until = self.now + 999 * DAY if admitted else 0
        if admitted:
            self.deal.allow_list.admit(who, until, sender=agent)
        else:
            self.deal.allow_list.remove(who, sender=agent)
        self.state.deal.admissions.until[who.address] = until

    @rule(seconds=st.sampled_from((1, HOUR, HOUR - 1, 5 * HOUR, DAY, 2 * DAY, 7 * DAY)))
    def wait(self, seconds) -> None:
        self.lab.wait(seconds)

    @rule(paused=st.sampled_from((True, False, False, False)))
    def pause(self, paused) -> None:
        self.state.paused = paused
        self.live.book.pause(paused, sender=self.sales.overseer)

    @rule(gross=st.sampled_from((0, 1, 9_999)), lost=st.sampled_from((0, 777)), run=st.booleans())
    def report(self, gross, lost, run) -> None:
        """The next period, when its end has come; then it is run."""
        deal, period = self.state.deal, self.state.deal.pool.reported + 1
        if period > deal.terms.periods or self.now < deal.terms.end(period):
            return
        root, paying = (ROOT, 1) if gross else (bytes(32), 0)
        report = Report(period, gross, written_off=lost, root=root, loans=paying)
        struct = (gross, 0, lost, 0, 0, 0, root, paying, False)
        deal.asset.mint(deal.terms.servicer, 0)
        self.mirror.do(
            lambda state: state.deal.report(report, self.now),
            method=self.deal.pool.report,
            given=(period, struct, NO_CORRECTION),
            by=self.sales.servicer,
        )
        if run and deal.books.last_run < deal.pool.reported:
            place = deal.books.last_run + 1
            preview = self.deal.waterfall.previewRun(place)
            self.deal.waterfall.run(place, sender=self.sales.stage.outsider)
            outcome = deal.run(place)
            assert (preview.cash, tuple(preview.paid)) == (outcome.cash, tuple(step.paid for step in outcome.steps)), (
                "WF-02"
            )

    @precondition(lambda self: any(each.standing == Standing.ON_SALE for each in self.state.accounts.values()))
    @rule(hurry=st.booleans())
    def end_all(self, hurry) -> None:
        """From every state anyone, and time, end every sale in two calls a round at most."""
        before = self.lab.snapshot()
        for number, account in self.state.accounts.items():
            for _ in range(2 * 4):
                standing = self.live.house.accountOf(number).standing
                if standing != Standing.ON_SALE:
                    break
                if not hurry:
                    self.lab.wait(self.state.auctions[account.auction].longest)
                else:
                    self.lab.now = max(self.now, self.sales.stage.terms.period_ends[-1])
                self.end_round(number, account.auction)
            assert self.live.house.accountOf(number).standing != Standing.ON_SALE, "AU-05"
        self.lab.restore(before)

    def end_round(self, number, auction) -> None:
        outsider, climbing = self.sales.stage.outsider, auction == 1
        calls = [partial(self.live.auctions[1].settle, number, sender=outsider)] if climbing else []
        for call in (*calls, partial(self.live.house.relist, number, sender=outsider)):
            try:
                call()
            except CallRefused:
                continue
            return

    @invariant()
    def chain_equals_model(self) -> None:
        self.mirror.check()
        self.mirror.check_bidders()
        for number in list(self.state.rounds):
            found = self.mirror.price(number, self.now)
            if found is None:
                continue
            price, floor = found
            assert price >= floor, "AU-10"
            key = number, self.state.accounts[number].round
            assert price <= self.prices.get(key, price), "AU-10"
            self.prices[key] = price

    def teardown(self) -> None:
        """What was reached, for whoever asks."""
        self.mirror.shares()
        for stage in (each.stage for each in self.state.cases.values()):
            name = Stage(stage).name.lower()
            self.reached[name] = self.reached.get(name, 0) + 1
        for how, times in self.state.ended.items():
            self.reached[how] = self.reached.get(how, 0) + times


@pytest.mark.engines("revm", "anvil")
@pytest.mark.parametrize("curve", ["steps", "exponential"])
def test_sales_are_their_model(lab, prove, curve):
    if curve == "steps":
        LiquidationMachine.set_stage(lab)
    else:
        from tests.property.liquidation_stage import CLIMB

        LiquidationMachine.set_stage(lab, (CURVE, CLIMB))
    prove(LiquidationMachine, steps=3_000)
    print(LiquidationMachine.reached)
