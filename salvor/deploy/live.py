"""A deal that stands on a chain: its contracts and the accounts that act for it.

Both are Ape's, or the handles and actors of a lab: whoever uses them calls functions by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ape.api import AccountAPI
    from ape.contracts import ContractInstance


@dataclass(frozen=True)
class Parties:
    """The accounts behind a deal. The admin deploys and grants roles; the owner, where there is one, has them after."""

    admin: AccountAPI
    seller: AccountAPI
    servicer: AccountAPI
    transfer_agent: AccountAPI
    arranger: AccountAPI
    others: Mapping[str, AccountAPI] = field(default_factory=dict)  # payees by the name that the deal file gives them
    owner: AccountAPI | None = None  # the admin once all is done; the deployer then keeps nothing
    resolver: AccountAPI | None = None  # decides challenges of reports; the manager where nobody is named

    @property
    def manager(self) -> AccountAPI:
        """Who buys further loans and says how values are made: the owner, else the admin."""
        return self.owner or self.admin

    def account(self, payee: str) -> AccountAPI:
        """Who a payee of the deal is: the seller, the servicer or one of the others; raises KeyError."""
        return {"seller": self.seller, "servicer": self.servicer, **self.others}[payee]


@dataclass(frozen=True)
class LiveOracle:
    """The contracts; adapters by the name that the deal file gives their kind."""

    hub: ContractInstance
    reports: ContractInstance
    disputes: ContractInstance
    accuracy: ContractInstance
    adapters: Mapping[str, ContractInstance] = field(default_factory=dict)
    pool_value: ContractInstance | None = None  # whom the fund asks
    base_rate: ContractInstance | None = None  # whom the index record asks


@dataclass(frozen=True)
class LiveVault:
    """A vault over one note, or over a basket of several."""

    name: str
    vault: ContractInstance
    basket: ContractInstance | None
    notes: tuple[ContractInstance, ...]

    @property
    def asset(self) -> ContractInstance:
        """What the vault takes: its note, or units of its basket."""
        return self.notes[0] if self.basket is None else self.basket


@dataclass(frozen=True)
class LiveRegulated:
    """What regulated notes ask: a compliance a note, by seniority, and its contracts by name."""

    registry: ContractInstance
    issuers: ContractInstance
    compliances: tuple[ContractInstance, ...]
    modules: tuple[Mapping[str, ContractInstance], ...]


@dataclass(frozen=True)
class LiveLiquidation:
    """What sells loans; auctions in the order of the terms."""

    house: ContractInstance
    book: ContractInstance
    auctions: tuple[ContractInstance, ...]
    values: ContractInstance
    triggers: ContractInstance | None = None
    groups: tuple[LiveDeal, ...] = ()  # further tranches, behind those of the deal


@dataclass(frozen=True)
class LiveDeal:
    """Contracts by name; notes by seniority."""

    parties: Parties
    access: ContractInstance
    settlement: ContractInstance
    allow_list: ContractInstance
    distributor: ContractInstance
    notes: tuple[ContractInstance, ...]
    pool: ContractInstance
    offering: ContractInstance
    waterfall: ContractInstance
    figures: ContractInstance
    vote: ContractInstance | None  # of a deal that can be accelerated
    index_record: ContractInstance | None  # of a deal with floating rates
    fund: ContractInstance | None  # of an evergreen deal
    gates: tuple[ContractInstance, ...]  # of an evergreen deal, one a note
    first_block: int  # no event of the deal is older
    vaults: tuple[LiveVault, ...] = ()
    oracle: LiveOracle | None = None  # of a deal that reads values
    liquidation: LiveLiquidation | None = None  # of a deal whose loans are worked alone
    regulated: LiveRegulated | None = None  # of a deal whose notes ask identities; its allow-list admits bidders only

    def cash_contracts(self) -> dict[str, ContractInstance]:
        """Everything that can hold the deal's cash, by name."""
        found = {"offering": self.offering, "distributor": self.distributor}
        found |= {f"gate {place}": gate for place, gate in enumerate(self.gates)}
        return found | ({"fund": self.fund} if self.fund else {})

    def cash_held(self) -> dict[str, int]:
        """What offering and distributor hold by their books, settlement units; of cash not run the pool knows."""
        owner = self.distributor
        held = owner.heldForHolders() + owner.heldForCredits() + owner.heldForDeal() + self.pool.cashToRun()
        return {"offering": self.offering.cashHeld(), "distributor": held}
