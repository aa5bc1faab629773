"""Every rule between fields: what breaks it, and the nearest that does not; the page of rules; the code lists."""

from datetime import date

import polars as pl
import pytest

from salvor.tape.codes import code_list, nearest
from salvor.tape.rules import RULES, Facts
from salvor.tape.rules_page import PAGE, page
from salvor.tape.schema import asset_class

CUT_OFF = date(2024, 12, 31)
CLASSES = sorted(path.stem for path in (PAGE.parents[1] / "salvor/tape/schemas").glob("*.yaml"))


def days(first, second, broken, near):
    """A rule on two days: its fields, the pair that breaks it, and the nearest that does not."""
    return ({first: day(broken[0]), second: day(broken[1])}, {first: day(near[0]), second: day(near[1])})


def day(text):
    return date.fromisoformat(text) if text else None


def after_cut_off(field):
    return ({field: date(2025, 1, 1)}, {field: CUT_OFF})


# Id: what breaks it, and the nearest that does not.
CASES = {
    "TAPE-101": days(
        "origination_date", "disbursement_date", ("2020-01-02", "2020-01-01"), ("2020-01-01", "2020-01-01")
    ),
    "TAPE-102": days(
        "disbursement_date", "charge_off_date", ("2020-01-02", "2020-01-01"), ("2020-01-01", "2020-01-01")
    ),
    "TAPE-103": days("origination_date", "default_date", ("2020-01-02", "2020-01-01"), ("2020-01-01", "2020-01-01")),
    "TAPE-104": (
        {"status": "charged_off", "charge_off_date": None},
        {"status": "defaulted", "charge_off_date": None},
    ),
    "TAPE-105": (
        {"status": "performing", "charge_off_date": None, "charge_off_amount": 1},
        {"status": "performing", "charge_off_date": None, "charge_off_amount": 0},
    ),
    "TAPE-106": (
        {"charge_off_amount": 101, "disbursed_amount": 100},
        {"charge_off_amount": 100, "disbursed_amount": 100},
    ),
    "TAPE-107": (
        {"recovered_amount": 101, "disbursed_amount": 100, "recovery_reason": None},
        {"recovered_amount": 101, "disbursed_amount": 100, "recovery_reason": "interest"},
    ),
    "TAPE-108": after_cut_off("origination_date"),
    "TAPE-109": after_cut_off("charge_off_date"),
    "TAPE-110": after_cut_off("default_date"),
    "TAPE-111": days("default_date", "charge_off_date", ("2020-01-02", "2020-01-01"), ("2020-01-01", "2020-01-01")),
    "TAPE-112": days("origination_date", "maturity_date", ("2020-01-02", "2020-01-01"), ("2020-01-01", "2020-01-01")),
    "TAPE-113": after_cut_off("last_payment_date"),
    "TAPE-114": days(
        "origination_date", "last_payment_date", ("2020-01-02", "2020-01-01"), ("2020-01-01", "2020-01-01")
    ),
    "TAPE-115": ({"status": "defaulted", "default_date": None}, {"status": "performing", "default_date": None}),
    "TAPE-116": (
        {"status": "performing", "default_date": date(2020, 1, 1)},
        {"status": "paid_in_full", "default_date": date(2020, 1, 1)},
    ),
    "TAPE-117": days("date_of_birth", "origination_date", ("2000-02-29", "2018-02-27"), ("2000-02-29", "2018-02-28")),
    "TAPE-121": ({"currency": "CHF", "exchange_rate": None}, {"currency": "CHF", "exchange_rate": 10**18}),
    "TAPE-122": (
        {"gross_balance": 111, "principal_balance": 100, "accrued_interest": 10, "other_balances": None},
        {"gross_balance": 111, "principal_balance": 100, "accrued_interest": 10, "other_balances": 1},
    ),
    "TAPE-123": ({"status": "paid_in_full", "gross_balance": 1}, {"status": "paid_in_full", "gross_balance": 0}),
    "TAPE-124": ({"expected_recovery": 101, "gross_balance": 100}, {"expected_recovery": 100, "gross_balance": 100}),
    "TAPE-131": (
        {"collateral_value": None, "collateral_type": "office", "lien_position": None},
        {"collateral_value": None, "collateral_type": "none", "lien_position": None},
    ),
    "TAPE-132": ({"collateral_valuation_date": date(2022, 12, 30)}, {"collateral_valuation_date": date(2022, 12, 31)}),
    "TAPE-133": after_cut_off("collateral_valuation_date"),
    "TAPE-134": ({"collateral_value": 0}, {"collateral_value": 1}),
    "TAPE-135": (
        {"lien_position": 1, "collateral_type": "none", "collateral_value": None},
        {"lien_position": 1, "collateral_type": "none", "collateral_value": 1},
    ),
    "TAPE-136": ({"gross_balance": 1_001, "collateral_value": 100}, {"gross_balance": 1_000, "collateral_value": 100}),
    "TAPE-137": (
        {"collateral_value": 1, "collateral_valuation_date": None},
        {"collateral_value": None, "collateral_valuation_date": None},
    ),
    "TAPE-141": days("invoice_date", "invoice_due_date", ("2020-01-02", "2020-01-01"), ("2020-01-01", "2020-01-01")),
    "TAPE-142": ({"promised_amount": 101, "invoice_amount": 100}, {"promised_amount": 100, "invoice_amount": 100}),
    "TAPE-143": (
        {"delivery_date": None, "goods_received_date": None},
        {"delivery_date": None, "goods_received_date": date(2024, 1, 1)},
    ),
    "TAPE-144": after_cut_off("delivery_date"),
    "TAPE-145": days(
        "delivery_date", "goods_received_date", ("2020-01-02", "2020-01-01"), ("2020-01-01", "2020-01-01")
    ),
    "TAPE-146": ({"dilution_amount": 101, "invoice_amount": 100}, {"dilution_amount": 100, "invoice_amount": 100}),
    "TAPE-147": ({"gross_balance": 101, "invoice_amount": 100}, {"gross_balance": 100, "invoice_amount": 100}),
    "TAPE-148": after_cut_off("invoice_date"),
    "TAPE-161": ({"right_expiry_date": CUT_OFF}, {"right_expiry_date": date(2025, 1, 1)}),
    "TAPE-162": after_cut_off("filing_date"),
    "TAPE-163": (
        {"asset_kind": "litigation_claim", "case_number": None},
        {"asset_kind": "bankrupt_equity", "case_number": None},
    ),
    "TAPE-164": (
        {"asset_kind": "intellectual_property", "registration_number": None},
        {"asset_kind": "litigation_claim", "registration_number": None},
    ),
}
WITHOUT_CUT_OFF = sorted(name for name, (row, _) in CASES.items() if row == after_cut_off(next(iter(row)))[0])


def verdicts(name, *rows, cut_off=CUT_OFF):
    """Whether each row breaks the rule, in a tape that maps the fields of the rows."""
    typed = {field: dtype(field, [row[field] for row in rows]) for field in rows[0]}
    facts = Facts(cut_off, "EUR", frozenset(rows[0]))
    broken = pl.DataFrame(typed).with_columns(RULES[name].broken(facts).fill_null(value=False).alias("broken"))
    return broken["broken"].to_list()


def dtype(field, values):
    specs = [asset_class(name).fields[field] for name in CLASSES if field in asset_class(name).fields]
    types = {"money": pl.Int128, "rate": pl.Int128, "date": pl.Date, "integer": pl.Int64}
    return pl.Series(values, dtype=types.get(specs[0].kind, pl.String))


class TestRulesBetweenFields:
    @pytest.mark.parametrize("name", sorted(CASES))
    def test_break_it_and_nearly_break_it(self, name):
        broken, near = CASES[name]
        assert set(RULES[name].needs) <= broken.keys()
        assert verdicts(name, broken, near) == [True, False], name

    def test_every_one_has_a_case(self):
        assert {name for name, rule in RULES.items() if rule.broken} == set(CASES)

    @pytest.mark.parametrize("name", sorted(CASES))
    def test_an_empty_row_breaks_none_but_those_on_what_is_missing(self, name):
        nothing = dict.fromkeys(CASES[name][0])
        assert verdicts(name, nothing) == [name == "TAPE-143"]

    @pytest.mark.parametrize("name", [*WITHOUT_CUT_OFF, "TAPE-132", "TAPE-161"])
    def test_without_a_cut_off_date_nothing_is_after_it(self, name):
        assert verdicts(name, CASES[name][0], cut_off=None) == [False]

    def test_they_show_the_breach_in_a_field_that_is_mapped(self):
        assert [name for name, rule in RULES.items() if rule.broken and rule.field not in rule.needs] == []

    def test_their_fields_are_of_some_class_all_together(self):
        fields = [set(asset_class(name).fields) for name in CLASSES]
        assert [name for name, rule in RULES.items() if not any(set(rule.needs) <= each for each in fields)] == []


class TestFieldsThatMayBeMapped:
    def test_a_recovery_is_compared_with_what_was_paid_out_before_what_was_agreed(self):
        row = {"recovered_amount": 150, "disbursed_amount": 200, "origination_amount": 100}
        assert verdicts("TAPE-107", row) == [False]

    def test_a_recovery_without_any_claim_is_above_none(self):
        assert verdicts("TAPE-107", {"recovered_amount": 150}) == [False]

    def test_another_currency_without_a_column_of_rates_is_refused(self):
        assert verdicts("TAPE-121", {"currency": "CHF"}, {"currency": "EUR"}) == [True, False]

    def test_a_balance_of_two_parts_adds_up(self):
        row = {"gross_balance": 110, "principal_balance": 100, "accrued_interest": 10}
        assert verdicts("TAPE-122", row, row | {"gross_balance": 109}) == [False, True]

    def test_a_lien_counts_as_collateral_where_no_type_is_mapped(self):
        row = {"collateral_value": None, "lien_position": 1}
        assert verdicts("TAPE-131", row, row | {"lien_position": None}) == [True, False]

    def test_a_lien_in_a_tape_without_collateral_fields_breaks_nothing(self):
        assert verdicts("TAPE-135", {"lien_position": 1}) == [False]

    def test_collateral_of_more_than_a_thousand_times_the_loan_is_odd(self):
        row = {"gross_balance": 1, "collateral_value": 1_001}
        assert verdicts("TAPE-136", row, row | {"collateral_value": 1_000}) == [True, False]

    def test_goods_need_one_sign_that_they_moved(self):
        row = {"delivery_date": None}
        assert verdicts("TAPE-143", row, {"delivery_date": CUT_OFF}) == [True, False]


class TestPage:
    def test_it_is_fresh(self):
        assert PAGE.read_text() == page(), "run: python -m salvor.tape.rules_page"

    def test_it_has_every_rule_once_and_every_class(self):
        lines = page().splitlines()
        assert [line.split(" | ")[0][2:] for line in lines if line.startswith("| TAPE-")] == list(RULES)
        assert [name for name in CLASSES if f"(`{name}`)" not in page()] == []

    def test_it_says_what_is_not_committed_and_why(self):
        assert "| `counterparty_name` | the borrower's name | text |  | no: about a person |" in page()
        assert "| `recovered_later` | what the bank got after the cut-off date | money |  | no: known later |" in page()


class TestCodeLists:
    def test_nace_is_whole(self):
        codes = code_list("nace")
        sections = {code for code in codes if len(code) == 1}
        counts = [len({code for code in codes if code.isdigit() and len(code) == size}) for size in (2, 3, 4)]
        assert (len(sections), *counts) == (21, 88, 272, 615)

    @pytest.mark.parametrize("code", ["N", "41", "41.2", "412", "41.20", "4120", "F41.20", "F4120", "01.1"])
    def test_nace_is_known_with_and_without_dots_and_sections(self, code):
        assert code in code_list("nace")

    @pytest.mark.parametrize("code", ["", "V", "04", "41.3", "41.21", "A41.20", "41.200", "44112"])
    def test_what_is_no_nace_is_not(self, code):
        assert code not in code_list("nace")

    def test_countries_have_two_and_three_letters(self):
        countries = code_list("iso_3166")
        assert {"IT", "ITA", "GB", "GBR"} <= countries
        assert not {"UK", "it", "Italy", "XX", ""} & countries

    def test_currencies_are_of_today(self):
        assert {"EUR", "USD", "CHF"} <= code_list("iso_4217")
        assert not {"ITL", "DEM", "eur", "€"} & code_list("iso_4217")

    @pytest.mark.parametrize(
        ("name", "value", "meant"),
        [("iso_4217", "eur", "EUR"), ("iso_4217", "EURO", "EUR"), ("nace", "41.21", "41.2"), ("nace", "retail", None)],
    )
    def test_the_nearest_code_is_proposed(self, name, value, meant):
        assert nearest(name, value) == meant
