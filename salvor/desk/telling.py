"""A call in words, for the story on a terminal and for the statement."""

from __future__ import annotations

from salvor.amounts import format_units
from salvor.deal.life import Do
from salvor.desk.acts import Call, Close, Open, RunPeriod, Script

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


def in_words(script: Script, does: Open | Close | RunPeriod | Call) -> str:
    """One sentence without its full stop."""
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
    return _WORDS[does.do].format(
        who=does.who,
        to=does.to,
        tranche=deal.tranches[does.tranche].name,
        amount=f"{format_units(does.units, deal.settlement.decimals)} {deal.settlement.symbol}",
        holders=", ".join(does.holders),
        tape=does.tape,
    )
