"""Rules of cases and strategies, and of what goes on around them: the first half of the machine of sales."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from salvor.lab import strategies
from salvor.model.liquidation import book, house
from salvor.model.liquidation.sealed import SealedRound
from salvor.model.liquidation.state import Case, Plan, Stage, Standing, Strategy
from salvor.model.pool import Report
from tests.property.liquidation_mirror import SalesMirror, places
from tests.property.liquidation_stage import SUBJECTS, claim_of, home_of, loan_id, set_sales
from tests.utils.leaves import SCHEMA
from tests.utils.world import DAY, ROOT, TAPE

HOUR = 3_600
mostly = st.sampled_from((True, True, True, False))
numbers = st.integers(0, 9)  # two in ten name any case, the others one that fits
loans = st.integers(0, len(TAPE.values) + 1)  # two more, where there is a second group
people = strategies.actors(3)
amounts = strategies.amounts(50_000)
units = strategies.amounts(1_001)
kinds = st.sampled_from(tuple(Strategy))
selling = st.sampled_from((Strategy.LOAN_SALE, Strategy.LOAN_SALE, Strategy.FORECLOSURE, Strategy.HOLD))
running = precondition(lambda self: any(each.standing == Standing.ON_SALE for each in self.state.accounts.values()))
curing = precondition(lambda self: any(each.stage == Stage.CURE for each in self.state.cases.values()))
NO_CORRECTION = (0, bytes(32), 0, 0, 0, 0)


class CaseRules(RuleBasedStateMachine):
    """Five loans, two more where there is a second group of tranches; three bidders."""

    @classmethod
    def set_stage(cls, lab, **terms) -> None:
        cls.sales = set_sales(lab, **terms)
        cls.lab, cls.live, cls.deal = lab, cls.sales.live, cls.sales.stage.live
        cls.named = places(cls.sales)
        cls.reached = {}

    def __init__(self) -> None:
        super().__init__()
        self.lab.restore(self.sales.beginning)
        self.mirror = SalesMirror(self.sales, self.named)
        self.state, self.prices = self.mirror.state, {}
        self.told = {}  # by round and bidder: price and salt of the seal

    @property
    def now(self) -> int:
        return self.lab.now

    def pick(self, number, *stages) -> int:
        """A case in one of these stages, as far as there is one."""
        fitting = [each for each in sorted(self.state.cases) if self.stage(each) in stages]
        return fitting[number % len(fitting)] if fitting and number > 1 else number + 1

    def stage(self, number):
        """Of a case, as it is now."""
        case, standing = self.state.cases[number], self.state.accounts[number].standing
        ended = case.stage == Stage.FOR_SALE and standing != Standing.ON_SALE
        return {Standing.HELD: Stage.HELD, Standing.CLOSED: Stage.CLOSED}[standing] if ended else case.stage

    # CASES

    @initialize(outstanding=strategies.amounts(30_000), value=strategies.amounts(60_000), sold=strategies.actors(3))
    def begin(self, outstanding, value, sold) -> None:
        """Two cases are there, one of two loans, their things have values; mostly one is for sale or in cure."""
        self.write(0, value or 50_000, True)
        self.write(1, 999, True)
        self.open(1, outstanding, 0, True, True, 0)
        self.add(1, 2, 30_000, 0)
        self.open(0, 20_000, 20_000, False, False, 1)
        for number in sorted(self.state.cases):
            self.see(number)
        if sold and self.state.cases:
            self.strategy("switchTo", 1, Strategy.LOAN_SALE + sold - 1, Plan(), self.sales.overseer)
            self.plain(book.sell, self.live.book.sell, 1, by=self.sales.servicer)

    @rule(loan=loans, outstanding=amounts, lost=amounts, by_rank=st.booleans(), debtor=st.booleans(), subject=people)
    def open(self, loan, outstanding, lost, by_rank, debtor, subject) -> None:
        who = self.sales.debtor.address if debtor else "0x" + 40 * "0"
        case, loan = Case(by_rank, SUBJECTS[subject], SCHEMA), loan % self.sales.loans
        self.mirror.do(
            book.open_case,
            loan_id(loan),
            claim_of(loan),
            outstanding,
            lost,
            case,
            who,
            home_of(loan),
            method=self.live.book.open,
            given=(self.sales.proof(loan), (outstanding, lost, by_rank, who, SUBJECTS[subject])),
            by=self.sales.servicer,
        )

    @rule(number=numbers, loan=loans, outstanding=amounts, lost=amounts)
    def join(self, number, loan, outstanding, lost) -> None:
        self.add(self.pick(number, Stage.HELD, Stage.OPENED), loan % self.sales.loans, outstanding, lost)

    def add(self, number, loan, outstanding, lost) -> None:
        self.mirror.do(
            book.join,
            number,
            loan_id(loan),
            claim_of(loan),
            outstanding,
            lost,
            home_of(loan),
            method=self.live.book.join,
            given=(number, self.sales.proof(loan), outstanding, lost),
            by=self.sales.servicer,
        )

    @rule(number=numbers, right=mostly)
    def confirm(self, number, right) -> None:
        self.see(self.waiting(number), right)

    def see(self, number, right=True) -> None:
        """By the overseer, who saw what waits, or something else."""
        case = self.state.cases.get(number)
        model, chain = ("something else",), b"\1" * 32
        if right and case:
            model, chain = case.joining.content, self.live.book.joiningOf(number).content
        self.mirror.do(
            book.confirm, number, model, method=self.live.book.confirm, given=(number, chain), by=self.sales.overseer
        )

    @rule(number=numbers)
    def reject(self, number) -> None:
        number = self.waiting(number)
        self.mirror.do(book.reject, number, method=self.live.book.reject, given=(number,), by=self.sales.overseer)

    def waiting(self, number) -> int:
        """A case of which something waits for the overseer, as far as there is one."""
        fitting = [each for each, case in sorted(self.state.cases.items()) if case.joining.content]
        return fitting[number % len(fitting)] if fitting and number > 1 else number + 1

    # STRATEGIES

    @rule(number=numbers, kind=kinds, amount=amounts, due=st.sampled_from((0, 1, DAY, 9 * DAY)), fits=st.booleans())
    def propose(self, number, kind, amount, due, fits) -> None:
        number = self.pick(number, Stage.HELD)
        self.last = kind, self.plan(kind, amount, due, fits)
        self.strategy("propose", number, *self.last, self.sales.servicer)

    @rule(number=numbers)
    def approve(self, number) -> None:
        number = self.pick(number, Stage.HELD)
        self.strategy("approve", number, *getattr(self, "last", (Strategy.HOLD, Plan())), self.sales.overseer)

    @rule(number=numbers, kind=kinds, amount=amounts, due=st.sampled_from((0, 1, DAY, 9 * DAY)), fits=st.booleans())
    def switch(self, number, kind, amount, due, fits) -> None:
        number = self.pick(number, Stage.HELD, Stage.CURE)
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
        number = self.pick(number, Stage.HELD)
        self.plain(book.expire, self.live.book.expire, number)

    @rule(number=numbers, amount=amounts, in_full=st.sampled_from((True, False, False, False)))
    def pay(self, number, amount, in_full) -> None:
        number = self.pick(number, Stage.HELD, Stage.OPENED, Stage.CURE, Stage.FOR_SALE)
        account, debtor = self.state.accounts.get(number), self.sales.debtor
        cash = account.left_to_pay if in_full and account else amount % 9_000
        self.mirror.do(
            book.pay, number, debtor.address, cash, self.now, method=self.live.book.pay, given=(number, cash), by=debtor
        )

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

    @rule(which=st.integers(0, 7), late=st.sampled_from((-1, 0, 0, 1)))
    def go_on(self, which, late) -> None:
        """To a second at which something ends, or one beside it."""
        moments = [each.cure_until for each in self.state.cases.values()]
        for number, round_ in self.state.rounds.items():
            kind = house.auction_of(self.state, self.state.accounts[number])
            if hasattr(round_, "end"):
                moments.append(round_.end)
            else:
                moments.append(round_.begun + kind.longest)
            if isinstance(round_, SealedRound):
                moments += [round_.begun + kind.commit_time, round_.begun + kind.commit_time + kind.reveal_time]
        coming = sorted({moment + late for moment in moments if moment + late > self.now})
        if coming:
            self.lab.now = coming[which % len(coming)]

    @rule(paused=st.sampled_from((True, False, False, False)))
    def pause(self, paused) -> None:
        self.state.paused = paused
        self.live.book.pause(paused, sender=self.sales.overseer)

    @rule(
        group=st.integers(0, 1), gross=st.sampled_from((0, 1, 9_999)), lost=st.sampled_from((0, 777)), run=st.booleans()
    )
    def report(self, group, gross, lost, run) -> None:
        """The next period, when its end has come; then it is run."""
        deal, live = (
            self.state.groups[group % len(self.sales.stages)],
            self.sales.stages[group % len(self.sales.stages)].live,
        )
        period = deal.pool.reported + 1
        if period > deal.terms.periods or self.now < deal.terms.end(period):
            return
        root, paying = (ROOT, 1) if gross else (bytes(32), 0)
        report = Report(period, gross, written_off=lost, root=root, loans=paying)
        struct = (gross, 0, lost, 0, 0, 0, root, paying, False)
        deal.asset.mint(deal.terms.servicer, 0)
        self.mirror.do(
            lambda state: deal.report(report, self.now),
            method=live.pool.report,
            given=(period, struct, NO_CORRECTION),
            by=self.sales.servicer,
        )
        if run and deal.books.last_run < deal.pool.reported:
            place = deal.books.last_run + 1
            preview = live.waterfall.previewRun(place)
            live.waterfall.run(place, sender=self.sales.stage.outsider)
            outcome = deal.run(place)
            shares = list(zip(preview.interest, preview.principal, strict=True))
            assert (preview.cash, shares) == (outcome.cash, list(outcome.tranches)), "WF-02"
