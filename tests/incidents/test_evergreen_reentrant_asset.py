"""The settlement asset calls back in the middle of a request, a claim or a settlement of an evergreen deal.

It is an investor with requests of its own. Whatever it tries meanwhile, it gets nothing that a call before or
afterwards would not: all figures are the model's, in which nothing was tried.
"""

import pytest

from tests.property.evergreen_mirror import EvergreenMirror
from tests.property.evergreen_stage import FOREVER, UNLIMITED, set_stage
from tests.utils.gates import JUNIOR, SENIOR, Gates


@pytest.fixture
def played(lab):
    """The asset itself has 1,000 of cash waiting for junior units, and may ask for more."""
    token = lab.deploy("CallingToken", sender=lab.actor("admin"))
    played = Gates(EvergreenMirror(set_stage(lab, token=token)))
    played.token, live = token, played.live
    live.allow_list.admit(token, FOREVER, sender=played.agent)
    played.deal.admissions.until[token.address] = FOREVER
    token.mint(token, 10_000, sender=played.newcomer)
    played.deal.asset.mint(token.address, 10_000)
    for gate in live.gates:
        act(played, token.approve, gate, UNLIMITED)
    act(played, live.gates[JUNIOR].requestDeposit, 1_000, token, token)
    played.calls.request_deposit(token.address, JUNIOR, 1_000, token.address, token.address, lab.now)
    played.mirror.check()
    return played


def act(played, method, *args):
    played.token.act(method.contract, method.encode(*args), sender=played.newcomer)


def arm(played, method, *args):
    played.token.arm(method.contract, method.encode(*args), sender=played.newcomer)


def replies(played):
    """What it may try, at the gate that is called or at another."""
    live, token = played.live, played.token
    junior, senior = live.gates[JUNIOR], live.gates[SENIOR]
    return {
        "cancel": (junior.cancelDepositRequest, 0, token),
        "ask here": (junior.requestDeposit, 5, token, token),
        "ask at another gate": (senior.requestDeposit, 5, token, token),
        "settle": (live.fund.settle,),
        "claim": (junior.redeem, 5, token, token),
    }


NAMES = ("cancel", "ask here", "ask at another gate", "settle", "claim")


@pytest.mark.parametrize("name", NAMES)
def test_during_a_settlement_nothing_else_happens(played, name):
    played.enter(played.newcomer, SENIOR, 7_000)
    played.end_period()
    method, *args = replies(played)[name]
    arm(played, method, *args)
    played.settle()  # gates forward 7,000 and 1,000: the asset moves
    assert played.token.called()
    assert not played.token.obeyed()
    played.mirror.check()


@pytest.mark.parametrize("name", ["cancel", "ask here", "claim"])
def test_during_a_request_nothing_happens_at_the_same_gate(played, name):
    method, *args = replies(played)[name]
    arm(played, method, *args)
    played.enter(played.newcomer, JUNIOR, 500)
    assert (played.token.called(), played.token.obeyed()) == (True, False)


def test_during_a_claim_of_cash_it_is_not_paid_twice(played):
    played.leave(played.senior, SENIOR, 1_000)
    played.end_epoch()
    arm(played, played.live.gates[SENIOR].redeem, 500, played.senior, played.senior)
    before = played.cash(played.senior)
    played.claim("redeem", played.senior, SENIOR, 500)
    assert (played.token.obeyed(), played.cash(played.senior) - before) == (False, 500)
