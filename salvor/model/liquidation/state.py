"""All that the rules of liquidation keep, and how a call is done whole or not at all.

The functions beside this file act on one `State`; each is one call on chain. Accounts are text, `now` is seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeVar

from salvor.model.deal import NOBODY, Deal
from salvor.model.refusal import Refused
from salvor.model.terms import ONE

MOST = 2**96 - 1  # amounts of a case end here
MOST_COSTS = 2**88 - 1
LATEST = 2**40 - 1  # second
Result = TypeVar("Result")


class Strategy(IntEnum):
    """What is done with a case (rule 4)."""

    HOLD = 0
    DISCOUNTED_PAY_OFF = 1
    PAYMENT_PLAN = 2
    LOAN_SALE = 3
    FORECLOSURE = 4


class Stage(IntEnum):
    """Where a case is (rule 3)."""

    NONE = 0
    HELD = 1
    CURE = 2
    FOR_SALE = 3
    CLOSED = 4
    OPENED = 5  # before it is held: the overseer has not confirmed it


class Standing(IntEnum):
    """The same as the house sees it."""

    NONE = 0
    HELD = 1
    ON_SALE = 2
    CLOSED = 3


@dataclass(frozen=True)
class StrategyTerms:
    """What the deal says of a strategy (rules 4, 16 and 38); `auction` is a place in `State.auctions`, or None."""

    auction: int | None = None
    approval: bool = False
    duration: int = 0
    cost: int = 0
    start_share: int = 0
    floor_share: int = 0
    rounds: int = 1
    haircut: int = 0
    credit_bid: bool = False
    group: int | None = None  # whose its proceeds are; None: it leaves a case where it is


@dataclass(frozen=True)
class Plan:
    """What a strategy is to do with one case."""

    amount: int = 0
    due: int = 0
    interval: int = 0


@dataclass(frozen=True)
class Ended:
    """What a round that ended without a buyer leaves.

    `rest` is what the `left` of all `units` cost at the floor, up.
    """

    start: int
    floor: int
    left: int
    units: int
    rest: int
    forfeited: int = 0


@dataclass
class Account:
    """The money of a case (section 3)."""

    outstanding: int = 0
    written_off: int = 0
    standing: Standing = Standing.HELD
    round: int = 0
    strategy: Strategy = Strategy.HOLD
    left: int = 0  # of a lot of which some were sold when its sale ended
    gone: bool = False  # all of it has an owner
    brought: int = 0
    exposed: int = 0
    group: int = 0
    moved: bool = False  # it, or a loan of it, came from another group: then the two below count
    short: int = 0  # of the rest, what did not come into the gross balance of its group (rule 40)
    unrecovered: dict[int, int] = field(default_factory=dict)  # what each group wrote off of it, and nothing came on
    keeper: str = NOBODY
    keeper_due: int = 0
    debtor: str = NOBODY
    costs_due: int = 0

    @property
    def rest(self) -> int:
        """Outstanding less brought."""
        return max(0, self.outstanding - self.brought)

    @property
    def left_to_pay(self) -> int:
        """Rule 9."""
        unpaid = max(0, self.outstanding + self.written_off - self.brought)
        return unpaid + self.costs_due + self.keeper_due

    def recovered(self, brought: int) -> int:
        """Rule 12, were so much brought."""
        return min(max(0, brought - self.outstanding), self.written_off)


@dataclass
class Joining:
    """What waits for the overseer (rules 1 and 2); claims and what is written off by the groups of their tapes too."""

    batch: int = 0
    content: tuple[Any, ...] = ()  # all that was said of it; on chain its hash
    outstanding: int = 0
    written_off: int = 0
    loans: int = 0
    homes: dict[int, tuple[int, int]] = field(default_factory=dict)


@dataclass
class Case:
    """A case as the book keeps it."""

    by_rank: bool
    subject: bytes
    schema: bytes = bytes(32)  # of its first loan: its class
    stage: Stage = Stage.OPENED
    strategy: Strategy = Strategy.HOLD
    after: Strategy = Strategy.HOLD
    broken: bool = False
    deadline: int = 0
    due: int = 0
    cure_until: int = 0
    court: int = 0  # as the overseer approved it
    brought_at: int = 0
    amount: int = 0
    total: int = 0
    interval: int = 0
    loans: int = 0
    proposal: tuple[Strategy, Plan] | None = None
    joining: Joining = field(default_factory=Joining)


@dataclass(frozen=True)
class LoanInCase:
    """A loan's part of its case."""

    case: int
    batch: int
    ahead: int
    outstanding: int


@dataclass
class State:
    """A deal and all its cases; `auctions` are the terms of each kind that the deal has, `rounds` what runs in them."""

    deal: Deal
    strategies: tuple[StrategyTerms, ...]
    auctions: tuple[Any, ...]
    servicer: str
    vehicle: str
    grace: int = 0
    further: tuple[Deal, ...] = ()  # groups of tranches behind the first; one settlement asset
    paused: bool = False
    cases: dict[int, Case] = field(default_factory=dict)
    loans: dict[bytes, LoanInCase] = field(default_factory=dict)
    dropped: set[tuple[int, int]] = field(default_factory=set)  # batches that were rejected, by case
    accounts: dict[int, Account] = field(default_factory=dict)
    rounds: dict[int, Any] = field(default_factory=dict)
    sealed: dict[int, Any] = field(default_factory=dict)  # sealed rounds by their numbers, those that are over too
    owed: defaultdict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))  # by account and group
    steps: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))  # forfeited (rule 26)
    titles: defaultdict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    values: dict[bytes, tuple[int, bool]] = field(default_factory=dict)
    exposed: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))  # by group
    came_in: int = 0
    paid_out: int = 0
    to_pool: int = 0
    lost: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))  # written off, by case
    ended: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))  # sales, by how they ended

    @property
    def groups(self) -> tuple[Deal, ...]:
        """Rule 37: the deal, and those behind it."""
        return (self.deal, *self.further)

    def owe(self, account: str, cash: int, group: int = 0) -> None:
        """Rule 10: a credit, of cash that stands with a group."""
        self.owed[account, group] += cash

    def owed_to(self, account: str) -> int:
        """Of all groups."""
        return sum(self.owed[account, group] for group in range(len(self.groups)))

    def admits(self, account: str, now: int) -> bool:
        """Rule 14."""
        return self.deal.admissions.admitted(account, now)

    def attempt(self, call: Callable[[], Result]) -> Result:
        """A refused call has changed nothing."""
        outside = (self.deal.asset.balances, [_outside(each) for each in self.groups])
        own = {name: value for name, value in vars(self).items() if name not in _FIXED}
        kept = deepcopy((outside, own))
        try:
            return call()
        except Refused:
            (balances, others), before = kept
            for deal, (pool, paid_in) in zip(self.groups, others, strict=True):
                deal.asset.balances, deal.paid_in = balances, paid_in
                vars(deal.pool).update(pool)
            vars(self).update(before)
            raise


_FIXED = frozenset({"deal", "strategies", "auctions", "servicer", "vehicle", "grace", "further"})


def _outside(deal: Deal) -> tuple[dict[str, Any], int]:
    """What sales change of a deal, but for its cash."""
    pool = {name: getattr(deal.pool, name) for name in ("open", "awaited", "moved", "gross_balance")}
    return pool, deal.paid_in


def share_down(price: int, share: int) -> int:
    """A WAD share, down."""
    return price * share // ONE


def share_up(price: int, share: int) -> int:
    """A WAD share, up."""
    return -(-price * share // ONE)


def part_up(price: int, part: int, units: int) -> int:
    """What part of a lot costs, up (rule 20)."""
    return -(-price * part // units)
