"""Who leaves first during an open loss takes the other's money (dcccrypto/percolator-stake 124).

Elsewhere a partial exit of the junior was paid at the marked-down value and booked at the unmarked one, so the same
loss was charged again to whoever stayed. Here all figures of a tranche follow its units, and so does its loss.
"""

import pytest

from tests.utils.evergreen_cases import case
from tests.utils.gates import JUNIOR

FIRST, SECOND = "junior", "newcomer"


@pytest.fixture
def played(lab):
    """Senior 1,000, junior 1,000 in two hands, a loss of 500, and newcomers that bring the cash for who leaves."""
    played = case(lab, (1_000, 1, 1_000))
    deal, note = played.deal, played.live.notes[JUNIOR]
    deal.transfer(played.junior.address, played.newcomer.address, JUNIOR, 500, played.lab.now)
    note.transfer(played.newcomer, 500, sender=played.junior)
    played.end_epoch(0, written_off=500)
    return played


@pytest.mark.parametrize("order", [(FIRST, SECOND), (SECOND, FIRST)])
def test_each_gets_its_half_whoever_is_first(played, order):
    paid = {}
    for role in order:
        who = getattr(played, role)
        played.leave(who, JUNIOR, 500)
        played.enter(played.mezz, 0, 250)  # whose cash pays who leaves
        done = played.end_epoch(0)
        assert done.taken[JUNIOR].ended == 500
        paid[role] = played.claim("redeem", who, JUNIOR, 500)
    values = played.mirror._values()
    # The one unit between them bears nothing: 1,501 of loans, 1,000 and 500 of it the senior's with what came in.
    assert paid == {FIRST: 250, SECOND: 250}
    assert values == [1_500, 1, 0]
    books = played.deal.books.tranches[JUNIOR]
    assert (books.principal, books.written_down) == (0, 0)
