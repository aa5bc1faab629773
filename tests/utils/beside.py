"""A deal of given terms on the contracts beside its model, played by the verbs of `modelled`.

Each call is done on both. After it every figure of the two is compared, and each run with its preview and its events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from salvor.deploy.terms import DealTerms
from salvor.lab import Lab
from salvor.model.deal import State
from salvor.model.pool import Report
from salvor.model.refusal import Refused
from salvor.model.run import RunOutcome
from salvor.model.terms import Terms
from salvor.tape.committed import ClassTotal, CommittedTape
from tests.property.waterfall_mirror import WaterfallMirror, as_struct
from tests.property.waterfall_stage import prepare, stand
from tests.utils.modelled import DAY, Played, small_terms

UNTIL = 2**39  # seconds since 1970; later than any deal here


def later(terms: Terms, earliest: int) -> Terms:
    """The terms with all dates so many whole days later that the deal is still to come; actual day counts stay."""
    seconds = max(0, earliest // DAY - terms.closing // DAY + 2) * DAY
    ends = tuple(end + seconds for end in terms.period_ends)
    return replace(terms, closing=terms.closing + seconds, period_ends=ends)


class Beside(Played):
    """One deal on both. Investors go by the names that a test gives them, five at most."""

    def __init__(self, lab: Lab, terms: Terms) -> None:
        rules = later(terms, lab.now)
        names = tuple((f"T-{place}", f"T{place}") for place in range(len(rules.tranches)))
        tape = CommittedTape(b"\2" * 32, (ClassTotal("sme_loans", b"\1" * 32, rules.loan_count, rules.gross_balance),))
        self.lab, self.ground = lab, prepare(lab)
        self.mirror = WaterfallMirror(stand(self.ground, DealTerms(names, tape, rules)))
        self.live, self.parties = self.mirror.live, self.mirror.live.parties
        self._investors: dict[str, int] = {}
        super().__init__(self.mirror.deal)

    def account(self, name: str):
        """The account of an investor; the next free one for a new name."""
        return self.ground.investors[self._investors.setdefault(name, len(self._investors))]

    def open(self, *orders: tuple[str, int, int]) -> None:
        """Open, and take orders (investor, tranche, units) of admitted investors with their cash."""
        self._both(self.deal.open, self.live.offering.open, self.live.waterfall, by=self.parties.arranger)
        for name, place, units in orders:
            self.admit(name)
            who, order = self.account(name), self.live.offering.order
            self.mirror.fund(who, units)
            self._both(partial(self.deal.order, who.address, place, units), order, place, units, by=who)

    def admit(self, name: str) -> None:
        """Until long after the deal."""
        who, admit = self.account(name), self.live.allow_list.admit
        self._both(partial(self.deal.admit, who.address, UNTIL), admit, who, UNTIL, by=self.parties.transfer_agent)

    def close(self) -> State:
        """On the closing date."""
        self.lab.now = max(self.lab.now, self.deal.terms.closing)
        return self._both(self.deal.close, self.live.offering.close)

    def hand_over(self, name: str, place: int) -> tuple[int, int]:
        """Units and cash of an order."""
        who = self.account(name).address
        return self._both(partial(self.deal.hand_over, who, place), self.live.offering.settle, place, who)

    def report(self, gross: int = 0, *, days_late: int = 0, **fields) -> None:
        """The next period's report, on its end or later, with the cash that the servicer needs for it."""
        period, servicer = self.deal.pool.reported + 1, self.parties.servicer
        root, loans = (b"\1" * 32, 1) if gross else (bytes(32), 0)
        report = Report(period, gross, **{"root": root, "loans": loans, **fields})
        self.mirror.fund(servicer, report.net)
        self.lab.now = max(self.lab.now, self.deal.terms.end(period) + days_late * DAY)
        structs = as_struct(report), as_struct(report.correction)
        self._both(partial(self.deal.report, report), self.live.pool.report, period, *structs, by=servicer)

    def report_missing(self) -> None:
        """The next period, by anyone, as soon as the servicer was silent long enough."""
        terms, period = self.deal.terms, self.deal.pool.reported + 1
        self.lab.now = max(self.lab.now, terms.end(period) + 2 * terms.grace + 1)
        self._both(partial(self.deal.report_missing, period), self.live.pool.reportMissing, period)

    def run_reported(self) -> RunOutcome:
        """Run the next period, which is reported."""
        outcome = self.mirror.run(self.books.last_run + 1)
        self.mirror.check()
        return outcome

    def run(self, gross: int = 0, **fields) -> RunOutcome:
        """Report the next period and run it."""
        self.report(gross, **fields)
        return self.run_reported()

    def tell_index(self, period: int, index: int) -> None:
        """By the oracle, on the first second of the period."""
        self.lab.now = max(self.lab.now, begin := self.deal.terms.begin(period))
        self.ground.board.write(begin, index, sender=self.ground.outsider)
        self._both(partial(self.deal.tell_index, period, index), self.live.index_record.tell, period)

    def transfer(self, source: str, target: str, place: int, units: int) -> None:
        """By the holder, to somebody admitted."""
        giver, taker = self.account(source), self.account(target)
        expected = partial(self.deal.transfer, giver.address, taker.address, place, units)
        self._both(expected, self.live.notes[place].transfer, taker, units, by=giver)

    def claim(self, name: str, place: int) -> int:
        """What the holder has earned; the contract pays what the model says, or the figures differ."""
        who = self.account(name)
        return self._both(lambda now: self.deal.claim(who.address, place), self.live.notes[place].claim, by=who)

    def claim_credit(self, name: str) -> int:
        """Of the seller, a payee or the owner of dust."""
        who, pay = self.parties.account(name).address, self.live.distributor.payCredit
        return self._both(lambda now: self.deal.claim_credit(who), pay, who)

    def _both(self, expected: Callable[[int], Any], method: Any, *args: Any, by: Any = None) -> Any:
        """A call of both at one second; a refusal is no answer here."""
        answer = self.mirror.both(lambda: expected(self.lab.now), method, *args, sender=by or self.ground.outsider)
        if isinstance(answer, Refused):
            raise answer
        self.mirror.check()
        return answer


def closed_beside(lab: Lab, *orders: tuple[str, int, int], **changes) -> Beside:
    """The small deal, changed, on both: sold to who orders (else each tranche to one holder) and closed."""
    beside = Beside(lab, small_terms(**changes))
    tranches = enumerate(beside.deal.terms.tranches)
    orders = orders or tuple((f"holder {place}", place, own.cap) for place, own in tranches)
    beside.open(*orders)
    beside.close()
    for name, place, _ in orders:
        beside.hand_over(name, place)
    return beside
