"""What a call must tell: every event of the deal's contracts with its values, from the model before and after the call.

Each teller is a generator named as the function is: it notes what it needs, is given the model's answer, and returns
the events as (contract, name, values). What no teller knows may tell nothing.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from salvor.model.deal import NOBODY, Sale
from salvor.model.pool import Correction, Report
from tests.property.waterfall_stage import Drawn

Told = tuple[Any, str, tuple[Any, ...]]
Teller = Generator[None, Any, list[Told]]
NO_CORRECTION = (0, bytes(32), 0, 0, 0, 0)


def as_struct(value: Any) -> Any:
    """Reports and corrections as the interface has them."""
    match value:
        case Report(_, gross, costs, written_off, recovered, closed_value, closed_plan, root, loans, last, _):
            return gross, costs, written_off, recovered, closed_value, closed_plan, root, loans, last
        case Correction(period, root, loans, written_off, closed_value, closed_plan):
            return period, root, loans, written_off, closed_value, closed_plan
        case None:
            return NO_CORRECTION
    return value


def plain(value: Any) -> Any:
    """Lists and structs as tuples, accounts by address."""
    if isinstance(value, list | tuple):
        return tuple(map(plain, value))
    return getattr(value, "address", value)


class Events:
    """Of one drawn deal."""

    def __init__(self, drawn: Drawn, deal: Any) -> None:
        self.live, self.deal, self.rules = drawn.live, deal, drawn.rules
        live = drawn.live
        own = (
            live.allow_list,
            live.distributor,
            live.pool,
            live.offering,
            live.waterfall,
            live.vote,
            live.index_record,
        )
        self._own = {each.address for each in (*own, *live.notes) if each}
        self._places = {note.address: place for place, note in enumerate(live.notes)}
        self._further = 0  # tapes bought

    def begin(self, method: Any, args: tuple[Any, ...], sender: Any) -> Teller | None:
        """The teller of a call that is about to be made; None where the function is not of this deal."""
        contract, name = method.contract, re.sub("([A-Z])", r"_\1", method.called.split(".")[1]).lower()
        if contract.address not in self._own:
            return None
        own = (contract,) if contract.address in self._places else ()
        teller = getattr(self, f"_{name}")(*own, *map(plain, args), sender=plain(sender))
        next(teller)
        return teller

    def check(self, teller: Teller, answer: Any, receipt: Any) -> None:
        """Every event and no other, in whatever order."""
        try:
            teller.send(answer)
        except StopIteration as done:
            expected = [(plain(contract), name, plain(values)) for contract, name, values in done.value]
        logs = [log for log in receipt.logs if log.address in self._own]
        events = [event for event in receipt.events if event.address in self._own]
        told = [(event.address, event.name, plain(tuple(event.values.values()))) for event in events]
        assert len(logs) == len(events), "EV-01"
        assert sorted(told, key=repr) == sorted(expected, key=repr), f"EV-01: chain {told}; model {expected}"

    # Selling the notes

    def _admit(self, investor: str, until: int, *, sender: str) -> Teller:
        yield
        return [(self.live.allow_list, "Admitted", (investor, until))]

    def _remove(self, investor: str, *, sender: str) -> Teller:
        known = self.deal.admissions.until[investor]
        yield
        return [(self.live.allow_list, "Removed", (investor,))] if known else []

    def _open(self, waterfall: str, *, sender: str) -> Teller:
        yield
        return [(self.live.offering, "Opened", (waterfall, self.rules.closing))]

    def _order(self, tranche: int, units: int, *, sender: str) -> Teller:
        yield
        return [(self.live.offering, "Ordered", (sender, tranche, units))]

    def _reduce(self, tranche: int, units: int, *, sender: str) -> Teller:
        yield
        return [(self.live.offering, "OrderReduced", (sender, tranche, units))]

    def _close(self, *, sender: str) -> Teller:
        yield
        live, books, rules = self.live, self.deal.books, self.rules
        if self.deal.sale is Sale.CANCELLED:
            return [(live.offering, "SaleCancelled", ())]
        sold = [tranche.at_closing for tranche in books.tranches]
        told = [(live.offering, "Closed", (sold,)), (live.pool, "Purchased", (rules.seller, rules.price))]
        told.append((live.distributor, "Appointed", (live.waterfall,)))
        for note, units in zip(live.notes, sold, strict=True):
            told += [(note, "Issued", (units,)), (note, "Transfer", (NOBODY, live.offering, units))]
        to_seller = sum(sold) - books.reserve
        told.append((live.waterfall, "Begun", (books.reserve, to_seller)))
        return [*told, *self._credited(rules.seller, to_seller)]

    def _settle(self, tranche: int, investor: str, *, sender: str) -> Teller:
        book = self.deal.order_books[tranche]
        notes = self.deal.sale is Sale.CLOSED and investor not in book.with_notes
        paid = investor not in book.with_cash
        units, cash = yield
        told = self._handed_over(tranche, investor, units) if notes else []
        return told + ([(self.live.offering, "Refunded", (investor, tranche, cash))] if paid else [])

    def _hand_over(self, tranche: int, investor: str, *, sender: str) -> Teller:
        units = yield
        return self._handed_over(tranche, investor, units)

    def _refund(self, tranche: int, investor: str, *, sender: str) -> Teller:
        cash = yield
        return [(self.live.offering, "Refunded", (investor, tranche, cash))]

    def _handed_over(self, tranche: int, investor: str, units: int) -> list[Told]:
        note, offering = self.live.notes[tranche], self.live.offering
        moved = [(note, "Transfer", (offering, investor, units))] if units else []
        return [(offering, "HandedOver", (investor, tranche, units)), *moved]

    def _recover_order(self, tranche: int, lost: str, found: str, *, sender: str) -> Teller:
        yield
        units = self.deal.order_books[tranche].orders[found]
        return [(self.live.offering, "OrderRecovered", (lost, found, tranche, units))]

    # Collections and runs

    def _report(self, period: int, report: Any, correction: Any, *, sender: str) -> Teller:
        pool, earlier = self.deal.pool, correction[0]
        old = pool.roots[earlier - 1] if 0 < earlier <= len(pool.roots) else None
        yield
        told: list[Told] = [(self.live.pool, "Reported", (period, report, pool.late[period - 1]))]
        return told + ([(self.live.pool, "Corrected", (period, correction, old))] if earlier else [])

    def _report_missing(self, period: int, *, sender: str) -> Teller:
        yield
        told = [(self.live.pool, "Reported", (period, as_struct(Report(period)), True))]
        return [*told, (self.live.pool, "ReportMissing", (period, sender))]

    def _run(self, period: int, *, sender: str) -> Teller:
        live, books, deal = self.live, self.deal.books, self.deal
        if books is None:
            yield
            return []
        before = [(one.principal, one.deficiency) for one in books.tranches]
        on, had = [each.on for each in books.triggers], [fee.had for fee in books.fees]
        accelerated, steps = books.accelerated, books.steps
        missing = bool(live.index_record) and period not in deal.told
        outcome = yield
        told = self._losses(period, before, outcome) + self._turned(period, on)
        if missing:
            told.append((live.waterfall, "IndexMissing", (period, books.index(period))))
        done = {step.place: step for step in outcome.steps}
        due, paid = ([getattr(done.get(place), part, 0) for place in range(len(steps))] for part in ("due", "paid"))
        passed = sum(1 << place for place in range(len(steps)) if place not in done)
        now_on = sum(1 << place for place, is_on in enumerate(outcome.triggers_on) if is_on)
        told.append((live.waterfall, "StepsPaid", (period, due, paid)))
        told.append(
            (live.waterfall, "PeriodRun", (period, outcome.cash, accelerated, outcome.revolved, now_on, passed))
        )
        return told + self._distributed(outcome) + self._credits(outcome, had)

    def _losses(self, period: int, before: list[tuple[int, int]], outcome: Any) -> list[Told]:
        told: list[Told] = []
        for place, (one, (principal, deficiency)) in enumerate(zip(self.deal.books.tranches, before, strict=True)):
            if loss := principal - one.principal - outcome.tranches[place][1]:
                told.append((self.live.waterfall, "LossBooked", (period, place, loss)))
            if one.deficiency != deficiency:
                told.append((self.live.waterfall, "DeficiencyChanged", (period, place, one.deficiency)))
        return told

    def _turned(self, period: int, before: list[bool]) -> list[Told]:
        triggers = enumerate(zip(self.deal.books.triggers, before, strict=True))
        turned = [(place, each) for place, (each, was_on) in triggers if each.on != was_on]
        return [(self.live.waterfall, "TriggerTurned", (period, place, each.on, each.figure)) for place, each in turned]

    def _distributed(self, outcome: Any) -> list[Told]:
        told: list[Told] = []
        for note, model, cash in zip(self.live.notes, self.deal.notes, outcome.tranches, strict=True):
            interest, principal = model.streams
            if any(cash):
                values = (note, *cash, interest.index + principal.index, principal.index)
                told.append((self.live.distributor, "Distributed", values))
        return told

    def _credits(self, outcome: Any, had: list[int]) -> list[Told]:
        rules, told, lines = self.rules, list[Told](), 0
        for fee, before in zip(self.deal.books.fees, had, strict=True):
            told += self._credited(fee.terms.payee, fee.had - before)
            lines += fee.had - before if fee.terms.payee == rules.dust_owner else 0
        if outcome.wound_up:
            dust = outcome.credits.get(rules.dust_owner, 0) - lines
            told += [
                (self.live.waterfall, "WoundUp", (rules.dust_owner, dust)),
                *self._credited(rules.dust_owner, dust),
            ]
        return told

    def _credited(self, account: str, cash: int) -> list[Told]:
        return [(self.live.distributor, "Credited", (account, cash))] if cash else []

    def _tell(self, period: int, *, sender: str) -> Teller:
        yield
        return [(self.live.index_record, "IndexTold", (period, self.deal.told[period]))]

    def _buy_further(self, tape: Any, price: int, *, sender: str) -> Teller:
        yield
        self._further += 1
        bought = (self.live.pool, "FurtherLoansBought", (self._further, tape, price))
        return [bought, *self._credited(self.rules.seller, price)]

    # Votes

    def _call(self, *, sender: str) -> Teller:
        yield
        ballot = self.deal.ballot
        return [(self.live.vote, "VoteCalled", (ballot.number, ballot.tranche, sender, ballot.until))]

    def _vote(self, *, sender: str) -> Teller:
        before = self.deal.ballot.votes if self.deal.ballot else 0
        yield
        ballot = self.deal.ballot
        told: list[Told] = [(self.live.vote, "Voted", (ballot.number, sender, ballot.votes - before))]
        if ballot.passed:
            told.append((self.live.vote, "VotePassed", (ballot.number, ballot.votes, ballot.supply)))
            told.append((self.live.waterfall, "DefaultDeclared", (self.deal.books.last_run,)))
        return told

    # Notes

    def _transfer(self, note: Any, to: str, units: int, *, sender: str) -> Teller:
        yield
        return [(note, "Transfer", (sender, to, units))]

    def _approve(self, note: Any, spender: str, units: int, *, sender: str) -> Teller:
        yield
        return [(note, "Approval", (sender, spender, units))]

    def _transfer_from(self, note: Any, source: str, to: str, units: int, *, sender: str) -> Teller:
        yield
        return [(note, "Transfer", (source, to, units))]

    def _force_transfer(self, note: Any, source: str, to: str, units: int, *, sender: str) -> Teller:
        parts = yield
        return [(note, "Transfer", (source, to, units)), (note, "ForcedTransfer", (source, to, units, *parts))]

    def _recover(self, note: Any, lost: str, found: str, *, sender: str) -> Teller:
        units = self.deal.notes[self._places[note.address]].holders[lost].units
        parts = yield
        return [(note, "Transfer", (lost, found, units)), (note, "Recovered", (lost, found, units, *parts))]

    def _set_frozen(self, note: Any, holder: str, frozen: bool, *, sender: str) -> Teller:
        yield
        return [(note, "FreezeSet", (holder, frozen))]

    def _claim(self, note: Any, *, sender: str) -> Teller:
        return (yield from self._claim_for(note, sender, sender=sender))

    def _claim_for(self, note: Any, holder: str, *, sender: str) -> Teller:
        due = self.deal.notes[self._places[note.address]].claimable(holder)
        yield
        return [(note, "Claimed", (holder, *due))]

    def _claim_many(self, note: Any, holders: Any, *, sender: str) -> Teller:
        model = self.deal.notes[self._places[note.address]]
        due = {each: model.claimable(each) for each in holders}
        paid = yield
        return [(note, "Claimed", (each, *due[each])) for each, cash in zip(holders, paid, strict=True) if cash]

    def _pay_credit(self, account: str, *, sender: str) -> Teller:
        paid = yield
        return [(self.live.distributor, "CreditPaid", (account, paid))]
