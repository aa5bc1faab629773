"""One function an action: who acts signs, the contract decides, a refusal is raised as `CallRefused` with its error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salvor.amounts import Units
from salvor.chain.send import send
from salvor.deal.schedule import Collected
from salvor.deploy.live import LiveDeal
from salvor.tape.merkle import StandardMerkleTree

if TYPE_CHECKING:
    from ape.api import AccountAPI

_NO_CORRECTION = (0, bytes(32), 0, 0, 0, 0)


def admit(live: LiveDeal, investor: AccountAPI, *, until: int) -> None:
    """The transfer agent admits an investor until a second."""
    send(live.allow_list.admit, investor, until, sender=live.parties.transfer_agent)


def open_sale(live: LiveDeal) -> None:
    """The arranger opens the subscription."""
    send(live.offering.open, live.waterfall, sender=live.parties.arranger)


def order(live: LiveDeal, investor: AccountAPI, *, tranche: int, units: Units) -> None:
    """An investor brings the cash for notes at par."""
    send(live.settlement.approve, live.offering, units, sender=investor)
    send(live.offering.order, tranche, units, sender=investor)


def close(live: LiveDeal, *, by: AccountAPI) -> None:
    """Anybody closes the sale on the closing date: the deal is made, or everybody gets the order back."""
    send(live.offering.close, sender=by)


def settle(live: LiveDeal, investor: AccountAPI, *, tranche: int, by: AccountAPI) -> None:
    """Anybody has an order's notes handed over, and the cash that bought none."""
    send(live.offering.settle, tranche, investor, sender=by)


def collect(
    live: LiveDeal, period: int, collected: Collected, tree: StandardMerkleTree | None, *, last: bool = False
) -> None:
    """The servicer reports what came in a period, with the tree over what each loan paid, and brings the cash."""
    root, paying = (tree.root, len(tree.values)) if tree else (bytes(32), 0)
    amounts = (
        collected.gross,
        collected.costs,
        collected.written_off,
        0,
        collected.closed_value,
        collected.closed_plan,
    )
    servicer = live.parties.servicer
    send(live.settlement.approve, live.pool, collected.net, sender=servicer)
    send(live.pool.report, period, (*amounts, root, paying, last), _NO_CORRECTION, sender=servicer)


def tell_index(live: LiveDeal, period: int, *, by: AccountAPI) -> None:
    """Anybody has the oracle asked for a period's index, from the period's start on."""
    if live.index_record is not None:
        send(live.index_record.tell, period, sender=by)


def run_waterfall(live: LiveDeal, period: int, *, by: AccountAPI) -> None:
    """Anybody runs a reported period."""
    send(live.waterfall.run, period, sender=by)


def transfer(live: LiveDeal, *, seller: AccountAPI, buyer: AccountAPI, tranche: int, units: Units) -> None:
    """A holder hands notes to another."""
    send(live.notes[tranche].transfer, buyer, units, sender=seller)


def claim(live: LiveDeal, holder: AccountAPI, *, tranche: int) -> None:
    """A holder is paid what the notes have earned."""
    send(live.notes[tranche].claim, sender=holder)


def pay_credit(live: LiveDeal, account: AccountAPI, *, by: AccountAPI) -> None:
    """Anybody has the seller, a payee of fees or the owner of dust paid what is credited to them."""
    send(live.distributor.payCredit, account, sender=by)
