"""A vault over a note with three holders of it, for tests of one thing at a time. The issuer plays the deal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from salvor.chain.handles import Contract
from salvor.lab import Actor, Lab

PAYING, REINVESTING = "PayingNoteVault", "ReinvestingNoteVault"
KINDS = (PAYING, REINVESTING)
WAD, DAY, UNLIMITED = 10**18, 86_400, 2**256 - 1
BID = (WAD // 2, WAD, 10 * DAY)
UNITS = 100_000  # of each holder


@dataclass
class Vaulted:
    """The contracts around a vault; `people` have approved it."""

    lab: Lab
    kind: str
    issuer: Actor
    people: list[Actor]
    cash: Contract
    access: Contract
    board: Contract
    note: Contract
    vault: Contract
    distributor: Contract | None = None

    @property
    def scale(self) -> int:
        """Shares a note, while nothing was earned."""
        return 1 if self.kind == PAYING else 10**6

    def give(self, interest: int, principal: int = 0) -> None:
        """The deal pays the note's holders."""
        assert self.distributor is not None
        self.cash.transfer(self.distributor, interest + principal, sender=self.issuer)
        share = (self.note, interest, principal)
        self.distributor.book(interest + principal, [share], [], sender=self.issuer)

    def deposit(self, who: Actor, units: int) -> int:
        """For oneself; the shares."""
        return int(self.vault.deposit(units, who, sender=who).return_value)

    def redeem(self, who: Actor, shares: int | None = None) -> int:
        """For oneself, all by default; the notes."""
        shares = self.vault.balanceOf(who) if shares is None else shares
        return int(self.vault.redeem(shares, who, who, sender=who).return_value)


def vaulted(
    lab: Lab,
    kind: str,
    *,
    cash: str = "RefusingToken",
    bid: Any = BID,
    units: int = UNITS,
    token: Contract | None = None,
) -> Vaulted:
    """Over a real note in the hands of three, `units` each; `token` is a settlement asset that is there already."""
    issuer, people = lab.actor("issuer"), [lab.actor(role) for role in ("holder", "other", "third")]
    token = token or lab.deploy(cash, sender=issuer)
    access = lab.deploy("DealAccess", issuer, sender=issuer)
    board = lab.deploy("RuleBoard", sender=issuer)
    distributor = lab.deploy("Distributor", access, token, sender=issuer)
    note = lab.deploy("TrancheNote", access, distributor, board, "Note", "NOTE", sender=issuer)
    board.watch(note, sender=issuer)
    distributor.appoint(issuer, sender=issuer)  # what no role was given is the admin's
    note.issue(units * len(people), sender=issuer)
    token.mint(issuer, 2**110, sender=issuer)
    vault = deploy_vault(lab, kind, access, note, bid)
    for person in people:
        note.handOver(person, units, sender=issuer)
        note.approve(vault, UNLIMITED, sender=person)
    return Vaulted(lab, kind, issuer, people, token, access, board, note, vault, distributor)


def supervised(lab: Lab, kind: str) -> Vaulted:
    """Over a token that earns nothing, and can be paused, frozen in part, made to charge and to call back."""
    issuer, people = lab.actor("issuer"), [lab.actor(role) for role in ("holder", "other", "third")]
    cash = lab.deploy("RefusingToken", sender=issuer)
    access = lab.deploy("DealAccess", issuer, sender=issuer)
    board = lab.deploy("RuleBoard", sender=issuer)
    token = lab.deploy("SupervisedToken", board, cash, sender=issuer)
    board.watch(token, sender=issuer)
    cash.mint(issuer, 2**110, sender=issuer)
    vault = deploy_vault(lab, kind, access, token, BID)
    for person in people:
        token.mint(person, UNITS, sender=issuer)
        token.approve(vault, UNLIMITED, sender=person)
    return Vaulted(lab, kind, issuer, people, cash, access, board, token, vault)


def deploy_vault(lab: Lab, kind: str, access: Contract, note: Contract, bid: Any) -> Contract:
    """Of either kind."""
    own = (bid,) if kind == REINVESTING else ()
    return lab.deploy(kind, access, note, "Vault", "VAULT", *own, sender=lab.actor("issuer"))
