"""The second-lowest tranche escaped while a loss was on its way.

Elsewhere only the lowest tranche was locked during an auction though the loss could reach the next one
(sherlock 2023-12-arcadia-judging 65, 87). Here no class can be left: claims pay what runs distributed. Senior 1,000,
mezzanine 300 of two holders, junior 200; loss 400.
"""

import pytest

from salvor.model.terms import Losses, Step, StepKind
from tests.utils.beside import closed_beside
from tests.utils.modelled import tranche

ORDERS = (("senior", 0, 1_000), ("first", 1, 150), ("second", 1, 150), ("junior", 2, 200))
STEPS = tuple(Step(StepKind.PRINCIPAL, place) for place in range(3))


@pytest.mark.parametrize("losses", Losses)
def test_who_asks_first_gets_nothing_before_the_loss_and_its_share_after(lab, losses):
    tranches = (tranche(1_000), tranche(300), tranche(200))
    played = closed_beside(lab, *ORDERS, tranches=tranches, price=1_500, steps=STEPS, losses=losses)
    assert played.claim("first", 1) == 0
    played.run(written_off=400)
    assert [own.standing for own in played.tranches] == [1_000, 100, 0]
    played.run(1_100)
    assert [played.claim(name, place) for name, place, _ in ORDERS] == [1_000, 50, 50, 0]
