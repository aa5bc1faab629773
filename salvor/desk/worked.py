"""Two loans of a deal that are worked alone, as a play tells it: one is sold after its value fell, one nobody bids for.

The script stands here once and is acted on two sides, the chain and the model of docs/liquidation.md, by their own
clocks. It says when it goes on, so that what else happens to the deal keeps its dates. Seconds are kept well off every
deadline: a chain's clock goes a little further with each transaction.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from salvor.amounts import WAD, Units
from salvor.deal.schema import Deal
from salvor.deploy.liquidation_terms import Auction, LiquidationTerms
from salvor.deploy.terms import DealTerms
from salvor.model.liquidation.dutch import Dutch
from salvor.model.liquidation.english import English
from salvor.model.liquidation.state import StrategyTerms, share_up
from salvor.model.liquidation.watch import Looks, TriggerTerms
from salvor.tape.loans import Loan

DAY, SLACK = 86_400, 1_800
SOLD, UNSOLD = 1, 2  # the cases, by their numbers
FIRST, SECOND, DEBTOR, KEEPER, SERVICER = "first bidder", "second bidder", "debtor", "outsider", "servicer"


@dataclass(frozen=True)
class Story:
    """What is told of which loans; claims in settlement units."""

    terms: LiquidationTerms
    trigger: int
    loans: Mapping[int, tuple[str, ...]]  # by case
    claims: Mapping[str, int]
    begins: int  # when the cases are opened
    falls: int  # when the first value falls

    @property
    def watched(self) -> TriggerTerms:
        """The trigger that fires."""
        return self.terms.triggers[self.trigger]

    @property
    def kind(self) -> str:
        """Of the values that it looks at."""
        (place,) = next(each for each in self.watched.clauses if len(each) == 1)
        return self.watched.conditions[place].prefix.rstrip("/")

    @property
    def strategy(self) -> StrategyTerms:
        """How it sells."""
        return self.terms.strategies[self.watched.way]

    @property
    def auction(self) -> Auction:
        """Where it sells."""
        return self.terms.auctions[self.strategy.auction or 0]

    def claim(self, case: int) -> int:
        """Of all its loans."""
        return sum(self.claims[loan] for loan in self.loans[case])

    def low(self, case: int) -> int:
        """A value at which the cause is there: 85 % of the level."""
        (place,) = next(each for each in self.watched.clauses if len(each) == 1)
        return self.claim(case) * self.watched.conditions[place].level * 85 // (100 * WAD)

    def floor(self, case: int) -> int:
        """Of a sale at that value."""
        return share_up(self.low(case), self.strategy.floor_share)


class Side(Protocol):
    """Chain or model. Cash is settlement units, people are named by their part."""

    def at(self, seconds: int) -> None:
        """What follows happens then, or a little later."""

    def open(self, case: int, loans: Sequence[str]) -> None:
        """By the servicer, who proves each loan; then the overseer confirms."""

    def tell(self, case: int, value: int) -> None:
        """What all appraisers say of a case from then on."""

    def watch(self, case: int) -> None:
        """Its claim is noted."""

    def check(self, case: int) -> None:
        """A checkpoint."""

    def fire(self, case: int) -> None:
        """By the keeper."""

    def start(self, case: int) -> None:
        """By anyone, after the cure."""

    def bid(self, case: int, who: str, cash: int) -> None:
        """In a climbing price."""

    def take(self, case: int, who: str, units: int) -> None:
        """Of a falling one."""

    def settle(self, case: int) -> None:
        """By anyone."""

    def relist(self, case: int) -> None:
        """By anyone."""

    def pay_off(self, case: int, cash: int) -> None:
        """Agreed by the overseer and paid by the debtor, with what is due in fees."""

    def pay_out(self, who: str) -> None:
        """What the house owes."""


def story_of(deal: Deal, terms: DealTerms, loans: Sequence[Loan]) -> Story | str:
    """The story of a deal, or why it has none; nothing for a deal that sells no loans alone.

    It is told of the three loans that fall shortest of what was expected of them.
    """
    own = terms.liquidation
    if own is None:
        return ""
    if terms.rules.evergreen:
        return "it is evergreen"
    if deal.calendar.loans_pay == "at_once":
        return "each of its loans is closed at once by what it pays"
    found = [place for place, each in enumerate(own.triggers) if _is_told(own, each)]
    if not found:
        return "none of its triggers looks at a value alone (coverage_below) and sells in a dutch or english auction"
    chosen = sorted(loans, key=lambda each: (each.actual_recovery - each.expected_recovery, each.loan_id))[:3]
    if len(chosen) < 3 or not all(each.expected_recovery > 0 for each in chosen):
        return "fewer than three of its loans have a claim"
    names = [each.loan_id for each in chosen]
    ends, claims = terms.period_ends, {each.loan_id: each.expected_recovery for each in chosen}
    begins, falls = terms.rules.closing + 2 * DAY, ends[0] + DAY
    story = Story(own, found[0], {SOLD: tuple(names[:2]), UNSOLD: tuple(names[2:])}, claims, begins, falls)
    watched, auction = story.watched, story.auction
    whole = 2 * (watched.hold + watched.cure) + (1 + story.strategy.rounds) * auction.longest + 20 * SLACK
    return story if falls + whole < ends[-1] else "it ends before two sales could"


def without(story: Story | str, loans: Sequence[Loan]) -> list[Loan]:
    """What is collected as usual: a loan that is worked alone brings what its case does, and nothing beside it."""
    if isinstance(story, str):
        return list(loans)
    return [replace(each, actual_recovery=Units(0)) if each.loan_id in story.claims else each for each in loans]


def acts(story: Story, side: Side) -> Iterator[int]:
    """Gives the second at which it goes on."""
    yield story.begins
    for case, loans in story.loans.items():
        side.open(case, loans)
        side.tell(case, story.claim(case) * 12 // 10)
        side.watch(case)
    now = yield from _falls(story, side, SOLD, story.falls)
    now = yield from _sells(story, side, SOLD, now)
    now = yield from _falls(story, side, UNSOLD, now + DAY)
    yield from _nobody(story, side, UNSOLD, now)
    side.pay_off(UNSOLD, story.claim(UNSOLD) // 5)
    for who in (FIRST, SECOND, KEEPER, SERVICER):
        side.pay_out(who)


def _falls(story: Story, side: Side, case: int, now: int) -> Generator[int, None, int]:
    """The value falls and is looked at until the trigger fires; nothing cures it, and anyone starts the sale."""
    terms, value = story.watched, story.low(case)
    ripe = now + terms.hold + SLACK
    while now < ripe:
        yield now
        side.tell(case, value)
        side.check(case)
        now = min(ripe, now + max(SLACK, min(terms.gap, terms.age) - SLACK))
    yield ripe
    side.tell(case, value)
    side.fire(case)
    now = ripe + terms.cure + SLACK
    yield now
    side.tell(case, value)
    side.start(case)
    return now


def _sells(story: Story, side: Side, case: int, now: int) -> Generator[int, None, int]:
    """Two bidders; the second has it, or the rest of it."""
    auction, floor = story.auction, story.floor(case)
    if isinstance(auction, English):
        now += SLACK
        yield now
        side.bid(case, FIRST, floor)
        now += auction.duration * 9 // 10
        yield now
        step = max(auction.increment, share_up(floor, auction.increment_share))
        side.bid(case, SECOND, max(floor * 12 // 10, floor + step))
        now += max(auction.duration // 10, auction.window) + 2 * SLACK
        yield now
        side.settle(case)
    elif isinstance(auction, Dutch):
        now += auction.fall // auction.step // 2 * auction.step + auction.step // 2
        yield now
        part = auction.units // 2 if auction.units // 2 >= auction.dust else 0
        if part:
            side.take(case, FIRST, part)
        side.take(case, SECOND, auction.units - part)
    return now


def _nobody(story: Story, side: Side, case: int, now: int) -> Iterator[int]:
    """Each round ends without a bid."""
    auction = story.auction
    for _ in range(story.strategy.rounds):
        now += (auction.duration if isinstance(auction, English) else auction.longest) + SLACK
        yield now
        side.relist(case)


def _is_told(own: LiquidationTerms, trigger: TriggerTerms) -> bool:
    """Whether one value alone is its cause, and a play can bid where it sells."""
    place = own.strategies[trigger.way].auction
    alone = [next(iter(each)) for each in trigger.clauses if len(each) == 1]
    over_value = any(trigger.conditions[each].looks is Looks.COVERAGE_BELOW for each in alone[:1])
    return over_value and place is not None and isinstance(own.auctions[place], Dutch | English)


@dataclass
class Telling:
    """The script on one side, as far as it was told."""

    story: Story
    side: Side

    def __post_init__(self) -> None:
        self._acts = acts(self.story, self.side)
        self._next: int | None = next(self._acts)

    def until(self, end: int) -> None:
        """Whatever happens before a period ends; what would be just before it comes just after, within the slack."""
        while self._next is not None and self._next <= end - SLACK // 2:
            self.side.at(self._next)
            self._next = next(self._acts, None)
