"""The closing statement as data: what each tranche and holder got, and where every unit of cash is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from salvor.amounts import WAD, mul_div_down
from salvor.files import write_whole
from salvor.report.returns import Flow, irr, multiple


@dataclass(frozen=True)
class TrancheLine:
    """A tranche from closing to the last period, settlement units."""

    name: str
    invested: int
    interest: int  # of a residual tranche: all return above its principal
    principal: int
    loss: int
    interest_unpaid: int
    paid: tuple[Flow, ...]  # by period in which something was paid
    closing: date
    evergreen: bool = (
        False  # invested, principal and loss are those of the units left; what was paid, of all there were
    )

    @property
    def irr(self) -> Decimal | None:
        """Effective annual rate of what was invested at closing and paid at period ends; none where nothing was.

        Nor of an evergreen tranche, whose holders came and went at many prices.
        """
        return None if not self.invested or self.evergreen else irr([(self.closing, -self.invested), *self.paid])

    @property
    def multiple(self) -> Decimal:
        """Paid for each unit invested; 0 where nothing was, and of an evergreen tranche."""
        return (
            Decimal(0)
            if not self.invested or self.evergreen
            else multiple(self.invested, self.interest + self.principal)
        )


@dataclass(frozen=True)
class HolderLine:
    """One holder of one tranche, settlement units."""

    name: str
    tranche: str
    units: int
    claimed: int
    claimable: int


@dataclass(frozen=True)
class CreditLine:
    """Who is paid and holds no note for it (the seller, a payee of fees, the owner of dust), settlement units."""

    name: str
    paid: int
    owed: int  # credited and not yet asked for


@dataclass(frozen=True)
class SaleLine:
    """A case of loans that were worked alone, settlement units."""

    case: int
    claim: int
    brought: int  # went to the waterfall
    written_off: int
    closed: bool


@dataclass(frozen=True)
class TriggerLine:
    """In how many runs a trigger was on."""

    name: str
    periods_on: int


@dataclass(frozen=True)
class Reconciliation:
    """Every unit of cash, settlement units: in = out + held."""

    subscriptions: int
    collections: int
    refunds: int
    claims: int
    credits: int  # paid to the seller, payees of fees and the owner of dust
    cash_held: int  # by the books
    unasked: int = field(default=0, compare=False)  # tokens that somebody sent to the contracts; in no book, nobody's

    @property
    def cash_in(self) -> int:
        """Paid into the deal's contracts."""
        return self.subscriptions + self.collections

    @property
    def cash_out(self) -> int:
        """Paid out of the deal's contracts."""
        return self.refunds + self.credits + self.claims

    @property
    def holds(self) -> bool:
        """Nothing was lost and nothing made."""
        return self.cash_in == self.cash_out + self.cash_held


@dataclass(frozen=True)
class Statement:
    """A whole closing statement."""

    deal: str
    assumptions: str  # of the deal file
    symbol: str
    decimals: int
    loans: int
    tape_root: str
    planned: int
    collected: int  # net of the servicer's costs, as the plan is
    collection_ratio: int  # WAD
    written_off: int  # claim amount
    carrying_ratio: int  # of a claim, WAD
    periods: int
    triggers: tuple[TriggerLine, ...]
    tranches: tuple[TrancheLine, ...]
    holders: tuple[HolderLine, ...]
    credits: tuple[CreditLine, ...]
    reconciliation: Reconciliation
    sales: tuple[SaleLine, ...] = ()  # of a deal that sells loans alone
    sales_held: int = 0  # cash of bidders and others that the house of these sales still has
    moved: int = 0  # claims that came from other groups of tranches, less those that went there
    groups: tuple[Statement, ...] = ()  # further tranches behind the same cases

    @property
    def written_off_loss(self) -> int:
        """What the notes carried the written-off claims at, down: booked as losses, before what came back."""
        return mul_div_down(self.written_off, self.carrying_ratio, WAD)

    def as_json(self) -> dict[str, Any]:
        """Amounts as integers in settlement units; rates and multiples as numbers."""
        return {
            "deal": self.deal,
            "settlement": {"symbol": self.symbol, "decimals": self.decimals},
            "assumptions": self.assumptions,
            "loans": self.loans,
            "tape_root": self.tape_root,
            "planned": self.planned,
            "collected": self.collected,
            "collection_ratio": str(Decimal(self.collection_ratio).scaleb(-18)),
            "written_off": self.written_off,
            "carrying_ratio": str(Decimal(self.carrying_ratio).scaleb(-18)),
            "written_off_loss": self.written_off_loss,
            "periods": self.periods,
            "triggers": [asdict(line) for line in self.triggers],
            "tranches": [_tranche_json(line) for line in self.tranches],
            "holders": [asdict(line) for line in self.holders],
            "credits": [asdict(line) for line in self.credits],
            "reconciliation": _reconciliation_json(self.reconciliation),
        } | self._alone()

    def _alone(self) -> dict[str, Any]:
        """Of a deal that sells loans alone, and of groups of tranches between which they move."""
        found: dict[str, Any] = {}
        if self.sales:
            found = {"sales": [asdict(line) for line in self.sales], "sales_held": self.sales_held}
        if self.moved:
            found["claims_moved"] = self.moved
        return found | ({"groups": [each.as_json() for each in self.groups]} if self.groups else {})


def _tranche_json(line: TrancheLine) -> dict[str, Any]:
    rate = line.irr
    return {
        "name": line.name,
        "invested": line.invested,
        "interest": line.interest,
        "principal": line.principal,
        "loss": line.loss,
        "interest_unpaid": line.interest_unpaid,
        "irr": None if rate is None else float(rate),  # a rate for people and tools, no money
        "multiple": float(line.multiple),
    }


def _reconciliation_json(line: Reconciliation) -> dict[str, Any]:
    parts = {each.name: getattr(line, each.name) for each in fields(line)}
    return {
        "cash_in": line.cash_in,
        "cash_out": line.cash_out,
        "cash_held": line.cash_held,
        "holds": line.holds,
    } | parts


def write_json(statement: Statement, target: Path) -> None:
    """Write the statement, whole or not at all."""
    write_whole(target, json.dumps(statement.as_json(), indent=2) + "\n")


def differences(chain: Statement, model: Statement) -> list[str]:
    """Each figure that the chain and the model do not share, in words; and whether the cash adds up on the chain."""
    found = []
    for each in fields(Statement):
        found += unlike(each.name, getattr(chain, each.name), getattr(model, each.name))
    for own in (chain, *chain.groups):
        cash = own.reconciliation
        if not cash.holds:
            what = f"cash in {cash.cash_in} is not cash out {cash.cash_out} + cash held {cash.cash_held}"
            found.append(f"{own.deal}: {what}" if chain.groups else what)
    if left := sum(own.moved for own in (chain, *chain.groups)):
        found.append(f"claims of {left} moved between groups of tranches to or from nowhere")
    return found


def unlike(name: str, chain: Any, model: Any) -> list[str]:
    """Each figure below this name that the two sides do not share, in words."""
    if chain == model:
        return []
    if isinstance(chain, tuple) and isinstance(model, tuple) and len(chain) == len(model):
        pairs = enumerate(zip(chain, model, strict=True))
        return [line for i, (ours, theirs) in pairs for line in unlike(f"{name}[{i}]", ours, theirs)]
    if hasattr(chain, "__dataclass_fields__") and type(chain) is type(model):
        names = [each.name for each in fields(chain) if each.compare]
        return [line for n in names for line in unlike(f"{name}.{n}", getattr(chain, n), getattr(model, n))]
    return [f"{name}: chain {chain}, model {model}"]
