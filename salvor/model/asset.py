"""The settlement asset as a deal meets it: it may refuse an account, and it may take a toll (section 6).

Units are moved and never made except by the mint.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from salvor.model.refusal import Refused


@dataclass
class Asset:
    """Balances by account; `blocked` accounts neither send nor receive, `toll` is lost of what a deal is brought."""

    balances: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    blocked: set[str] = field(default_factory=set)
    toll: int = 0

    def mint(self, account: str, units: int) -> None:
        """Create units, as a test asset does."""
        self.balances[account] += units

    def move(self, source: str, target: str, units: int) -> None:
        """Move units; refused when an account is blocked or the source holds less. Nothing is never moved."""
        if not units:
            return
        for account in (source, target):
            if account in self.blocked:
                raise Refused("Refused", account)
        if self.balances[source] < units:
            raise Refused("ERC20InsufficientBalance", source, self.balances[source], units)
        self.balances[source] -= units
        self.balances[target] += units

    def bring(self, source: str, target: str, units: int) -> None:
        """Move units into a deal; refused when other than these would arrive."""
        if self.toll and units:
            raise Refused("CashArrivedShort", units - min(self.toll, units), units)
        self.move(source, target, units)
