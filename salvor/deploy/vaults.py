"""The vaults of a deal: compiled from the deal file, deployed beside the deal, with the deal's transfer agent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from salvor.chain.send import learn_errors_of, selector_of, send
from salvor.deal.schema import Deal
from salvor.deal.vaults import price
from salvor.deploy.live import LiveVault

_DAY = 86_400
_SUPERVISED = ("forceTransfer", "recover")


@dataclass(frozen=True)
class VaultTerms:
    """`weights` are places of tranches with units of each; `bid` is lowest and highest price (WAD) and seconds."""

    name: str
    symbol: str
    weights: tuple[tuple[int, int], ...]
    bid: tuple[int, int, int] | None = None


def vault_terms(deal: Deal) -> tuple[VaultTerms, ...]:
    """Of a deal file that was checked."""
    return tuple(
        VaultTerms(
            vault.name,
            vault.symbol,
            tuple((deal.place_of(name), weight) for name, weight in vault.weights.items()),
            (price(vault.bid.lowest), price(vault.bid.highest), vault.bid.days * _DAY) if vault.bid else None,
        )
        for vault in deal.vaults
    )


def deploy_vaults(
    project: Any, wanted: Sequence[VaultTerms], *, admin: Any, access: Any, notes: Sequence[Any]
) -> tuple[LiveVault, ...]:
    """Each with its basket, where it has one. The transfer agent still has to admit them as holders (`desk.vaults`)."""
    return tuple(_deploy(project, each, admin, access, notes) for each in wanted)


def _deploy(project: Any, wanted: VaultTerms, admin: Any, access: Any, notes: Sequence[Any]) -> LiveVault:
    basket, asset = None, notes[wanted.weights[0][0]]
    if len(wanted.weights) > 1:
        parts = [(notes[place].address, weight) for place, weight in wanted.weights]
        basket = asset = admin.deploy(project.NoteBasket, access, parts, f"{wanted.name}, basket", f"{wanted.symbol}b")
    named = (access, asset, wanted.name, wanted.symbol)
    if wanted.bid is None:
        vault = admin.deploy(project.PayingNoteVault, *named)
    else:
        vault = admin.deploy(project.ReinvestingNoteVault, *named, wanted.bid)
    for contract in (basket, vault):
        if contract is not None:
            learn_errors_of(contract)
            selectors = [selector_of(contract, name) for name in _SUPERVISED]
            send(access.setTargetFunctionRole, contract, selectors, access.TRANSFER_AGENT(), sender=admin)
    return LiveVault(wanted.name, vault, basket, tuple(notes[place] for place, _ in wanted.weights))
