"""The closing statement: what is missing or differs is told by name, and its JSON has whole units."""

import json
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest

from salvor.report.statement import (
    CreditLine,
    HolderLine,
    Reconciliation,
    Statement,
    TrancheLine,
    TriggerLine,
    differences,
    write_json,
)

CLOSING, YEAR_LATER = date(2025, 12, 31), date(2026, 12, 31)
CASH = Reconciliation(subscriptions=1_000, collections=1_200, refunds=0, claims=1_100, credits=1_072, cash_held=28)
SENIOR = TrancheLine("senior", 600, 60, 600, 0, 0, ((YEAR_LATER, 660),), CLOSING)
EQUITY = TrancheLine("equity", 400, 0, 100, 300, 5, (), CLOSING)
STATEMENT = Statement(
    deal="Deal",
    assumptions="All of it.",
    symbol="TUSD",
    decimals=2,
    loans=5,
    tape_root="0x12",
    planned=1_300,
    collected=1_200,
    collection_ratio=923_076_923_076_923_076,
    written_off=1_999,
    carrying_ratio=200_000_000_000_000_000,
    periods=4,
    triggers=(TriggerLine("behind plan", 1), TriggerLine("late", 0)),
    tranches=(SENIOR, EQUITY),
    holders=(HolderLine("fund", "senior", 600, 660, 0), HolderLine("sponsor", "equity", 400, 440, 28)),
    credits=(CreditLine("seller", 1_000, 0), CreditLine("servicer", 72, 3)),
    reconciliation=CASH,
)


def other(value):
    """Another value of the same kind."""
    if isinstance(value, date):
        return CLOSING if value != CLOSING else YEAR_LATER
    return value + 1 if isinstance(value, int) else f"{value}x"


class TestReconciliation:
    def test_adds_up(self):
        assert (CASH.cash_in, CASH.cash_out, CASH.cash_held) == (2_200, 2_172, 28)
        assert CASH.holds

    @pytest.mark.parametrize("part", [each.name for each in fields(Reconciliation) if each.compare])
    @pytest.mark.parametrize("unit", [1, -1])
    def test_does_not_hold_with_one_unit_more_or_less_in_any_part(self, part, unit):
        assert not replace(CASH, **{part: getattr(CASH, part) + unit}).holds


class TestDifferences:
    def test_of_equal_statements_are_none(self):
        assert differences(STATEMENT, replace(STATEMENT)) == []

    @pytest.mark.parametrize(
        "name", [each.name for each in fields(Statement) if isinstance(getattr(STATEMENT, each.name), str | int)]
    )
    def test_name_any_figure(self, name):
        value = getattr(STATEMENT, name)
        model = replace(STATEMENT, **{name: other(value)})
        assert differences(STATEMENT, model) == [f"{name}: chain {value}, model {other(value)}"]

    @pytest.mark.parametrize("name", [each.name for each in fields(TrancheLine) if each.name != "paid"])
    def test_name_any_figure_of_a_tranche(self, name):
        value = getattr(EQUITY, name)
        model = replace(STATEMENT, tranches=(SENIOR, replace(EQUITY, **{name: other(value)})))
        assert differences(STATEMENT, model) == [f"tranches[1].{name}: chain {value}, model {other(value)}"]

    @pytest.mark.parametrize(
        ("paid", "line"),
        [
            (((YEAR_LATER, 661),), "tranches[0].paid[0][1]: chain 660, model 661"),
            (((CLOSING, 660),), "tranches[0].paid[0][0]: chain 2026-12-31, model 2025-12-31"),
            ((), f"tranches[0].paid: chain {SENIOR.paid}, model ()"),
        ],
    )
    def test_name_a_payment(self, paid, line):
        model = replace(STATEMENT, tranches=(replace(SENIOR, paid=paid), EQUITY))
        assert differences(STATEMENT, model) == [line]

    @pytest.mark.parametrize("name", [each.name for each in fields(HolderLine)])
    def test_name_any_figure_of_a_holder(self, name):
        first, second = STATEMENT.holders
        value = getattr(first, name)
        model = replace(STATEMENT, holders=(replace(first, **{name: other(value)}), second))
        assert differences(STATEMENT, model) == [f"holders[0].{name}: chain {value}, model {other(value)}"]

    @pytest.mark.parametrize("name", ["paid", "owed"])
    def test_name_any_credit(self, name):
        seller, servicer = STATEMENT.credits
        value = getattr(servicer, name)
        model = replace(STATEMENT, credits=(seller, replace(servicer, **{name: value + 1})))
        assert differences(STATEMENT, model) == [f"credits[1].{name}: chain {value}, model {value + 1}"]

    def test_name_any_figure_of_tranches_behind(self):
        chain = replace(STATEMENT, groups=(STATEMENT,))
        model = replace(STATEMENT, groups=(replace(STATEMENT, collected=1_201),))
        assert differences(chain, model) == ["groups[0].collected: chain 1200, model 1201"]

    def test_name_cash_that_does_not_add_up_behind(self):
        unlike = replace(STATEMENT, deal="Quick", reconciliation=replace(CASH, claims=1_101))
        both = replace(STATEMENT, groups=(unlike,))
        assert differences(both, both) == ["Quick: cash in 2200 is not cash out 2173 + cash held 28"]

    def test_name_claims_that_came_from_nowhere(self):
        both = replace(STATEMENT, moved=-70, groups=(replace(STATEMENT, moved=71),))
        assert differences(both, both) == ["claims of 1 moved between groups of tranches to or from nowhere"]
        both = replace(STATEMENT, moved=-70, groups=(replace(STATEMENT, moved=70),))
        assert differences(both, both) == []

    def test_name_a_trigger_that_was_on_in_other_runs(self):
        behind, late = STATEMENT.triggers
        model = replace(STATEMENT, triggers=(replace(behind, periods_on=2), late))
        assert differences(STATEMENT, model) == ["triggers[0].periods_on: chain 1, model 2"]

    @pytest.mark.parametrize("name", ["tranches", "holders", "credits", "triggers"])
    def test_name_a_list_of_another_length(self, name):
        found = differences(STATEMENT, replace(STATEMENT, **{name: getattr(STATEMENT, name)[:1]}))
        assert len(found) == 1
        assert found[0].startswith(f"{name}: chain (")

    @pytest.mark.parametrize("name", [each.name for each in fields(Reconciliation) if each.compare])
    def test_name_any_cash(self, name):
        value = getattr(CASH, name)
        model = replace(STATEMENT, reconciliation=replace(CASH, **{name: value + 1}))
        assert differences(STATEMENT, model) == [f"reconciliation.{name}: chain {value}, model {value + 1}"]

    def test_name_cash_that_is_missing_on_the_chain_though_the_model_misses_it_too(self):
        lost = replace(STATEMENT, reconciliation=replace(CASH, cash_held=27))
        assert differences(lost, lost) == ["cash in 2200 is not cash out 2172 + cash held 27"]

    def test_are_all_told(self):
        model = replace(STATEMENT, loans=6, tranches=(replace(SENIOR, loss=1), replace(EQUITY, loss=2)))
        assert [line.split(":")[0] for line in differences(STATEMENT, model)] == [
            "loans",
            "tranches[0].loss",
            "tranches[1].loss",
        ]


class TestTrancheLine:
    def test_returns_what_was_paid_on_what_was_invested(self):
        assert (SENIOR.irr, SENIOR.multiple) == (Decimal("0.1"), Decimal("1.1"))

    def test_has_no_rate_when_nothing_came_back(self):
        assert EQUITY.irr is None


class TestJson:
    def test_has_whole_units_and_every_line(self):
        shown = json.loads(json.dumps(STATEMENT.as_json()))
        assert shown["tranches"] == [
            {
                "name": "senior",
                "invested": 600,
                "interest": 60,
                "principal": 600,
                "loss": 0,
                "interest_unpaid": 0,
                "irr": 0.1,
                "multiple": 1.1,
            },
            {
                "name": "equity",
                "invested": 400,
                "interest": 0,
                "principal": 100,
                "loss": 300,
                "interest_unpaid": 5,
                "irr": None,
                "multiple": 0.25,
            },
        ]
        assert (shown["written_off"], shown["carrying_ratio"], shown["written_off_loss"]) == (
            1_999,
            "0.200000000000000000",
            399,
        )
        assert shown["holders"][1] == {
            "name": "sponsor",
            "tranche": "equity",
            "units": 400,
            "claimed": 440,
            "claimable": 28,
        }
        assert shown["settlement"] == {"symbol": "TUSD", "decimals": 2}
        assert shown["collection_ratio"] == "0.923076923076923076"
        assert (shown["periods"], shown["triggers"][0]) == (4, {"name": "behind plan", "periods_on": 1})
        assert shown["credits"][1] == {"name": "servicer", "paid": 72, "owed": 3}
        assert shown["assumptions"] == "All of it."

    def test_has_the_reconciliation_in_whole_units(self):
        shown = json.loads(json.dumps(STATEMENT.as_json()))["reconciliation"]
        assert shown == {
            "cash_in": 2_200,
            "cash_out": 2_172,
            "cash_held": 28,
            "holds": True,
            "subscriptions": 1_000,
            "collections": 1_200,
            "refunds": 0,
            "claims": 1_100,
            "credits": 1_072,
            "unasked": 0,
        }
        assert all(type(shown[key]) is int for key in ("cash_in", "cash_out", "cash_held"))

    def test_keeps_amounts_that_no_float_could(self):
        huge = replace(STATEMENT, reconciliation=replace(CASH, claims=2**112 - 1))
        assert json.loads(json.dumps(huge.as_json()))["reconciliation"]["claims"] == 2**112 - 1

    def test_is_written_whole(self, tmp_path):
        target = tmp_path / "new" / "statement.json"
        write_json(STATEMENT, target)
        assert json.loads(target.read_text(encoding="utf-8")) == STATEMENT.as_json()
        assert [path.name for path in target.parent.iterdir()] == ["statement.json"]
