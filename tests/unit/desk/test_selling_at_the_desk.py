"""`ape run sell`: each act on a case of a live deal, what it says, and what it refuses before anything is sent."""

import json
from dataclasses import replace

import pytest

from salvor.chain.refusal import CallRefused
from salvor.desk import sale_acts as acts
from salvor.desk.sale_cases import all_cases, case_of, strategy_named
from salvor.desk.sale_show import show_status, tell
from salvor.desk.sales import sales_of
from salvor.desk.tapes import Tapes
from salvor.errors import FileMissing, FileUnreadable, NotCommitted, OptionInvalid
from salvor.model.liquidation.state import Plan, Stage, Strategy
from tests.utils.worked import DAY, prepare_worked, set_worked

HOUR = 3_600
TERMS = {"kind": "COLLATERAL", "by_rank": True, "debtor": None}


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    return prepare_worked(tmp_path_factory.mktemp("worked"))


@pytest.fixture(scope="module")
def stood(ready, request):
    made = set_worked(ready, request.config.rootpath)
    yield made
    made.lab.close()


@pytest.fixture
def worked(stood):
    kept = stood.lab.snapshot(), dict(stood.appraisers.nonces)
    yield stood
    stood.lab.restore(kept[0])
    stood.appraisers.nonces = kept[1]


@pytest.fixture
def sales(worked):
    """Case 1 of two loans, claim 680.00, worth 600.00 today."""
    said = acts.open_case(worked.sales, worked.tapes, ["2030", "1150"], **TERMS, sender=worked.servicer)
    assert said == (
        "case 1 opened: 2030, 1150, claim 680.00 DUSD, valued as COLLATERAL/1; "
        "it waits for the overseer: `sell confirm`"
    )
    assert acts.confirm(worked.sales, 1, sender=worked.admin) == "case 1: confirmed with 2 loans"
    worked.worth(1, 600_00)
    return worked.sales


def sell(worked, sales, strategy):
    """For sale in that way."""
    acts.plan(sales, 1, strategy, Plan(), act="propose", sender=worked.servicer)
    if strategy is Strategy.FORECLOSURE:
        acts.plan(sales, 1, strategy, Plan(), act="approve", sender=worked.admin)
    return acts.start(sales, 1, sender=worked.servicer)


def after(sales):
    """Whats and whos of the deadlines, in their order."""
    return [(each.what, each.then) for each in case_of(sales, 1).deadlines]


class TestAnEnglishAuction:
    def test_is_bid_in_and_settled(self, worked, sales):
        said = sell(worked, sales, Strategy.FORECLOSURE)
        assert said == "case 1: round 1 of 2 in 'climbing' begins, at 360.00 DUSD, not below 360.00 DUSD"
        assert after(sales) == [
            ("the round is over", "anyone: sell relist"),
            ("no bid moves the end beyond", "bidders: sell bid"),
        ]
        acts.bid(sales, 1, 360_00, sender=worked.first)
        assert after(sales)[0] == ("the round is over", "anyone: sell settle")
        acts.bid(sales, 1, 400_00, sender=worked.second)
        assert case_of(sales, 1).round.leader == worked.second.address
        for group, paid in ((1, "0.00"), (0, "360.00"), (None, "0.00")):
            said = acts.collect(sales, worked.first.address, group=group, sender=worked.outsider)
            assert said == f"{worked.first.address}: {paid} DUSD paid out"
        worked.lab.wait(10 * DAY)
        said = acts.settle(sales, 1, sender=worked.outsider)
        assert said == "case 1: sold; 350.00 DUSD went to the pool, 330.00 DUSD written off, closed"
        assert sales.house.titleOf(1, worked.second) == 1

    def test_without_a_bid_is_relisted_and_comes_back(self, worked, sales):
        sell(worked, sales, Strategy.FORECLOSURE)
        worked.lab.wait(10 * DAY)
        said = acts.relist(sales, 1, sender=worked.outsider)
        assert said == "case 1: round 2 of 2 in 'climbing' begins, at 324.00 DUSD, not below 324.00 DUSD"
        worked.lab.wait(10 * DAY)
        said = acts.relist(sales, 1, sender=worked.outsider)
        assert said == "case 1: the sale is over; 0.00 DUSD went to the pool, it is held"

    def test_asks_for_no_allowance_that_is_there(self, worked, sales):
        sell(worked, sales, Strategy.FORECLOSURE)
        acts.bid(sales, 1, 360_00, sender=worked.first)
        assert sales.token.allowance(worked.first, sales.house.address) == 0
        sales.token.approve(sales.house.address, 10**12, sender=worked.second)
        before = worked.lab.block
        acts.bid(sales, 1, 400_00, sender=worked.second)
        assert worked.lab.block == before + 1


class TestADutchAuction:
    def test_is_taken_in_parts(self, worked, sales):
        said = sell(worked, sales, Strategy.LOAN_SALE)
        assert said == "case 1: round 1 of 2 in 'falling' begins, at 720.00 DUSD, not below 360.00 DUSD"
        worked.lab.wait(120 * HOUR)
        assert case_of(sales, 1).round.price == 540_00
        said = acts.take(sales, 1, 40, None, sender=worked.first)
        assert said == "case 1: 40 of 100 units for 216.00 DUSD; 166.00 DUSD went to the pool, it is for sale"
        said = acts.take(sales, 1, 500, 540_00, sender=worked.second)
        assert said.startswith(
            "case 1: 60 of 100 units for 324.00 DUSD; 490.00 DUSD went to the pool, 190.00 DUSD written"
        )
        assert case_of(sales, 1).stage is Stage.CLOSED

    def test_is_not_taken_above_what_the_bidder_allows(self, worked, sales):
        sell(worked, sales, Strategy.LOAN_SALE)
        with pytest.raises(CallRefused, match="PriceTooHigh"):
            acts.take(sales, 1, 100, 719_99, sender=worked.first)


class TestASealedAuction:
    @pytest.fixture(scope="class")
    def sealed(self, tmp_path_factory, request):
        falling = "{ kind: dutch, step_hours: 1, fall_hours: 240, linger_hours: 24, units: 100, dust: 10 }"
        vickrey = "{ kind: vickrey, commit_hours: 48, reveal_hours: 24, pay_hours: 24, deposit: 10 % }"
        ready = prepare_worked(tmp_path_factory.mktemp("sealed"), (falling, vickrey))
        made = set_worked(ready, request.config.rootpath)
        acts.open_case(made.sales, made.tapes, ["2030", "1150"], **TERMS, sender=made.servicer)
        acts.confirm(made.sales, 1, sender=made.admin)
        made.worth(1, 600_00)
        yield made
        made.lab.close()

    def test_is_committed_to_revealed_and_paid(self, sealed, tmp_path):
        sales = sealed.sales
        sell(sealed, sales, Strategy.LOAN_SALE)
        assert after(sales) == [
            ("the last commitment", "bidders: sell reveal"),
            ("the last price is told", "winner: sell pay"),
            ("the winner has paid", "anyone: sell relist"),
        ]
        seals = {who: tmp_path / f"{who.role}.json" for who in (sealed.first, sealed.second)}
        for who, price in ((sealed.first, 500_00), (sealed.second, 400_00)):
            said = acts.commit(sales, 1, price, seals[who], sender=who)
            assert said.startswith("case 1: committed with a deposit of 36.00 DUSD")
        with pytest.raises(CallRefused, match="NotEligible"):
            acts.commit(sales, 1, 500_00, tmp_path / "outsider.json", sender=sealed.outsider)
        assert not (tmp_path / "outsider.json").exists()
        with pytest.raises(OptionInvalid, match="name another --seal"):
            acts.commit(sales, 1, 1, seals[sealed.first], sender=sealed.first)
        with pytest.raises(CallRefused, match="WrongTime"):
            acts.reveal(sales, seals[sealed.first], sender=sealed.first)
        sealed.lab.wait(48 * HOUR)
        for who, told in ((sealed.first, "500.00"), (sealed.second, "400.00")):
            assert acts.reveal(sales, seals[who], sender=who) == f"case 1: {told} DUSD told; it stands"
        sealed.lab.wait(24 * HOUR)
        assert acts.reclaim(sales, seals[sealed.second], sender=sealed.outsider).endswith("can be collected")
        assert acts.collect(sales, sealed.second.address, sender=sealed.outsider).endswith("36.00 DUSD paid out")
        with pytest.raises(CallRefused, match="NotTheWinner"):
            acts.pay(sales, 1, sender=sealed.second)
        said = acts.pay(sales, 1, sender=sealed.first)
        assert said.startswith("case 1: won for 400.00 DUSD; 350.00 DUSD went to the pool")


class TestStrategies:
    def test_a_plan_waits_for_the_overseer_is_agreed_and_paid(self, worked, sales):
        agreed, kind = Plan(200_00), Strategy.DISCOUNTED_PAY_OFF
        said = acts.plan(sales, 1, kind, agreed, act="propose", sender=worked.servicer)
        assert said == "case 1: discounted pay off is proposed; it waits for the overseer"
        assert case_of(sales, 1).proposed
        assert acts.plan(sales, 1, kind, agreed, act="approve", sender=worked.admin).endswith("begins")
        assert after(sales) == [("discounted pay off ends", "anyone: sell expire")]
        said = acts.repay(sales, 1, 200_00, sender=worked.first)
        assert said == "case 1: 200.00 DUSD paid; 200.00 DUSD went to the pool, 480.00 DUSD written off, closed"

    def test_a_payment_plan_shows_when_it_is_broken_and_expires(self, worked, sales):
        plan = Plan(50_00, worked.lab.now + 30 * DAY, 30 * DAY)
        acts.plan(sales, 1, Strategy.PAYMENT_PLAN, plan, act="propose", sender=worked.servicer)
        at = {each.what: each.at - plan.due for each in case_of(sales, 1).deadlines}
        assert (at["an instalment is due"], at["the plan is broken"]) == (0, 5 * DAY)
        worked.lab.wait(36 * DAY)
        assert acts.expire(sales, 1, sender=worked.outsider).endswith("hold again")
        assert case_of(sales, 1).strategy is Strategy.HOLD

    def test_a_foreclosure_waits_for_the_court(self, worked, sales):
        court = Plan(due=worked.lab.now + 20 * DAY)
        acts.plan(sales, 1, Strategy.FORECLOSURE, court, act="switch", sender=worked.admin)
        assert after(sales) == [
            ("the court's date", "servicer: sell start"),
            ("the court is overdue", "anyone: triggers --fire"),
        ]
        with pytest.raises(CallRefused, match="TooEarlyToSell"):
            acts.start(sales, 1, sender=worked.servicer)
        acts.plan(sales, 1, Strategy.HOLD, Plan(), act="propose", sender=worked.servicer)
        assert after(sales) == [("no foreclosure before the court's date", "servicer: sell start")]

    def test_after_a_cure_anyone_starts(self, worked, sales):
        for place in range(3):
            sales.triggers.watch(1, place, sender=worked.outsider)
        for _ in range(2):
            worked.lab.wait(7 * DAY)
            worked.worth(1, 500_00)
            sales.triggers.check(1, 0, sender=worked.outsider)
        by = {each.what: each.at - worked.lab.now for each in case_of(sales, 1).deadlines}
        assert by == {
            "'collateral fell' has held long enough": 7 * DAY,
            "'collateral fell' begins anew where nobody looked": 7 * DAY,
        }
        worked.lab.wait(7 * DAY)
        worked.worth(1, 500_00)
        sales.triggers.fire(1, 0, sender=worked.outsider)
        [cure] = case_of(sales, 1).deadlines
        assert (cure.at, cure.what) == (worked.lab.now + 30 * DAY, "the cure ends")
        with pytest.raises(CallRefused, match="StillHolds"):
            acts.calm(sales, 1, sender=worked.outsider)
        worked.lab.wait(30 * DAY)
        worked.worth(1, 500_00)
        assert "round 1 of 2 in 'climbing'" in acts.start(sales, 1, sender=worked.outsider)

    def test_a_case_whose_cause_is_gone_is_calmed(self, worked, sales):
        with pytest.raises(OptionInvalid, match="no trigger of case 1 has fired"):
            acts.calm(sales, 1, sender=worked.outsider)
        sales.triggers.watch(1, 1, sender=worked.outsider)
        for score in (600, 400):  # no hold: it fires at once
            worked.worth(1, score * 100, "SCORE")
            sales.triggers.check(1, 1, sender=worked.outsider)
            worked.lab.wait(HOUR)
        sales.triggers.fire(1, 1, sender=worked.outsider)
        worked.worth(1, 2_000_00)
        said = acts.calm(sales, 1, sender=worked.outsider)
        assert said == "case 1: 'score fell, little cover' is calmed and can fire again; it is held"


class TestStatus:
    def test_shows_amounts_and_every_deadline(self, worked, sales, capsys):
        sell(worked, sales, Strategy.FORECLOSURE)
        acts.bid(sales, 1, 360_00, sender=worked.first)
        show_status(sales, None, as_json=False)
        told = capsys.readouterr().out
        for words in (
            "case 1: for sale (foreclosure); 2 loans, valued as COLLATERAL/1",
            "360.00 DUSD of 0x",
            "sell settle",
        ):
            assert words in told
        show_status(sales, 1, as_json=True)
        [case] = json.loads(capsys.readouterr().out)["cases"]
        assert (case["stage"], case["round"]["best"], case["outstanding"]) == ("for_sale", 360_00, 680_00)
        tell(sales, "done", number=1, as_json=True)
        assert json.loads(capsys.readouterr().out)["case"]["number"] == 1

    def test_of_no_case_says_so(self, worked, capsys):
        assert all_cases(worked.sales) == []
        show_status(worked.sales, None, as_json=False)
        assert capsys.readouterr().out == "no case was opened yet\n"


class TestBadInput:
    def test_a_case_that_is_none_is_told_with_those_there_are(self, worked, sales):
        with pytest.raises(OptionInvalid, match="no case 2: the deal has cases 1 to 1"):
            acts.start(sales, 2, sender=worked.servicer)

    def test_a_loan_that_is_none_and_one_that_is_in_a_case_are_refused(self, worked, sales):
        with pytest.raises(NotCommitted, match="no loan '203O' in"):
            acts.open_case(sales, worked.tapes, ["203O"], **TERMS, sender=worked.servicer)
        with pytest.raises(OptionInvalid, match="loan '2030' is in case 1 already"):
            acts.open_case(sales, worked.tapes, ["2030"], **TERMS, sender=worked.servicer)
        level = Tapes((replace(worked.proofs, claim="recovery_level"),))  # 0 of this one
        with pytest.raises(OptionInvalid, match="has no claim by its tape"):
            acts.open_case(sales, level, ["731"], **TERMS, sender=worked.servicer)

    def test_an_act_of_another_stage_or_auction_is_refused(self, worked, sales):
        with pytest.raises(OptionInvalid, match="case 1 is held: `sell bid` needs one that is for sale"):
            acts.bid(sales, 1, 1, sender=worked.first)
        sell(worked, sales, Strategy.FORECLOSURE)
        with pytest.raises(OptionInvalid, match="is sold in 'climbing' \\(english\\): `sell take` is for dutch"):
            acts.take(sales, 1, 1, None, sender=worked.first)
        with pytest.raises(OptionInvalid, match="`sell start` needs one that is held"):
            acts.start(sales, 1, sender=worked.servicer)

    @pytest.mark.parametrize("text", ["", "ten", "1.005", "0", "-1", "nan"])
    def test_an_amount_that_is_none_is_refused(self, worked, text):
        with pytest.raises(OptionInvalid, match="AMOUNT"):
            acts.cash_of(worked.sales, text, "AMOUNT")

    def test_a_strategy_that_is_none_is_refused(self):
        assert strategy_named("payment-plan") is Strategy.PAYMENT_PLAN
        with pytest.raises(OptionInvalid, match="did you mean 'foreclosure'"):
            strategy_named("forclosure")

    def test_a_seal_that_is_missing_or_is_none_is_refused(self, tmp_path):
        with pytest.raises(FileMissing):
            acts.read_seal(tmp_path / "none.json")
        (tmp_path / "one.json").write_text('{"case": 1}')
        with pytest.raises(FileUnreadable):
            acts.read_seal(tmp_path / "one.json")

    def test_a_sale_without_a_good_value_does_not_start(self, worked, sales):
        worked.lab.wait(3 * DAY)
        acts.plan(sales, 1, Strategy.LOAN_SALE, Plan(), act="propose", sender=worked.servicer)
        with pytest.raises(CallRefused, match="NoGoodValue"):
            acts.start(sales, 1, sender=worked.servicer)

    def test_a_deal_that_sells_nothing_is_refused(self, worked):
        from dataclasses import replace

        with pytest.raises(OptionInvalid, match="was deployed without what sells loans"):
            sales_of(worked.ready.deal, replace(worked.live, liquidation=None))
