"""Attack: a holding limit passed by asking in pieces.

A gate asked compliance for what the new cash would buy and for the controller's units there, and left out cash that
waited already: two requests of half a limit each were asked for as half, and together bought all of it and more. Now
cash that waits counts with what is new.
"""

from tests.utils.gates import JUNIOR, SENIOR, refused


def units_asked(played, place, cash):
    """What compliance is asked for: who is not admitted is told."""
    played.remove(played.newcomer)
    error, (_, _, units) = refused(played.enter(played.newcomer, place, cash))
    assert error == "NotEligible"
    return units


def test_two_pieces_are_asked_for_as_one(played):
    played.enter(played.newcomer, SENIOR, 600)
    assert units_asked(played, SENIOR, 600) == 1_200


def test_pieces_are_priced_together(played):
    """Junior units at 24,675 for 15,000: 1 and 1 of cash buy 1 unit together, and none each."""
    played.end_epoch()
    played.enter(played.newcomer, JUNIOR, 1)
    assert units_asked(played, JUNIOR, 1) == 1


def test_cash_that_was_cancelled_counts_no_more(played):
    played.enter(played.newcomer, SENIOR, 600)
    played.cancel_entry(played.newcomer, SENIOR)
    assert units_asked(played, SENIOR, 600) == 600
