"""The play's two loans on a chain: loans are proved, values signed, and each act is told with its day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from salvor.amounts import WAD, Units, format_units
from salvor.chain.send import send
from salvor.deploy.live import LiveDeal
from salvor.desk import actions as desk
from salvor.desk.appraisers import Appraisers
from salvor.desk.tapes import Proofs
from salvor.desk.worked import DAY, DEBTOR, FIRST, SECOND, Story
from salvor.model.liquidation.dutch import Dutch
from salvor.model.liquidation.state import Standing, Strategy


@dataclass
class Clock:
    """A chain's: when its last block was, and how it is set."""

    now: Callable[[], int]
    at: Callable[[int], None]


@dataclass
class OnChain:
    """One side of the story; `people` by their parts, `say` gets a line an act."""

    story: Story
    live: LiveDeal
    proofs: Proofs
    appraisers: Appraisers
    people: Mapping[str, Any]
    name: str  # of the trigger
    clock: Clock
    say: Callable[[str], None]
    groups: Sequence[str] = ()  # of tranches, behind the deal's own
    set_to: int = 0
    paid: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        own: Any = self.live.liquidation
        self.worth, self.seen = dict[int, int](), set[int]()
        self.book, self.house, self.triggers = own.book, own.house, own.triggers
        self.auction = own.auctions[self.story.strategy.auction or 0]
        for who in (FIRST, SECOND):
            desk.admit(self.live, self.people[who], until=self.live.pool.record(self.live.pool.periodCount()).end)

    def at(self, seconds: int) -> None:
        """The next block is then."""
        self.clock.at(seconds)
        self.set_to = seconds

    def open(self, case: int, loans: Sequence[str]) -> None:
        """The servicer proves each loan and its claim; the manager is overseer where the deal names nobody."""
        servicer = self.live.parties.servicer
        for place, loan in enumerate(loans):
            claim, proof = self.story.claims[loan], self.proofs.of(loan)
            if place == 0:
                opening = (claim, 0, True, self.people[DEBTOR], self._key(case).encode().ljust(32, b"\0"))
                send(self.book.open, proof, opening, sender=servicer)
            else:
                send(self.book.join, case, proof, claim, 0, sender=servicer)
        send(self.book.confirm, case, self.book.joiningOf(case).content, sender=self.live.parties.manager)
        self.appraisers.believe(self._key(case))
        names = f"account{'s' if len(loans) > 1 else ''} {', '.join(loans)}"
        self._tell(case, f"{names} opened by proof and confirmed, claim {self._money(self.story.claim(case))}")

    def tell(self, case: int, value: int) -> None:
        """Signed by every appraiser of the key."""
        wad = value * WAD // 10**self.story.terms.decimals
        self.appraisers.tell(self._key(case), wad, self._now())
        if self.worth.get(case) != value:
            self.worth[case] = value
            self._tell(case, f"appraised at {self._money(value)}")

    def watch(self, case: int) -> None:
        """By anybody."""
        send(self.triggers.watch, case, self.story.trigger, sender=self.appraisers.by)

    def check(self, case: int) -> None:
        """By anybody."""
        send(self.triggers.check, case, self.story.trigger, sender=self.appraisers.by)
        if case not in self.seen:
            self.seen.add(case)
            self._tell(case, f"the cause of '{self.name}' is there; somebody looks again and again")

    def fire(self, case: int) -> None:
        """By anybody, who is the keeper."""
        send(self.triggers.fire, case, self.story.trigger, sender=self.appraisers.by)
        days = self.story.watched.cure // DAY
        self._tell(case, f"'{self.name}' fires after {self.story.watched.hold // DAY} days; {days} days to cure")

    def start(self, case: int) -> None:
        """By anybody."""
        send(self.book.startSale, case, sender=self.appraisers.by)
        self._tell(case, f"not cured; anyone starts the sale, {self._prices(case)}")
        if group := self.house.accountOf(case).group:
            self._tell(case, f"it is of '{self.groups[group - 1]}' from now on, with its claim")

    def bid(self, case: int, who: str, cash: int) -> None:
        """The cash comes in at once."""
        self._fund(who, cash)
        send(self.auction.bid, case, cash, sender=self.people[who])
        self._tell(case, f"the {who} bids {self._money(cash)}")

    def take(self, case: int, who: str, units: int) -> None:
        """At the price of the moment."""
        price = self.auction.priceAt(case, self._now())
        whole = self.auction.terms().units
        self._fund(who, -(-price * units // whole))
        send(self.auction.take, case, units, units, 2**255, sender=self.people[who])
        self._tell(
            case, f"the {who} takes {units} of {whole} units at {self._money(price)} for all; {self._came_to(case)}"
        )

    def settle(self, case: int) -> None:
        """By anybody."""
        send(self.auction.settle, case, sender=self.appraisers.by)
        self._tell(case, f"sold to the {SECOND}; {self._came_to(case)}")

    def relist(self, case: int) -> None:
        """By anybody; the next round, or the end of the sale."""
        send(self.house.relist, case, sender=self.appraisers.by)
        on = self.house.accountOf(case).standing == Standing.ON_SALE
        self._tell(case, f"nobody bid; {f'again, {self._prices(case)}' if on else 'back to the servicer, held again'}")

    def pay_off(self, case: int, cash: int) -> None:
        """By the overseer too."""
        account = self.house.accountOf(case)
        due = cash + account.costsDue + account.keeperDue
        kind, manager = int(Strategy.DISCOUNTED_PAY_OFF), self.live.parties.manager
        send(self.book.switchTo, case, kind, (cash, 0, 0), sender=manager)
        self._fund(DEBTOR, due)
        send(self.book.pay, case, due, sender=self.people[DEBTOR])
        self._tell(case, f"a pay-off of {self._money(cash)} is agreed and paid; {self._came_to(case)}")

    def pay_out(self, who: str) -> None:
        """By anybody."""
        account = self.people[who]
        cash = self.house.owed(account)
        self.paid[who] += cash
        send(self.house.payOut, account, sender=self.appraisers.by)
        if cash:
            self.say(f"{self._day()}  the house pays {self._money(cash)} to the {who}")

    def _fund(self, who: str, cash: int) -> None:
        """The settlement asset of a test chain gives everybody what they ask for."""
        account, token = self.people[who], self.live.settlement
        send(token.mint, account, cash, sender=account)
        send(token.approve, self.house, cash, sender=account)

    def _prices(self, case: int) -> str:
        own = self.auction.roundOf(case)
        if isinstance(self.story.auction, Dutch):
            return f"falling from {self._money(own.start)} to {self._money(own.floor)}"
        return f"bids from {self._money(own.floor)}"

    def _came_to(self, case: int) -> str:
        own = self.house.accountOf(case)
        whose = f" of '{self.groups[own.group - 1]}'" if own.group else ""
        brought = f"{self._money(own.brought)} to the pool{whose}"
        if own.standing != Standing.CLOSED:
            return brought
        return f"{brought}, {self._money(max(0, own.outstanding - own.brought))} written off, closed"

    def _tell(self, case: int, said: str) -> None:
        self.say(f"{self._day()}  case {case}: {said}")

    def _now(self) -> int:
        """Of the next block: the clock may be set, and no block there yet."""
        return max(self.set_to, self.clock.now())

    def _day(self) -> str:
        return f"{datetime.fromtimestamp(self._now(), UTC):%Y-%m-%d}"

    def _money(self, units: int) -> str:
        return format_units(Units(units), self.story.terms.decimals)

    def _key(self, case: int) -> str:
        return f"{self.story.kind}/{case}"
