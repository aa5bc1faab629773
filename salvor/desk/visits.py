"""Investors who come and go in a play of an evergreen deal, on chain; `report/visits_of_model.py` is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from salvor.amounts import format_units
from salvor.chain.send import send
from salvor.deal.schema import Deal
from salvor.deploy.live import LiveDeal
from salvor.desk import actions

if TYPE_CHECKING:
    from ape.api import AccountAPI

_REVOLVING = 1  # of IWaterfall's phases


def ask(
    live: LiveDeal, deal: Deal, investors: Mapping[str, AccountAPI], period: int, say: Callable[[str], None]
) -> None:
    """The requests of a period, before its cut-off."""
    for visit in deal.evergreen.visits if deal.evergreen else ():
        if visit.in_period != period:
            continue
        who, units = investors[visit.who], deal.units(visit.amount)
        amount = format_units(units, deal.settlement.decimals)
        if visit.enter is not None:
            live.settlement.mint(who, units, sender=who)
            actions.subscribe(live, who, tranche=deal.place_of(visit.enter), units=units)
            say(f"asked in period {period}: {visit.who} brings {amount} for {visit.enter}")
        elif visit.leave is not None:
            actions.redeem(live, who, tranche=deal.place_of(visit.leave), units=units)
            say(f"asked in period {period}: {visit.who} would leave {visit.leave} with {amount} units")


def settle(live: LiveDeal, investors: Iterable[AccountAPI], *, by: AccountAPI) -> None:
    """The epoch, if it is over, and all claim what was met; once the deal revolves no more, requests come back."""
    if live.fund is None:
        return
    if live.waterfall.phase() != _REVOLVING:
        _take_back(live, investors)
        return
    _, end, _ = live.fund.epoch()
    if not end or live.waterfall.lastRun() < end:
        return
    actions.settle_epoch(live, by=by)
    for gate in live.gates:
        for who in investors:
            if cash := gate.maxDeposit(who):
                send(gate.deposit, cash, who, who, sender=who)
            if units := gate.maxRedeem(who):
                send(gate.redeem, units, who, who, sender=who)


def take_earned(live: LiveDeal, investors: Iterable[AccountAPI], *, by: AccountAPI) -> None:
    """What units earned while they waited at the gates."""
    for gate in live.gates:
        for who in investors:
            if gate.earned(who):
                send(gate.claimEarned, who, sender=by)


def _take_back(live: LiveDeal, investors: Iterable[AccountAPI]) -> None:
    for gate in live.gates:
        for who in investors:
            if gate.pendingDepositRequest(0, who):
                send(gate.cancelDepositRequest, 0, who, sender=who)
                send(gate.claimCancelDepositRequest, 0, who, who, sender=who)
            if gate.pendingRedeemRequest(0, who):
                send(gate.cancelRedeemRequest, 0, who, sender=who)
                send(gate.claimCancelRedeemRequest, 0, who, who, sender=who)
