"""An evergreen deal in a test's words: people by role, each verb on chain and model, all figures compared after it."""

from __future__ import annotations

from typing import Any

from salvor.model.evergreen.fund import Observation, Settled
from tests.property.evergreen_mirror import EvergreenMirror

SENIOR, MEZZANINE, JUNIOR = 0, 1, 2
NOBODY = "0x" + "00" * 20


class Gates:
    """`mirror` holds chain and model; the four people are `senior`, `mezz`, `junior` and `newcomer`."""

    def __init__(self, mirror: EvergreenMirror) -> None:
        self.mirror, self.live, self.lab, self.stage = mirror, mirror.live, mirror.lab, mirror.stage
        self.senior, self.mezz, self.junior, self.newcomer = mirror.people
        self.fund, self.deal, self.calls = mirror.fund, mirror.deal, mirror.calls
        self.agent, self.manager = self.live.parties.transfer_agent, self.live.parties.admin

    # Requests and claims

    def enter(self, who: Any, place: int, cash: int, *, by: Any = None) -> Any:
        """Ask to buy for `cash`; for oneself unless `by` says who brings it."""
        payer = by or who
        args = place, cash, who.address, payer.address, self.lab.now
        call = self.live.gates[place].requestDeposit
        return self._do(lambda: self.calls.request_deposit(payer.address, *args), call, cash, who, payer, by=payer)

    def leave(self, who: Any, place: int, units: int, *, owner: Any = None) -> Any:
        """Ask to sell units, one's own unless `owner` says whose."""
        whose = owner or who
        args = place, units, who.address, whose.address, self.lab.now
        call = self.live.gates[place].requestRedeem
        return self._do(lambda: self.calls.request_redeem(who.address, *args), call, units, who, whose, by=who)

    def cancel_entry(self, who: Any, place: int) -> Any:
        model = self.calls.cancel_deposit
        call = self.live.gates[place].cancelDepositRequest
        return self._do(lambda: model(who.address, place, who.address, self.lab.now), call, 0, who, by=who)

    def cancel_exit(self, who: Any, place: int) -> Any:
        model = self.calls.cancel_redeem
        call = self.live.gates[place].cancelRedeemRequest
        return self._do(lambda: model(who.address, place, who.address, self.lab.now), call, 0, who, by=who)

    def take_cash_back(self, who: Any, place: int, to: Any = None) -> Any:
        to, call = to or who, self.live.gates[place].claimCancelDepositRequest
        model = self.calls.take_cash_back
        return self._do(lambda: model(who.address, place, to.address, who.address), call, 0, to, who, by=who)

    def take_units_back(self, who: Any, place: int, to: Any = None) -> Any:
        to, call = to or who, self.live.gates[place].claimCancelRedeemRequest
        args = who.address, self.lab.now
        model = self.calls.take_units_back
        return self._do(lambda: model(who.address, place, to.address, *args), call, 0, to, who, by=who)

    def claim(self, verb: str, who: Any, place: int, amount: int, to: Any = None, *, by: Any = None) -> Any:
        """`deposit`, `mint`, `redeem` or `withdraw`: the ERC's word for the four claims."""
        to, sender = to or who, by or who
        model, call = getattr(self.calls, verb), getattr(self.live.gates[place], verb)
        args: list[Any] = [sender.address, place, amount, to.address, who.address]
        if verb in ("deposit", "mint"):
            args.append(self.lab.now)
        return self._do(lambda: model(*args), call, amount, to, who, by=sender)

    def turn_back(self, who: Any, place: int, units: int) -> Any:
        model, call = self.calls.turn_back, self.live.gates[place].turnBack
        return self._do(lambda: model(who.address, place, units, who.address, self.lab.now), call, units, who, by=who)

    def claim_earned(self, who: Any, place: int) -> Any:
        call = self.live.gates[place].claimEarned
        return self._do(lambda: self.calls.claim_earned(place, who.address), call, who, by=self.newcomer)

    def set_operator(self, who: Any, place: int, operator: Any, approved: bool = True) -> Any:
        model, call = self.calls.set_operator, self.live.gates[place].setOperator
        return self._do(lambda: model(who.address, place, operator.address, approved), call, operator, approved, by=who)

    # The deal

    def end_period(self, gross: int = 15_000, **other: int) -> None:
        """The next period ends, is reported on the day and run."""
        end = self.deal.terms.end(self.deal.pool.reported + 1)
        self.lab.now = max(self.lab.now, end)
        self.mirror.report(gross, **other)
        self.mirror.run()
        self.mirror.check()

    def settle(self) -> Any:
        """As it is, refused or done."""
        done = self.mirror.settle()
        self.mirror.check()
        return done

    def end_epoch(self, gross: int = 15_000, **other: int) -> Settled:
        """End the period and settle."""
        self.end_period(gross, **other)
        done = self.settle()
        assert isinstance(done, Settled), done
        return done

    def at_cut_off(self) -> None:
        self.lab.now = self.fund.cut_off

    def pause(self, paused: bool = True) -> None:
        self.fund.paused = paused
        self.live.fund.setPaused(paused, sender=self.agent)

    def announce(self, loss: int) -> Any:
        call = self.live.fund.announceWriteOff
        return self._do(lambda: self.fund.announce(loss), call, loss, by=self.live.parties.servicer)

    def change(self, limits: tuple[int, ...], *, senior_first: bool = True, source: bool = False) -> Any:
        given = list(limits), senior_first, self.stage.board.address if source else NOBODY
        terms = {"senior_first": senior_first, "source": source, "now": self.lab.now}
        return self._do(lambda: self.fund.change(limits, **terms), self.live.fund.change, given, by=self.manager)

    def observe(self, value: int, period: int, at: int) -> None:
        self.fund.observed = Observation(value, period, at)
        self.stage.board.write(value, period, at, sender=self.newcomer)

    def buy_loans(self, price: int, gross: int) -> Any:
        bought = self.mirror.buy(price, gross)
        self.mirror.check()
        return bought

    # Notes

    def freeze(self, who: Any, place: int, frozen: bool = True) -> None:
        self.deal.freeze(who.address, place, frozen)
        self.live.notes[place].setFrozen(who, frozen, sender=self.agent)

    def recover(self, lost: Any, found: Any, place: int) -> Any:
        model, call = self.calls.recover, self.live.notes[place].recover
        return self._do(
            lambda: model(lost.address, found.address, place, self.lab.now), call, lost, found, by=self.agent
        )

    def remove(self, who: Any) -> None:
        """No longer admitted."""
        self.deal.admissions.until[who.address] = 0
        self.live.allow_list.remove(who, sender=self.agent)

    # What is there

    def position(self, who: Any, place: int) -> Any:
        """By the model; the chain's is the same, or the last check failed."""
        return self.fund.gates[place].caught_up(who.address)

    def units(self, who: Any, place: int) -> int:
        return self.live.notes[place].balanceOf(who)

    def cash(self, who: Any) -> int:
        return self.live.settlement.balanceOf(who)

    def _do(self, expected: Any, method: Any, *args: Any, by: Any) -> Any:
        answer = self.mirror.both(expected, method, *args, sender=by)
        self.mirror.check()
        return answer


def refused(answer: Any) -> tuple[str, tuple[Any, ...]]:
    """Error and values of what chain and model both refused."""
    assert hasattr(answer, "error"), f"done: {answer}"
    return answer.error, answer.values
