"""Random deals played through: cash, principal, losses, indices, conditions, previews and lateness (section 6)."""

from copy import deepcopy
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from salvor.model import losses
from salvor.model.deal import Deal, State
from salvor.model.holders import PARTS, Note
from salvor.model.refusal import Refused
from salvor.model.steps import holds
from salvor.model.subscription import OrderBook
from salvor.model.terms import Losses, Step, StepKind, TrancheTerms, TriggerKind, TriggerTerms, When
from salvor.model.tranche import Tranche
from tests.utils.model_checks import check, indices, picture
from tests.utils.modelled import DAY, EQUITY, PERCENT, closed, sell
from tests.utils.past_a_test import Seen, juniors_paid, mezzanine_paid
from tests.utils.random_deals import amounts, random_reports, random_terms

SHORT = settings(max_examples=60, deadline=None)
LONG = settings(max_examples=200, deadline=None)
TESTS = (TriggerKind.OVER_COLLATERALISATION, TriggerKind.INTEREST_COVERAGE, TriggerKind.COLLECTION_RATIO)


def begin(terms):
    """The deal sold at its caps, each tranche to one holder."""
    deal = Deal(terms)
    sell(deal, *((f"holder {place}", place, tranche.cap) for place, tranche in enumerate(terms.tranches)))
    deal.close(terms.closing)
    for place in range(len(terms.tranches)):
        deal.hand_over(f"holder {place}", place, terms.closing)
    return deal


def report(deal, data, days_late=0):
    """Post a drawn report; whether it was taken."""
    period = deal.pool.reported + 1
    drawn = data.draw(random_reports(period, tuple(tranche.cap for tranche in deal.terms.tranches)))
    deal.asset.mint("servicer", drawn.net)
    for one in (drawn, replace(drawn, last=False), replace(drawn, last=False, correction=None)):
        try:
            deal.report(one, deal.terms.end(period) + days_late * DAY)
        except Refused:
            continue
        return True
    return False


@SHORT
@given(random_terms(), st.data())
def test_every_deal_keeps_its_books(terms, data):
    deal = begin(terms)
    check(deal)
    while deal.state != State.WOUND_UP and report(deal, data, data.draw(st.sampled_from((0, 400)))):
        check(deal)
        before, steps = indices(deal), deal.books.steps
        preview = deal.preview_run(deal.books.last_run + 1)
        outcome = deal.run(deal.books.last_run + 1)
        assert preview == outcome, "a preview is what then happens"
        check(deal)
        assert all(old <= new for old, new in zip(before, indices(deal), strict=True)), "NT-03"
        assert all(0 <= step.paid <= step.due for step in outcome.steps)
        runs = [place for place, step in enumerate(steps) if holds(deal.books, step)]
        assert [step.place for step in outcome.steps] == runs, "a step is passed over by its condition alone"


@SHORT
@given(random_terms(), st.data())
def test_running_late_changes_nothing(terms, data):
    on_time = begin(terms)
    late = deepcopy(on_time)
    outcomes = []
    while on_time.state != State.WOUND_UP and report(on_time, data):
        last = on_time.pool.reports[-1]
        if last.last:
            late = None  # whether one may be the last is read off the run before
            break
        late.asset.mint("servicer", last.net)
        late.report(last, terms.end(last.period))
        outcomes.append(on_time.run(last.period))
    if late:
        assert [late.run(period) for period in range(1, len(outcomes) + 1)] == outcomes
        assert picture(late) == picture(on_time)


@SHORT
@given(st.lists(amounts, min_size=4, max_size=4), st.lists(amounts, min_size=4, max_size=4), st.booleans())
def test_no_junior_principal_while_a_senior_test_holds_back(gross, written_off, by_ledger):
    triggers = (
        TriggerTerms(TriggerKind.OVER_COLLATERALISATION, 120 * PERCENT, tranche=1),
        TriggerTerms(TriggerKind.COLLECTION_RATIO, 90 * PERCENT),
    )
    both = frozenset({0, 1})
    steps = (
        Step(StepKind.INTEREST, 0),
        Step(StepKind.PRO_RATA, tranches=frozenset({0, 1, 2}), when=When.NONE_ON, triggers=both),
        Step(StepKind.PRINCIPAL, 0, when=When.ANY_ON, triggers=both),
        Step(StepKind.PRINCIPAL, 1, when=When.ANY_ON, triggers=both),
        Step(StepKind.RESIDUAL, EQUITY),
    )
    played = closed(steps=steps, triggers=triggers, losses=Losses(by_ledger), plan=(40_000,) * 4)
    for cash, loss in zip(gross, written_off, strict=True):
        outcome = played.run(cash, written_off=loss)
        for junior in (1, 2):
            if any(outcome.triggers_on) and outcome.tranches[junior][1]:
                assert not any(played.principals[:junior]), "WF-03"


def seen(deal, steps, outcome):
    """The run as `past_a_test` looks at it."""
    paid = {step.place: step.paid for step in outcome.steps}
    tranches = deal.books.tranches
    return Seen(
        deal.terms,
        steps,
        on=frozenset(place for place, on in enumerate(outcome.triggers_on) if on),
        paid=[paid.get(place, 0) for place in range(len(steps))],
        principal=[principal for _, principal in outcome.tranches],
        left=[tranche.principal + tranche.loss for tranche in tranches],
        account=deal.books.account,
    )


@LONG
@given(random_terms(tests=TESTS), st.data())
def test_no_junior_is_paid_past_a_failing_senior_test(terms, data):
    deal = begin(terms)
    while deal.state != State.WOUND_UP and report(deal, data):
        steps = deal.books.steps
        run = seen(deal, steps, deal.run(deal.books.last_run + 1))
        assert [*juniors_paid(run)] == [], "WF-11"
        assert [*mezzanine_paid(run)] == [], "WF-05"


@LONG
@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=8), amounts, amounts, st.sampled_from(Losses))
def test_losses_never_skip_a_junior_and_come_back_the_same_way(principals, loss, recovery, how):
    tranches = [Tranche(a + b, a, principal_paid=b) for a, b in principals]
    unborne = losses.book(tranches, loss, how)
    taken = [before - own.standing for (before, _), own in zip(principals, tranches, strict=True)]
    assert sum(taken) + unborne == loss
    for place, units in enumerate(taken):
        assert not units or not any(own.standing for own in tranches[place + 1 :])
    assert not unborne or not any(own.standing for own in tranches)
    left = losses.give_back(tranches, recovery, how)
    back = [own.standing - before + gone for (before, _), own, gone in zip(principals, tranches, taken, strict=True)]
    assert sum(back) + left == recovery
    for place, units in enumerate(back):
        assert units <= taken[place]
        assert units == taken[place] or not any(back[place + 1 :])
    assert not left or back == taken


SHARES = st.lists(st.integers(1, 2**40), min_size=2, max_size=4)
CASH = st.lists(st.tuples(amounts, amounts), min_size=1, max_size=4)


def note_of(shares):
    note = Note(sum(shares))
    for place, units in enumerate(shares):
        note.hand_over(str(place), units)
    return note


@LONG
@given(SHARES, CASH, st.data())
def test_how_often_and_in_which_order_one_claims_changes_nothing(shares, cash, data):
    often, once = note_of(shares), note_of(shares)
    for interest, principal in cash:
        often.distribute(interest, principal)
        once.distribute(interest, principal)
        for name in data.draw(st.lists(st.sampled_from(sorted(often.holders)))):
            often.settle(name)
    for name in sorted(often.holders):
        often.settle(name)
    for name in sorted(once.holders, reverse=True):
        once.settle(name)
    assert picture(often) == picture(once)


@LONG
@given(SHARES, CASH, CASH, st.data())
def test_a_transfer_in_pieces_is_the_same_transfer(shares, before, after, data):
    whole, pieces = note_of(shares), note_of(shares)
    units = data.draw(st.integers(0, shares[0]))
    cut = data.draw(st.integers(0, units))
    for note in (whole, pieces):
        for interest, principal in before:
            note.distribute(interest, principal)
    whole.transfer("0", "1", units)
    pieces.transfer("0", "1", cut)
    pieces.settle("0")
    pieces.transfer("0", "1", units - cut)
    for note in (whole, pieces):
        for interest, principal in after:
            note.distribute(interest, principal)
        for name in list(note.holders):
            note.settle(name)
    assert picture(whole) == picture(pieces)


@LONG
@given(SHARES, CASH, st.data())
def test_a_forced_transfer_in_pieces_carries_what_one_carries(shares, cash, data):
    """But for two parts of a settlement unit a stream, of which 2^126 are one."""
    whole, pieces = note_of(shares), note_of(shares)
    units = data.draw(st.integers(1, shares[0]))
    cut = data.draw(st.integers(0, units))
    for note in (whole, pieces):
        for interest, principal in cash:
            note.distribute(interest, principal)
    whole.force_transfer("0", "1", units)
    for part in (cut, units - cut):
        pieces.force_transfer("0", "1", part) if part else None
    for name in ("0", "1"):
        pairs = zip(whole.parts_of(name), pieces.parts_of(name), strict=True)
        assert all(abs(one - other) <= 2 for one, other in pairs), "NT-06"
        assert whole.holders[name].units == pieces.holders[name].units


MOVES = st.lists(
    st.tuples(
        st.sampled_from(("distribute", "transfer", "force", "force", "claim", "recover")),
        st.integers(0, 3),
        st.integers(0, 3),
        st.integers(0, 2**40),
        amounts,
    ),
    max_size=30,
)


@LONG
@given(SHARES, MOVES)
def test_no_order_of_forced_transfers_transfers_and_claims_makes_cash(shares, moves):
    """All parts that were distributed are earned, once: by whom they can be claimed, paid, or still to be spread."""
    note = note_of(shares)
    for kind, one, other, units, cash in moves:
        giver, taker = str(one % len(shares)), str(other % len(shares))
        units = min(units, note.holders[giver].units)
        if kind == "distribute":
            note.distribute(cash, units)
        elif kind == "claim":
            note.settle(giver)
        elif kind == "recover" and giver != taker and (units or any(note.parts_of(giver))):
            note.recover(giver, taker)
        elif kind == "transfer":
            note.transfer(giver, taker, units)
        elif kind == "force" and units:
            note.force_transfer(giver, taker, units)
    names = list(note.holders)
    for place, stream in enumerate(note.streams):
        earned = sum(note.parts_of(name)[place] + note.holders[name].paid[place] * PARTS for name in names)
        assert earned + stream.remainder == stream.distributed * PARTS, "NT-07"
        left = stream.distributed - sum(note.claimable(name)[place] + note.holders[name].paid[place] for name in names)
        assert 0 <= left <= len(names), "NT-07"


@LONG
@given(SHARES, CASH, st.data())
def test_two_accounts_never_earn_more_than_one(shares, cash, data):
    cut = data.draw(st.integers(0, shares[0]))
    one, two = note_of(shares), note_of([cut, *shares[1:], shares[0] - cut])
    for interest, principal in cash:
        one.distribute(interest, principal)
        two.distribute(interest, principal)
    parts = sum(two.claimable("0")) + sum(two.claimable(str(len(shares))))
    assert parts <= sum(one.claimable("0")) <= parts + 2


@LONG
@given(st.lists(st.integers(1, 2**80), min_size=1, max_size=6), st.integers(1, 2**80), st.data())
def test_a_split_order_gains_nothing_and_all_orders_are_covered(orders, cap, data):
    book = OrderBook(TrancheTerms(cap))
    for place, units in enumerate(orders):
        book.change(str(place), units)
    outcomes = [book.outcome(str(place), cancelled=False) for place in range(len(orders))]
    assert sum(units for units, _ in outcomes) <= book.sold
    assert sum(cash for _, cash in outcomes) <= book.total - book.sold
    for order, (units, cash) in zip(orders, outcomes, strict=True):
        assert order - 1 <= units + cash <= order
    cut = data.draw(st.integers(0, orders[0]))
    book.change("0", -cut)
    book.change("second account", cut)
    halves = [book.outcome(name, cancelled=False) for name in ("0", "second account") if book.orders[name]]
    assert sum(units for units, _ in halves) <= outcomes[0][0]
    assert sum(cash for _, cash in halves) <= outcomes[0][1]
