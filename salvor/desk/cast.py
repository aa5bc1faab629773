"""Test accounts of a local chain, given the parts of a deal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from salvor.deal.schema import Deal
from salvor.deploy.live import Parties
from salvor.errors import OptionInvalid

if TYPE_CHECKING:
    from ape.api import AccountAPI
    from ape.managers.accounts import TestAccountManager

_PARTS = 6  # admin, seller, servicer, transfer agent, fee account, outsider


@dataclass(frozen=True)
class Cast:
    """Who plays; the outsider is nobody in particular, and does what anybody may."""

    parties: Parties
    investors: Mapping[str, AccountAPI]
    outsider: AccountAPI


def cast_for(deal: Deal, accounts: TestAccountManager) -> Cast:
    """One account a part and one an investor; raises when the local chain has too few."""
    names = list(dict.fromkeys(investor.name for investor in deal.investors))
    if len(names) + _PARTS > len(accounts):
        raise OptionInvalid(
            f"the deal has {len(names)} investors, the local chain has accounts for {len(accounts) - _PARTS}; "
            "raise test: number_of_accounts in ape-config.yaml"
        )
    admin, seller, servicer, transfer_agent, fee_account, outsider = (accounts[i] for i in range(_PARTS))
    investors = {name: accounts[_PARTS + place] for place, name in enumerate(names)}
    return Cast(Parties(admin, seller, servicer, transfer_agent, fee_account), investors, outsider)
