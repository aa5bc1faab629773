"""An evergreen deal on chain beside its model: each call on both, every figure compared, and what must hold besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from functools import partial
from typing import Any

from salvor.chain.refusal import CallRefused
from salvor.errors import NotAsExpected
from salvor.lab.assertions import conserved, side_by_side
from salvor.model.deal import OFFERING, POOL, WATERFALL, State, note_account
from salvor.model.evergreen.fund import Settled
from salvor.model.evergreen.gate import Gate, Record
from salvor.model.evergreen.value import tranche_values
from salvor.model.liquidation import cash as apart
from salvor.model.pool import Report
from salvor.model.refusal import Refused
from salvor.model.terms import ONE, TriggerKind
from salvor.model.tranche import Tranche
from tests.property.evergreen_stage import Stage

PHASES = {State.REVOLVING: 1, State.AMORTISING: 2, State.ACCELERATED: 3, State.WOUND_UP: 4}
POSITION = (
    *("entry", "entry_epoch", "claim_cash", "claim_units", "back_units", "exit", "exit_epoch", "leave_units"),
    *("leave_cash", "back_cash"),
)


def _claim(one: Tranche) -> int:
    return one.principal + one.written_down + one.loss + one.interest_due


class EvergreenMirror:
    """One run; `calls` is the model."""

    def __init__(self, stage: Stage) -> None:
        stage.lab.restore(stage.beginning)
        self.stage, self.lab, self.live = stage, stage.lab, stage.live
        self.calls = stage.model()
        self.fund, self.deal = self.calls.fund, self.calls.fund.deal
        self.people = stage.people

    @property
    def now(self) -> int:
        return self.lab.now

    def both(self, expected: Callable[[], Any], method: Any, *args: Any, sender: Any) -> Any:
        """Returns the model's answer, or its refusal when both refused alike."""
        try:
            answer, refused = expected(), None
        except Refused as said:
            answer, refused = said, said
        try:
            method(*args, sender=sender)
        except CallRefused as said:
            given = said.refusal
            if refused is None or (given.error, given.values) != (refused.error, refused.values):
                raise NotAsExpected(f"WF-06: {said.call}: chain: {given}; model: {refused or 'done'}") from None
        else:
            if refused is not None:
                raise NotAsExpected(f"WF-06: {method.called}: chain: done; model: {refused}")
        return answer

    # Calls that need more than a line

    def report(self, gross: int, **other: int) -> Any:
        """The next period's report, by the servicer, now."""
        period, servicer = self.deal.pool.reported + 1, self.live.parties.servicer
        root, loans = (b"\1" * 32, 1) if gross else (bytes(32), 0)
        report = Report(period, gross, root=root, loans=loans, **other)
        fields = (gross, report.costs, report.written_off, report.recovered, 0, 0, root, loans, False)
        call = partial(self.deal.report, report, self.now, servicer.address)
        return self.both(call, self.live.pool.report, period, fields, (0, bytes(32), 0, 0, 0, 0), sender=servicer)

    def report_missing(self) -> Any:
        period = self.deal.pool.reported + 1
        call = partial(self.deal.report_missing, period, self.now)
        return self.both(call, self.live.pool.reportMissing, period, sender=self.people[-1])

    def run(self) -> Any:
        period = self.deal.books.last_run + 1
        return self.both(partial(self.deal.run, period), self.live.waterfall.run, period, sender=self.people[-1])

    def buy(self, price: int, gross: int) -> Any:
        manager, root = self.live.parties.admin, b"\3" * 32
        call = partial(self.fund.buy_loans, price, root, 1, gross, self.now)
        return self.both(call, self.live.pool.buyFurther, (root, 1, gross), price, sender=manager)

    def settle(self) -> Any:
        """With what must hold of every settlement."""
        before, slacks = self._limit_figures(self._values()), self._slacks(lacking=True)
        waiting = [self._waiting(gate) for gate in self.fund.gates]
        loss, claims = self.fund.open_loss(self.deal.books.last_run), [_claim(one) for one in self.deal.books.tranches]
        done = self.both(partial(self.fund.settle, self.now), self.live.fund.settle, sender=self.people[-1])
        if isinstance(done, Settled):
            self._check_settlement(done, before)
            self._check_tests(done, slacks)
            self._check_closed(done, claims, loss)
            for gate, waited in zip(self.fund.gates, waiting, strict=True):
                self._check_met(gate, gate.records[done.epoch], waited)
        return done

    # What is compared

    def check(self) -> None:
        """Every figure of chain and model, then the properties that hold after every call."""
        names, chain, model = list[str](), list[Any](), list[Any]()

        def add(name: str, on_chain: Any, modelled: Any) -> None:
            names.append(name)
            chain.append(on_chain)
            model.append(modelled)

        self._add_books(add)
        for place, gate in enumerate(self.fund.gates):
            self._add_gate(add, place, gate)
        if chain != model:
            raise NotAsExpected(f"WF-02: {side_by_side(names, chain, model)}")
        self._check_cash()

    def _add_books(self, add: Callable[[str, Any, Any], None]) -> None:
        live, deal, books, fund = self.live, self.deal, self.deal.books, self.fund
        waterfall, distributor, balances = live.waterfall, live.distributor, self.deal.asset.balances
        add("reserve", waterfall.reserve()[0], books.reserve)
        add("account", waterfall.revolvingAccount(), books.account)
        add("left", waterfall.cashLeft(), books.waiting)
        add("phase", waterfall.phase(), PHASES[deal.state])
        add("for holders", distributor.heldForHolders(), sum(note.cash_held for note in deal.notes))
        add("for the deal", distributor.heldForDeal(), books.reserve + books.account + books.waiting)
        own = (POOL, WATERFALL, apart.APART, *map(note_account, range(len(deal.notes))))
        add("cash of the distributor", live.settlement.balanceOf(distributor), sum(balances[each] for each in own))
        add("cash of sales", distributor.spare(), apart.held(deal))
        add("cash of the offering", live.settlement.balanceOf(live.offering), balances[OFFERING])
        add("epoch", tuple(live.fund.epoch())[:2], (fund.epoch, fund.end_period))
        add("open loss", live.fund.announced(), fund.open_loss(books.last_run))
        mark = live.fund.mark()
        add("mark", tuple(mark), astuple(fund.mark))
        for each in self.people:
            add(f"cash of {each}", live.settlement.balanceOf(each), balances[each.address])
        for place, one in enumerate(books.tranches):
            told = waterfall.tranche(place)
            lost = one.written_down + one.loss
            said = one.at_closing, one.principal, one.principal_paid, one.deferred, lost
            found = told.atClosing, told.principal, told.principalPaid, told.interestDue, told.loss
            add(f"tranche {place}", found, said)

    def _add_gate(self, add: Callable[[str, Any, Any], None], place: int, gate: Gate) -> None:
        live, contract, note = self.live, self.live.gates[place], self.live.notes[place]
        add(f"supply {place}", note.totalSupply(), gate.note.supply)
        index = live.distributor.indexOf(note)
        streams = gate.note.streams
        waits = tuple(stream.remainder for stream in streams)
        add(f"index {place}", (index.total, index.principal), (sum(gate.index), streams[1].index))
        add(f"remainder {place}", (index.interestRemainder, index.principalRemainder), waits)
        add(f"cash of gate {place}", live.settlement.balanceOf(contract), self.deal.asset.balances[gate.name])
        add(f"units of gate {place}", note.balanceOf(contract), gate.note.holders[gate.name].units)
        for epoch in (self.fund.epoch, self.fund.epoch + 1):
            add(f"asked of {place} in {epoch}", tuple(contract.asked(epoch)), tuple(gate.asked[epoch]))
        for each in self.people:
            own, who = gate.caught_up(each.address), each.address
            found = contract.position(who)
            said = *(getattr(own, name) for name in POSITION), *own.earned
            add(f"position of {each} in {place}", (*tuple(found)[:10], *tuple(found)[12:]), said)
            most = self.calls.max_mint(place, who, self.now), self.calls.max_deposit(place, who, self.now)
            add(f"most for {each} in {place}", (contract.maxMint(who), contract.maxDeposit(who)), most)
            add(f"earned by {each} in {place}", contract.earned(who), gate.earned_by(who))
            add(f"units of {each} in {place}", note.balanceOf(who), gate.note.holders[who].units)
            add(f"claimable of {each} in {place}", note.claimable(who), sum(gate.note.claimable(who)))

    # What must hold

    def _check_cash(self) -> None:
        deal = self.deal
        held = deal.cash_held + sum(deal.asset.balances[gate.name] for gate in self.fund.gates)
        conserved("WF-01", paid_in=deal.paid_in, paid_out=deal.paid_out, held=held)
        for place, gate in enumerate(self.fund.gates):
            owed, units = 0, 0
            for who in list(gate.accounts):
                own = gate.caught_up(who)
                owed += own.entry + own.leave_cash + own.back_cash + gate.earned_by(who)
                units += own.units_here
            inside = gate.note.holders[gate.name].units
            assert units <= inside, "EV-02"
            fetched = sum(gate.note.claimable(gate.name)) + deal.asset.balances[gate.name]
            assert owed <= fetched, "EV-02"
            asked = [sum(gate.asked[epoch][kind] for epoch in list(gate.asked)) for kind in (0, 1)]
            waits = [gate.caught_up(who) for who in list(gate.accounts)]
            assert sum(own.entry for own in waits) <= asked[0], "EV-05"
            assert sum(own.exit for own in waits) <= asked[1], "EV-05"
            assert gate.note.supply == sum(holder.units for holder in gate.note.holders.values()), f"EV-03 {place}"

    def _values(self) -> list[int]:
        books = self.deal.books
        loans = self.fund._loans(books.last_run)
        nav = loans + books.account + books.reserve + books.waiting - sum(fee.due for fee in books.fees)
        return tranche_values(max(0, nav), [_claim(one) for one in books.tranches])

    def _limit_figures(self, values: list[int]) -> list[tuple[int, int]]:
        """Of each limit: what is below, and all."""
        return [(sum(values[place + 1 :]), sum(values)) for place in range(len(values) - 1)]

    def _slacks(self, *, lacking: bool) -> list[int]:
        """Of each coverage test: what pool and account cover above its level, but for what the reserve lacks."""
        books, terms = self.deal.books, self.deal.terms
        covered = self.deal.pool.totals[books.last_run].balance(self.deal.pool.gross_balance) + books.account
        covered -= max(0, books.reserve_target - books.reserve) if lacking else 0
        tests = [one for one in terms.triggers if one.kind == TriggerKind.OVER_COLLATERALISATION]
        upper = [sum(each.principal for each in books.tranches[: one.tranche + 1]) for one in tests]
        return [covered * ONE - one.level * principal for one, principal in zip(tests, upper, strict=True)]

    def _check_tests(self, done: Settled, before: list[int]) -> None:
        for was, found in zip(before, self._slacks(lacking=False), strict=True):
            cut = 0 if was >= 0 else len(done.taken) * ONE  # of the reserve's target, where nothing is limited
            assert found >= min(0, was) - cut, "EV-07"

    def _check_closed(self, done: Settled, claims: list[int], loss: int) -> None:
        """From the bottom, each bears what the values of those below did not."""
        for value, took in reversed([*zip(tranche_values(done.nav, claims), done.taken, strict=True)]):
            assert loss == 0 or not (took.entered or took.ended), "EV-08"
            loss = max(0, loss - value)

    def _waiting(self, gate: Gate) -> dict[str, tuple[int, int, int, int, int, int]]:
        """By controller: what waits in the epoch that is settled next, and what is claimable before."""
        found = {}
        for who in list(gate.accounts):
            own = gate.caught_up(who)
            entry = own.entry if own.entry_epoch == self.fund.epoch else 0
            exit_ = own.exit if own.exit_epoch == self.fund.epoch else 0
            found[who] = (entry, exit_, own.claim_cash, own.claim_units, own.leave_units, own.leave_cash)
        return found

    def _check_met(self, gate: Gate, record: Record, waited: dict[str, tuple[int, int, int, int, int, int]]) -> None:
        """Each its share, by hand; all together what was taken, but for a unit a request and what was cut before."""
        cash = units = 0
        for who, (entry, exit_, claim_cash, claim_units, leave_units, leave_cash) in waited.items():
            own = gate.caught_up(who)
            granted = own.claim_cash - claim_cash - entry * record.entered // max(1, record.asked_cash)
            assert granted == 0 or who == self.deal.terms.dust_owner, "EV-05"
            met = exit_ * record.ended // max(1, record.asked_units)
            assert own.leave_units - leave_units == met, "EV-05"
            assert own.leave_cash - leave_cash == met * record.value // record.units, "EV-05"
            assert own.claim_units >= claim_units, "EV-05"
            cash += own.claim_cash - claim_cash - granted
            units += met
        asked = [sum(each[kind] for each in waited.values()) for kind in (0, 1)]
        for taken, met, all_, said in (
            (record.entered, cash, asked[0], record.asked_cash),
            (record.ended, units, asked[1], record.asked_units),
        ):
            assert 0 <= taken - met <= len(waited) + said - all_, "EV-05"

    def _check_settlement(self, done: Settled, before: list[tuple[int, int]]) -> None:
        after = self._values()
        moved = sum(took.entered - took.paid for took in done.taken)
        assert sum(after) == done.nav + moved, "EV-04: cash changes the value by what came and went"
        announced = done.nav != sum(done.values)
        for limit, (below, all_), (was_below, was_all) in zip(
            self.fund.terms.limits, self._limit_figures(after), before, strict=True
        ):
            kept = below * ONE >= limit * all_
            no_worse = below * was_all >= was_below * all_
            assert kept or no_worse or announced, "EV-04"
        for place, (value, units, took) in enumerate(zip(done.values, done.units, done.taken, strict=True)):
            if not units or announced:
                continue
            now = units - took.ended + took.made + (done.ownerless if place == len(after) - 1 else 0)
            drift = 3 * len(after)
            assert abs(after[place] * units - value * now) <= drift * max(units, now, value), "EV-06"
