"""What must hold in a modelled deal after every call (section 6 of docs/waterfall.md), and a picture to compare by."""

from __future__ import annotations

from dataclasses import is_dataclass

from salvor.model.deal import OFFERING, POOL, WATERFALL, Deal, note_account
from salvor.model.holders import Holder
from salvor.model.terms import ONE


def check(deal: Deal) -> None:
    """Every property that can be read from one state; the message says which."""
    check_cash(deal)
    if deal.books is None:
        return
    for place, tranche in enumerate(deal.books.tranches):
        whole = tranche.principal_paid + tranche.principal + tranche.written_down + tranche.loss
        assert whole == tranche.at_closing, f"WF-04 of tranche {place}"
        figures = (tranche.principal, tranche.deferred, tranche.written_down, tranche.loss, tranche.interest_paid)
        assert min(figures) >= 0, f"below zero in tranche {place}"
        assert 0 <= tranche.deficiency <= tranche.principal, f"ledger of tranche {place}"
        assert tranche.current == 0, "interest between runs is deferred"
        distributed = [stream.distributed for stream in deal.notes[place].streams]
        assert distributed == [tranche.interest_paid, tranche.principal_paid], f"what tranche {place} was paid"
    check_losses(deal)
    assert min([0, *(hurdle.left for hurdle in deal.books.hurdles)]) == 0
    assert min(deal.books.reserve, deal.books.account, deal.books.waiting, deal.books.unallocated) >= 0


def check_losses(deal: Deal) -> None:
    """Nobody has lost more by write-offs than these claims were carried at; payments and recoveries only lower it."""
    books, totals = deal.books, deal.pool.totals[deal.books.last_run]
    lost = books.unallocated + sum(each.written_down for each in books.tranches)
    lost += sum(each.deficiency for each in books.tranches)
    assert lost <= totals.written_off * deal.terms.carrying_ratio // ONE, "LS-01"


def check_cash(deal: Deal) -> None:
    """Where every unit is: the books of each account equal its balance."""
    balances = deal.asset.balances
    assert deal.paid_in == deal.paid_out + deal.cash_held, "WF-01"
    if deal.books is None:
        assert balances[OFFERING] == sum(sum(book.orders.values()) for book in deal.order_books), "OF-01"
        return
    waiting = deal.pool.totals[-1].net - deal.pool.totals[deal.books.last_run].net + deal.pool.open.net
    assert balances[POOL] == waiting, "WF-01 in the pool"
    books = deal.books
    kept = books.reserve + books.account + books.waiting + sum(deal.credits.values())
    assert balances[WATERFALL] == kept, "WF-01 in the waterfall"
    for place, note in enumerate(deal.notes):
        assert balances[note_account(place)] == note.cash_held, f"WF-01 in note {place}"
        claims = sum(deal.claimable(holder, place) for holder in list(note.holders))
        assert claims <= note.cash_held, f"NT-02 of note {place}"
        assert sum(holder.units for holder in note.holders.values()) <= note.supply, f"supply of note {place}"
    open_orders = sum(
        sum(deal.order_books[place].left(name, cancelled=False)[1] for name in book.orders if book.orders[name])
        for place, book in enumerate(deal.order_books)
    )
    assert balances[OFFERING] >= open_orders, "refunds are there"


def indices(deal: Deal) -> list[int]:
    """All indices, that never fall."""
    return [stream.index for note in deal.notes for stream in note.streams]


def picture(thing):
    """A state to compare by: what is nothing does not count, so looking something up changes no picture."""
    if is_dataclass(thing):
        return {name: picture(value) for name, value in vars(thing).items() if name != "terms"}
    if isinstance(thing, dict):
        shown = {key: picture(value) for key, value in thing.items() if value != Holder()}
        return {key: value for key, value in shown.items() if value}
    if isinstance(thing, list | tuple):
        return [picture(value) for value in thing]
    return set(thing) if isinstance(thing, set) else thing
