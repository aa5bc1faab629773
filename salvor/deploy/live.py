"""A deal that stands on a chain: its contracts and the accounts that act for it.

Both are Ape's, or the handles and actors of a lab: whoever uses them calls functions by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ape.api import AccountAPI
    from ape.contracts import ContractInstance


@dataclass(frozen=True)
class Parties:
    """The accounts behind a deal. The admin deploys and grants roles."""

    admin: AccountAPI
    seller: AccountAPI
    servicer: AccountAPI
    transfer_agent: AccountAPI
    fee_account: AccountAPI


@dataclass(frozen=True)
class LiveDeal:
    """Contracts by name; notes by seniority."""

    parties: Parties
    access: ContractInstance
    settlement: ContractInstance
    allow_list: ContractInstance
    notes: tuple[ContractInstance, ...]
    pool: ContractInstance
    offering: ContractInstance
    waterfall: ContractInstance
    first_block: int  # no event of the deal is older

    def cash_contracts(self) -> dict[str, ContractInstance]:
        """Everything that can hold the deal's cash, by name."""
        named = {"offering": self.offering, "pool": self.pool, "waterfall": self.waterfall}
        return named | {f"note {place}": note for place, note in enumerate(self.notes)}
