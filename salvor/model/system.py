"""Model of a whole deal: what every call must do or why it must be refused, and where every unit of cash is.

Accounts are text (on chain: addresses). `OFFERING`, `POOL`, `WATERFALL` and `note(i)` name the contracts' own accounts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from salvor.model.cash import Cash
from salvor.model.note import NOBODY, Admissions, Note
from salvor.model.refusal import Refused
from salvor.model.waterfall import ONE, Run, Step, StepOutcome, Tranche, Waterfall

OFFERING, POOL, WATERFALL = "offering", "pool", "waterfall"
CLOSING_WINDOW = 7 * 86_400  # seconds
LARGEST = 2**112 - 1  # where the books end


def note_account(tranche: int) -> str:
    """The account of a note contract."""
    return f"note {tranche}"


@dataclass(frozen=True)
class Terms:
    """What the deal fixes. Dates in seconds, amounts in settlement units, rates in WAD."""

    seller: str
    fee_account: str
    servicer: str
    loan_count: int
    closing: int
    period_ends: tuple[int, ...]
    plan: tuple[int, ...]
    sizes: tuple[int, ...]
    rates: tuple[int, ...]
    steps: tuple[Step, ...]
    trigger: int

    @property
    def purchase_price(self) -> int:
        """What the tranches together pay."""
        return sum(self.sizes)

    @property
    def periods(self) -> int:
        """How many periods the deal has."""
        return len(self.period_ends)


@dataclass(frozen=True)
class RunOutcome:
    """What a run did: its steps, and by tranche the interest and the principal paid."""

    behind_plan: bool
    steps: list[StepOutcome]
    tranches: tuple[tuple[int, int], ...]


@dataclass
class System:
    """The deal's state; each method is one call on chain, refused or done."""

    terms: Terms
    cash: Cash = field(default_factory=Cash)
    admissions: Admissions = field(default_factory=Admissions)
    closed: bool = False
    collected: list[int] = field(default_factory=list)  # by reported period
    last_run: int = 0
    fees_earned: int = 0
    fees_claimed: int = 0
    paid_in: int = 0
    paid_out: int = 0

    def __post_init__(self) -> None:
        self.notes = [Note(self.admissions) for _ in self.terms.sizes]
        tranches = [Tranche(rate, size) for rate, size in zip(self.terms.rates, self.terms.sizes, strict=True)]
        self.waterfall = Waterfall(tranches, list(self.terms.steps))

    # Selling the notes

    def admit(self, investor: str, until: int, now: int) -> None:
        """Rule 4: by the transfer agent."""
        if until <= now:
            raise Refused("AdmissionInThePast", investor, until, now)
        self.admissions.until[investor] = until

    def remove(self, investor: str) -> None:
        """Ends an admission at once."""
        self.admissions.until[investor] = 0

    def subscribe(self, investor: str, tranche: int, units: int, now: int) -> None:
        """Rule 1."""
        self._refuse_closed_or_zero(units)
        available = self.terms.sizes[tranche] - self.notes[tranche].supply
        if units > available:
            raise Refused("AboveSize", tranche, units, available)
        self.notes[tranche].refuse_receiver(NOBODY, investor, units, now)
        self._pay_in(investor, OFFERING, units)
        self.notes[tranche].mint(investor, units, now)

    def unsubscribe(self, investor: str, tranche: int, units: int, now: int) -> None:
        """Rule 2."""
        self._refuse_closed_or_zero(units)
        until = self.terms.closing + CLOSING_WINDOW
        if self._raised == self.terms.purchase_price and self.terms.closing <= now < until:
            raise Refused("ReadyToClose", until)
        self.notes[tranche].burn(investor, units)
        self._pay_out(OFFERING, investor, units)

    def close(self, now: int) -> None:
        """Rule 3."""
        if self.closed:
            raise Refused("OfferingClosed")
        if self._raised != self.terms.purchase_price:
            raise Refused("NotSold", self._raised, self.terms.purchase_price)
        if now < self.terms.closing:
            raise Refused("TooEarly", now, self.terms.closing)
        self.closed = True
        self._pay_out(OFFERING, self.terms.seller, self.terms.purchase_price)

    def transfer(self, source: str, target: str, tranche: int, units: int, now: int) -> None:
        """Rules 4 and 15."""
        self.notes[tranche].transfer(source, target, units, now)

    # Collections and their way through the steps

    def report(self, period: int, cash: int, loans_paying: int, now: int, root: bytes) -> None:
        """Rule 5: by the servicer, with the cash; `root` is 32 zero bytes where no loan paid."""
        if not self.closed:
            raise Refused("NotPurchased")
        if period > self.terms.periods:
            raise Refused("NoSuchPeriod", period, self.terms.periods)
        if period != len(self.collected) + 1:
            raise Refused("WrongPeriod", period, len(self.collected) + 1)
        if now < self.terms.period_ends[period - 1]:
            raise Refused("TooEarly", now, self.terms.period_ends[period - 1])
        complete = any(root) == bool(loans_paying) and (loans_paying or not cash)
        if not complete or loans_paying > self.terms.loan_count:
            raise Refused("ReportDoesNotAddUp", cash, root, loans_paying, self.terms.loan_count)
        if (total := sum(self.collected) + cash) > LARGEST:
            raise Refused("AboveLimit", total, LARGEST)
        self._pay_in(self.terms.servicer, POOL, cash)
        self.collected.append(cash)

    def collection_ratio(self, period: int) -> int:
        """Rule 6, WAD."""
        planned = sum(self.terms.plan[:period])
        return sum(self.collected[:period]) * ONE // planned if planned else ONE

    def run(self, period: int) -> RunOutcome:
        """Rules 9 to 12."""
        if period != self.last_run + 1:
            raise Refused("WrongPeriod", period, self.last_run + 1)
        if period > len(self.collected):
            raise Refused("NotReported", period, len(self.collected))
        dates = (self.terms.closing, *self.terms.period_ends)
        cash = self.collected[period - 1]
        run = Run(cash, cash, self.collection_ratio(period) < self.terms.trigger)
        self.waterfall.accrue(dates[period] - dates[period - 1])
        outcomes = self.waterfall.pay_all(run)
        self.last_run = period
        if period == self.terms.periods:
            self.waterfall.book_losses()
        self.fees_earned += run.fees
        self.cash.move(POOL, WATERFALL, cash)
        for place, note in enumerate(self.notes):
            if paid := run.paid_to(place):
                self.cash.move(WATERFALL, note_account(place), paid)
                note.distribute(paid)
        paid_out = tuple((run.interest.get(i, 0), run.principal.get(i, 0)) for i in range(len(self.notes)))
        return RunOutcome(run.behind_plan, outcomes, paid_out)

    def claim(self, holder: str, tranche: int) -> int:
        """Rule 16."""
        paid = self.notes[tranche].claim(holder)
        self._pay_out(note_account(tranche), holder, paid)
        return paid

    def claim_fees(self) -> int:
        """Rule 13."""
        paid = self.fees_earned - self.fees_claimed
        self.fees_claimed += paid
        self._pay_out(WATERFALL, self.terms.fee_account, paid)
        return paid

    # Where the cash is

    @property
    def cash_held(self) -> int:
        """What the deal's contracts hold."""
        own = [OFFERING, POOL, WATERFALL, *(note_account(place) for place in range(len(self.notes)))]
        return sum(self.cash.balances[account] for account in own)

    @property
    def _raised(self) -> int:
        return sum(note.supply for note in self.notes)

    def _refuse_closed_or_zero(self, units: int) -> None:
        if self.closed:
            raise Refused("OfferingClosed")
        if units == 0:
            raise Refused("ZeroUnits")

    def _pay_in(self, source: str, target: str, units: int) -> None:
        self.cash.move(source, target, units)
        self.paid_in += units

    def _pay_out(self, source: str, target: str, units: int) -> None:
        self.cash.move(source, target, units)
        self.paid_out += units
