"""Investors come and go in any order: the evergreen deal on chain beside its model after every step."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from salvor.lab import strategies
from salvor.model.evergreen.fund import Observation
from tests.property.evergreen_mirror import EvergreenMirror
from tests.property.evergreen_stage import DAY, FOREVER, PERCENT, set_stage

actors = strategies.actors(4)
places = st.integers(0, 2)
parts = st.one_of(st.sampled_from([0, 1, 2, 512, 1_023, 1_024, 1_025]), st.integers(0, 1_100))
sizes = st.sampled_from([1, 7, 1_000, 9_973, 30_011, 90_001])
NOBODY = "0x" + "00" * 20


def part(drawn: int, whole: int) -> int:
    """So many of 1,024 parts: mostly a part of the whole, sometimes a little more, or one or two units."""
    return drawn if drawn in (0, 1, 2) else whole * drawn // 1_024


class EvergreenMachine(RuleBasedStateMachine):
    """Rules are what people do. Each goes to the model first, and the chain must answer exactly alike.

    Here the clock stands still from one period's end to the next.
    """

    moving = False

    @classmethod
    def set_stage(cls, lab) -> None:
        cls.stage = set_stage(lab)

    @initialize(period=st.integers(0, 3))
    def begin(self, period) -> None:
        """Some periods on, so that later rules are reached."""
        self.m = self._mirror()
        self.fund, self.calls, self.live, self.people = self.m.fund, self.m.calls, self.m.live, self.m.people
        for _ in range(period):
            self._end_period(1_024, 0)

    def _mirror(self) -> EvergreenMirror:
        return EvergreenMirror(self.stage)

    def _end_period(self, collected, written_off) -> None:
        deal = self.m.deal
        if deal.pool.is_complete:
            return
        self._until(deal.terms.end(deal.pool.reported + 1))
        self.m.report(part(collected, 15_000), written_off=written_off)
        self.m.run()

    def _until(self, second) -> None:
        if second > self.m.now:
            self.m.lab.now = second

    def _who(self, actor, controller):
        return self.people[actor], self.people[controller]

    # Requests

    @rule(actor=actors, place=places, cash=sizes, controller=actors, own=st.booleans())
    def request_deposit(self, actor, place, cash, controller, own) -> None:
        by, other = self._who(actor, controller)
        whose = by if own else other
        call, args = self.calls.request_deposit, (place, cash, whose.address, by.address, self.m.now)
        gate = self.live.gates[place]
        self.m.both(lambda: call(by.address, *args), gate.requestDeposit, cash, whose, by, sender=by)

    @rule(actor=actors, place=places, drawn=parts, controller=actors, own=st.booleans(), theirs=st.booleans())
    def request_redeem(self, actor, place, drawn, controller, own, theirs) -> None:
        by, other = self._who(actor, controller)
        whose, owner = by if own else other, other if theirs and not own else by
        units = part(drawn, self.m.deal.notes[place].holders[owner.address].units)
        call, args = self.calls.request_redeem, (place, units, whose.address, owner.address, self.m.now)
        gate = self.live.gates[place]
        self.m.both(lambda: call(by.address, *args), gate.requestRedeem, units, whose, owner, sender=by)

    @rule(actor=actors, place=places, operator=actors, approved=st.booleans())
    def set_operator(self, actor, place, operator, approved) -> None:
        by, other = self._who(actor, operator)
        call = self.calls.set_operator
        gate = self.live.gates[place]
        self.m.both(
            lambda: call(by.address, place, other.address, approved), gate.setOperator, other, approved, sender=by
        )

    @rule(actor=actors, place=places, controller=actors, own=st.booleans(), cash=st.booleans())
    def cancel(self, actor, place, controller, own, cash) -> None:
        by, other = self._who(actor, actor if own else controller)
        gate, calls, now = self.live.gates[place], self.calls, self.m.now
        model, chain = (
            (calls.cancel_deposit, gate.cancelDepositRequest)
            if cash
            else (
                calls.cancel_redeem,
                gate.cancelRedeemRequest,
            )
        )
        self.m.both(lambda: model(by.address, place, other.address, now), chain, 0, other, sender=by)

    @rule(actor=actors, place=places, receiver=actors, cash=st.booleans())
    def take_back(self, actor, place, receiver, cash) -> None:
        by, to = self._who(actor, receiver)
        gate, calls, now = self.live.gates[place], self.calls, self.m.now
        if cash:
            model, chain = (
                lambda: calls.take_cash_back(by.address, place, to.address, by.address),
                gate.claimCancelDepositRequest,
            )
        else:
            model, chain = (
                lambda: calls.take_units_back(by.address, place, to.address, by.address, now),
                gate.claimCancelRedeemRequest,
            )
        self.m.both(model, chain, 0, to, by, sender=by)

    # Claims

    @rule(actor=actors, place=places, drawn=parts, receiver=actors, own=st.booleans(), by_cash=st.booleans())
    def claim_units(self, actor, place, drawn, receiver, own, by_cash) -> None:
        by, to = self._who(actor, actor if own else receiver)
        gate, calls, now = self.live.gates[place], self.calls, self.m.now
        position = self.fund.gates[place].caught_up(by.address)
        amount = part(drawn, position.claim_cash if by_cash else position.claim_units)
        model, chain = (calls.deposit, gate.deposit) if by_cash else (calls.mint, gate.mint)
        self.m.both(
            lambda: model(by.address, place, amount, to.address, by.address, now), chain, amount, to, by, sender=by
        )

    @rule(actor=actors, place=places, drawn=parts, receiver=actors, by_cash=st.booleans())
    def claim_cash(self, actor, place, drawn, receiver, by_cash) -> None:
        by, to = self._who(actor, receiver)
        gate, calls = self.live.gates[place], self.calls
        position = self.fund.gates[place].caught_up(by.address)
        amount = part(drawn, position.leave_cash if by_cash else position.leave_units)
        model, chain = (calls.withdraw, gate.withdraw) if by_cash else (calls.redeem, gate.redeem)
        self.m.both(lambda: model(by.address, place, amount, to.address, by.address), chain, amount, to, by, sender=by)

    @rule(actor=actors, place=places, drawn=parts)
    def turn_back(self, actor, place, drawn) -> None:
        by, now = self.people[actor], self.m.now
        units = part(drawn, self.fund.gates[place].caught_up(by.address).claim_units)
        call, gate = self.calls.turn_back, self.live.gates[place]
        self.m.both(lambda: call(by.address, place, units, by.address, now), gate.turnBack, units, by, sender=by)

    @rule(actor=actors, place=places)
    def claim_earned(self, actor, place) -> None:
        who, by = self.people[actor], self.people[-1]
        self.m.both(
            lambda: self.calls.claim_earned(place, who.address), self.live.gates[place].claimEarned, who, sender=by
        )

    # The deal's life

    @rule(
        collected=parts,
        written_off=st.sampled_from([0, 0, 0, 1, 20_000, 90_000]),
        extra=st.sampled_from([0, 0, 40_000]),
    )
    def end_period(self, collected, written_off, extra) -> None:
        deal = self.m.deal
        if deal.pool.is_complete:
            return
        self._until(deal.terms.end(deal.pool.reported + 1))
        self.m.report(part(collected, 15_000) + extra, written_off=written_off)
        self.m.run()

    @rule()
    def settle(self) -> None:
        self.m.settle()

    @rule(collected=parts)
    def end_period_and_settle(self, collected) -> None:
        self.end_period(collected, 0, 0)
        self.m.settle()

    @rule()
    def report_missing(self) -> None:
        deal = self.m.deal
        if not deal.pool.is_complete:
            self._until(deal.terms.end(deal.pool.reported + 1) + 2 * deal.terms.grace + 1)
            self.m.report_missing()
            self.m.run()

    @precondition(lambda self: self.moving)
    @rule(to=st.sampled_from(["cut-off", "period", "a second", "a day"]))
    def wait(self, to) -> None:
        terms, fund = self.m.deal.terms, self.fund
        if to == "cut-off" and fund.end_period:
            self._until(fund.cut_off)
        elif to == "period" and self.m.deal.pool.reported < terms.periods:
            self._until(terms.end(self.m.deal.pool.reported + 1) - 1)
        else:
            self._until(self.m.now + (1 if to == "a second" else DAY))

    @rule(drawn=parts, gross=st.sampled_from([0, 10_000]))
    def buy_loans(self, drawn, gross) -> None:
        self.m.buy(part(drawn, self.m.deal.books.account), gross)

    @rule(loss=st.sampled_from([0, 1, 10_000, 30_000, 2**112]))
    def announce(self, loss) -> None:
        fund = self.live.fund
        self.m.both(lambda: self.fund.announce(loss), fund.announceWriteOff, loss, sender=self.live.parties.servicer)

    @rule(
        first=st.sampled_from([0, 30, 60]), second=st.sampled_from([0, 10]), senior=st.booleans(), source=st.booleans()
    )
    def change(self, first, second, senior, source) -> None:
        limits = first * PERCENT, second * PERCENT
        given = list(limits), senior, self.m.stage.board.address if source else NOBODY
        manager = self.live.parties.admin
        self.m.both(
            lambda: self.fund.change(limits, senior_first=senior, source=source, now=self.m.now),
            self.live.fund.change,
            given,
            sender=manager,
        )

    @rule(
        value=st.sampled_from([0, 1, 60_000, 110_000, 2**120]),
        period=st.integers(0, 1),
        back=st.sampled_from([0, 1, -1]),
    )
    def observe(self, value, period, back) -> None:
        of, at = self.m.deal.books.last_run + period, self.m.now - back
        self.fund.observed = Observation(value, of, at)
        self.m.stage.board.write(value, of, at, sender=self.people[-1])

    @rule(paused=st.booleans())
    def pause(self, paused) -> None:
        self.fund.paused = paused
        self.live.fund.setPaused(paused, sender=self.live.parties.transfer_agent)

    # Notes

    @rule(giver=actors, taker=actors, place=places, drawn=parts)
    def transfer(self, giver, taker, place, drawn) -> None:
        one, other = self._who(giver, taker)
        deal, note = self.m.deal, self.live.notes[place]
        units = part(drawn, deal.notes[place].holders[one.address].units)
        self.m.both(
            lambda: deal.transfer(one.address, other.address, place, units, self.m.now),
            note.transfer,
            other,
            units,
            sender=one,
        )

    @rule(actor=actors, place=places)
    def claim(self, actor, place) -> None:
        who = self.people[actor]
        self.m.both(lambda: self.m.deal.claim(who.address, place), self.live.notes[place].claim, sender=who)

    @rule(actor=actors, place=places, frozen=st.booleans())
    def freeze(self, actor, place, frozen) -> None:
        who, agent = self.people[actor], self.live.parties.transfer_agent
        self.m.deal.freeze(who.address, place, frozen)
        self.live.notes[place].setFrozen(who, frozen, sender=agent)

    @rule(lost=actors, found=actors, place=places)
    def recover(self, lost, found, place) -> None:
        one, other = self._who(lost, found)
        agent, note = self.live.parties.transfer_agent, self.live.notes[place]
        self.m.both(
            lambda: self.calls.recover(one.address, other.address, place, self.m.now),
            note.recover,
            one,
            other,
            sender=agent,
        )

    @rule(actor=actors, admitted=st.booleans())
    def admit(self, actor, admitted) -> None:
        who, agent, allow = self.people[actor], self.live.parties.transfer_agent, self.live.allow_list
        if admitted:
            self.m.deal.admissions.until[who.address] = FOREVER
            allow.admit(who, FOREVER, sender=agent)
        else:
            self.m.deal.admissions.until[who.address] = 0
            allow.remove(who, sender=agent)

    @invariant()
    def chain_equals_model(self) -> None:
        if hasattr(self, "m"):
            self.m.check()


class MovingEvergreenMachine(EvergreenMachine):
    """The clock goes on between reports, too: cut-offs are missed, epochs become overdue."""

    moving = True


@pytest.mark.parametrize("machine", [EvergreenMachine, MovingEvergreenMachine], ids=["time frozen", "time moving"])
@pytest.mark.engines("revm", "anvil")
def test_an_evergreen_deal_is_its_model(lab, prove, machine):
    machine.set_stage(lab)
    prove(machine, steps=750)
