"""The vaults that a deal file asks for: over one tranche or several by weights, and what becomes of their cash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from salvor.amounts import WAD, to_units
from salvor.deal.fields import Amount, Name, Part, Whole
from salvor.deal.names import Finding, unknown

Weight = Annotated[Whole, Field(ge=1, le=1_000_000)]
PASSED_ON, REINVESTED = "passed_on", "reinvested"


class Bid(Part):
    """What a vault pays for a unit of note: from the lowest price, evenly to the highest in so many days."""

    lowest: Amount  # settlement units a unit of note; 1 is par
    highest: Amount
    days: Annotated[Whole, Field(ge=1, le=3_650)]


class Vault(Part):
    """An ERC-4626 vault that is deployed with the deal (docs/vaults.md)."""

    name: Name
    symbol: Annotated[str, Field(min_length=1, max_length=11)]
    over: Name | Annotated[dict[Name, Weight], Field(min_length=2, max_length=8)]  # a tranche, or tranches by weights
    cash: Literal["passed_on", "reinvested"]
    bid: Bid | None = None  # of a vault that reinvests

    @property
    def weights(self) -> dict[str, int]:
        """Units of each tranche behind a unit of what the vault takes."""
        return {self.over: 1} if isinstance(self.over, str) else dict(self.over)


def vault_findings(vaults: Sequence[Vault], tranches: Sequence[str]) -> Iterator[Finding]:
    """Tranches are the deal's, symbols tell vaults apart, and a bid stands where it is needed and nowhere else."""
    for i, vault in enumerate(vaults):
        for name in vault.weights:
            if name not in tranches:
                yield ("vaults", i, "over"), unknown("tranche", name, tranches)
        if vault.symbol in [each.symbol for each in vaults[:i]]:
            yield ("vaults", i, "symbol"), f"'{vault.symbol}' is the symbol of another vault"
        if vault.bid is None and vault.cash == REINVESTED:
            yield ("vaults", i), "reinvests its cash and has no `bid`: what does it pay for a note?"
        if vault.bid is not None and vault.cash == PASSED_ON:
            yield ("vaults", i, "bid"), "is of no use: the vault passes its cash on"
        yield from _bid(("vaults", i, "bid"), vault.bid)


def price(amount: Amount) -> int:
    """Settlement units a unit of note, WAD; raises ValueError beyond 18 decimals."""
    return to_units(amount, 18)


def _bid(place: tuple[str | int, ...], bid: Bid | None) -> Iterator[Finding]:
    if bid is None:
        return
    for key in ("lowest", "highest"):
        try:
            if not 0 < price(getattr(bid, key)) <= 1_000 * WAD:
                yield (*place, key), "must be above 0 and at most 1,000"
        except ValueError as error:
            yield (*place, key), f"{getattr(bid, key)} {error}"
    if bid.lowest > bid.highest:
        yield place, f"begins at {bid.lowest}, above its highest price {bid.highest}"
