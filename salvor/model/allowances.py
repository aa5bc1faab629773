"""What holders let spenders send, by a call or by a signature (rule 30)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from salvor.model.refusal import Refused

UNLIMITED = 2**256 - 1  # is not used up


@dataclass
class Allowances:
    """Units by (owner, spender), and how many signatures of each owner were used."""

    given: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    used: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def approve(self, owner: str, spender: str, units: int) -> None:
        """In the place of what was allowed before."""
        self.given[owner, spender] = units

    def permit(self, owner: str, signer: str, spender: str, units: int, deadline: int, now: int) -> None:
        """By a signature, handed in by anyone; `signer` made it over these values and the owner's next number."""
        if now > deadline:
            raise Refused("ERC2612ExpiredSignature", deadline)
        if signer != owner:
            raise Refused("ERC2612InvalidSigner", signer, owner)
        self.used[owner] += 1
        self.approve(owner, spender, units)

    def refuse(self, owner: str, spender: str, units: int) -> None:
        """Raises when the spender may not send so many."""
        if (allowed := self.given[owner, spender]) < units:
            raise Refused("ERC20InsufficientAllowance", spender, allowed, units)

    def spend(self, owner: str, spender: str, units: int) -> None:
        """Take what was sent off."""
        if self.given[owner, spender] != UNLIMITED:
            self.given[owner, spender] -= units
