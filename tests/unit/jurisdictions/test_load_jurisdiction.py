"""A jurisdiction file is refused at the line and column of what is wrong, and says what was meant."""

from datetime import date
from decimal import Decimal

import pytest

from salvor.jurisdictions.load import FOLDER, load_jurisdiction, shipped
from salvor.jurisdictions.rules import Money

OPEN = "rule: country_allow, countries: [US]"


class TestShipped:
    def test_ten_come_with_salvor(self):
        assert shipped() == ["br", "eu", "hk", "in", "it", "ke", "sg", "uk", "us-506c", "us-reg-s"]

    @pytest.mark.parametrize("name", shipped())
    def test_each_line_has_a_source_with_a_date_that_is_not_ahead_of_the_file(self, name):
        jurisdiction = load_jurisdiction(FOLDER / f"{name}.yaml")
        assert jurisdiction.lines
        for line in jurisdiction.lines:
            assert line.origin.source
            assert line.origin.dated <= jurisdiction.as_of
            assert bool(line.origin.confirmed) != bool(line.origin.unconfirmed)

    @pytest.mark.parametrize("name", ["eu", "uk", "us-506c"])
    def test_five_per_cent_stay_with_the_originator(self, name):
        lines = load_jurisdiction(FOLDER / f"{name}.yaml").lines
        assert [line.rule.share for line in lines if line.rule.word == "retention"] == [5 * 10**16]

    def test_the_union_has_27_members(self):
        (opens,) = [x.rule for x in load_jurisdiction(FOLDER / "eu.yaml").lines if x.rule.word == "country_allow"]
        assert len(opens.countries) == 27

    @pytest.mark.parametrize("name", [name for name in shipped() if name != "us-reg-s"])
    def test_nobody_lets_retail_investors_in(self, name):
        (classes,) = [
            x.rule for x in load_jurisdiction(FOLDER / f"{name}.yaml").lines if x.rule.word == "investor_class"
        ]
        assert "retail" not in classes.classes


class TestLine:
    def test_is_read_with_its_place(self, read):
        (line,) = read("rule: minimum_investment, amount: 100000 EUR").lines
        assert (line.number, line.rule.amount) == (5, Money(Decimal(100_000), "EUR"))
        assert line.cited == "test: a law, 2020-01-01"
        assert line.origin.dated == date(2020, 1, 1)

    def test_norway_is_no_false(self, read):
        assert read("rule: country_allow, countries: [NO]").lines[0].rule.countries == ("NO",)

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            (
                "rule: country_alow, countries: [US]",
                "line 5, column 7: 'rule': there is no rule 'country_alow'; did you ",
            ),
            ("countries: [US]", "line 5, column 5: 'rule': is missing"),
            ("rule: country_allow, country: [US]", "'country': unknown key; did you mean 'countries'?"),
            ("rule: country_allow, countries: [USA]", "'countries.0': 'USA' is no country; did you mean 'US'?"),
            ("rule: country_allow, countries: [it]", "'countries.0': 'it' is no country; did you mean 'IT'?"),
            ("rule: country_allow, countries: [Italy]", "'countries.0': 'Italy' is no country; did you mean 'IT'?"),
            ("rule: country_allow, countries: [Itally]", "'Itally' is no country, such as IT; did you mean 'Italy'?"),
            (
                "rule: country_allow, countries: [XX]",
                "line 5, column 40: 'countries.0': 'XX' is no country, such as IT",
            ),
            ("rule: country_allow, countries: [US, US]", "'countries': 'US' stands twice"),
            ("rule: country_allow, countries: []", "'countries': "),
            ("rule: investor_class, classes: [profesional]", "did you mean 'professional'?"),
            (
                "rule: minimum_investment, amount: 100000",
                "'100000' is not an amount with its currency, such as 100000 EUR",
            ),
            ("rule: minimum_investment, amount: 100000 EUX", "'EUX' is no currency, such as EUR"),
            ("rule: minimum_investment, amount: -1 EUR", "'-1 EUR' is not an amount with its currency"),
            ("rule: lock_up, days: 0", "line 5, column 22: 'days': "),
            ("rule: lock_up, days: 1.5", "'days': '1.5' is not a whole number"),
            ("rule: retention, share: 0 %", "'share': must be above 0 % and at most 100 %"),
            ("rule: retention, share: 101 %", "'share': must be above 0 % and at most 100 %"),
            ("rule: retention, share: 5", "'share': '5' is not a percentage"),
            ("rule: transfer_window, first: 2027-01-02, last: 2027-01-01", "ends on 2027-01-01, before it begins"),
            ("rule: holder_count, at_most: 0", "'at_most': "),
            ("rule: holder_count, at_most: 5, class: rich", "no investor class is called 'rich'"),
        ],
    )
    def test_is_refused_where_it_is_wrong(self, refusal, line, said):
        assert said in refusal(line)

    @pytest.mark.parametrize(
        ("tail", "said"),
        [
            ("why: x, source: y, dated: 2020-01-01", "a line says either `confirmed`"),
            ("why: x, source: y, dated: 2020-01-01, confirmed: a, unconfirmed: b", "a line says either `confirmed`"),
            ("why: x, source: y, confirmed: a", "'dated': is missing"),
            ("why: x, dated: 2020-01-01, confirmed: a", "'source': is missing"),
            ("why: x, source: y, dated: 2020-02-30, confirmed: a", "'2020-02-30' is not a date"),
            ("wy: x, source: y, dated: 2020-01-01, confirmed: a", "'wy': unknown key; did you mean 'why'?"),
        ],
    )
    def test_without_its_origin_is_refused(self, refusal, tail, said):
        assert said in refusal(OPEN, tail=tail)
