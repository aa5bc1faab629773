"""Cases of a matrix asked of the contracts: what came before is done again on chain, then the move is asked and tried.

Each case starts from the chain as it was. Two answers are compared with the expected one: all reasons that the note
names, and whether the move goes through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from eth_hash.auto import keccak

from salvor.chain.refusal import CallRefused
from salvor.deploy.regulated import CLASS, KYC
from salvor.deploy.rule_settings import class_number, country_number
from salvor.investors.rehearsal import Rehearsal, Tranche
from salvor.jurisdictions.matrix import Case
from salvor.jurisdictions.register import Investor, Move
from salvor.lab import Actor

_AT_ONCE = 40  # registrations in one transaction
_FOREVER = 2**40 - 1
_BEFORE_ISSUE = {"share_of_supply"}  # asked of units that come to be, which a hand-over does not do
_OF_AN_ORDER = {"minimum_investment", "minimum_holding", "denomination"}  # asked no more when it is handed over


@dataclass(frozen=True)
class Result:
    """What the chain says of a case."""

    case: Case
    refused_by: tuple[str, ...]
    went_through: bool

    @property
    def as_expected(self) -> bool:
        """Both answers are those of the rules."""
        return self.refused_by == self.case.expected and self.went_through == (not self.case.expected)


def ask_all(
    rehearsal: Rehearsal, cases: Sequence[Case], tick: Callable[[int], None] = lambda done: None
) -> tuple[Result, ...]:
    """Every case from the same beginning; `tick` is told how many are done."""
    beginning = rehearsal.lab.snapshot()
    results = []
    for number, case in enumerate(cases, start=1):
        rehearsal.lab.restore(beginning)
        results.append(_Play(rehearsal, rehearsal.tranche(case.tranche), case).asked())
        tick(number)
    rehearsal.lab.restore(beginning)
    return tuple(results)


@dataclass(frozen=True)
class _Play:
    stage: Rehearsal
    tranche: Tranche
    case: Case

    def asked(self) -> Result:
        lab, move, before = self.stage.lab, self.case.move, self.case.before
        self._register(before.investors.values())
        for each in sorted(before.history, key=lambda one: one.at):
            lab.now = each.at
            self._prepare(each)
            self._do(each)
        for investor in before.investors.values():
            if investor.lists:
                self._put_on_a_list(self._wallet(investor.name))
        if before.originator is not None and self.tranche.book.retention:
            kept = self.tranche.book.retained(before.supply)
            self.tranche.note.freezePartialTokens(self._wallet(before.originator), kept, sender=self.stage.agent)
        lab.now = max(lab.now, move.at)
        self._prepare(move)
        refused_by = self._reasons(move)
        if move.giver is None and _OF_AN_ORDER & set(refused_by):
            return Result(self.case, refused_by, went_through=False)
        try:
            self._do(move)
        except CallRefused as refused:
            first = self._first(refused)
            return Result(self.case, refused_by if first in refused_by else (*refused_by, first), went_through=False)
        return Result(self.case, refused_by, went_through=True)

    def _wallet(self, name: str, own: str = "") -> Actor:
        return self.stage.lab.actor(f"{name}{own}")

    def _sides(self, move: Move) -> tuple[Actor | None, Actor]:
        """A move within one pocket goes to a second wallet."""
        giver = None if move.giver is None else self._wallet(move.giver)
        return giver, self._wallet(move.taker or "", ", second wallet" if move.giver == move.taker else "")

    def _register(self, investors: Iterable[Investor]) -> None:
        """With signed claims, as an issuer's: the country is said by the agent."""
        calls = [call for investor in investors for call in self._calls(investor)]
        for start in range(0, len(calls), _AT_ONCE):
            self.stage.registry.register(calls[start : start + _AT_ONCE], sender=self.stage.agent)

    def _calls(self, investor: Investor) -> list[tuple[Any, ...]]:
        lab, issuer = self.stage.lab, self.stage.issuer
        identity = self._wallet(investor.name).address
        values = [(CLASS, class_number(investor.klass), investor.until or _FOREVER)]
        if investor.until is not None:
            values.append((KYC, 1, investor.until))
        claims = [(identity, topic, value, lab.now, until, issuer.address, 0) for topic, value, until in values]
        signatures = [issuer.sign(bytes(self.stage.registry.digestOf(claim))) for claim in claims]
        country = country_number(investor.country)
        owns = self.case.move.giver == self.case.move.taker == investor.name
        wallets = [identity, self._wallet(investor.name, ", second wallet").address] if owns else [identity]
        return [(wallet, identity, country, claims, signatures) for wallet in wallets]

    def _prepare(self, move: Move) -> None:
        """A record and an approval, where the rules want them and the move has them."""
        giver, taker = self._sides(move)
        if giver is None:
            return
        modules, agent = self.tranche.modules, self.stage.agent
        if move.recorded and "travel_rule" in modules:
            modules["travel_rule"].file(giver, taker, move.units, b"\x01" * 32, sender=agent)
        if move.approved and "approved_in_advance" in modules:
            modules["approved_in_advance"].approve(giver, taker, move.units, _FOREVER, sender=agent)

    def _do(self, move: Move) -> None:
        giver, taker = self._sides(move)
        if giver is None:
            self.tranche.note.handOver(taker, move.units, sender=self.stage.admin)
        else:
            self.tranche.note.transfer(taker, move.units, sender=giver)

    def _put_on_a_list(self, wallet: Actor) -> None:
        """The root of a list of one is its leaf, a twice hashed address."""
        module = self.tranche.modules["sanctions"]
        leaf = keccak(keccak(bytes.fromhex(wallet.address[2:]).rjust(32, b"\0")))
        module.publish(leaf, sender=self.stage.agent)
        module.flag(wallet, [], sender=self.stage.admin)

    def _reasons(self, move: Move) -> tuple[str, ...]:
        giver, taker = self._sides(move)
        if giver is None:
            found = self.tranche.compliance.refusals("0x" + "0" * 40, taker, move.units)
        else:
            found = self.tranche.note.refusals(giver, taker, move.units)
        words = {self.tranche.word_of(int(each.code), str(each.module)) for each in found}
        if giver is None:
            words = (words - _BEFORE_ISSUE) | (set(self.case.expected) & _BEFORE_ISSUE)
        return tuple(sorted(words))

    def _first(self, refused: CallRefused) -> str:
        """The rule that the error of the refused move names."""
        refusal = refused.refusal
        if refusal.error == "TransferRefused":
            values = dict(zip(refusal.names, refusal.values, strict=True))
            return self.tranche.word_of(int(values["code"]), str(values["module"]))
        return {"UnitsFrozen": "retention", "ERC20InsufficientBalance": "balance"}.get(refusal.error, str(refusal))
