"""The same visits as `desk/visits.py`, in the model: who asks, what is met, what is taken in the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from salvor.deal.schema import Deal
from salvor.model.deal import Deal as Model
from salvor.model.deal import State
from salvor.model.evergreen.calls import Calls
from salvor.model.evergreen.fund import Fund

_FOREVER = 2**40 - 1


@dataclass(frozen=True)
class Visits:
    """The fund of a model's deal, and how it is played; people go by name."""

    deal: Deal
    calls: Calls
    people: tuple[str, ...]

    @classmethod
    def of(cls, deal: Deal, model: Model, people: Iterable[str]) -> Visits | None:
        """None of a closed-end deal."""
        if model.terms.evergreen is None:
            return None
        fund = Fund(model, model.terms.evergreen)
        for gate in fund.gates:
            model.admissions.until[gate.name] = _FOREVER
        return cls(deal, Calls(fund), tuple(people))

    @property
    def cash_held(self) -> int:
        """Of all gates."""
        return sum(self.calls.fund.deal.asset.balances[gate.name] for gate in self.calls.fund.gates)

    def ask(self, period: int, now: int) -> None:
        """The requests of a period."""
        for visit in self.deal.evergreen.visits if self.deal.evergreen else ():
            if visit.in_period != period:
                continue
            who, units = visit.who, self.deal.units(visit.amount)
            if visit.enter is not None:
                self.calls.fund.deal.asset.mint(who, units)
                self.calls.request_deposit(who, self.deal.place_of(visit.enter), units, who, who, now)
            elif visit.leave is not None:
                self.calls.request_redeem(who, self.deal.place_of(visit.leave), units, who, who, now)

    def settle(self, now: int) -> int:
        """The epoch, if it is over; then everybody claims what was met. Else the cash that came back."""
        fund = self.calls.fund
        if fund.deal.state != State.REVOLVING:
            return self._take_back(now)
        last_run = fund.deal.books.last_run if fund.deal.books else 0
        if not fund.end_period or last_run < fund.end_period:
            return 0
        fund.settle(now)
        for place, gate in enumerate(fund.gates):
            for who in self.people:
                if cash := gate.caught_up(who).claim_cash:
                    self.calls.deposit(who, place, cash, who, who, now)
                if units := gate.caught_up(who).leave_units:
                    self.calls.redeem(who, place, units, who, who)
        return 0

    def take_earned(self) -> None:
        """What units earned while they waited at the gates."""
        for place, gate in enumerate(self.calls.fund.gates):
            for who in self.people:
                if gate.earned_by(who):
                    self.calls.claim_earned(place, who)

    def _take_back(self, now: int) -> int:
        """Requests that no epoch will meet; the cash of entries."""
        back = 0
        for place, gate in enumerate(self.calls.fund.gates):
            for who in self.people:
                if gate.caught_up(who).entry:
                    self.calls.cancel_deposit(who, place, who, now)
                    back += self.calls.take_cash_back(who, place, who, who)
                if gate.caught_up(who).exit:
                    self.calls.cancel_redeem(who, place, who, now)
                    self.calls.take_units_back(who, place, who, who, now)
        return back
