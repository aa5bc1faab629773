"""One function an action: who acts signs, the contract decides, a refusal is raised as `CallRefused` with its error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from salvor.amounts import Units
from salvor.chain.send import send
from salvor.deal.schedule import Collected
from salvor.deploy.live import LiveDeal
from salvor.model.pool import Report
from salvor.tape.committed import CommittedTape
from salvor.tape.merkle import StandardMerkleTree

if TYPE_CHECKING:
    from ape.api import AccountAPI
    from ape.contracts import ContractInstance

_NO_CORRECTION = (0, bytes(32), 0, 0, 0, 0)


def admit(live: LiveDeal, investor: AccountAPI, *, until: int) -> None:
    """The transfer agent admits an investor until a second."""
    send(live.allow_list.admit, investor, until, sender=live.parties.transfer_agent)


def remove(live: LiveDeal, investor: AccountAPI) -> None:
    """The transfer agent ends an admission at once."""
    send(live.allow_list.remove, investor, sender=live.parties.transfer_agent)


def open_sale(live: LiveDeal) -> None:
    """The arranger opens the subscription."""
    send(live.offering.open, live.waterfall, sender=live.parties.arranger)


def order(live: LiveDeal, investor: AccountAPI, *, tranche: int, units: Units) -> None:
    """An investor brings the cash for notes at par."""
    send(live.settlement.approve, live.offering, units, sender=investor)
    send(live.offering.order, tranche, units, sender=investor)


def take_back(live: LiveDeal, investor: AccountAPI, *, tranche: int, units: Units) -> None:
    """An investor takes an order back, in part or whole, with its cash."""
    send(live.offering.reduce, tranche, units, sender=investor)


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


def allow_cash(live: LiveDeal, said: Report) -> None:
    """The servicer lets the pool take what a report brings."""
    send(live.settlement.approve, live.pool, said.net, sender=live.parties.servicer)


def report(live: LiveDeal, said: Report) -> None:
    """The servicer makes the report of a period as it is given, correction and all; the pool takes the cash."""
    amounts = (said.gross, said.costs, said.written_off, said.recovered, said.closed_value, said.closed_plan)
    correction = _NO_CORRECTION
    if (own := said.correction) is not None:
        correction = (own.period, own.root, own.loans, own.written_off, own.closed_value, own.closed_plan)
    given = (*amounts, said.root, said.loans, said.last)
    send(live.pool.report, said.period, given, correction, sender=live.parties.servicer)


def report_missing(live: LiveDeal, period: int, *, by: AccountAPI) -> None:
    """Anybody says that the report of a period does not come, long after the period's end."""
    send(live.pool.reportMissing, period, sender=by)


def buy_loans(live: LiveDeal, tape: CommittedTape, *, price: Units) -> None:
    """The manager buys further loans from the seller with cash of the revolving account."""
    further = (tape.root, tape.loan_count, tape.gross_balance)
    send(live.pool.buyFurther, further, price, sender=live.parties.manager)


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


def subscribe(live: LiveDeal, investor: AccountAPI, *, tranche: int, units: Units) -> None:
    """An investor brings cash for notes: by an order while the sale is open, later by a request (evergreen)."""
    if not live.gates or not live.pool.purchased():
        order(live, investor, tranche=tranche, units=units)
        return
    send(live.settlement.approve, live.gates[tranche], units, sender=investor)
    send(live.gates[tranche].requestDeposit, units, investor, investor, sender=investor)


def redeem(live: LiveDeal, holder: AccountAPI, *, tranche: int, units: Units) -> None:
    """A holder asks to sell notes in an epoch of an evergreen deal; raises KeyError in a closed-end one."""
    if not live.gates:
        raise KeyError("gates")
    send(live.gates[tranche].requestRedeem, units, holder, holder, sender=holder)


def settle_epoch(live: LiveDeal, *, by: AccountAPI) -> None:
    """Anybody settles the epoch whose last period was run; raises KeyError in a closed-end deal."""
    if live.fund is None:
        raise KeyError("fund")
    send(live.fund.settle, sender=by)


def claim(live: LiveDeal, holder: AccountAPI, *, tranche: int) -> None:
    """A holder is paid what the notes have earned."""
    send(live.notes[tranche].claim, sender=holder)


def claim_for(live: LiveDeal, holder: AccountAPI, *, tranche: int, by: AccountAPI) -> None:
    """Anybody has a holder paid; the cash goes to the holder."""
    send(live.notes[tranche].claimFor, holder, sender=by)


def claim_many(live: LiveDeal, holders: Sequence[AccountAPI], *, tranche: int, by: AccountAPI) -> None:
    """A custodian has many holders paid at once; who is frozen or can't be paid stops nobody."""
    send(live.notes[tranche].claimMany, list(holders), sender=by)


def freeze(live: LiveDeal, holder: AccountAPI, *, tranche: int, frozen: bool) -> None:
    """The transfer agent freezes a holder, or lets them go."""
    send(live.notes[tranche].setFrozen, holder, frozen, sender=live.parties.transfer_agent)


def force_transfer(live: LiveDeal, *, source: AccountAPI, target: AccountAPI, tranche: int, units: Units) -> None:
    """The transfer agent moves notes, frozen or not."""
    send(live.notes[tranche].forceTransfer, source, target, units, sender=live.parties.transfer_agent)


def recover(live: LiveDeal, *, lost: AccountAPI, new: AccountAPI, tranche: int) -> None:
    """The transfer agent moves all that a lost wallet has to a new one of the same holder."""
    send(live.notes[tranche].recover, lost, new, sender=live.parties.transfer_agent)


def recover_order(live: LiveDeal, *, lost: AccountAPI, new: AccountAPI, tranche: int) -> None:
    """The transfer agent moves what is left of a lost wallet's order to a new one of the same investor."""
    send(live.offering.recoverOrder, tranche, lost, new, sender=live.parties.transfer_agent)


def refund(live: LiveDeal, investor: AccountAPI, *, tranche: int, by: AccountAPI) -> None:
    """Anybody has an investor's cash paid back that bought no notes, whether the notes can be handed over or not."""
    send(live.offering.refund, tranche, investor, sender=by)


def call_vote(live: LiveDeal, holder: AccountAPI) -> None:
    """A holder of the senior class calls a vote on acceleration; raises KeyError in a deal without one."""
    send(_vote_of(live).call, sender=holder)


def vote(live: LiveDeal, holder: AccountAPI) -> None:
    """A holder votes for acceleration; raises KeyError in a deal without a vote."""
    send(_vote_of(live).vote, sender=holder)


def pay_credit(live: LiveDeal, account: AccountAPI, *, by: AccountAPI) -> None:
    """Anybody has the seller, a payee of fees or the owner of dust paid what is credited to them."""
    send(live.distributor.payCredit, account, sender=by)


def _vote_of(live: LiveDeal) -> ContractInstance:
    if live.vote is None:
        raise KeyError("vote")
    return live.vote
