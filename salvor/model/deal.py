"""Model of a whole deal: what every call must do or why it must be refused, and where every unit of cash is.

Accounts are text (on chain: addresses). `OFFERING`, `POOL`, `WATERFALL` and `note_account(i)` are the deal's own. A
refused call has changed nothing. Who may call what is not modelled: roles are tested apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from enum import IntEnum

from salvor.model import losses
from salvor.model.asset import Asset
from salvor.model.ballot import Ballot
from salvor.model.books import Books, open_books, reserve_target
from salvor.model.holders import Admissions, Note
from salvor.model.pool import Pool, Report
from salvor.model.refusal import Refused
from salvor.model.run import RunOutcome, run_period
from salvor.model.soundness import refuse_unsound
from salvor.model.subscription import OrderBook
from salvor.model.terms import LARGEST, ONE, Terms, TriggerKind

OFFERING, POOL, WATERFALL = "offering", "pool", "waterfall"


def note_account(tranche: int) -> str:
    """The account of a note contract."""
    return f"note {tranche}"


class State(IntEnum):
    """Where a deal is in its life (rule 1)."""

    DRAFT = 0
    OPEN = 1
    REVOLVING = 2
    AMORTISING = 3
    ACCELERATED = 4
    WOUND_UP = 5
    CANCELLED = 6


@dataclass
class Deal:
    """The deal's state; each method is one call on chain, refused or done."""

    terms: Terms
    asset: Asset = field(default_factory=Asset)
    admissions: Admissions = field(default_factory=Admissions)
    is_open: bool = False
    cancelled: bool = False
    books: Books | None = None
    ballot: Ballot | None = None
    notes: list[Note] = field(default_factory=list)
    credits: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    paid_in: int = 0
    paid_out: int = 0

    def __post_init__(self) -> None:
        refuse_unsound(self.terms)
        self.order_books = [OrderBook(tranche) for tranche in self.terms.tranches]
        self.pool = Pool(self.terms, self.terms.gross_balance, self.terms.loan_count)

    @property
    def state(self) -> State:
        """Rule 1."""
        if self.cancelled:
            return State.CANCELLED
        if self.books is None:
            return State.OPEN if self.is_open else State.DRAFT
        if self.books.wound_up:
            return State.WOUND_UP
        if self.books.accelerated:
            return State.ACCELERATED
        return State.REVOLVING if self.books.revolving else State.AMORTISING

    # Selling the notes

    def admit(self, investor: str, until: int, now: int) -> None:
        """By the transfer agent."""
        if until <= now:
            raise Refused("AdmissionInThePast", investor, until, now)
        self.admissions.until[investor] = until

    def remove(self, investor: str) -> None:
        """Ends an admission at once."""
        self.admissions.until[investor] = 0

    def open(self) -> None:
        """Begin the subscription, by the arranger."""
        if self.state != State.DRAFT:
            raise Refused("WrongState", self.state, State.DRAFT)
        self.is_open = True

    def order(self, investor: str, tranche: int, units: int, now: int) -> None:
        """Rule 2: make an order or raise it, with its cash."""
        self._refuse_not_ordering(now)
        self.order_books[tranche].refuse_raise(units)
        self.admissions.refuse(investor, units, now)
        self._pay_in(investor, OFFERING, units)
        self.order_books[tranche].change(investor, units)

    def take_back(self, investor: str, tranche: int, units: int, now: int) -> None:
        """Rule 2: lower an order, or end it."""
        self._refuse_not_ordering(now)
        self.order_books[tranche].refuse_lower(investor, units)
        self._pay_out(OFFERING, investor, units)
        self.order_books[tranche].change(investor, -units)

    def close(self, now: int) -> State:
        """Rules 2 and 3: sell the notes, or cancel the deal."""
        if self.state != State.OPEN:
            raise Refused("WrongState", self.state, State.OPEN)
        if now < self.terms.closing:
            raise Refused("TooEarly", now, self.terms.closing)
        sold = [book.sold for book in self.order_books]
        if any(book.is_short for book in self.order_books) or sum(sold) < self.terms.price:
            self.cancelled = True
            return self.state
        reserve = min(sum(sold) - self.terms.price, reserve_target(self.terms.reserve, sold))
        self.books = open_books(self.terms, sold, reserve)
        self.notes = [Note(units) for units in sold]
        self.credits[self.terms.seller] += sum(sold) - reserve
        self.asset.move(OFFERING, WATERFALL, sum(sold))
        return self.state

    def hand_over(self, investor: str, tranche: int, now: int) -> tuple[int, int]:
        """Rule 2: units and cash of an order to who made it, once."""
        if self.state in {State.DRAFT, State.OPEN}:
            raise Refused("WrongState", self.state, State.AMORTISING)
        book = self.order_books[tranche]
        units, cash = book.outcome(investor, cancelled=self.cancelled)
        if units:
            self.admissions.refuse(investor, units, now)
        self._pay_out(OFFERING, investor, cash)
        del book.orders[investor]
        if units:
            self.notes[tranche].hand_over(investor, units)
        return units, cash

    # Collections and their way through the steps

    def report(self, report: Report, now: int) -> None:
        """Rules 6 and 7: by the servicer, with the cash."""
        books = self._running()
        clean_up = [i for i, trigger in enumerate(self.terms.triggers) if trigger.kind == TriggerKind.CLEAN_UP]
        totals = self.pool.totals_with(report, now, books.is_on(frozenset(clean_up)))
        self._pay_in(self.terms.servicer, POOL, report.net)
        self.pool.add(report, totals, now)

    def tell_index(self, period: int, index: int, now: int) -> None:
        """Rule 14: what the oracle says for a period's start, by anyone, once."""
        books = self._running()
        if not books.last_run < period <= self.terms.periods:
            raise Refused("WrongPeriod", period, books.last_run + 1)
        if period in books.told:
            raise Refused("ToldAlready", period, books.told[period])
        if now < (begin := self.terms.begin(period)):
            raise Refused("TooEarly", now, begin)
        books.told[period] = index

    def run(self, period: int) -> RunOutcome:
        """Rule 11: run the next period, once it is reported."""
        books = self._running()
        if period != books.last_run + 1:
            raise Refused("WrongPeriod", period, books.last_run + 1)
        if period > self.pool.reported:
            raise Refused("NotReported", period, self.pool.reported)
        outcome = run_period(books, self.pool)
        self.asset.move(POOL, WATERFALL, self.pool.reports[period - 1].net)
        for place, (interest, principal) in enumerate(outcome.tranches):
            self.asset.move(WATERFALL, note_account(place), interest + principal)
            self.notes[place].distribute(interest, principal)
        for account, units in outcome.credits.items():
            self.credits[account] += units
        return outcome

    def preview_run(self, period: int) -> RunOutcome:
        """What `run` would do, or the same refusal."""
        return deepcopy(self).run(period)

    def buy_loans(self, price: int, loans: int, gross_balance: int) -> None:
        """Rule 4: further loans from the seller while the deal revolves; their root is the manager's to commit."""
        books = self._running()
        if not books.revolving or self.pool.is_complete:
            raise Refused("NotRevolving")
        if price > books.account:
            raise Refused("AboveAccount", price, books.account)
        if not loans or self.pool.gross_balance + gross_balance > LARGEST:
            raise Refused("LoansDoNotAddUp", loans, gross_balance)
        self._pay_out(WATERFALL, self.terms.seller, price)
        books.account -= price
        self.pool.gross_balance += gross_balance
        self.pool.loan_count += loans

    # Acceleration

    def call_vote(self, holder: str, now: int) -> None:
        """Rule 28: by any holder of the senior class."""
        books = self._running()
        senior = books.senior_class
        if not self.terms.accelerated_steps or books.accelerated or senior is None:
            raise Refused("NothingToVoteOn")
        if self.ballot and self.ballot.is_open(senior, now):
            raise Refused("VoteOpen", self.ballot.until)
        units = {name: held.units for name, held in self.notes[senior].holders.items()}
        if not units.get(holder):
            raise Refused("NoVote", holder)
        vote = self.terms.vote
        self.ballot = Ballot(senior, now + vote.seconds, units, self.notes[senior].supply, vote.share)

    def vote(self, holder: str, now: int) -> None:
        """Rule 28: for acceleration, once a holder."""
        books = self._running()
        if books.accelerated or not self.ballot or not self.ballot.is_open(books.senior_class, now):
            raise Refused("NoOpenVote")
        if self.ballot.cast(holder):
            books.accelerated, books.revolving = True, False

    # Notes

    def transfer(self, source: str, target: str, tranche: int, units: int, now: int) -> None:
        """Rules 30, 32 and 34."""
        note = self._note(tranche)
        note.refuse_transfer(source, units)
        self.admissions.refuse(target, units, now)
        note.transfer(source, target, units)

    def force_transfer(self, source: str, target: str, tranche: int, units: int, now: int) -> None:
        """Rule 32: as a transfer, frozen or not, by the compliance role."""
        note = self._note(tranche)
        note.refuse_transfer(source, units, forced=True)
        self.admissions.refuse(target, units, now)
        note.transfer(source, target, units)

    def recover(self, lost: str, new: str, tranche: int, now: int) -> int:
        """Rule 32: a lost wallet's units and unclaimed cash to a new one, once, by the compliance role."""
        note = self._note(tranche)
        self.admissions.refuse(new, note.holders[lost].units, now)
        return note.recover(lost, new)

    def freeze(self, holder: str, tranche: int, frozen: bool) -> None:
        """Rule 32: freeze a holder or let it go, by the compliance role."""
        self._note(tranche).holders[holder].frozen = frozen

    def claim(self, holder: str, tranche: int) -> int:
        """Rules 30 and 31: pay a holder all whole units earned, by anyone."""
        note = self._note(tranche)
        note.refuse_claim(holder)
        paid = sum(note.claimable(holder))
        self._pay_out(note_account(tranche), holder, paid)
        note.settle(holder)
        return paid

    def claim_batch(self, holders: Iterable[str], tranche: int) -> list[int]:
        """Rule 31: who is frozen or refused by the asset gets nothing now and stops nobody."""
        note, own = self._note(tranche), note_account(tranche)
        return [
            0 if note.holders[holder].frozen or not self.asset.would_move(own, holder) else self.claim(holder, tranche)
            for holder in holders
        ]

    def claimable(self, holder: str, tranche: int) -> int:
        """What `claim` would pay, were the holder not frozen."""
        return sum(self._note(tranche).claimable(holder))

    def claim_credit(self, account: str) -> int:
        """Rule 3: pay what the seller, a payee of fees or the owner of dust has to its credit."""
        paid = self.credits[account]
        self._pay_out(WATERFALL, account, paid)
        self.credits[account] = 0
        return paid

    # What can be read

    def pool_factor(self, tranche: int) -> int:
        """Rule 33, WAD."""
        books = self._closed()
        return books.tranches[tranche].principal * ONE // books.tranches[tranche].at_closing

    def attachment(self, tranche: int) -> tuple[int, int]:
        """Rule 22: attachment and detachment point, WAD."""
        return losses.attachment(self._closed().tranches, tranche)

    @property
    def cash_held(self) -> int:
        """What the deal's contracts hold."""
        own = [OFFERING, POOL, WATERFALL, *(note_account(place) for place in range(len(self.terms.tranches)))]
        return sum(self.asset.balances[account] for account in own)

    def _refuse_not_ordering(self, now: int) -> None:
        if self.state != State.OPEN:
            raise Refused("WrongState", self.state, State.OPEN)
        if now >= self.terms.closing:
            raise Refused("TooLate", now, self.terms.closing)

    def _closed(self) -> Books:
        if self.books is None:
            raise Refused("WrongState", self.state, State.AMORTISING)
        return self.books

    def _running(self) -> Books:
        books = self._closed()
        if books.wound_up:
            raise Refused("WrongState", self.state, State.AMORTISING)
        return books

    def _note(self, tranche: int) -> Note:
        self._closed()
        return self.notes[tranche]

    def _pay_in(self, source: str, target: str, units: int) -> None:
        self.asset.bring(source, target, units)
        self.paid_in += units

    def _pay_out(self, source: str, target: str, units: int) -> None:
        self.asset.move(source, target, units)
        self.paid_out += units
