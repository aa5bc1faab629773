"""The page and the data of a life: what stands in them, and that an issuer's words stay words."""

import json
from dataclasses import replace
from datetime import date

import pytest

from salvor.report.life import (
    CorrectionLine,
    EventLine,
    LifeStatement,
    PeriodLine,
    RefundLine,
    StepLine,
    TrancheMove,
    TriggerStanding,
)
from salvor.report.life_page import render_life, write_life
from salvor.report.statement import unlike
from tests.unit.report.test_statement import STATEMENT


def period(number, lost, deficiency, **changes):
    line = PeriodLine(
        period=number,
        end=date(2026, number, 28),
        late=False,
        gross=1_100,
        costs=100,
        written_off=500,
        recovered=0,
        root="0x12",
        loans_paying=3,
        correction=None,
        pool_balance=9_000,
        collection_ratio=10**18,
        phase="amortising",
        accelerated=False,
        revolved=False,
        cash=1_000,
        left=0,
        reserve=7_700,
        revolving_account=0,
        unallocated_loss=0,
        steps=(StepLine(400, 300, False), StepLine(0, 0, True)),
        tranches=(TrancheMove("senior", 300, 0, 60_000, 100, lost, deficiency),),
        triggers=(TriggerStanding("behind plan", True, number, 0), TriggerStanding("late", False, 0, 0)),
        holders=(),
        credits=(("seller", 12_345),),
    )
    return replace(line, **changes)


CORRECTION = CorrectionLine(1, "0xabc", 4, -4_321, 0, 0)
EVENT = EventLine("period 1", "fund claims", None, (("fund", 77_777),), (), ())
NO = EventLine("period 1", "fund claims again", "HolderFrozen", (), (), ())
SECOND = period(2, 40, 30, accelerated=True, late=True, correction=CORRECTION, phase="accelerated")
LIFE = LifeStatement(
    STATEMENT,
    "accelerated",
    ("interest senior", "residual equity"),
    ("fee trustee", "all to senior"),
    (period(1, 100, 20), SECOND),
    (EVENT, NO),
)


class TestLosses:
    def test_are_what_changed_since_the_period_before(self):
        """What came back is below 0."""
        assert LIFE.losses_of(0) == (("senior", 100, 20),)
        assert LIFE.losses_of(1) == (("senior", -60, 10),)


class TestJson:
    def test_has_steps_by_their_list_and_whole_units(self, tmp_path):
        write_life(LIFE, tmp_path)
        said = json.loads((tmp_path / "life.json").read_text())
        first, second = said["periods_run"]
        assert [step["step"] for step in first["steps"]] == ["interest senior", "residual equity"]
        assert [step["step"] for step in second["steps"]] == ["fee trustee", "all to senior"]
        assert first["steps"][0] == {"step": "interest senior", "due": 400, "paid": 300, "passed_over": False}
        assert second["losses"] == [{"tranche": "senior", "lost": -60, "ledger": 10}]
        assert second["correction"]["written_off"] == -4_321
        assert (first["end"], first["credits"]) == ("2026-01-28", {"seller": 12_345})
        assert said["events"][1] == {
            "when": "period 1",
            "what": "fund claims again",
            "refused": "HolderFrozen",
            "cash": {},
        }
        assert (said["state"], said["cancelled"], said["refunds"]) == ("accelerated", "", [])
        assert said["reconciliation"]["holds"] is True


class TestPage:
    @pytest.mark.parametrize(
        "words",
        [
            "behind plan (since period 2)",
            "corrects period 1: written off -43.21",
            "over 4 loans",
            "The report came late.",
            "all to senior",
            "(accelerated list)",
            "passed over",
            "fund 777.77",
            "refused, HolderFrozen",
            "Reserve 77.00",
            '<td class="n">-0.60</td><td class="n">0.10</td>',  # lost and ledger, as they changed
            "cash out + cash held",
        ],
    )
    def test_shows(self, words):
        assert words in render_life(LIFE)

    def test_names_only_triggers_that_are_on(self):
        assert "late (since" not in render_life(LIFE)

    def test_adds_up_cash_in_and_out(self):
        page = " ".join(render_life(LIFE).split())
        assert '<td>cash in</td><td class="n">22.00</td><td>cash out + cash held</td><td class="n">22.00</td>' in page

    def test_says_what_the_claims_written_off_cost_the_notes(self):
        closing = replace(STATEMENT, written_off=10_000, carrying_ratio=32 * 10**16)
        page = render_life(replace(LIFE, closing=closing))
        assert "Written off 100.00 of claims, which the notes carried at 32.0 %: a loss of 32.00" in page
        none = render_life(replace(LIFE, closing=replace(closing, written_off=0)))
        assert "which the notes carried" not in none

    def test_keeps_words_words(self):
        evil = replace(LIFE, events=(replace(EVENT, what="<script>alert(1)</script>"),))
        assert "<script>" not in render_life(evil)

    def test_may_load_nothing(self):
        page = render_life(LIFE)
        assert "default-src 'none'" in page
        assert "http" not in page.replace("http-equiv", "")

    def test_of_a_deal_that_was_cancelled_has_no_period_and_says_why(self):
        page = render_life(replace(LIFE, periods=(), state="cancelled", cancelled="orders for J are too few"))
        assert "None was run." in page
        assert "<b>cancelled</b>: orders for J are too few." in page
        assert "<b>accelerated</b>." in render_life(LIFE)

    def test_lists_who_got_an_order_back(self):
        page = render_life(replace(LIFE, refunds=(RefundLine("fund", "senior", 12_345),)))
        assert '<td>fund</td><td>senior, order back</td><td class="n"></td><td class="n">123.45</td>' in page

    def test_says_that_the_phase_is_the_one_after_the_run(self):
        assert "Period 2, to 2026-02-28; after it: accelerated</h3>" in render_life(LIFE)

    def test_says_where_principal_goes_while_the_deal_revolves(self):
        steps = ("principal senior", "interest senior")
        revolved = replace(LIFE, steps=steps, periods=(period(1, 0, 0, revolved=True), SECOND))
        assert "<td>principal senior (to the revolving account)</td>" in render_life(revolved)
        assert "<td>interest senior</td>" in render_life(revolved)
        assert "revolving account)" not in render_life(replace(LIFE, steps=steps))


class TestDifferences:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"cash": 1_001}, "p.cash: chain 1000, model 1001"),
            ({"steps": (StepLine(400, 301, False), StepLine(0, 0, True))}, "p.steps[0].paid: chain 300, model 301"),
            ({"credits": (("seller", 1),)}, "p.credits[0][1]: chain 12345, model 1"),
            ({"correction": CORRECTION}, "p.correction: chain None, model CorrectionLine"),
        ],
    )
    def test_are_named(self, change, said):
        (line,) = unlike("p", period(1, 0, 0), period(1, 0, 0, **change))
        assert line.startswith(said)
