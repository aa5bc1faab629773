"""Every call of a modelled deal in any order: what is refused changes nothing, and the books hold after each call."""

from copy import deepcopy

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from salvor.model.deal import Deal, State
from salvor.model.refusal import Refused
from tests.utils.model_checks import check, indices, picture
from tests.utils.modelled import CLOSING, DAY
from tests.utils.random_deals import amounts, random_reports, random_terms, rates

NAMES = ("first", "second", "third", "stranger")
names = st.sampled_from(NAMES)
shares = st.integers(0, 4)  # quarters of what there is


def selling(machine):
    """Most calls of the subscription stop with it; a few are tried for ever after."""
    return machine.deal.books is None or machine.now % 5 == 0


def sold(machine):
    """The notes are sold."""
    return machine.deal.books is not None


class DealMachine(RuleBasedStateMachine):
    """One deal of random terms; time jumps on by up to years."""

    @initialize(terms=random_terms(most_steps=13), sold=st.sampled_from((True, True, True, False)))
    def begin(self, terms, sold):
        self.deal, self.now = Deal(terms), CLOSING - 100 * DAY
        self.count = len(terms.tranches)
        self.seen = []
        for name in NAMES[:3]:
            self.deal.admit(name, CLOSING + 3_000 * DAY, self.now)
            self.deal.asset.mint(name, 2**112)
        if sold:
            self.everybody_orders()
            self.close()
            for place in range(self.count):
                self.hand_over(NAMES[place % 3], place)

    def attempt(self, call, *args):
        """Do a call or see it refused; a refused one has changed nothing."""
        before = picture(self.deal)
        try:
            return call(*args)
        except Refused:
            pass
        assert picture(self.deal) == before, "WF-06"
        return None

    def some_tranche(self, number):
        return number % self.count

    def part(self, whole, share):
        return whole * share // 4

    @precondition(selling)
    @rule(name=names, tranche=st.integers(0, 7), share=shares, more=st.integers(0, 3))
    def order(self, name, tranche, share, more):
        self.attempt(self.deal.open, self.now)
        place = self.some_tranche(tranche)
        units = self.part(self.deal.terms.tranches[place].cap, share) + more
        self.attempt(self.deal.order, name, place, units, self.now)

    @precondition(selling)
    @rule()
    def everybody_orders(self):
        self.attempt(self.deal.open, self.now)
        for place, tranche in enumerate(self.deal.terms.tranches):
            self.attempt(self.deal.order, NAMES[place % 3], place, tranche.cap, self.now)

    @precondition(selling)
    @rule(name=names, tranche=st.integers(0, 7), units=amounts)
    def take_back(self, name, tranche, units):
        self.attempt(self.deal.take_back, name, self.some_tranche(tranche), units, self.now)

    @precondition(selling)
    @rule()
    def close(self):
        self.now = max(self.now, CLOSING)
        self.attempt(self.deal.close, self.now)

    @rule(name=names, tranche=st.integers(0, 7))
    def hand_over(self, name, tranche):
        self.attempt(self.deal.hand_over, name, self.some_tranche(tranche), self.now)

    @rule(name=names, tranche=st.integers(0, 7), notes=st.booleans())
    def hand_over_a_part(self, name, tranche, notes):
        place = self.some_tranche(tranche)
        if notes:
            self.attempt(self.deal.hand_over_notes, name, place, self.now)
        else:
            self.attempt(self.deal.refund, name, place)

    @rule(lost=names, new=names, tranche=st.integers(0, 7))
    def recover_order(self, lost, new, tranche):
        self.attempt(self.deal.recover_order, lost, new, self.some_tranche(tranche), self.now)

    @precondition(sold)
    @rule(early=st.sampled_from((0, 0, 1)))
    def report_missing(self, early):
        period, terms = self.deal.pool.reported + 1, self.deal.terms
        if period <= terms.periods:
            self.now = max(self.now, terms.end(period) + 2 * terms.grace + 1 - early)
        self.attempt(self.deal.report_missing, period, self.now)

    @precondition(sold)
    @rule(data=st.data(), late=st.integers(0, 1))
    def report(self, data, late):
        period = self.deal.pool.reported + 1
        if period <= self.deal.terms.periods:
            self.now = max(self.now, self.deal.terms.end(period) + late * 100 * DAY)
        drawn = data.draw(random_reports(period, tuple(own.cap for own in self.deal.terms.tranches)))
        self.deal.asset.mint("servicer", drawn.net)
        self.attempt(self.deal.report, drawn, self.now)

    @precondition(sold)
    @rule(offset=st.sampled_from((1, 1, 1, 0, 2)))
    def run(self, offset):
        period = self.deal.books.last_run + offset
        preview = self.attempt(self.deal.preview_run, period)
        assert self.attempt(self.deal.run, period) == preview

    @precondition(sold)
    @rule(data=st.data())
    def next_period(self, data):
        if self.deal.pool.reported == self.deal.books.last_run:
            self.report(data, 0)
        self.run(1)

    @precondition(sold)
    @rule(share=shares, data=st.data())
    def buy_loans_after_a_run(self, share, data):
        self.next_period(data)
        self.buy_loans(share, 1, 1_000)

    @precondition(sold)
    @rule(period=st.integers(0, 6), index=rates)
    def tell_index(self, period, index):
        self.attempt(self.deal.tell_index, period, index - 10**17, self.now)

    @precondition(sold)
    @rule(share=shares, loans=st.integers(0, 3), gross=amounts)
    def buy_loans(self, share, loans, gross):
        self.attempt(
            self.deal.buy_loans, self.part(self.deal.books.account, share) + share // 4, b"\7" * 32, loans, gross
        )

    @rule(name=names)
    def call_vote(self, name):
        self.attempt(self.deal.call_vote, name, self.now)

    @rule(name=names)
    def vote(self, name):
        self.attempt(self.deal.vote, name, self.now)

    @precondition(sold)
    @rule(names=st.tuples(names, names), tranche=st.integers(0, 7), share=shares, forced=st.booleans())
    def transfer(self, names, tranche, share, forced):
        place = self.some_tranche(tranche)
        units = self.part(self.deal.notes[place].holders[names[0]].units, share) + share // 4
        note = self.deal.notes[place]
        before, held = {name: note.parts_of(name) for name in NAMES}, note.holders[names[0]].units
        if not forced:
            self.attempt(self.deal.transfer, *names, place, units, self.now)
            assert {name: note.parts_of(name) for name in NAMES} == before, "NT-01"
        elif (moved := self.attempt(self.deal.force_transfer, *names, place, units, self.now)) is not None:
            assert moved == [parts * units // held for parts in before[names[0]]], "NT-06"
            for name, sign in zip(names, (-1, 1), strict=True):
                before[name] = tuple(had + sign * went for had, went in zip(before[name], moved, strict=True))
            assert {name: note.parts_of(name) for name in NAMES} == before, "NT-06"

    @precondition(sold)
    @rule(names=st.tuples(names, names), tranche=st.integers(0, 7))
    def recover(self, names, tranche):
        place = self.some_tranche(tranche)
        claims = sum(self.deal.claimable(name, place) for name in NAMES)
        if self.attempt(self.deal.recover, *names, place, self.now) is not None:
            assert self.deal.claimable(names[0], place) == 0
            # Two fractions of each stream may make a unit together.
            assert claims <= sum(self.deal.claimable(name, place) for name in NAMES) <= claims + 2

    @rule(name=names, tranche=st.integers(0, 7), frozen=st.booleans())
    def freeze(self, name, tranche, frozen):
        self.attempt(self.deal.freeze, name, self.some_tranche(tranche), frozen)

    @rule(name=names, blocked=st.booleans())
    def block(self, name, blocked):
        (self.deal.asset.blocked.add if blocked else self.deal.asset.blocked.discard)(name)

    @rule(name=names, admitted=st.booleans())
    def admit(self, name, admitted):
        if admitted:
            self.deal.admit(name, self.now + 400 * DAY, self.now)
        else:
            self.deal.remove(name)

    @precondition(sold)
    @rule(name=names, tranche=st.integers(0, 7))
    def claim(self, name, tranche):
        place = self.some_tranche(tranche)
        expected = self.deal.claimable(name, place)
        assert self.attempt(self.deal.claim, name, place) in {None, expected}, "claimable is what is paid"

    @precondition(sold)
    @rule(tranche=st.integers(0, 7))
    def claim_batch(self, tranche):
        place = self.some_tranche(tranche)
        copy = deepcopy(self.deal)
        paid = copy.claim_batch(NAMES, place)
        assert paid == [self.attempt(self.deal.claim, name, place) or 0 for name in NAMES]
        assert picture(copy) == picture(self.deal)

    @rule(name=st.sampled_from(("seller", "dust owner", "payee of FIXED", "first")))
    def claim_credit(self, name):
        self.attempt(self.deal.claim_credit, name)

    @rule(seconds=st.sampled_from((1, 3, DAY, 40 * DAY, 3 * 365 * DAY)))
    def wait(self, seconds):
        self.now += seconds

    @invariant()
    def the_books_hold(self):
        if hasattr(self, "deal"):
            check(self.deal)
            now = indices(self.deal)
            assert all(old <= new for old, new in zip(self.seen, now, strict=False)), "NT-03"
            self.seen = now
            assert self.deal.state != State.WOUND_UP or self.deal.books.waiting == 0


TestDealMachine = DealMachine.TestCase
TestDealMachine.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
