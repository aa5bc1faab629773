"""The demo's two loans, on the engine in this process beside the model: one script, the same figures on both sides."""

from dataclasses import replace
from pathlib import Path

import pytest

from salvor.deal.load import load_deal
from salvor.desk import actions as desk
from salvor.desk.worked import DEBTOR, FIRST, KEEPER, SECOND, SERVICER, SOLD, UNSOLD, Telling, story_of, without
from salvor.desk.worked_on_chain import Clock, OnChain
from salvor.lab import open_lab
from salvor.model.liquidation.state import Standing
from salvor.play import WHOLE, prepare_life
from salvor.report.from_model import forecast, statement_of
from salvor.report.side_by_side import perform
from salvor.tape.commitment.tape import commit_collections
from tests.utils.lives import on_a_lab
from tests.utils.worked import DAY, DEAL, prepare_worked, set_worked

BIDS = "kind: english, hours: 240, window_hours: 24, extension_hours: 120, increment: 10.00, increment_share: 5 %"
ALONE = "collateral fell:\n      way: foreclosure"


def lived(ready, root):
    """The deal's whole life with its two loans; gives the chain's side and what was told."""
    worked = set_worked(ready, root)
    lab, live, told = worked.lab, worked.live, []

    def at(seconds):
        lab.now = max(seconds, lab.now)

    people = {FIRST: worked.first, SECOND: worked.second, DEBTOR: lab.actor("debtor"), KEEPER: worked.outsider}
    people[SERVICER] = worked.servicer
    clock = Clock(lambda: lab.now, at)
    side = OnChain(ready.story, live, worked.proofs, worked.appraisers, people, "collateral fell", clock, told.append)
    telling = Telling(ready.story, side)
    for period, collected in enumerate(ready.collections, start=1):
        telling.until(ready.terms.period_ends[period - 1])
        at(ready.terms.period_ends[period - 1])
        tree = commit_collections(period, collected.cash, ready.commitment, ready.secret)
        worked.fund(worked.servicer, collected.net)
        desk.collect(live, period, collected, tree)
        desk.run_waterfall(live, period, by=worked.outsider)
    return side, told


def foretold(ready):
    return forecast(ready.course, story=ready.story)


def compare(ready, side):
    """Cases, tranches and the pool."""
    live, statement = side.live, foretold(ready)
    for line in statement.sales:
        account = side.house.accountOf(line.case)
        assert (account.brought, account.standing == Standing.CLOSED) == (line.brought, line.closed)
        assert account.outstanding - account.brought == line.written_off
    record = live.pool.record(live.pool.lastReported())
    assert (record.net, record.writtenOff) == (statement.collected, statement.written_off)
    for place, line in enumerate(statement.tranches):
        own = live.waterfall.tranche(place)
        assert (own.interestPaid, own.principalPaid, own.loss) == (line.interest, line.principal, line.loss)
    assert live.settlement.balanceOf(side.house) == statement.sales_held == 0
    return statement


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    return prepare_worked(tmp_path_factory.mktemp("worked"))


@pytest.fixture(scope="module")
def played(ready, request):
    return lived(ready, request.config.rootpath)


class TestAStory:
    def test_is_the_same_on_chain_and_model(self, ready, played):
        side, told = played
        statement = compare(ready, side)
        sold, unsold = statement.sales
        assert sold.brought == ready.story.floor(SOLD) * 12 // 10 - 65_00  # the keeper's fee and the costs
        assert unsold.brought == ready.story.claim(UNSOLD) // 5
        assert all(each.closed and each.brought + each.written_off == each.claim for each in statement.sales)
        assert side.paid[FIRST] == ready.story.floor(SOLD)
        assert side.paid[KEEPER] + side.paid[SERVICER] == 2 * (15_00 + 50_00)
        text = "\n".join(told)
        for words in (
            "fires after 14 days",
            "not cured",
            "bids from",
            "sold to the second",
            "back to the servicer",
            "agreed",
        ):
            assert words in text
        assert [line[:10] for line in told] == sorted(line[:10] for line in told)

    def test_sells_in_a_falling_price_as_well(self, tmp_path, request):
        ready = prepare_worked(tmp_path, (ALONE, ALONE.replace("foreclosure", "loan_sale")))
        side, told = lived(ready, request.config.rootpath)
        compare(ready, side)
        assert any("the first bidder takes 50 of 100 units" in line for line in told)
        titles = [side.house.titleOf(SOLD, side.people[who]) for who in (FIRST, SECOND)]
        assert titles == [50, 50]

    def test_sees_one_unit_that_differs(self, ready, played):
        side, _ = played
        more = {loan: claim + 1 for loan, claim in ready.story.claims.items()}
        other = replace(ready, story=replace(ready.story, claims=more))
        with pytest.raises(AssertionError):
            compare(other, side)


class TestWhichLoans:
    def test_those_that_fall_shortest_and_they_pay_nothing_beside(self, ready):
        short = sorted(ready.loans, key=lambda each: each.actual_recovery - each.expected_recovery)[:3]
        assert set(ready.story.claims) == {each.loan_id for each in short}
        left = {each.loan_id: each.actual_recovery for each in without(ready.story, ready.loans)}
        for loan in ready.loans:
            assert left[loan.loan_id] == (0 if loan.loan_id in ready.story.claims else loan.actual_recovery)
        assert without("none", ready.loans) == list(ready.loans)

    def test_none_of_a_deal_that_sells_none_alone(self, ready):
        assert story_of(ready.deal, replace(ready.terms, liquidation=None), ready.loans) == ""

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            (
                (BIDS, "kind: sealed, commit_hours: 48, reveal_hours: 24, pay_hours: 24, deposit: 10 %"),
                "at a value alone",
            ),
            (("cure_days: 30", "cure_days: 600"), "it ends before two sales could"),
        ],
    )
    def test_or_says_why_it_tells_of_none(self, tmp_path, change, why):
        assert why in prepare_worked(tmp_path, change).story

    def test_nor_of_too_few(self, ready):
        assert "fewer than three" in story_of(ready.deal, ready.terms, ready.loans[:2])


def test_the_deal_of_the_demo_is_the_charged_off_accounts_with_more_sections():
    own, plain = (load_deal(Path(f"deals/{name}/deal.yaml")) for name in ("worked-loans", "charged-off-accounts"))
    for name in ("tranches", "waterfall", "calendar", "purchase_price", "investors", "trades"):
        assert getattr(own, name) == getattr(plain, name), name


def test_a_life_of_such_a_deal_is_played_without_cases_and_says_so(ready, tmp_path, request):
    (tmp_path / "life.yaml").write_text("salvor_life: 1\nat_closing:\n  - { do: hand_over }\n")
    prepared = prepare_life(DEAL, tmp_path / "life.yaml", out=tmp_path / "out")
    assert WHOLE in prepared.doubts
    lab = open_lab(root=request.config.rootpath, genesis=prepared.script.terms.closing - 30 * DAY)
    stage = on_a_lab(lab, prepared)
    perform(stage, tick=lambda calls, sentence: None)
    sold = stage.chain.live.liquidation
    assert (sold.book.cases(), stage.chain.live.pool.house()) == (0, sold.house.address)
    assert statement_of(stage.model).reconciliation.holds
    lab.close()
