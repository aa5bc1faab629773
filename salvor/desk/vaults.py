"""What people do with a deal's vaults: notes in and out, cash paid, notes sold to a vault that bids for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from salvor.amounts import Units, format_units
from salvor.chain.send import send
from salvor.deploy.live import LiveDeal, LiveVault

if TYPE_CHECKING:
    from ape.api import AccountAPI
    from ape.contracts import ContractInstance


def vault_of(live: LiveDeal, name: str) -> LiveVault:
    """A vault by its name in the deal file; raises KeyError."""
    return {each.name: each for each in live.vaults}[name]


def admit_vaults(live: LiveDeal, *, until: int) -> None:
    """The transfer agent admits every vault, and every basket, as a holder of notes until a second."""
    for each in live.vaults:
        for contract in (each.basket, each.vault):
            if contract is not None:
                send(live.allow_list.admit, contract, until, sender=live.parties.transfer_agent)


def deposit(live: LiveVault, holder: AccountAPI, units: Units) -> None:
    """A holder brings notes, or the notes of so many units of the vault's basket, for shares."""
    if live.basket is not None:
        for part in live.basket.parts():
            note = _note(live, part[0])
            send(note.approve, live.basket, part[1] * units, sender=holder)
        send(live.basket.bundle, units, holder, sender=holder)
    asset = live.asset
    send(asset.approve, live.vault, units, sender=holder)
    send(live.vault.deposit, units, holder, sender=holder)


def redeem(live: LiveVault, holder: AccountAPI, shares: Units) -> None:
    """A holder gives shares and has the notes again."""
    before = live.asset.balanceOf(holder)
    send(live.vault.redeem, shares, holder, holder, sender=holder)
    if live.basket is not None:
        send(live.basket.unbundle, live.asset.balanceOf(holder) - before, holder, sender=holder)


def claim(live: LiveVault, holder: AccountAPI) -> None:
    """A holder of shares is paid the cash that is theirs."""
    send(live.vault.claimCash, sender=holder)


def harvest(live: LiveVault, *, by: AccountAPI) -> None:
    """Anybody has the vault claim what its notes have earned."""
    send(live.vault.harvest, sender=by)


def sell(live: LiveVault, holder: AccountAPI, *, cash: Units, most: Units) -> None:
    """A holder sells notes, or units of the basket, to a vault that bids for them: at most so many for so much cash."""
    send(live.asset.approve, live.vault, most, sender=holder)
    send(live.vault.sell, cash, most, sender=holder)


def show(live: LiveVault, people: Sequence[tuple[str, AccountAPI]], decimals: int) -> list[str]:
    """Where a vault stands, in lines for people."""
    assets, held = live.vault.totalAssets(), live.vault.cashHeld()
    lines = [f"{live.name}: {format_units(assets, decimals)} in notes, {format_units(held, decimals)} in cash"]
    for name, account in people:
        worth = live.vault.convertToAssets(live.vault.balanceOf(account))
        cash = live.vault.claimableCash(account)
        if worth or cash:
            lines.append(f"  {name}: {format_units(worth, decimals)}, {format_units(cash, decimals)} to claim")
    return lines


def _note(live: LiveVault, address: str) -> ContractInstance:
    return next(note for note in live.notes if note.address == address)
