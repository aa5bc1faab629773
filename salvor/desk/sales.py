"""What a live deal sells its loans with: its contracts as handles, on whatever engine, beside the terms of its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from salvor.amounts import Units
from salvor.chain.engine import Halted, Reverted
from salvor.chain.handles import Contract, Method, Receipt
from salvor.chain.refusal import CallRefused, Refusal, read
from salvor.deal.load import load_tape_mapping
from salvor.deal.schema import Deal
from salvor.deploy.journalled import Journalled, Wanted
from salvor.deploy.liquidation_terms import LiquidationTerms, liquidation_terms
from salvor.deploy.live import LiveDeal
from salvor.errors import OptionInvalid
from salvor.model.liquidation.watch import TriggerTerms
from salvor.tape.commitment.leaves import Schema
from salvor.tape.committed import ClassTotal

NOBODY = "0x" + 40 * "0"
Call = tuple[Method, tuple[Any, ...]]


@dataclass(frozen=True)
class Sales:
    """The contracts; auctions by the names that the file gives them."""

    deal: Deal
    terms: LiquidationTerms
    book: Contract
    house: Contract
    pool: Contract
    token: Contract
    auctions: Mapping[str, Contract]
    triggers: Contract | None = None
    hub: Contract | None = None

    @cached_property
    def trigger_names(self) -> list[str]:
        """In the order of the file, which is the chain's."""
        return list(self.deal.liquidation.triggers) if self.deal.liquidation else []

    @cached_property
    def pools(self) -> tuple[Contract, ...]:
        """Of each group of tranches, the deal's own first."""
        behind = range(1, self.house.groups())
        addresses = read_each([(self.house.poolOf, (group,)) for group in behind])
        return (self.pool, *(Contract(self.pool.engine, self.pool.blueprint, each) for each in addresses))

    @property
    def now(self) -> int:
        """The second of the next block."""
        return int(self.book.engine.now)

    @property
    def decimals(self) -> int:
        """Of the settlement asset."""
        return self.terms.decimals

    def auction_at(self, address: str) -> tuple[str, Contract]:
        """By address; raises StopIteration for one that the deal does not have."""
        return next((name, each) for name, each in self.auctions.items() if each.address == address)


def terms_of(deal: Deal, file: object) -> LiquidationTerms:
    """What the file says of sales; raises where it says nothing."""
    terms = liquidation_terms(deal, _classes(deal, file))
    if terms is None:
        raise OptionInvalid(f"{file} has no `liquidation`: its loans are not worked alone (docs/liquidation.md, 7)")
    return terms


def _classes(deal: Deal, file: object) -> list[ClassTotal]:
    """The classes that triggers are for, by the schema that a tape of the deal gives their loans."""
    own = deal.liquidation.triggers.values() if deal.liquidation else ()
    named = list(dict.fromkeys(each.asset_class for each in own if each.asset_class))
    if not named:
        return []
    currency = load_tape_mapping(Path(str(file)).parent / deal.tape.mapping).currency
    schemas = [Schema.of(name, currency=currency, decimals=deal.settlement.decimals) for name in named]
    return [ClassTotal(name, each.id, 0, Units(0)) for name, each in zip(named, schemas, strict=True)]


def triggers_of(deal: Deal, file: object) -> dict[str, TriggerTerms]:
    """By name; raises where there is none."""
    terms = terms_of(deal, file)
    if not terms.triggers or deal.liquidation is None:
        raise OptionInvalid(f"{file} has no `triggers` in `liquidation`: there is nothing to look at")
    return dict(zip(deal.liquidation.triggers, terms.triggers, strict=True))


def sales_of(deal: Deal, live: LiveDeal) -> Sales:
    """Of a deal that this process has deployed; raises where it sells nothing."""
    own, terms = live.liquidation, terms_of(deal, deal.name)
    if own is None or deal.liquidation is None or live.oracle is None:
        raise OptionInvalid(f"{deal.name} was deployed without what sells loans")
    auctions: Any = dict(zip(deal.liquidation.auctions, own.auctions, strict=True))
    contracts: Any = (own.book, own.house, live.pool, live.settlement, auctions, own.triggers, live.oracle.hub)
    return Sales(deal, terms, *contracts)


def read_each(calls: Sequence[Call]) -> list[Any]:
    """Views, in few requests where a chain is far away; a refusal raises."""
    if not calls:
        return []
    engine = calls[0][0].contract.engine
    if not isinstance(engine, Journalled):
        return [method(*args) for method, args in calls]
    found = engine.call_all([_wanted(each, NOBODY) for each in calls])
    return [_answer(method, outcome) for (method, _), outcome in zip(calls, found, strict=True)]


def try_each(calls: Sequence[Call], *, sender: Any) -> list[Refusal | None]:
    """What each would be refused with; nothing is sent."""
    found: list[Refusal | None] = []
    if calls and isinstance(engine := calls[0][0].contract.engine, Journalled):
        outcomes = engine.call_all([_wanted(each, sender.address) for each in calls])
        return [_refusal(each) if isinstance(each, Exception) else None for each in outcomes]
    for method, args in calls:
        try:
            method.call(*args, sender=sender)
            found.append(None)
        except CallRefused as refused:
            found.append(refused.refusal)
    return found


def send_each(calls: Sequence[Call], *, sender: Any) -> list[Receipt | Refusal]:
    """Transactions that do not depend on each other: a refusal is an answer, and stops no other."""
    if calls and isinstance(engine := calls[0][0].contract.engine, Journalled):
        outcomes = engine.execute_all([_wanted(each, sender.address) for each in calls])
        return [
            _refusal(outcome) if isinstance(outcome, Exception) else Receipt(engine, method.function, outcome)
            for (method, _), outcome in zip(calls, outcomes, strict=True)
            if method.function is not None
        ]
    found: list[Receipt | Refusal] = []
    for method, args in calls:
        try:
            found.append(method(*args, sender=sender))
        except CallRefused as refused:
            found.append(refused.refusal)
    return found


def _wanted(call: Call, sender: str) -> Wanted:
    method, args = call
    return Wanted(sender, method.contract.address, method.encode(*args))


def _answer(method: Method, outcome: Any) -> Any:
    if isinstance(outcome, Exception):
        raise CallRefused(method.called, _refusal(outcome))
    return None if method.function is None else method.function.answer(outcome)


def _refusal(outcome: Exception) -> Refusal:
    if isinstance(outcome, Reverted):
        return read(outcome.data)
    return Refusal(f"halted: {outcome}" if isinstance(outcome, Halted) else str(outcome), ())
