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
from salvor.model.terms import LARGEST, ONE, Terms

OFFERING, POOL, WATERFALL = "offering", "pool", "waterfall"
NOBODY = "0x" + 40 * "0"  # from whom newly made units come


def note_account(tranche: int) -> str:
    """The account of a note contract."""
    return f"note {tranche}"


class Sale(IntEnum):
    """Where the sale of the notes stands (rule 1)."""

    DRAFT = 0
    OPEN = 1
    CLOSED = 2
    CANCELLED = 3


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
    sale: Sale = Sale.DRAFT
    books: Books | None = None
    told: dict[int, int] = field(default_factory=dict)
    ballot: Ballot | None = None
    credits: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    paid_in: int = 0
    paid_out: int = 0
    name: str = ""  # of tranches behind another deal's: their accounts of the one asset begin with it

    def __post_init__(self) -> None:
        refuse_unsound(self.terms)
        self.notes = [Note() for _ in self.terms.tranches]
        self.order_books = [OrderBook(tranche) for tranche in self.terms.tranches]
        self.pool = Pool(self.terms, self.terms.gross_balance, self.terms.loan_count)

    @property
    def state(self) -> State:
        """Rule 1."""
        if self.books is None:
            return {Sale.DRAFT: State.DRAFT, Sale.OPEN: State.OPEN}.get(self.sale, State.CANCELLED)
        if self.books.wound_up or self.books.accelerated:
            return State.WOUND_UP if self.books.wound_up else State.ACCELERATED
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

    def open(self, now: int) -> None:
        """Begin the subscription, by the arranger, before it would end."""
        self._refuse_other_sale(Sale.DRAFT)
        self._refuse_after_deadline(now)
        self.sale = Sale.OPEN

    def order(self, investor: str, tranche: int, units: int, now: int) -> None:
        """Rule 2: make an order or raise it, with its cash."""
        self._refuse_other_sale(Sale.OPEN)
        self._refuse_after_deadline(now)
        book = self.order_books[tranche]
        book.refuse_raise(units)
        book.refuse_holder(self.admissions.admitted(investor, now), investor, tranche, book.orders[investor] + units)
        self._pay_in(investor, self.own(OFFERING), units)
        book.change(investor, units)

    def take_back(self, investor: str, tranche: int, units: int, now: int) -> None:
        """Rule 2: lower an order, or end it."""
        self._refuse_other_sale(Sale.OPEN)
        self._refuse_after_deadline(now)
        book = self.order_books[tranche]
        book.refuse_lower(investor, units)
        book.refuse_holder(self.admissions.admitted(investor, now), investor, tranche, book.orders[investor] - units)
        self._pay_out(self.own(OFFERING), investor, units)
        book.change(investor, -units)

    def close(self, now: int) -> State:
        """Rules 2 and 3: sell the notes, or cancel the deal."""
        self._refuse_other_sale(Sale.OPEN)
        if now < self.terms.closing:
            raise Refused("BeforeDeadline", now, self.terms.closing)
        sold = [book.sold for book in self.order_books]
        if any(book.is_short for book in self.order_books) or sum(sold) < self.terms.price:
            self.sale = Sale.CANCELLED
            return self.state
        self.sale = Sale.CLOSED
        reserve = min(sum(sold) - self.terms.price, reserve_target(self.terms.reserve, sold))
        self.books = open_books(self.terms, sold, reserve, self.told)
        for note, units in zip(self.notes, sold, strict=True):
            note.supply = units
        self.credits[self.terms.seller] += sum(sold) - reserve
        self.asset.move(self.own(OFFERING), self.own(WATERFALL), sum(sold))
        return self.state

    def hand_over(self, investor: str, tranche: int, now: int) -> tuple[int, int]:
        """Rule 2: what is left of units and cash of an order to who made it, both or nothing."""
        self._refuse_before_closing()
        book = self.order_books[tranche]
        book.refuse_done(investor, tranche)
        units, cash = book.left(investor, cancelled=self.sale == Sale.CANCELLED)
        if units:
            self.admissions.refuse(NOBODY, investor, units, now)
        self._pay_out(self.own(OFFERING), investor, cash)
        book.end(investor)
        if units:
            self.notes[tranche].hand_over(investor, units)
        return units, cash

    def hand_over_notes(self, investor: str, tranche: int, now: int) -> int:
        """Rule 2: the units of an order alone, once."""
        self._refuse_other_sale(Sale.CLOSED)
        book = self.order_books[tranche]
        book.refuse_done(investor, tranche, book.with_notes)
        units, _ = book.left(investor, cancelled=False)
        if units:
            self.admissions.refuse(NOBODY, investor, units, now)
            self.notes[tranche].hand_over(investor, units)
        book.had(investor, book.with_notes, ends=investor in book.with_cash)
        return units

    def refund(self, investor: str, tranche: int) -> int:
        """Rule 2: the cash of an order alone, once."""
        self._refuse_before_closing()
        book = self.order_books[tranche]
        book.refuse_done(investor, tranche, book.with_cash)
        _, cash = book.left(investor, cancelled=self.sale == Sale.CANCELLED)
        self._pay_out(self.own(OFFERING), investor, cash)
        book.had(investor, book.with_cash, ends=self.sale == Sale.CANCELLED or investor in book.with_notes)
        return cash

    def recover_order(self, lost: str, new: str, tranche: int, now: int) -> None:
        """Rule 2: what is left of an order to another wallet of its investor, by the role that recovers."""
        self._refuse_before_closing()
        book = self.order_books[tranche]
        book.refuse_move(lost, new, tranche, admitted=self.admissions.admitted(new, now))
        book.move(lost, new)

    # Collections and their way through the steps

    def report(self, report: Report, now: int, by: str = "") -> None:
        """Rules 6 and 7: by the servicer of the terms, or by who has that role since; with the cash."""
        books = self._purchased()
        totals = self.pool.totals_with(report, now, last_run=books.last_run, clean_up=books.clean_up_on)
        self._pay_in(by or self.terms.servicer, self.own(POOL), report.net)
        self.pool.add(report, totals, now)

    def report_missing(self, period: int, now: int) -> None:
        """Rule 10: by anyone, where the servicer is silent for more than twice the grace."""
        books = self._purchased()
        nothing = self.pool.missing(period, now)
        totals = self.pool.totals_with(nothing, now, last_run=books.last_run, clean_up=False)
        self.pool.add(nothing, totals, now, missing=True)

    def tell_index(self, period: int, index: int, now: int) -> None:
        """Rule 14: what the oracle says for a period's start, by anyone, once."""
        last_run = self.books.last_run if self.books else 0
        if period <= last_run:
            raise Refused("IndexTooLate", period, last_run)
        if period > self.terms.periods:
            raise Refused("NoSuchPeriod", period, self.terms.periods)
        if now < (begin := self.terms.begin(period)):
            raise Refused("IndexNotDue", period, begin)
        if period in self.told:
            raise Refused("IndexAlreadyTold", period)
        self.told[period] = index

    def run(self, period: int) -> RunOutcome:
        """Rule 11: run the next period, once it is reported."""
        books = self._begun()
        if period != books.last_run + 1:
            raise Refused("WrongPeriod", period, books.last_run + 1)
        if period > self.pool.reported:
            raise Refused("NotReported", period, self.pool.reported)
        outcome = run_period(books, self.pool)
        self.asset.move(self.own(POOL), self.own(WATERFALL), self.pool.net(period))
        for place, (interest, principal) in enumerate(outcome.tranches):
            self.asset.move(self.own(WATERFALL), self.own(note_account(place)), interest + principal)
            self.notes[place].distribute(interest, principal)
        for account, units in outcome.credits.items():
            self.credits[account] += units
        return outcome

    def preview_run(self, period: int) -> RunOutcome:
        """What `run` would do, or the same refusal."""
        return deepcopy(self).run(period)

    def buy_loans(self, price: int, root: bytes, loans: int, gross_balance: int) -> None:
        """Rule 4: further loans from the seller with cash of the revolving account, by the manager."""
        books = self._purchased()
        if self.pool.is_complete:
            raise Refused("LastReportIsIn", self.pool.reported)
        if not loans or not any(root):
            raise Refused("EmptyTape", root, loans)
        if (balance := self.pool.gross_balance + gross_balance) > LARGEST:
            raise Refused("AboveLimit", balance, LARGEST)
        if not books.may_buy:
            raise Refused("NotRevolving")
        if price > books.account:
            raise Refused("AboveAccount", price, books.account)
        self.credits[self.terms.seller] += price
        books.account -= price
        self.pool.gross_balance += gross_balance
        self.pool.loan_count += loans

    # Acceleration

    def call_vote(self, holder: str, now: int) -> None:
        """Rule 28: by any holder of the senior class."""
        books, last = self.books, self.ballot
        if not books or not self.terms.accelerated_steps or books.accelerated or books.wound_up:
            raise Refused("NothingToVoteOn")
        senior = books.must_have_senior_class()
        if last and last.is_open(now) and last.tranche == senior:
            raise Refused("VoteOpen", last.number, last.until)
        units = {name: held.units for name, held in self.notes[senior].holders.items()}
        if not units.get(holder):
            raise Refused("NoUnits", holder)
        vote, number = self.terms.vote, last.number + 1 if last else 1
        self.ballot = Ballot(number, senior, now, now + vote.seconds, units, self.notes[senior].supply, vote.share)

    def vote(self, holder: str, now: int) -> None:
        """Rule 28: for acceleration, once a holder."""
        books, ballot = self.books, self.ballot
        if not books or not ballot or not ballot.is_open(now):
            raise Refused("NoVoteOpen")
        if ballot.tranche != books.must_have_senior_class():
            raise Refused("NotSenior", ballot.tranche)
        if ballot.cast(holder, self.notes[ballot.tranche].holders[holder].units, now):
            books.accelerated, books.revolving = True, False

    # Notes

    def transfer(self, source: str, target: str, tranche: int, units: int, now: int) -> None:
        """Rules 30, 32 and 34."""
        self.notes[tranche].refuse_frozen(source)
        self.admissions.refuse(source, target, units, now)
        self.notes[tranche].transfer(source, target, units)

    def transfer_from(self, spender: str, source: str, target: str, tranche: int, units: int, now: int) -> None:
        """Rule 30: as a transfer, by who was allowed to."""
        note = self.notes[tranche]
        note.refuse_frozen(source)
        note.allowances.refuse(source, spender, units)
        self.transfer(source, target, tranche, units, now)
        note.allowances.spend(source, spender, units)

    def force_transfer(self, source: str, target: str, tranche: int, units: int, now: int) -> list[int]:
        """Rule 32: units and their share of unclaimed cash, frozen or not, by the compliance role; the parts moved."""
        if not units:
            raise Refused("ZeroUnits")
        self.admissions.refuse(source, target, units, now)
        return self.notes[tranche].force_transfer(source, target, units)

    def recover(self, lost: str, new: str, tranche: int, now: int) -> list[int]:
        """Rule 32: a lost wallet's units and unclaimed cash to a new one, once, by that role; the parts moved."""
        note = self.notes[tranche]
        if lost == new:
            raise Refused("SameWallet", lost)
        self.admissions.refuse(lost, new, note.holders[lost].units, now)
        return note.recover(lost, new)

    def freeze(self, holder: str, tranche: int, frozen: bool) -> None:
        """Rule 32: freeze a holder or let it go, by the compliance role."""
        self.notes[tranche].holders[holder].frozen = frozen

    def claim(self, holder: str, tranche: int) -> int:
        """Rules 30 and 31: pay a holder all whole units earned, by anyone."""
        note = self.notes[tranche]
        note.refuse_frozen(holder)
        paid = sum(note.claimable(holder))
        self._pay_out(self.own(note_account(tranche)), holder, paid)
        note.settle(holder)
        return paid

    def claim_batch(self, holders: Iterable[str], tranche: int) -> list[int]:
        """Rule 31: who is frozen or refused by the asset gets nothing now and stops nobody."""
        return [self._claim_or_nothing(holder, tranche) for holder in holders]

    def claimable(self, holder: str, tranche: int) -> int:
        """What `claim` would pay, were the holder not frozen."""
        return sum(self.notes[tranche].claimable(holder))

    def claim_credit(self, account: str) -> int:
        """Rule 3: pay what the seller, a payee of fees or the owner of dust has to its credit."""
        paid = self.credits[account]
        self._pay_out(self.own(WATERFALL), account, paid)
        self.credits[account] = 0
        return paid

    def _claim_or_nothing(self, holder: str, tranche: int) -> int:
        try:
            return self.claim(holder, tranche)
        except Refused:
            return 0

    # What can be read

    def pool_factor(self, tranche: int) -> int:
        """Rule 33, WAD."""
        books = self._begun()
        return books.tranches[tranche].principal * ONE // books.tranches[tranche].at_closing

    def attachment(self, tranche: int) -> tuple[int, int]:
        """Rule 22: attachment and detachment point, WAD; both 0 before closing."""
        return losses.attachment(self.books.tranches, tranche) if self.books else (0, 0)

    @property
    def cash_held(self) -> int:
        """What the deal's contracts hold."""
        own = [OFFERING, POOL, WATERFALL, *(note_account(place) for place in range(len(self.terms.tranches)))]
        return sum(self.asset.balances[self.own(account)] for account in own)

    def own(self, account: str) -> str:
        """An account of this deal in the one asset."""
        return self.name + account

    def _refuse_before_closing(self) -> None:
        if self.sale in {Sale.DRAFT, Sale.OPEN}:
            raise Refused("WrongSale", self.sale, Sale.CANCELLED)

    def _refuse_other_sale(self, needed: Sale) -> None:
        if self.sale != needed:
            raise Refused("WrongSale", self.sale, needed)

    def _refuse_after_deadline(self, now: int) -> None:
        if now >= self.terms.closing:
            raise Refused("DeadlinePassed", now, self.terms.closing)

    def _begun(self) -> Books:
        if self.books is None:
            raise Refused("NotBegun")
        return self.books

    def _purchased(self) -> Books:
        if self.books is None:
            raise Refused("NotPurchased")
        return self.books

    def _pay_in(self, source: str, target: str, units: int) -> None:
        self.asset.bring(source, target, units)
        self.paid_in += units

    def _pay_out(self, source: str, target: str, units: int) -> None:
        self.asset.move(source, target, units)
        self.paid_out += units
