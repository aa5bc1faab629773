"""`ape run sell`: two loans that do not pay, told to the end, every figure the model's."""

from pathlib import Path

import pytest

from salvor.demo import prepare
from salvor.errors import ReconciliationFailed
from salvor.model.liquidation.state import Standing
from salvor.selling import play, prepare_lab

DEAL = Path("deals/charged-off-accounts/deal.yaml")


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    return prepare(DEAL, tape_file=None, out=tmp_path_factory.mktemp("sell"))


@pytest.fixture
def chain(ready, request):
    lab = prepare_lab(ready, "revm", request.config.rootpath)
    yield lab
    lab.close()


def test_one_loan_is_sold_and_one_nobody_bids_for(ready, chain):
    told = []
    story = play(ready, chain, told.append)
    assert [story.sold.house.accountOf(case).standing for case in (1, 2)] == [Standing.CLOSED] * 2
    assert dict(story.state.ended) == {"sold": 1, "relisted": 1, "back": 1}
    words = ("trigger fired", "not cured", "first bidder bids", "sold;", "nobody bid; again", "back to the servicer")
    for word in (*words, "proceeds); senior principal paid", "claims"):
        assert any(word in line for line in told), word


def test_a_figure_that_differs_is_told(ready, chain, monkeypatch):
    monkeypatch.setattr("salvor.selling.Story.differences", lambda story: ["tranche 0: chain 1, model 2"])
    with pytest.raises(ReconciliationFailed, match="tranche 0"):
        play(ready, chain, lambda line: None)


def test_the_comparison_sees_one_unit(ready, chain):
    story = play(ready, chain, lambda line: None)
    story.state.accounts[1].brought += 1
    assert [line.split(":")[0] for line in story.differences()] == ["account of case 1"]
