"""The figures of a drawn deal: their places in storage by name, and the same ones from the model in the same order.

What a holder has earned stands on chain up to an index; it is compared as it is now, in parts of a settlement unit.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from salvor.chain.layout import Place
from salvor.model.ballot import Ballot
from salvor.model.books import Books
from salvor.model.deal import OFFERING, POOL, WATERFALL, Deal, note_account
from salvor.model.holders import PARTS, Holder, Note, Stream
from tests.property.waterfall_stage import Drawn

SPENDERS = 2  # of the investors, the last ones, whose allowances are compared
MOST_BALLOTS = 3  # of which the figures are compared
_TOTALS = ("net", "gross", "writtenOff", "recovered", "closedValue", "closedPlan")
_RECORD = ("planned", *_TOTALS, "late", "root", "loansPaying")
_DEAL = ("lastRun", "begun", "declared", "woundUp", "reserve", "revolving", "left", "unallocated", "poolBalance")
_TRIGGER = ("on", "since", "figure", "calm")
_BALLOT = ("tranche", "until", "units", "passed")
_TRANCHE = ("atClosing", "principal", "interestDue", "lost", "deficiency")
_ORDER = ("units", "handedOver", "refunded")
_INDEX = ("interest", "principal")  # given to date: indices and what waits of them follow
_EARNED = ("seen.interest", "seen.principal", "interestEarned", "principalEarned")
_ACCOUNT = (*_EARNED, "paid.interest", "paid.principal", "paid.frozen", "seen.barred")


def people(drawn: Drawn) -> list[str]:
    """Addresses of all who can hold cash beside the deal's contracts."""
    investors = (each.address for each in drawn.ground.investors)
    return list(dict.fromkeys((*investors, drawn.rules.servicer, *drawn.payees)))


def places(drawn: Drawn) -> dict[str, Place]:
    """Where the chain keeps each figure, by a name that is told when it differs."""
    lab, live, rules = drawn.ground.lab, drawn.live, drawn.rules
    periods = range(1, rules.periods + 1)
    cash, offering, pool = lab.slots(live.settlement), lab.slots(live.offering), lab.slots(live.pool)
    deal, distributor = lab.slots(live.waterfall)._deal, lab.slots(live.distributor)
    holding = (live.offering.address, live.distributor.address, *people(drawn))
    found = {f"cash of {lab.name_of(each)}": cash._balances[each] for each in holding}
    found |= {"sale": offering.sale, "cash for orders": offering.cashHeld, "reported": pool.lastReported}
    found |= {"further loans": pool._furtherLoans, "further balance": pool._furtherBalance}
    for period in periods:
        found |= {f"{field} of period {period}": getattr(pool._records[period], field) for field in _RECORD}
    found |= {field: getattr(deal, field) for field in _DEAL}
    for place in range(len(rules.fees)):
        found |= {f"{field} of line {place}": getattr(deal.lines[place], field) for field in ("due", "paid")}
    found |= {f"hurdle {place}": deal.hurdles[place].balance for place in range(len(rules.hurdles))}
    for place in range(len(rules.triggers)):
        found |= {f"{field} of trigger {place}": getattr(deal.triggers[place], field) for field in _TRIGGER}
    found |= {"for holders": distributor._heldForHolders, "for the deal": distributor._heldForDeal}
    found["for credits"] = distributor._heldForCredits
    found |= {f"credit of {lab.name_of(each)}": distributor._credits[each].cash for each in drawn.payees}
    admitted = lab.slots(live.allow_list).admittedUntil
    found |= {f"admission of {each}": admitted[each] for each in drawn.ground.investors}
    if live.index_record:
        told = lab.slots(live.index_record)._told
        for period in periods:
            found |= {f"index {period}": told[period].index, f"index {period} known": told[period].known}
    if live.vote:
        vote = lab.slots(live.vote)
        found["ballots"] = vote.ballots
        for number in range(1, MOST_BALLOTS + 1):
            found |= {f"{field} of ballot {number}": getattr(vote._ballots[number], field) for field in _BALLOT}
    for place in range(len(rules.tranches)):
        found |= _tranche_places(drawn, place, offering._tranches[place], deal.tranches[place])
    return found


def _tranche_places(drawn: Drawn, place: int, sale: Any, tranche: Any) -> dict[str, Place]:
    lab, note = drawn.ground.lab, drawn.live.notes[place]
    slots, index = lab.slots(note), lab.slots(drawn.live.distributor)._books[note]
    found = {f"{field} of tranche {place}": getattr(tranche, field) for field in _TRANCHE}
    found[f"interest paid to tranche {place}"] = index.interest
    found |= {f"ordered {place}": sale.ordered, f"sold {place}": sale.sold, f"supply {place}": slots._totalSupply}
    found |= {f"{field} given to {place}": getattr(index, field) for field in _INDEX}
    for owner in drawn.ground.investors:
        for spender in drawn.ground.investors[-SPENDERS:]:
            found[f"allowance of {owner} for {spender} in {place}"] = slots._allowances[owner][spender]
    for each in drawn.ground.investors:
        for field in _ORDER:
            found[f"{field} of the order of {each} for {place}"] = getattr(sale.orders[each], field)
        found[f"units of {each} in {place}"] = slots._balances[each]
        for field in _ACCOUNT:
            found[f"{field} of {each} in {place}"] = attrgetter(field)(slots._accounts[each])
    return found


class Earned:
    """Brings what holders have earned on chain up to now, in a list of figures as `places` orders them.

    The places of `seen.interest` and `seen.principal` then tell interest and principal earned and not claimed; the two
    after them are taken off.
    """

    def __init__(self, drawn: Drawn, names: list[str]) -> None:
        at = {name: number for number, name in enumerate(names)}
        self._accounts = [
            (at[f"units of {each} in {place}"], at[f"supply {place}"])
            for place in range(len(drawn.rules.tranches))
            for each in drawn.ground.investors
        ]

    def bring_up_to_now(self, figures: list[int]) -> None:
        """In place."""
        for units_at, supply_at in self._accounts:
            supply, *given = figures[supply_at : supply_at + 3]
            units, *account = figures[units_at : units_at + 7]
            streams = zip(account[:2], account[2:4], account[4:], given, strict=True)
            parts = [
                earned + units * (_index(cash, supply) - _index(seen, supply)) - paid * PARTS
                for seen, earned, paid, cash in streams
            ]
            figures[units_at + 1 : units_at + 5] = *parts, 0, 0


class Twin:
    """The deal's model, and its figures in the order of `places`. Cash sent unasked is counted apart."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn, self.deal = drawn, Deal(drawn.rules)
        self.unasked = {"offering": 0, "distributor": 0}
        self._people, self._investors = people(drawn), [each.address for each in drawn.ground.investors]
        self._ballots: dict[int, Ballot] = {}

    def figures(self) -> list[Any]:
        """One pass; the only thing that a check costs besides reading."""
        deal, books, rules = self.deal, self.deal.books, self.deal.terms
        balances = deal.asset.balances
        own = (POOL, WATERFALL, *map(note_account, range(len(deal.notes))))
        found: list[Any] = [balances[OFFERING] + self.unasked["offering"]]
        found.append(sum(balances[each] for each in own) + self.unasked["distributor"])
        found += [balances[each] for each in self._people]
        found += [deal.sale, balances[OFFERING], deal.pool.reported, deal.pool.loan_count - rules.loan_count]
        found.append(deal.pool.gross_balance - rules.gross_balance)
        found += self._records()
        found += _of_books(books) if books else [0] * self._size_of_books()
        found += [sum(note.cash_held for note in deal.notes)]
        found += [books.reserve + books.account + books.waiting if books else 0, sum(deal.credits.values())]
        found += [deal.credits[each] for each in self.drawn.payees]
        found += [deal.admissions.until[each] for each in self._investors]
        found += self._told()
        for place, note in enumerate(deal.notes):
            found += self._tranche(place, note)
        return found

    def _records(self) -> list[Any]:
        pool, found, planned = self.deal.pool, list[Any](), 0
        for period, plan in enumerate(self.deal.terms.plan, 1):
            planned += plan
            if period > pool.reported:
                found += [planned, *(0 for _ in _RECORD[1:])]
                continue
            t = pool.totals[period]
            found += [planned, t.net, t.gross, t.written_off, t.recovered, t.closed_value, t.closed_plan]
            found += [pool.late[period - 1], int.from_bytes(pool.roots[period - 1]), pool.loans[period - 1]]
        return found

    def _size_of_books(self) -> int:
        rules = self.deal.terms
        return len(_DEAL) + 2 * len(rules.fees) + len(rules.hurdles) + len(_TRIGGER) * len(rules.triggers)

    def _told(self) -> list[Any]:
        found, told, ballot = list[Any](), self.deal.told, self.deal.ballot
        if self.drawn.live.index_record:
            for period in range(1, self.deal.terms.periods + 1):
                found += [told.get(period, 0), period in told]
        if self.drawn.live.vote:
            if ballot:
                self._ballots[ballot.number] = ballot
            found.append(len(self._ballots))
            for number in range(1, MOST_BALLOTS + 1):
                one = self._ballots.get(number)
                found += [one.tranche, one.until, one.votes, one.passed] if one else [0] * 4
        return found

    def _tranche(self, place: int, note: Note) -> list[Any]:
        books, orders = self.deal.books, self.deal.order_books[place]
        found: list[Any] = [0] * (len(_TRANCHE) + 1)
        if books:
            t = books.tranches[place]
            found = [t.at_closing, t.principal, t.deferred, t.written_down + t.loss, t.deficiency]
            found.append(t.interest_paid)
        interest, principal = note.streams
        found += [orders.total, note.supply, note.supply, _given(note, interest), _given(note, principal)]
        for owner in self._investors:
            found += [note.allowances.given[owner, spender] for spender in self._investors[-SPENDERS:]]
        for each in self._investors:
            holder = note.holders[each]
            found += [orders.orders[each], each in orders.with_notes, each in orders.with_cash]
            frozen = holder.frozen, holder.frozen
            found += [holder.units, *_earned(note, holder), 0, 0, *holder.paid, *frozen]
        return found


def _index(cash: int, supply: int) -> int:
    """Of a note that was given so much in all."""
    return cash * PARTS // supply if supply else 0


def _given(note: Note, stream: Stream) -> int:
    """All cash that ever went into an index, from the index and what waits of it."""
    cash, rest = divmod(stream.index * note.supply + stream.remainder, PARTS)
    assert rest == 0, "the index is not what its cash comes to"
    return cash


def _of_books(books: Books) -> list[Any]:
    found: list[Any] = [books.last_run, 1, books.accelerated, books.wound_up, books.reserve, books.account]
    found += [books.waiting, books.unallocated, books.pool_balance]
    for fee in books.fees:
        found += [fee.total, fee.had]
    found += [hurdle.left for hurdle in books.hurdles]
    for each in books.triggers:
        calm = each.clean_runs if each.on and each.terms.cured_after else 0  # counted while it can still be cured
        found += [each.on, each.since, each.figure, calm]
    return found


def _earned(note: Note, holder: Holder) -> list[int]:
    return [
        earned + holder.units * (stream.index - seen)
        for earned, seen, stream in zip(holder.earned, holder.seen, note.streams, strict=True)
    ]
