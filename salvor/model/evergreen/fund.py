"""The fund over a deal: when an epoch is open, what a settlement does to books, units and cash (docs/evergreen.md).

A refused call has changed nothing. Who has which role is not modelled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from salvor.model.books import reserve_target
from salvor.model.deal import WATERFALL, Deal, State
from salvor.model.evergreen.gate import Gate, Record
from salvor.model.evergreen.settlement import Asked, Taken, rebooked, settle
from salvor.model.evergreen.terms import EvergreenTerms
from salvor.model.evergreen.value import Mark, loans_value, marked_down, plan_of, tranche_values
from salvor.model.liquidation.state import State as Sales
from salvor.model.refusal import Refused
from salvor.model.terms import CEILING, LARGEST, ONE


@dataclass(frozen=True)
class Observation:
    """What a value source says: the loans' value at the end of a period, and when it was looked at."""

    value: int
    period: int
    at: int


@dataclass(frozen=True)
class Settled:
    """What a settlement did: the tranches' values and units before it, what was taken, units at par for nobody."""

    epoch: int
    period: int
    loans: int
    nav: int
    values: tuple[int, ...]
    units: tuple[int, ...]
    taken: tuple[Taken, ...]
    ownerless: int


@dataclass
class Fund:
    """`end_period` is 0 when there is no further epoch; `announced` is (loss, loss to date when it was said).

    `sales` are the disposals of the same deal, where it has any.
    """

    deal: Deal
    terms: EvergreenTerms
    gates: list[Gate] = field(default_factory=list)
    epoch: int = 1
    end_period: int = 0
    paused: bool = False
    bought_at: int = 0
    announced: tuple[int, int] = (0, 0)
    observed: Observation | None = None
    look: Callable[[int], Observation] | None = None  # asks the value source at a time, where it is modelled too
    sales: Sales | None = None
    changes: list[tuple[int, EvergreenTerms]] = field(default_factory=list)

    def __post_init__(self) -> None:
        own = self.deal.terms
        self.gates = [Gate(f"gate {place}", note) for place, note in enumerate(self.deal.notes)]
        ends = (own.closing, *own.period_ends)
        self.plan = plan_of(ends, own.plan, self.terms.rate, self.terms.fees)
        self.mark = Mark(self.plan.present[0], 0, 0, 0, own.gross_balance)
        self.end_period = self.terms.every if self.terms.every <= own.periods else 0

    # Epochs

    @property
    def cut_off(self) -> int:
        """Of the epoch that is next to be settled (rule 5)."""
        return self.deal.terms.end(self.end_period) - self.terms.cut_off

    def open_epoch(self, now: int) -> int:
        """Rules 5 and 6: the epoch in which a request of now waits."""
        if self.paused:
            raise Refused("RequestsPaused")
        if self.deal.state != State.REVOLVING:
            raise Refused("NotRevolving")
        if not self.end_period:
            raise Refused("NoFurtherEpoch", self.epoch)
        if now < self.cut_off:
            return self.epoch
        if self.end_period + self.terms.every > self.deal.terms.periods:
            raise Refused("NoFurtherEpoch", self.epoch)
        return self.epoch + 1

    def may_cancel(self, epoch: int, now: int) -> bool:
        """Rule 8."""
        if self.deal.state != State.REVOLVING or epoch > self.epoch or not self.end_period:
            return True
        overdue = min(self.end_period + 1, self.deal.terms.periods)
        return now < self.cut_off or now >= self.deal.terms.end(overdue)

    # What others tell

    def announce(self, loss: int) -> None:
        """Rule 16, by the servicer: it takes the place of what was announced before."""
        if loss > LARGEST:
            raise Refused("AboveLimit", loss, LARGEST)
        self.announced = loss, self._loss_to_date(self.deal.pool.reported)

    def open_loss(self, period: int) -> int:
        """Rule 16: what was announced, what disposals may lose, and what they lost since the last report."""
        said, base = self.announced
        booked = self._loss_to_date(period)
        announced = max(0, said - max(0, booked - base))
        if not self.sales:
            return announced
        pool = self.deal.pool
        all_ = pool.totals[-1].written_off + pool.open.written_off + self.sales.exposed[0]
        return announced + max(0, all_ * self.deal.terms.carrying_ratio // ONE - booked)

    def change(self, limits: tuple[int, ...], *, senior_first: bool, source: bool) -> None:
        """Rule 32, by the manager."""
        self.changes.append(
            (self.epoch + 1, replace(self.terms, limits=limits, senior_first=senior_first, source=source))
        )

    def buy_loans(self, price: int, root: bytes, loans: int, gross_balance: int, now: int) -> None:
        """Rule 12: as in the cash rules, with a new mark."""
        before = self._loans(period := self._last_run)
        self.deal.buy_loans(price, root, loans, gross_balance)
        self._remark(min(LARGEST, before + price), period)
        self.bought_at = now

    # Settlement

    def settle(self, now: int) -> Settled:
        """Rules 18 to 27, by anyone."""
        period = self._refuse_to_wait(now)
        terms = next((new for due, new in reversed(self.changes) if due <= self.epoch), self.terms)
        if terms.source:
            self._remark(self._observed(period, now), period)
        asked, loans, nav = self._asked(period)
        books = self.deal.books
        assert books
        taken = settle(asked, (*terms.limits, 0), books.account, self._lacking, senior_first=terms.senior_first)
        ownerless = self._ownerless(asked[-1], taken[-1])
        done = Settled(
            self.epoch, period, loans, nav, tuple(a.value for a in asked), tuple(a.units for a in asked),
            tuple(taken), ownerless,
        )  # fmt: skip
        self._move(asked, taken)
        self._rebook(asked, taken, ownerless)
        self._record(asked, taken, ownerless)
        self.terms = terms
        self.changes = [each for each in self.changes if each[0] > self.epoch]
        self.epoch += 1
        self.end_period = self._next_end(period, now)
        return done

    def _refuse_to_wait(self, now: int) -> int:
        books, pool = self.deal.books, self.deal.pool
        if self.paused:
            raise Refused("RequestsPaused")
        if not books or self.deal.state != State.REVOLVING:
            raise Refused("NotRevolving")
        if not self.end_period:
            raise Refused("NoFurtherEpoch", self.epoch)
        period = books.last_run
        if period < self.end_period:
            raise Refused("EpochNotOver", self.end_period, period)
        if period < pool.reported:
            raise Refused("NotRun", period, pool.reported)
        if pool.was_missing[period - 1]:
            raise Refused("PeriodMissing", period)
        if now >= self.deal.terms.end(period + 1):
            raise Refused("NextPeriodOver", period + 1)
        return period

    def _observed(self, period: int, now: int) -> int:
        told = self.look(now) if self.look else self.observed or Observation(0, 0, 0)
        early = told.at < self.deal.terms.end(period) or told.at <= self.bought_at
        if told.period != period or early or told.at > now:
            raise Refused("ValueNotUsable", told.period, told.at)
        return min(LARGEST, told.value)

    def _asked(self, period: int) -> tuple[list[Asked], int, int]:
        books = self.deal.books
        assert books
        loans = self._loans(period)
        due = sum(fee.due for fee in books.fees)
        nav = max(0, loans + books.account + books.reserve + books.waiting - due)
        claims = [one.principal + one.written_down + one.loss + one.interest_due for one in books.tranches]
        values, reached = marked_down(tranche_values(nav, claims), self.open_loss(period))
        asked, short = [], False
        for gate, value, claim, shut in zip(self.gates, values, claims, reached, strict=True):
            entry, exit_ = gate.asked[self.epoch]
            units = gate.note.supply
            asked.append(Asked(value, units, entry, exit_, closed=shut or (not value and (units > 0 or short))))
            short = short or value < claim
        return asked, loans, nav

    def _lacking(self, taken: Sequence[Taken]) -> int:
        """What the reserve lacks with the principal after entries (rule 22)."""
        books = self.deal.books
        assert books
        principals = [
            rebooked(tranche.principal, gate.note.supply, 0, took.made) if gate.note.supply else took.made
            for tranche, gate, took in zip(books.tranches, self.gates, taken, strict=True)
        ]
        return max(0, reserve_target(self.deal.terms.reserve, principals) - books.reserve)

    def _ownerless(self, asked: Asked, took: Taken) -> int:
        return asked.value if took.made and not asked.units else 0

    def _move(self, asked: Sequence[Asked], taken: Sequence[Taken]) -> None:
        """Rule 27: cash between gates and account, then the reserve's part."""
        books = self.deal.books
        assert books
        for gate, took in zip(self.gates, taken, strict=True):
            if took.entered > took.paid:
                self.deal.asset.move(gate.name, WATERFALL, took.entered - took.paid)
        for gate, took in zip(self.gates, taken, strict=True):
            if took.paid > took.entered:
                self.deal.asset.move(WATERFALL, gate.name, took.paid - took.entered)
        books.account += sum(took.entered - took.paid for took in taken)

    def _rebook(self, asked: Sequence[Asked], taken: Sequence[Taken], ownerless: int) -> None:
        """Rule 2, and the reserve's part (rule 27)."""
        books = self.deal.books
        assert books
        books.empty = set()
        for place, (tranche, one, took) in enumerate(zip(books.tranches, asked, taken, strict=True)):
            made = took.made + (ownerless if place == len(taken) - 1 else 0)
            for name in ("at_closing", "principal", "deferred", "written_down", "loss"):
                changed = rebooked(getattr(tranche, name), one.units, took.ended, made)
                setattr(tranche, name, min(CEILING, changed))
            if not one.units:
                tranche.at_closing = tranche.principal = made
            tranche.principal_paid = tranche.at_closing - tranche.principal - tranche.written_down - tranche.loss
            if not one.units - took.ended + made:
                books.empty.add(place)
        moved = min(books.account, max(0, books.reserve_target - books.reserve))
        books.account, books.reserve = books.account - moved, books.reserve + moved

    def _record(self, asked: Sequence[Asked], taken: Sequence[Taken], ownerless: int) -> None:
        for place, (gate, one, took) in enumerate(zip(self.gates, asked, taken, strict=True)):
            value, units = one.price
            record = Record(one.entry, took.entered, one.exit, took.ended, value, units, gate.index)
            last = place == len(taken) - 1
            gate.note.remake(gate.name, took.made + (ownerless if last else 0), took.ended)
            gate.settle(self.epoch, record)
            if last and ownerless:
                gate.grant(self.deal.terms.dust_owner, ownerless)

    def _next_end(self, period: int, now: int) -> int:
        """Rule 5."""
        own = self.deal.terms
        end = (period // self.terms.every + 1) * self.terms.every
        while end <= own.periods and own.end(end) - self.terms.cut_off <= now:
            end += self.terms.every
        return end if end <= own.periods else 0

    @property
    def _last_run(self) -> int:
        return self.deal.books.last_run if self.deal.books else 0

    def _loans(self, period: int) -> int:
        return loans_value(self.plan, self.mark, period, self.deal.pool.totals[period])

    def _remark(self, value: int, period: int) -> None:
        totals = self.deal.pool.totals[period]
        balance = totals.balance(self.deal.pool.gross_balance)
        self.mark = Mark(value, period, totals.net - totals.recovered, totals.written_off, balance)

    def _loss_to_date(self, period: int) -> int:
        return self.deal.pool.totals[period].loss(self.deal.terms.carrying_ratio)
