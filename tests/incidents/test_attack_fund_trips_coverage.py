"""Attack: an entry, or a junior's exit, that makes a coverage test fail and ends revolving for all.

Cash that comes in covers the principal that it makes at par. A test at 150 % that just passed failed at the next run
after anybody had entered above it, or after the account had paid out a junior: the deal amortised for ever. Now a
settlement takes only so much that each test that passes still does.
"""

from salvor.model.terms import LARGEST, ReserveTerms, Revolving, TriggerKind, TriggerTerms
from tests.property.evergreen_stage import PERCENT
from tests.utils.evergreen_cases import case
from tests.utils.gates import JUNIOR, MEZZANINE, SENIOR


def covered(lab, level, sizes=(700, 100, 200), *, tranche=0, **changes):
    """Revolving ends where pool balance and account are below `level` percent of the principal to `tranche`."""
    trigger = TriggerTerms(TriggerKind.OVER_COLLATERALISATION, level * PERCENT, tranche=tranche)
    return case(lab, sizes, triggers=(trigger,), revolving=Revolving(6, frozenset({0})), **changes)


def revolves_on(played):
    """After the next run, which reads the test again."""
    played.end_period(0)
    return played.live.waterfall.phase() == 1


def test_an_entry_stops_where_the_test_would_fail(lab):
    """(1,000 + c) : (700 + c) is 125 % with c of 500."""
    played = covered(lab, 125)
    played.enter(played.newcomer, SENIOR, 600)
    assert played.end_epoch(0).taken[SENIOR].entered == 500
    assert played.position(played.newcomer, SENIOR).entry == 100
    assert revolves_on(played)


def test_one_unit_more_would_have_ended_it(lab):
    """The test itself, at its edge: 1,500 of cover for 1,200 of principal, less one by a loss."""
    played = covered(lab, 125)
    played.enter(played.newcomer, SENIOR, 500)
    played.end_epoch(0)
    played.end_period(0, written_off=1)
    assert played.live.waterfall.phase() == 2


def test_a_junior_makes_room_in_the_same_epoch(lab):
    played = covered(lab, 125)
    played.enter(played.newcomer, SENIOR, 600)
    played.enter(played.junior, JUNIOR, 25)
    assert played.end_epoch(0).taken[SENIOR].entered == 600
    assert revolves_on(played)


def test_an_exit_below_the_test_stops_there_too(lab):
    """400 in the account: of 1,400 that cover 1,100, 1,375 have to stay."""
    played = covered(lab, 125)
    played.enter(played.newcomer, SENIOR, 400)
    played.leave(played.junior, JUNIOR, 200)
    done = played.end_epoch(0)
    assert (done.taken[SENIOR].entered, done.taken[JUNIOR].paid) == (400, 25)
    assert revolves_on(played)


def test_an_exit_that_mends_the_test_goes_on(lab):
    played = covered(lab, 125)
    played.enter(played.newcomer, SENIOR, 500)
    played.end_epoch(0)
    played.leave(played.senior, SENIOR, 300)
    assert played.end_epoch(0).taken[SENIOR].ended == 300
    assert revolves_on(played)


def test_matched_requests_are_met_at_the_edge(lab):
    played = covered(lab, 125)
    played.enter(played.newcomer, SENIOR, 500)
    played.end_epoch(0)
    played.enter(played.newcomer, SENIOR, 50)
    played.leave(played.senior, SENIOR, 40)
    took = played.end_epoch(0).taken[SENIOR]
    assert (took.entered, took.ended) == (40, 40)
    assert revolves_on(played)


def test_what_the_reserve_takes_is_counted(lab):
    """A tenth of each entry goes to the reserve, which covers nothing."""
    reserve = ReserveTerms(cap=LARGEST, share=10 * PERCENT, tranches=frozenset({SENIOR}))
    played = covered(lab, 125, reserve=reserve)
    played.enter(played.mezz, MEZZANINE, 100)  # the account has what the reserve lacks from the beginning
    played.end_epoch(0)
    played.enter(played.newcomer, SENIOR, 600)
    took = played.end_epoch(0).taken[SENIOR]
    assert 0 < took.entered < 600
    assert played.live.waterfall.reserve()[0] == (700 + took.entered) // 10
    assert revolves_on(played)


def test_one_that_fails_is_not_made_worse(lab):
    """After a purchase for which nothing came, 1,030 cover 900: only juniors come in, and only the senior leaves."""
    played = covered(lab, 120)
    played.enter(played.newcomer, SENIOR, 200)
    played.end_epoch(0)
    for place in (SENIOR, MEZZANINE, JUNIOR):
        played.enter(played.newcomer, place, 10)
    played.leave(played.senior, SENIOR, 30)
    played.leave(played.junior, JUNIOR, 30)
    played.end_period(0)
    played.buy_loans(170, 0)
    taken = played.settle().taken
    assert [took.entered for took in taken] == [10, 10, 10]
    assert [took.ended for took in taken] == [30, 0, 10]  # the junior's by who came for it
