"""Cases, strategies and sales beside their model: all rules of docs/liquidation.md, by who may and who may not."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from salvor.chain.refusal import CallRefused
from salvor.lab import strategies
from salvor.model.deal import NOBODY
from salvor.model.liquidation import book, house
from salvor.model.liquidation.dutch import DutchRound
from salvor.model.liquidation.english import EnglishRound
from salvor.model.liquidation.sealed import SealedRound
from salvor.model.liquidation.state import Stage, Standing
from tests.property.liquidation_rules import (
    DAY,
    HOUR,
    CaseRules,
    amounts,
    curing,
    mostly,
    numbers,
    people,
    running,
    selling,
)
from tests.property.liquidation_stage import (
    CLIMB,
    CURVE,
    GROUP_STRATEGIES,
    SEALED,
    SEALED_STRATEGIES,
    STEPS,
    VICKREY,
    VICKREY_STRATEGIES,
)

units = strategies.amounts(1_001)


class LiquidationMachine(CaseRules):
    """Sales of the cases that the other rules make."""

    # SALES

    @rule(number=numbers)
    def sell(self, number) -> None:
        number = self.pick(number, Stage.HELD)
        self.plain(book.sell, self.live.book.sell, number, by=self.sales.servicer)

    @rule(number=numbers, fee=st.sampled_from((0, 5, 40_000)), cure=st.sampled_from((0, HOUR, DAY)), after=selling)
    def fire(self, number, fee, cure, after) -> None:
        number = self.pick(number, Stage.HELD)
        keeper = self.sales.overseer
        self.mirror.do(
            book.fire,
            number,
            keeper.address,
            fee,
            cure,
            after,
            self.now,
            method=self.live.book.fire,
            given=(number, keeper, fee, cure, after),
            by=self.sales.overseer,
        )

    @curing
    @rule(number=numbers)
    def cure(self, number) -> None:
        number = self.pick(number, Stage.CURE)
        self.mirror.do(book.cured, number, method=self.live.book.cured, given=(number,), by=self.sales.overseer)

    @curing
    @rule(number=numbers)
    def start_sale(self, number) -> None:
        number = self.pick(number, Stage.CURE)
        self.plain(book.start_sale, self.live.book.startSale, number)

    @running
    @rule(
        number=numbers,
        buyer=people,
        wanted=units,
        at_least=st.sampled_from((0, 1, 500)),
        most=mostly,
    )
    def take(self, number, buyer, wanted, at_least, most) -> None:
        number = self.pick(number, Stage.FOR_SALE)
        highest, who = 2**255 if most else 20_000, self.sales.bidders[buyer]
        kind = self.state.auctions[0]
        taken = self.mirror.do(
            lambda state: kind.take(
                state, number, who.address, self.now, wanted=wanted, at_least=at_least, highest=highest
            ),
            method=self.live.auctions[0].take,
            given=(number, wanted, at_least, highest),
            by=who,
        )
        if isinstance(taken, tuple):
            self.mirror.spent[who.address] += taken[1]

    @running
    @rule(number=numbers, bidder=people, amount=amounts, least=st.sampled_from((True, True, False)))
    def bid(self, number, bidder, amount, least) -> None:
        number = self.pick(number, Stage.FOR_SALE)
        kind, who, running = self.state.auctions[1], self.sales.bidders[bidder], self.state.rounds.get(number)
        amount = kind.least(running) if least and hasattr(running, "best") else amount
        self.mirror.do(
            lambda state: kind.bid(state, number, who.address, amount, self.now),
            method=self.live.auctions[1].bid,
            given=(number, amount),
            by=who,
        )

    @running
    @rule(number=numbers)
    def settle(self, number) -> None:
        number = self.pick(number, Stage.FOR_SALE)
        kind, running = self.state.auctions[1], self.state.rounds.get(number)
        done = self.mirror.do(
            lambda state: kind.settle(state, number, self.now),
            method=self.live.auctions[1].settle,
            given=(number,),
            by=self.sales.stage.outsider,
        )
        if done is None and hasattr(running, "best"):
            self.mirror.spent[running.bidder] += running.best

    @running
    @rule(number=numbers, bidder=people, price=amounts, copied=st.sampled_from((False, False, False, True)))
    def commit(self, number, bidder, price, copied) -> None:
        """A price of one's own, mostly above the floor; or the seal of another."""
        number, who = self.pick(number, Stage.FOR_SALE), self.sales.bidders[bidder]
        round_, place = self.live.auctions[2].roundOf(number)
        price = price if price % 3 else round_.floor + price % 4
        seal = self.live.auctions[2].sealOf(place, who, price, bytes([bidder]) * 32)
        if copied:
            others = [each.seal for each in self.sealed(number).commitments.values()] if place else []
            seal = others[0] if others else bytes(28)
        kind, named = self.state.auctions[2], max(0, place - (price % 11 == 7))
        done = self.mirror.do(
            lambda state: kind.commit(state, number, named, who.address, seal, self.now),
            method=self.live.auctions[2].commit,
            given=(number, named, seal),
            by=who,
        )
        if done is None:
            self.told[place, who.address] = price, bytes([bidder]) * 32

    @running
    @rule(number=numbers, bidder=people, honest=mostly)
    def reveal(self, number, bidder, honest) -> None:
        number, who = self.pick(number, Stage.FOR_SALE), self.sales.bidders[bidder]
        _, place = self.live.auctions[2].roundOf(number)
        price, salt = self.told.get((place, who.address), (1, bytes(32)))
        salt = salt if honest else bytes([99]) * 32
        seal = self.live.auctions[2].sealOf(place, who, price, salt)
        kind = self.state.auctions[2]
        self.mirror.do(
            lambda state: kind.reveal(state, number, who.address, price, seal, self.now),
            method=self.live.auctions[2].reveal,
            given=(number, price, salt),
            by=who,
        )

    @running
    @rule(number=numbers, bidder=people)
    def pay_price(self, number, bidder) -> None:
        number, who, kind = self.pick(number, Stage.FOR_SALE), self.sales.bidders[bidder], self.state.auctions[2]
        round_ = self.sealed(number)
        if round_ and round_.bidder != NOBODY and bidder:
            who = next(each for each in self.sales.bidders if each.address == round_.bidder)
        price = self.mirror.do(
            lambda state: kind.pay(state, number, who.address, self.now),
            method=self.live.auctions[2].pay,
            given=(number,),
            by=who,
        )
        if isinstance(price, int):
            self.mirror.spent[who.address] += price

    @rule(place=st.integers(0, 4), bidder=people)
    def reclaim(self, place, bidder) -> None:
        who, kind = self.sales.bidders[bidder], self.state.auctions[2]
        self.mirror.do(
            lambda state: kind.reclaim(state, place, who.address),
            method=self.live.auctions[2].reclaim,
            given=(place, who),
            by=self.sales.stage.outsider,
        )

    @running
    @rule(number=numbers, bidder=people)
    def sell_all(self, number, bidder) -> None:
        """One bidder does all in order and in time: single calls drawn at random seldom sell anything."""
        round_ = self.state.rounds.get(self.pick(number, Stage.FOR_SALE))
        if isinstance(round_, DutchRound):
            self.take(number, bidder, round_.left, 0, True)
        elif isinstance(round_, EnglishRound):
            self.bid(number, bidder, 0, True)
            self.lab.wait(CLIMB.longest)
            self.settle(number)
        elif isinstance(round_, SealedRound):
            self.commit(number, bidder, 3, False)
            self.lab.wait(SEALED.commit_time)
            self.reveal(number, bidder, True)
            self.lab.wait(SEALED.reveal_time)
            self.pay_price(number, bidder)

    @running
    @rule(number=numbers)
    def sell_nothing(self, number) -> None:
        """Nobody comes, round after round."""
        picked = self.pick(number, Stage.FOR_SALE)
        for _ in range(3):
            if picked not in self.state.rounds:
                return
            self.lab.wait(house.auction_of(self.state, self.state.accounts[picked]).longest)
            self.relist(number)

    def sealed(self, number):
        """The sealed round that runs for a case."""
        found = self.state.rounds.get(number)
        return found if isinstance(found, SealedRound) else None

    @running
    @rule(number=numbers)
    def relist(self, number) -> None:
        number = self.pick(number, Stage.FOR_SALE)
        self.plain(house.relist, self.live.house.relist, number)

    @rule(who=strategies.actors(7))
    def pay_out(self, who) -> None:
        account = self.sales.people[who]
        self.mirror.do(
            house.pay_out,
            account.address,
            method=self.live.house.payOut,
            given=(account,),
            by=self.sales.stage.outsider,
        )

    def plain(self, verb, method, number, by=None) -> None:
        self.mirror.do(verb, number, self.now, method=method, given=(number,), by=by or self.sales.stage.outsider)

    @running
    @rule(hurry=st.booleans())
    def end_all(self, hurry) -> None:
        """From every state anyone, and time, end every sale in two calls a round at most."""
        before = self.lab.snapshot()
        for number, account in self.state.accounts.items():
            for _ in range(2 * 4):
                standing = self.live.house.accountOf(number).standing
                if standing != Standing.ON_SALE:
                    break
                if not hurry:
                    self.lab.wait(house.auction_of(self.state, account).longest)
                else:
                    self.lab.now = max(self.now, self.sales.stage.terms.period_ends[-1])
                self.end_round(number)
            assert self.live.house.accountOf(number).standing != Standing.ON_SALE, "AU-05"
        self.lab.restore(before)

    def end_round(self, number) -> None:
        outsider = self.sales.stage.outsider
        for call in (self.live.auctions[1].settle, self.live.house.relist):
            try:
                call(number, sender=outsider)
            except CallRefused:
                continue
            return

    @invariant()
    def chain_equals_model(self) -> None:
        self.mirror.check()
        self.mirror.check_bidders()
        for number in list(self.state.rounds):
            found = self.mirror.price(number, self.now)
            if found is None:
                continue
            price, floor = found
            assert price >= floor, "AU-10"
            key = number, self.state.accounts[number].round, self.state.rounds[number].begun
            assert price <= self.prices.get(key, price), "AU-10"
            self.prices[key] = price

    def teardown(self) -> None:
        """What was reached, for whoever asks."""
        self.mirror.shares()
        for stage in (each.stage for each in self.state.cases.values()):
            name = Stage(stage).name.lower()
            self.reached[name] = self.reached.get(name, 0) + 1
        for how, times in self.state.ended.items():
            self.reached[how] = self.reached.get(how, 0) + times


VARIANTS = {
    "steps and bids": {},
    "curve and bids": {"auctions": (CURVE, CLIMB, SEALED)},
    "sealed and bids": {"strategies": SEALED_STRATEGIES},
    "two groups": {"strategies": GROUP_STRATEGIES, "groups": 2},
    "steps and vickrey": {"auctions": (STEPS, CLIMB, VICKREY), "strategies": VICKREY_STRATEGIES},
}


@pytest.mark.engines("revm", "anvil")
@pytest.mark.parametrize("variant", list(VARIANTS))
def test_sales_are_their_model(lab, prove, variant):
    LiquidationMachine.set_stage(lab, **VARIANTS[variant])
    prove(LiquidationMachine, steps=2_000)
    print(LiquidationMachine.reached)
