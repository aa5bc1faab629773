"""The shipped deal whose whole life is played, prepared once; and the same on a lab's chain."""

from __future__ import annotations

from pathlib import Path

from salvor.deploy.apply import apply
from salvor.deploy.live import Parties
from salvor.play import chain_of, model_of
from salvor.report.side_by_side import Stage

FOLDER = Path("deals/whole-life")


def on_a_lab(lab, prepared) -> Stage:
    """Deploy the deal of a life on the lab's chain; nothing of the life has happened yet."""
    script, actor = prepared.script, lab.actor
    others = {
        name: actor(name) for name in (*script.holders, *script.deal.payees) if name not in ("seller", "servicer")
    }
    parties = Parties(*map(actor, ("admin", "seller", "servicer", "transfer agent", "arranger")), others)
    token = lab.deploy("SettlementToken", "Demo Euro", "DEUR", 2, sender=parties.admin)
    terms, regulation = script.terms, prepared.ready.regulation
    if regulation:
        terms = regulation.terms(terms, token.address)
    live = apply(lab.contracts, terms, parties=parties, settlement=token)

    def clock(seconds: int) -> None:
        lab.now = seconds

    accounts = {name: actor(name) for name in script.holders}
    chain = chain_of(prepared, live, accounts, actor("outsider"), clock)
    return Stage(script, prepared.life_file, model_of(prepared), chain)
