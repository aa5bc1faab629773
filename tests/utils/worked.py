"""The deal of deals/worked-loans on a lab's chain, sold and closed, with appraisers who sign what a test tells them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salvor.chain.engine import CHAIN_ID
from salvor.deal.allotment import orders
from salvor.demo import Prepared, prepare
from salvor.deploy.apply import apply
from salvor.deploy.live import LiveDeal, Parties
from salvor.desk import actions as desk
from salvor.desk.appraisers import Appraisers
from salvor.desk.sales import Sales, sales_of
from salvor.desk.tapes import Proofs, Tapes
from salvor.lab import Lab, open_lab
from tests.utils.world import WAD

DEAL = Path("deals/worked-loans/deal.yaml")
DAY = 86_400


@dataclass
class Worked:
    """Everybody and everything."""

    ready: Prepared
    lab: Lab
    live: LiveDeal
    appraisers: Appraisers
    sales: Sales
    proofs: Proofs
    first: Any
    second: Any
    outsider: Any

    @property
    def servicer(self) -> Any:
        return self.live.parties.servicer

    @property
    def admin(self) -> Any:
        return self.live.parties.admin

    @property
    def claims(self) -> dict[str, int]:
        """By the tape."""
        return self.proofs.claims

    @property
    def tapes(self) -> Tapes:
        """Its own alone."""
        return Tapes((self.proofs,))

    def worth(self, case: int, cents: int, kind: str = "COLLATERAL") -> None:
        """What all appraisers say of a case."""
        self.appraisers.believe(f"{kind}/{case}")
        self.appraisers.tell(f"{kind}/{case}", cents * WAD // 100, self.lab.now)

    def fund(self, who: Any, cents: int = 10**9) -> None:
        """The asset of a test chain gives everybody what they ask for."""
        self.live.settlement.mint(who, cents, sender=self.outsider)


def prepare_worked(out: Path, *changes: tuple[str, str]) -> Prepared:
    """From its files, with some texts of the deal file changed."""
    text = DEAL.read_text(encoding="utf-8").replace("../charged", f"{DEAL.parent.parent.resolve()}/charged")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    (out / "deal.yaml").write_text(text, encoding="utf-8")
    return prepare(out / "deal.yaml", tape_file=None, out=out)


def set_worked(ready: Prepared, root: Path, engine: str = "revm") -> Worked:
    """A chain of its own whose deal is closed."""
    lab = open_lab(engine, root=root, genesis=ready.terms.closing - 9 * DAY)
    deal = ready.deal
    roles = ("admin", "seller", "servicer", "transfer agent", "arranger")
    parts = [ready, *ready.groups]
    investors = {each.name: lab.actor(each.name) for part in parts for each in part.deal.investors}
    parties: Any = Parties(*(lab.actor(role) for role in roles), investors)
    token = deal.settlement
    settlement = lab.deploy("SettlementToken", token.name, token.symbol, token.decimals, sender=parties.admin)
    live = apply(lab.contracts, ready.terms, parties=parties, settlement=settlement)
    outsider, until = lab.actor("outsider"), ready.terms.period_ends[-1]
    lives = [live, *live.liquidation.groups]
    for part, own in zip(parts, lives, strict=True):
        desk.open_sale(own)
        for (name, tranche), units in orders(part.deal).items():
            desk.admit(own, investors[name], until=until)
            settlement.mint(investors[name], units, sender=outsider)
            desk.order(own, investors[name], tranche=part.deal.place_of(tranche), units=units)
    lab.now = ready.terms.closing
    for own in lives:
        desk.close(own, by=outsider)
    appraisers = Appraisers(live, ready.terms, CHAIN_ID, outsider)
    proofs = Proofs(ready.commitment, "expected_recovery", ready.secret)
    bidders = lab.actor("first bidder"), lab.actor("second bidder")
    made = Worked(ready, lab, live, appraisers, sales_of(deal, live), proofs, *bidders, outsider)
    for who in bidders:
        desk.admit(live, who, until=until)
        made.fund(who)
    return made
