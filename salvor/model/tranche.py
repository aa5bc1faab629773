"""Where a tranche stands: principal, interest due, losses, and what it was paid (rules 12, 15 and 18)."""

from __future__ import annotations

from dataclasses import dataclass

from salvor.model.terms import CEILING


@dataclass
class Tranche:
    """Figures of one tranche in settlement units.

    `current` is unpaid interest of the running period, `deferred` of earlier ones; `written_down` is what losses by net
    asset value took and recoveries have not given back, `deficiency` the ledger, `loss` what the last run booked.
    """

    at_closing: int
    principal: int
    current: int = 0
    deferred: int = 0
    interest_paid: int = 0
    principal_paid: int = 0
    written_down: int = 0
    deficiency: int = 0
    loss: int = 0

    @property
    def interest_due(self) -> int:
        """All interest that is due."""
        return self.deferred + self.current

    @property
    def standing(self) -> int:
        """Principal less its deficiency."""
        return self.principal - self.deficiency

    def settle_interest(self, amount: int) -> None:
        """Take a payment off the interest due, deferred first."""
        old = min(amount, self.deferred)
        self.deferred -= old
        self.current -= amount - old
        self.interest_paid += amount

    def settle_current(self, amount: int) -> None:
        """Take a payment off the interest of the period."""
        self.current -= amount
        self.interest_paid += amount

    def reward(self, amount: int) -> None:
        """Pay return that settles nothing that is due."""
        self.interest_paid += amount

    def repay(self, amount: int) -> None:
        """Pay principal; a ledger is never above it (rule 21)."""
        self.principal -= amount
        self.principal_paid += amount
        self.deficiency = min(self.deficiency, self.principal)

    def carry(self) -> None:
        """At the end of a run what is unpaid is deferred (rule 15)."""
        self.deferred = min(CEILING, self.deferred + self.current)
        self.current = 0

    def book_loss(self) -> None:
        """What is left of principal in the last run is lost (rule 11.6)."""
        self.loss += self.principal
        self.principal = self.deficiency = 0
