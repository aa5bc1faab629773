"""Test accounts of a local chain, given the parts of a deal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from salvor.deal.schema import Deal
from salvor.deploy.live import Parties
from salvor.desk.worked import DEBTOR, FIRST, SECOND
from salvor.errors import OptionInvalid

if TYPE_CHECKING:
    from ape.api import AccountAPI
    from ape.managers.accounts import TestAccountManager

_PARTS = 6  # admin, seller, servicer, transfer agent, arranger, outsider


@dataclass(frozen=True)
class Cast:
    """Who plays; the outsider is nobody in particular, and does what anybody may."""

    parties: Parties
    investors: Mapping[str, AccountAPI]
    outsider: AccountAPI
    bidders: Mapping[str, AccountAPI] = field(default_factory=dict)  # and the debtor, of a deal that sells loans alone


def cast_for(deal: Deal, accounts: TestAccountManager, *, wallets: Sequence[str] = ()) -> Cast:
    """One account a part, one an investor and one a further wallet; raises when the local chain has too few."""
    names = list(dict.fromkeys([*(investor.name for investor in deal.investors), *wallets]))
    payees = [name for name in deal.payees if name not in ("seller", "servicer", *names)]
    more = (FIRST, SECOND, DEBTOR) if deal.liquidation else ()
    taken = _PARTS + len(more)
    if len(names) + len(payees) + taken > len(accounts):
        raise OptionInvalid(
            f"the deal has {len(names)} investors and {len(payees)} payees, the local chain has accounts for "
            f"{len(accounts) - taken} of them; raise test: number_of_accounts in ape-config.yaml"
        )
    admin, seller, servicer, transfer_agent, arranger, outsider = (accounts[i] for i in range(_PARTS))
    named = {name: accounts[_PARTS + place] for place, name in enumerate([*names, *payees])}
    bidders = {name: accounts[_PARTS + len(named) + place] for place, name in enumerate(more)}
    parties = Parties(admin, seller, servicer, transfer_agent, arranger, named)
    return Cast(parties, {name: named[name] for name in names}, outsider, bidders)
