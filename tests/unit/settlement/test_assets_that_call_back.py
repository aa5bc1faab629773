"""A settlement asset that calls back while it moves: refused, or as if it had called before or afterwards (SE-01)."""

import pytest

from tests.utils.calling import outcome, stand

ENTRIES = (
    "order",
    "order by the asset",
    "reduce",
    "close",
    "settle",
    "settle for the asset",
    "report",
    "claim",
    "claimFor",
    "claimMany",
    "payCredit",
    "payCredit of a fee",
)


@pytest.fixture
def standing(lab):
    return stand(lab)


def test_every_call_that_moves_the_asset_is_tried(standing):
    assert tuple(standing.entries()) == ENTRIES


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_call_back_gets_nothing_that_a_call_at_another_time_would_not(lab, standing, entry):
    """A batch is a row of claims: there, another time is also between two of them."""
    deal, outsider = standing.deal, lab.actor("outsider")
    stage, enter = standing.entries()[entry]
    made = 0
    for name, (method, args) in standing.replies().items():

        def reply(method=method, args=args):
            standing.act(method, *args)

        between = (standing.entries()["claim"][1], reply, enter) if entry == "claimMany" else (enter,)
        possible = []
        for order in ((), (enter,), (enter, reply), (reply, enter), between):
            lab.restore(standing.stages[stage])
            for each in order:
                outcome(each)
            possible.append(standing.picture())
        lab.restore(standing.stages[stage])
        deal.token.arm(method.contract, method.encode(*args), sender=outsider)
        entered = outcome(enter)
        made += deal.token.called()
        assert entered or standing.picture() == possible[0], f"SE-01: {entry}, then {name}"
        assert standing.picture() in possible, f"SE-01: {entry}, then {name}"
        standing.check_books()
    assert made, "no call back was made"


@pytest.mark.parametrize("entry", ["claim", "claimFor", "claimMany"])
def test_a_claim_within_a_claim_is_paid_once(lab, standing, entry):
    deal = standing.deal
    note, (holder, _) = deal.notes[0], deal.holders
    lab.restore(standing.stages["run"])
    due = [note.claimable(each) for each in (holder, deal.token)]
    before = [deal.token.balanceOf(each) for each in (holder, deal.token)]
    again = note.claimMany.encode([holder, deal.token])
    deal.token.arm(note, again, sender=lab.actor("outsider"))
    standing.entries()[entry][1]()
    assert (deal.token.called(), deal.token.obeyed()) == (True, True)
    after = [deal.token.balanceOf(each) for each in (holder, deal.token)]
    assert [new - old for new, old in zip(after, before, strict=True)] == due, "SE-01"


@pytest.mark.parametrize("reply", ["claimMany", "payCredit"])
def test_cash_that_leaves_while_a_report_brings_cash_is_noticed(lab, standing, reply):
    """What arrived is measured: a claim paid meanwhile makes it look short, so the whole report is refused."""
    deal = standing.deal
    lab.restore(standing.stages["ended"])
    method, args = standing.replies()[reply]
    deal.token.arm(method.contract, method.encode(*args), sender=lab.actor("outsider"))
    assert not outcome(standing.entries()["report"][1]), "SE-01"
    assert deal.pool.lastReported() == 1
    standing.check_books()
