"""One function an action: who acts signs, the contract decides, a refusal is raised as `CallRefused` with its error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salvor.amounts import Units
from salvor.chain.send import send
from salvor.deploy.live import LiveDeal
from salvor.tape.merkle import StandardMerkleTree

if TYPE_CHECKING:
    from ape.api import AccountAPI


def admit(live: LiveDeal, investor: AccountAPI, *, until: int) -> None:
    """The transfer agent admits an investor until a second."""
    send(live.allow_list.admit, investor, until, sender=live.parties.transfer_agent)


def subscribe(live: LiveDeal, investor: AccountAPI, *, tranche: int, units: Units) -> None:
    """An investor buys notes at par."""
    send(live.settlement.approve, live.offering, units, sender=investor)
    send(live.offering.subscribe, tranche, units, sender=investor)


def close(live: LiveDeal, *, by: AccountAPI) -> None:
    """Anybody closes the offering once it is sold; the seller is paid."""
    send(live.offering.close, sender=by)


def collect(live: LiveDeal, period: int, cash: int, tree: StandardMerkleTree | None) -> None:
    """The servicer reports what came in a period, with the tree over what each loan paid, and brings the cash."""
    root, paying = (tree.root, len(tree.values)) if tree else (bytes(32), 0)
    servicer = live.parties.servicer
    send(live.settlement.approve, live.pool, cash, sender=servicer)
    send(live.pool.report, period, cash, root, paying, sender=servicer)


def run_waterfall(live: LiveDeal, period: int, *, by: AccountAPI) -> None:
    """Anybody runs a reported period."""
    send(live.waterfall.run, period, sender=by)


def transfer(live: LiveDeal, *, seller: AccountAPI, buyer: AccountAPI, tranche: int, units: Units) -> None:
    """A holder hands notes to another."""
    send(live.notes[tranche].transfer, buyer, units, sender=seller)


def claim(live: LiveDeal, holder: AccountAPI, *, tranche: int) -> None:
    """A holder is paid what the notes have earned."""
    send(live.notes[tranche].claim, sender=holder)


def claim_fees(live: LiveDeal, *, by: AccountAPI) -> None:
    """Anybody has the fees sent to the fee account."""
    send(live.waterfall.claimFees, sender=by)
