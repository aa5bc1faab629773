"""A call in words, for the story on a terminal and for the statement."""

from __future__ import annotations

from salvor.amounts import WAD, format_percent, format_units, mul_div_down
from salvor.deal.life import Do
from salvor.desk.acts import Call, Close, Open, RunPeriod, Script
from salvor.model.deal import Deal, State

_WORDS = {
    Do.ADMIT: "{who} is admitted",
    Do.REMOVE: "{who} is no longer admitted",
    Do.ORDER: "{who} orders {amount} of {tranche}",
    Do.TAKE_BACK: "{who} takes {amount} of the order for {tranche} back",
    Do.HAND_OVER: "what {who} was allotted of {tranche} is handed over",
    Do.REFUND: "{who} gets cash back that bought nothing of {tranche}",
    Do.RECOVER_ORDER: "what is left of the order of {who} for {tranche} is recovered to {to}",
    Do.TRANSFER: "{who} transfers {amount} of {tranche} to {to}",
    Do.FREEZE: "{who} is frozen in {tranche}",
    Do.UNFREEZE: "{who} is free again in {tranche}",
    Do.FORCE_TRANSFER: "{amount} of {tranche} are moved by force from {who} to {to}",
    Do.RECOVER: "what {who} has of {tranche} is recovered to {to}",
    Do.CLAIM: "{who} is paid what {tranche} has earned",
    Do.CLAIM_BATCH: "a custodian claims {tranche} for {holders}",
    Do.CALL_VOTE: "{who} calls a vote on acceleration",
    Do.VOTE: "{who} votes for acceleration",
    Do.BUY_LOANS: "further loans '{tape}' are bought for {amount}",
    Do.PAY_CREDITS: "{who} is paid what is credited",
}

_BACK = "{who} gets the order for {tranche} back"


def in_words(script: Script, does: Open | Close | RunPeriod | Call, *, cancelled: bool = False) -> str:
    """One sentence without its full stop; of a deal that was `cancelled` only orders are left to give back."""
    if isinstance(does, Open):
        return "the subscription is opened"
    if isinstance(does, Close):
        return "the subscription is closed"
    if isinstance(does, RunPeriod):
        if does.missing:
            return f"a stranger says that the report of period {does.report.period} is missing, and it is run"
        correction = does.report.correction
        return f"period {does.report.period} is reported and run" + (
            f", with a correction of period {correction.period}" if correction else ""
        )
    deal = script.deal
    words = _BACK if cancelled and does.do in (Do.HAND_OVER, Do.REFUND) else _WORDS[does.do]
    return words.format(
        who=does.who,
        to=does.to,
        tranche=deal.tranches[does.tranche].name,
        amount=f"{format_units(does.units, deal.settlement.decimals)} {deal.settlement.symbol}",
        holders=", ".join(does.holders),
        tape=does.tape,
    )


def came_of_it(script: Script, does: Open | Close | RunPeriod | Call, model: Deal) -> str:
    """What a call decided beside what it says, by the model just after it; mostly nothing."""
    if isinstance(does, Close) and model.state is State.CANCELLED:
        return f": the deal is cancelled, {why_cancelled(script, model)}"
    ballot = model.ballot
    if isinstance(does, Call) and does.do is Do.VOTE and ballot and ballot.passed:
        votes = format_percent(mul_div_down(ballot.votes, WAD, ballot.supply))
        return f": carried with {votes} of the senior class, more than {format_percent(ballot.share)}"
    return ""


def why_cancelled(script: Script, model: Deal) -> str:
    """Which minimum was missed, or that the price was; by what was ordered until closing."""
    decimals, symbol = script.deal.settlement.decimals, script.deal.settlement.symbol
    for tranche, book in zip(script.deal.tranches, model.order_books, strict=True):
        if book.is_short:
            ordered, least = format_units(book.total, decimals), format_units(book.terms.minimum, decimals)
            return f"orders for {tranche.name} are {ordered} {symbol}, its minimum is {least}"
    raised, price = sum(book.sold for book in model.order_books), script.terms.rules.price
    return (
        f"{format_units(raised, decimals)} {symbol} are raised, the purchase price is {format_units(price, decimals)}"
    )
