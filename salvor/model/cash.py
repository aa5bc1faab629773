"""The settlement asset in the model: balances by account, moved and never made except by the mint."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from salvor.model.refusal import Refused


@dataclass
class Cash:
    """Balances in settlement units; accounts are any text, on chain their addresses."""

    balances: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def mint(self, account: str, units: int) -> None:
        """Create units, as the test asset does."""
        self.balances[account] += units

    def move(self, source: str, target: str, units: int) -> None:
        """Move units; refused as ERC-20 refuses when the source holds less."""
        if self.balances[source] < units:
            raise Refused("ERC20InsufficientBalance", source, self.balances[source], units)
        self.balances[source] -= units
        self.balances[target] += units
