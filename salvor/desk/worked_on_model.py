"""The play's two loans on the model: each act is a rule of docs/liquidation.md, on the deal that the model plays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from salvor.amounts import WAD
from salvor.deploy.terms import SERVICER
from salvor.desk.worked import DEBTOR, FIRST, KEEPER, SECOND, Story
from salvor.model.deal import NOBODY, Deal
from salvor.model.liquidation import book, house
from salvor.model.liquidation.state import Case, Plan, State, Strategy
from salvor.model.liquidation.watch import Triggers

_FUNDS = 2**100  # of a bidder: a test chain's asset gives everybody what they ask for


@dataclass
class Values:
    """The hub as the model sees it: all signers say the same when they are told."""

    said: dict[str, tuple[int, int]] = field(default_factory=dict)

    def good_now(self, key: str, now: int) -> int | None:
        """They are told what they are asked for a moment later."""
        value, at = self.said.get(key, (0, 0))
        return value if 0 < at <= now else None

    def last_good(self, key: str) -> tuple[int, int]:
        """It is poked whenever it is told."""
        return self.said.get(key, (0, 0))

    def struck(self, key: str, second: int) -> bool:
        """Nobody says anything wrong."""
        return False


@dataclass
class OnModel:
    """One side of the story."""

    story: Story
    deal: Deal
    further: tuple[Deal, ...] = ()  # groups of tranches behind the deal's own
    now: int = 0
    paid: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        own = self.story.terms
        self.state = State(self.deal, own.strategies, own.auctions, SERVICER, NOBODY, own.grace, self.further)
        self.values = Values()
        self.triggers = Triggers(own.triggers, self.values, 10**own.decimals)
        for who in (FIRST, SECOND):
            self.deal.admissions.until[who] = self.deal.terms.period_ends[-1]
        for who in (FIRST, SECOND, DEBTOR):
            self.deal.asset.mint(who, _FUNDS)

    def at(self, seconds: int) -> None:
        """The model's clock stands until it is told."""
        self.now = seconds

    def open(self, case: int, loans: Sequence[str]) -> None:
        """Loans are known by their names here."""
        for place, loan in enumerate(loans):
            claim, leaf = self.story.claims[loan], loan.encode()
            if place == 0:
                book.open_case(self.state, leaf, claim, claim, 0, Case(True, self._key(case).encode()), DEBTOR)
            else:
                book.join(self.state, case, leaf, claim, claim, 0)
        book.confirm(self.state, case, self.state.cases[case].joining.content)

    def tell(self, case: int, value: int) -> None:
        """In WAD to the triggers, in settlement units to a sale."""
        self.values.said[self._key(case)] = value * WAD // 10**self.story.terms.decimals, self.now
        self.state.values[self._key(case).encode()] = value, True

    def watch(self, case: int) -> None:
        """Rule 33."""
        self.triggers.watch(self.state, case, self.story.trigger)

    def check(self, case: int) -> None:
        """Rule 33."""
        self.triggers.check(self.state, case, self.story.trigger, self.now)

    def fire(self, case: int) -> None:
        """Rule 34."""
        self.triggers.fire(self.state, case, self.story.trigger, KEEPER, self.now)

    def start(self, case: int) -> None:
        """Rule 16."""
        self._do(partial(book.start_sale, self.state, case, self.now))

    def bid(self, case: int, who: str, cash: int) -> None:
        """Rule 24."""
        self._do(partial(self.story.auction.bid, self.state, case, who, cash, self.now))  # type: ignore[union-attr]

    def take(self, case: int, who: str, units: int) -> None:
        """Rule 22."""
        named = {"wanted": units, "at_least": units, "highest": 2**255}
        self._do(partial(self.story.auction.take, self.state, case, who, self.now, **named))  # type: ignore[union-attr]

    def settle(self, case: int) -> None:
        """Rule 26."""
        self._do(partial(self.story.auction.settle, self.state, case, self.now))  # type: ignore[union-attr]

    def relist(self, case: int) -> None:
        """Rule 18."""
        self._do(partial(house.relist, self.state, case, self.now))

    def pay_off(self, case: int, cash: int) -> None:
        """Rules 4, 5 and 9."""
        kind, agreed = Strategy.DISCOUNTED_PAY_OFF, Plan(cash)
        book.switch_to(self.state, case, kind, agreed, self.now)
        account = self.state.accounts[case]
        due = cash + account.costs_due + account.keeper_due
        self._do(partial(book.pay, self.state, case, DEBTOR, due, self.now))

    def pay_out(self, who: str) -> None:
        """Rule 10."""
        self.paid[who] += house.pay_out(self.state, who)

    def _do(self, call: Callable[[], object]) -> None:
        self.state.attempt(call)

    def _key(self, case: int) -> str:
        return f"{self.story.kind}/{case}"
