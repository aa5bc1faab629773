"""Any deal and any call in any order: the whole waterfall on chain beside its model after every step."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from salvor.chain.refusal import refusal_of
from salvor.model.deal import Sale
from salvor.model.pool import Correction, Report
from tests.property.waterfall_draws import (
    ANY,
    DAY,
    EDGE,
    EDGES,
    LARGEST,
    PART,
    ROOT,
    TAPE,
    actors,
    amounts,
    beside,
    faults,
    indices,
    seen,
    small,
    stages,
    sums,
    tranches,
    waits,
)
from tests.property.waterfall_events import as_struct
from tests.property.waterfall_mirror import WaterfallMirror
from tests.property.waterfall_notes import NoteRules
from tests.property.waterfall_roles import RoleRules
from tests.property.waterfall_stage import deploy, prepare, privileges


class WaterfallMachine(NoteRules, RoleRules, RuleBasedStateMachine):
    """Rules are what people do; each asks the model first and expects exactly its answer."""

    ground = None

    @initialize(number=st.integers(0, 2**32), size=st.integers(0, 3), stage=stages, over=st.integers(0, 2))
    def begin(self, number, size, stage, over) -> None:
        """A deal of its own for each run; most are under way, so that the later rules are reached."""
        seen.forget()
        self.drawn = deploy(self.ground, number, size)
        self.mirror = m = WaterfallMirror(self.drawn)
        self.deal, self.live, self.people = m.deal, m.live, self.ground.investors
        self.count = len(self.deal.notes)
        self.take_roles()
        for actor in range(4):
            self.admit(actor, 20_000)
        if stage == "draft":
            return
        self.open()
        for place, terms in enumerate(self.deal.terms.tranches):
            for actor in range(over + 1):
                self._order((place + actor) % 3, place, max(1, terms.cap * (1 if actor == 0 else actor) // (actor + 1)))
        if stage == "open":
            return
        self.close_on_the_day()
        if stage == "paying":
            self.settle_all()

    def teardown(self) -> None:
        """Views are looked at once more, unless something has failed that should be told instead."""
        if hasattr(self, "mirror") and self.mirror.agreed:
            self.mirror.check_views()

    # What numbers mean

    def units(self, drawn, whole) -> int:
        """Mostly a part of the whole; else an edge, anything, or something that was seen."""
        kind, number, side = drawn
        if kind == PART:
            return max(0, whole * (number % 1_025) // 1_024 + side)
        if kind == EDGE:
            return EDGES[number % len(EDGES)]
        return number if kind == ANY else max(0, seen.pick(number % 64) + side)

    def within(self, drawn, whole) -> int:
        """The same, of what fits a struct of the chain."""
        return min(self.units(drawn, whole), LARGEST)

    def tranche(self, place) -> int:
        return place % self.count

    def holder(self, place, number):
        """One of those who hold units, while there is one."""
        held = self.deal.notes[place].holders
        found = [each for each in self.people if held[each.address].units]
        return found[number % len(found)] if found else self.people[number]

    @property
    def books(self):
        return self.deal.books

    @property
    def size(self) -> int:
        """About as much as the deal is worth."""
        return sum(tranche.cap for tranche in self.deal.terms.tranches)

    # Selling the notes

    @rule(actor=actors, days=st.sampled_from([0, 1, 400, 20_000]))
    def admit(self, actor, days) -> None:
        who, until = self.people[actor], self.mirror.now + days * DAY
        admit, agent = self.live.allow_list.admit, self.roles["agent"]
        self.mirror.both(lambda: self.deal.admit(who.address, until, self.mirror.now), admit, who, until, sender=agent)

    @rule(actor=actors)
    def remove(self, actor) -> None:
        who, agent = self.people[actor], self.roles["agent"]
        self.mirror.both(lambda: self.deal.remove(who.address), self.live.allow_list.remove, who, sender=agent)

    @rule()
    def open(self) -> None:
        m, arranger = self.mirror, self.roles["arranger"]
        m.both(lambda: self.deal.open(m.now), self.live.offering.open, self.live.waterfall, sender=arranger)

    def _order(self, actor, place, units, funded=True) -> None:
        m, who, order = self.mirror, self.people[actor], self.live.offering.order
        if funded and units <= LARGEST:
            m.fund(who, units)
        m.both(lambda: self.deal.order(who.address, place, units, m.now), order, place, units, sender=who)

    @rule(actor=actors, place=tranches, drawn=amounts, funded=st.booleans())
    def order(self, actor, place, drawn, funded) -> None:
        place = self.tranche(place)
        self._order(actor, place, self.units(drawn, self.deal.terms.tranches[place].cap), funded)

    @precondition(lambda self: self.deal.sale is Sale.OPEN)
    @rule(actor=actors)
    def order_the_rest(self, actor) -> None:
        for place, terms in enumerate(self.deal.terms.tranches):
            if missing := terms.cap - self.deal.order_books[place].total:
                self._order(actor, place, max(1, missing))

    @rule(actor=actors, place=tranches, drawn=amounts)
    def take_back(self, actor, place, drawn) -> None:
        m, who, place = self.mirror, self.people[actor], self.tranche(place)
        units = self.units(drawn, self.deal.order_books[place].orders[who.address])
        call = m.live.offering.reduce
        m.both(lambda: self.deal.take_back(who.address, place, units, m.now), call, place, units, sender=who)

    @rule()
    def close(self) -> None:
        m = self.mirror
        m.both(lambda: self.deal.close(m.now), m.live.offering.close, sender=self.ground.outsider)

    @precondition(lambda self: self.deal.sale is Sale.OPEN)
    @rule()
    def close_on_the_day(self) -> None:
        self.ground.lab.now = max(self.mirror.now, self.deal.terms.closing)
        self.close()

    @rule(actor=actors, place=tranches, part=st.sampled_from(["both", "notes", "cash"]))
    def settle(self, actor, place, part) -> None:
        m, deal, offering = self.mirror, self.deal, self.live.offering
        who, place = self.people[actor].address, self.tranche(place)
        call, expected = {
            "both": (offering.settle, lambda: deal.hand_over(who, place, m.now)),
            "notes": (offering.handOver, lambda: deal.hand_over_notes(who, place, m.now)),
            "cash": (offering.refund, lambda: deal.refund(who, place)),
        }[part]
        m.both(expected, call, place, who, sender=self.ground.outsider)

    @precondition(lambda self: self.deal.sale > Sale.OPEN)
    @rule()
    def settle_all(self) -> None:
        for place in range(self.count):
            for actor in range(3):
                if self.deal.order_books[place].orders[self.people[actor].address]:
                    self.settle(actor, place, "both")

    # Collections and runs

    @rule(
        drawn=st.tuples(sums, small, sums, small, sums, sums),
        fault=faults,
        last=st.sampled_from([*[False] * 9, True]),
        corrected=st.tuples(st.integers(0, 8), amounts, amounts, amounts, st.integers(0, 7), st.integers(0, 7)),
    )
    def report(self, drawn, fault, last, corrected) -> None:
        m, terms = self.mirror, self.deal.terms
        period = max(0, self.deal.pool.reported + 1 + (1 if fault == "period" else 0))
        if period <= terms.periods and fault != "period" and self.books:
            self.ground.lab.now = max(m.now, terms.end(period) - (fault == "early"))
        report = self._report(period, drawn, fault, last, self._correction(period, corrected))
        servicer = self.roles["servicer"]
        if 0 < report.net <= LARGEST:
            m.fund(servicer, report.net)
        call, structs = m.live.pool.report, (as_struct(report), as_struct(report.correction))
        before = self.deal.pool.reported
        m.both(lambda: self.deal.report(report, m.now, servicer.address), call, period, *structs, sender=servicer)
        if self.deal.pool.reported > before:
            assert m.now >= terms.end(before + 1), "PL-01"
            seen.note(report.net)

    @rule(side=beside, early=st.sampled_from([0, 0, 0, 1]))
    def report_missing(self, side, early) -> None:
        m, terms, period = self.mirror, self.deal.terms, self.deal.pool.reported + 1 + side
        if 0 < period <= terms.periods and self.books:
            self.ground.lab.now = max(m.now, terms.end(period) + 2 * terms.grace + 1 - early)
        call, who = m.live.pool.reportMissing, self.ground.outsider
        m.both(lambda: self.deal.report_missing(period, m.now), call, period, sender=who)

    def _report(self, period, drawn, fault, last, correction) -> Report:
        whole = max(self.size, self.deal.terms.gross_balance) // (2 + self.deal.terms.periods // 2)
        most = min(LARGEST // self.deal.terms.periods + drawn[0][2], LARGEST)
        gross = most if fault == "above" else self.within(drawn[0], whole)
        costs = min(gross, self.units(drawn[1], gross // 4)) if fault != "costs" else min(gross + 1, LARGEST)
        recovered = min(gross - costs, self.units(drawn[3], gross // 2)) if costs <= gross else 0
        recovered = min(recovered + (fault == "recovered"), LARGEST)
        written, value, plan = (self.within(drawn[place], whole) for place in (2, 4, 5))
        root, loans = (ROOT, min(1 + drawn[0][1] % 3, self.deal.pool.loan_count)) if gross else (bytes(32), 0)
        root, loans = (bytes(32) if fault == "no root" else root), (0 if fault == "no loans" else loans)
        loans = min(self.deal.pool.loan_count + 1, 2**32 - 1) if fault == "loans" else loans
        return Report(period, gross, costs, written, recovered, value, plan, root, loans, last, correction)

    def _correction(self, period, drawn):
        earlier, *differences, signs, odd = drawn
        if earlier == 8 or not self.books or not self.deal.pool.reported:
            return Correction(0, written_off=-1) if odd == 7 and earlier == 8 and signs == 7 else None
        if signs < 4:
            return None
        earlier = max(1, period - 1 - earlier % 3) if odd else period
        known = earlier <= self.deal.pool.reported
        paid = known and self.deal.pool.reports[earlier - 1].gross
        loans, root = (1, TAPE) if paid or signs % 2 else (0, bytes(32))
        if odd == 1:
            loans = 2**32 - 1 if signs % 2 else 0
        totals = self.deal.pool.totals[-1]
        parts = zip(differences, (totals.written_off, totals.closed_value, totals.closed_plan), (4, 2, 1), strict=True)
        told = [self.within(each, whole) * (1 if signs & bit and odd % 2 else -1) for each, whole, bit in parts]
        return Correction(earlier, root, loans, *told)

    @rule(side=beside)
    def run(self, side) -> None:
        last = self.books.last_run if self.books else 0
        self.mirror.run(max(0, last + 1 + side))
        if self.books:
            seen.note(*(tranche.principal for tranche in self.books.tranches), self.books.reserve, self.books.waiting)

    @precondition(lambda self: self.books and self.books.last_run < self.deal.pool.reported)
    @rule()
    def run_next(self) -> None:
        self.run(0)

    @precondition(lambda self: self.books and not self.deal.pool.is_complete)
    @rule(drawn=st.tuples(sums, small, sums, small, sums, sums), corrected=st.integers(-4, 4))
    def next_period(self, drawn, corrected) -> None:
        """On time, without fault."""
        parts = (0, abs(corrected) * 200, 0)
        differences = (0, parts, parts, parts, 5 if corrected < 0 else 7, 3)
        self.report(drawn, "none", False, differences if corrected else (8, parts, parts, parts, 0, 0))
        self.run(0)

    @rule(side=beside, index=indices)
    def tell_index(self, side, index) -> None:
        m, record = self.mirror, self.live.index_record
        if not record:
            return
        period = max(1, (self.books.last_run if self.books else 0) + 1 + side)
        if period <= self.deal.terms.periods:
            self.ground.board.write(self.deal.terms.begin(period), index, sender=self.ground.outsider)
        call = record.tell
        m.both(lambda: self.deal.tell_index(period, index, m.now), call, period, sender=self.ground.outsider)

    @rule(drawn=amounts, loans=st.integers(0, 3), balance=amounts, rooted=st.sampled_from([True, True, True, False]))
    def buy_further(self, drawn, loans, balance, rooted) -> None:
        m, root = self.mirror, TAPE if rooted else bytes(32)
        price, gross = self.units(drawn, self.books.account if self.books else 0), self.within(balance, self.size)
        call, tape = m.live.pool.buyFurther, (root, loans, gross)
        m.both(lambda: self.deal.buy_loans(price, *tape), call, tape, price, sender=self.roles["manager"])

    # Votes

    @rule(number=actors)
    def call_vote(self, number) -> None:
        if not self.live.vote:
            return
        m, senior = self.mirror, self.books.senior_class if self.books else None
        who = self.people[number] if senior is None or number == 4 else self.holder(senior, number)
        m.both(lambda: self.deal.call_vote(who.address, m.now), m.live.vote.call, sender=who)

    @rule(number=actors)
    def vote(self, number) -> None:
        if not self.live.vote:
            return
        m, who = self.mirror, self.people[number]
        m.both(lambda: self.deal.vote(who.address, m.now), m.live.vote.vote, sender=who)

    @precondition(lambda self: self.books and self.live.vote)
    @rule()
    def accelerate(self) -> None:
        """Whoever may vote does."""
        self.call_vote(0)
        self.wait(1)
        for actor, who in enumerate(self.people):
            if self.deal.ballot and self.deal.ballot.units.get(who.address):
                self.vote(actor)

    # Credits

    @rule(number=st.integers(0, 7))
    def pay_credit(self, number) -> None:
        payees = self.drawn.payees
        who, call = payees[number % len(payees)], self.live.distributor.payCredit
        self.mirror.both(lambda: self.deal.claim_credit(who), call, who, sender=self.ground.outsider)

    # Whom the asset refuses, what nobody asked for, and time

    @rule(number=st.integers(0, 7), refused=st.sampled_from([True, *[False] * 5]))
    def refuse(self, number, refused) -> None:
        """The asset's issuer bars an account, or lets it again."""
        accounts = [*(each.address for each in self.people[:3]), self.deal.terms.servicer, *self.drawn.payees]
        who, blocked = accounts[number % len(accounts)], self.deal.asset.blocked
        (blocked.add if refused else blocked.discard)(who)
        self.live.settlement.refuse(who, refused, sender=self.ground.outsider)

    @rule(to=st.sampled_from(["offering", "distributor"]), drawn=small)
    def send_unasked(self, to, drawn) -> None:
        self.mirror.send_unasked(to, self.units(drawn, 1_000))

    @rule(seconds=waits)
    def wait(self, seconds) -> None:
        if self.mirror.now < 2**39:
            self.ground.lab.wait(seconds)

    @rule()
    def look(self) -> None:
        self.mirror.check_views()

    @rule(number=st.integers(0, 25))
    def outsider_reaches_for_privileges(self, number) -> None:
        attempts, nobody = privileges(self.drawn), self.ground.outsider
        error, method, *args = attempts[number % len(attempts)]
        refusal = refusal_of(lambda: method(*args, sender=nobody))
        assert refusal.error == error, "AC-01"
        assert not error.startswith("Access") or refusal.values == (nobody.address,), "AC-01"

    @invariant()
    def chain_equals_model(self) -> None:
        self.mirror.check()


@pytest.mark.engines("revm", "anvil")
def test_any_deal_and_any_order_of_calls_is_as_the_model_says(lab, prove):
    WaterfallMachine.ground = prepare(lab)
    lab.decimals = 2
    prove(WaterfallMachine, steps=30_000)
