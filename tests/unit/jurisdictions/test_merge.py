"""Jurisdictions become one book: the stricter line wins, and whatever gives way is told."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvor.errors import RulesContradict
from salvor.jurisdictions import rules as r
from salvor.jurisdictions.book import Exchange
from salvor.jurisdictions.load import FOLDER, Jurisdiction, Line, Origin, load_jurisdiction, shipped
from salvor.jurisdictions.merge import merge

US, EU = "rule: country_allow, countries: [US]", "rule: country_allow, countries: [IT, FR]"
DAY, MONEY = 86_400, Exchange("EUR", 2)


class TestCountries:
    def test_each_jurisdiction_opens_its_own(self, book):
        assert book([US], [EU]).may_enter == ("FR", "IT", "US")

    def test_a_country_that_one_opens_and_another_closes_is_closed(self, book):
        found = book([US], [EU, "rule: country_deny, countries: [US]"])
        assert found.may_enter == ("FR", "IT")
        assert found.conflicts == ("country_allow: US (a) gives way to country_deny (b)",)

    def test_unless_the_line_names_the_way_that_opens_it(self, book):
        found = book([US], [EU, "rule: country_deny, countries: [US], unless: [a]"])
        assert found.may_enter == ("FR", "IT", "US")
        assert found.conflicts == ("country_deny: US (b) stands back, a opens it by a way of its own",)

    def test_a_second_way_that_is_not_named_is_closed_all_the_same(self, book):
        assert book([US], [US, EU], ["rule: country_deny, countries: [US], unless: [a]"]).may_enter == ("FR", "IT")

    def test_it_stays_closed_where_nobody_opens_it(self, book):
        assert book([EU], ["rule: country_deny, countries: [US], unless: [us-506c]"]).closed == ("US",)


class TestStricter:
    @pytest.mark.parametrize(
        ("one", "other", "name", "value"),
        [
            ("rule: lock_up, days: 40", "rule: lock_up, days: 365", "lock_up", 365 * DAY),
            ("rule: minimum_investment, amount: 100 EUR", "rule: minimum_investment, amount: 100.01 EUR",
             "minimum_investment", 10_001),
            ("rule: minimum_holding, amount: 1 USD", "rule: minimum_holding, amount: 0.85 EUR", "minimum_holding", 86),
            ("rule: maximum_holding, amount: 5 EUR", "rule: maximum_holding, amount: 4 EUR", "maximum_holding", 400),
            ("rule: share_of_supply, share: 20 %", "rule: share_of_supply, share: 10 %", "share_of_supply", 10**17),
            ("rule: retention, share: 5 %", "rule: retention, share: 15 %", "retention", 15 * 10**16),
            ("rule: travel_rule, above: 3000 USD", "rule: travel_rule, above: 1000 EUR", "travel_rule", 100_000),
            ("rule: denomination, amount: 4 EUR", "rule: denomination, amount: 6 EUR", "denomination", 1_200),
            ("rule: velocity, amount: 9 EUR, days: 1", "rule: velocity, amount: 5 EUR, days: 30", "velocity",
             (500, 30 * DAY)),
            ("rule: velocity, amount: 9 EUR, days: 30", "rule: velocity, amount: 5 EUR, days: 1", "velocity",
             (500, 30 * DAY)),
            ("rule: sanctions, lists: [OFAC]", "rule: sanctions, lists: [UN]", "sanctions", ("OFAC", "UN")),
            ("rule: transfer_window, first: 2027-01-01", "rule: transfer_window, first: 2027-03-01", "first",
             date(2027, 3, 1)),
            ("rule: investor_class, classes: [retail, institutional]",
             "rule: investor_class, classes: [institutional, professional]", "classes", ("institutional",)),
        ],
    )  # fmt: skip
    def test_line_wins_whichever_comes_first(self, book, one, other, name, value):
        assert getattr(book([US, one], [other]), name) == value
        assert getattr(book([US, other], [one]), name) == value

    def test_what_gave_way_is_told_with_who_said_it(self, book):
        found = book([US, "rule: lock_up, days: 40"], ["rule: lock_up, days: 365"])
        assert found.conflicts == ("lock_up: 40 days (a) gives way to 365 days (b)",)
        (choice,) = [each for each in found.choices if each.rule == "lock_up"]
        assert [line.jurisdiction for line in choice.by + choice.over] == ["b", "a"]

    def test_equal_lines_are_no_conflict(self, book):
        found = book([US, "rule: lock_up, days: 40"], ["rule: lock_up, days: 40"])
        assert (found.lock_up, found.conflicts) == (40 * DAY, ())

    def test_counts_of_different_groups_stand_beside_each_other(self, book):
        lines = ["rule: holder_count, at_most: 100, countries: [US]", "rule: holder_count, at_most: 50, class: retail"]
        found = book([US, *lines], ["rule: holder_count, at_most: 90, countries: [US]"])
        assert [(each.at_most, each.countries, each.klass) for each in found.counts] == [
            (50, None, "retail"),
            (90, ("US",), None),
        ]

    @pytest.mark.parametrize(
        ("group", "countries", "klass"),
        [("countries: [US], class: retail", None, "retail"), ("countries: [IT, FR]", None, None)],
    )
    def test_a_group_that_no_contract_counts_is_kept_as_a_wider_one(self, book, group, countries, klass):
        found = book([US, f"rule: holder_count, at_most: 149, {group}"])
        assert [(each.at_most, each.countries, each.klass) for each in found.counts] == [(149, countries, klass)]
        assert "is kept as 149 " in found.conflicts[0]

    def test_hold_periods_are_a_class_each(self, book):
        found = book(
            [US, "rule: hold_period, days: 5, class: retail"],
            ["rule: hold_period, days: 9, class: retail", "rule: hold_period, days: 2, class: professional"],
        )
        assert found.hold_period == {"retail": 9 * DAY, "professional": 2 * DAY}

    def test_a_minimum_in_another_money_is_rounded_up_and_a_maximum_down(self, book):
        found = book([US, "rule: minimum_holding, amount: 0.01 USD", "rule: maximum_holding, amount: 1.01 USD"])
        assert (found.minimum_holding, found.maximum_holding) == (1, 86)  # 0.0086 and 0.8686 euros

    def test_a_line_for_one_tranche_does_not_hold_for_another(self, book):
        lines = [US, "rule: lock_up, days: 9, tranches: [junior]"]
        assert (book(lines, tranche="junior").lock_up, book(lines, tranche="senior").lock_up) == (9 * DAY, 0)


class TestContradiction:
    @pytest.mark.parametrize(
        ("files", "said"),
        [
            ([["rule: lock_up, days: 1"]], "no jurisdiction of the deal opens it to a country"),
            ([[US], ["rule: country_deny, countries: [US]"]], "b closes every country that a opens"),
            ([[US, "rule: investor_class, classes: [retail]"], ["rule: investor_class, classes: [institutional]"]],
             "no class of investor is left between a, b"),
            ([[US, "rule: minimum_holding, amount: 9 EUR"], ["rule: maximum_holding, amount: 8 EUR"]],
             "minimum_holding of a is above maximum_holding of b"),
            ([[US, "rule: transfer_window, first: 2027-01-01, last: 2027-01-31"],
              ["rule: transfer_window, first: 2027-02-01"]], "the transfer windows of a, b do not meet"),
            ([[US, "rule: lock_up, days: 1", "rule: minimum_holding, amount: 9 GBP"]],
             "a (line 7) speaks of 9 GBP, and the deal has no rate: name it under compliance.rates, GBP in EUR"),
        ],
    )  # fmt: skip
    def test_is_told_with_who_is_to_blame(self, book, files, said):
        with pytest.raises(RulesContradict) as caught:
            book(*files)
        assert said in caught.value.format_message()


ORIGIN = Origin(why="w", source="s", dated=date(2020, 1, 1), confirmed="c")
COUNTRIES = st.sets(st.sampled_from(["US", "IT", "FR", "GB", "SG"]), min_size=1).map(lambda each: sorted(each))
AMOUNTS = st.integers(1, 9).map(lambda n: f"{n} EUR")
LINES = st.one_of(
    st.builds(lambda c: r.CountryAllow(countries=c), COUNTRIES),
    st.builds(lambda c: r.CountryDeny(countries=c), COUNTRIES),
    st.builds(lambda n: r.LockUp(days=n), st.integers(1, 99)),
    st.builds(lambda a: r.MinimumHolding(amount=a), AMOUNTS),
    st.builds(lambda a: r.MaximumHolding(amount=a), st.integers(9, 20).map(lambda n: f"{n} EUR")),
    st.builds(lambda a: r.TravelRule(above=a), AMOUNTS),
    st.builds(lambda a, n: r.Velocity(amount=a, days=n), AMOUNTS, st.integers(1, 9)),
    st.builds(lambda n, c: r.HolderCount(at_most=n, countries=c), st.integers(1, 9), st.none() | COUNTRIES),
    st.builds(lambda a: r.Denomination(amount=a), AMOUNTS),
    st.builds(lambda n: r.Retention(share=f"{n} %"), st.integers(1, 20)),
)
FILES = st.lists(st.lists(LINES, max_size=4), min_size=1, max_size=3)
OPENS = r.CountryAllow(countries=["US", "ZA"])


def jurisdictions(files):
    for i, rules in enumerate(files):
        lines = [Line(f"j{i}", n, rule, ORIGIN) for n, rule in enumerate([OPENS, *rules])]
        yield Jurisdiction(f"j{i}", "t", date(2026, 1, 1), "", tuple(lines))


def figures(book):
    """All of a book but how it came about; what the order of files must not change."""
    return {name: value for name, value in vars(book).items() if name not in ("choices", "conflicts")}


class TestAnyFiles:
    @given(FILES, st.randoms(use_true_random=False))
    def test_give_one_book_in_whatever_order(self, files, random):
        files = [[each for each in rules if not isinstance(each, r.CountryDeny)] for rules in files]
        named = list(jurisdictions(files))
        shuffled = random.sample(named, len(named))
        assert figures(merge(named, "senior", MONEY)) == figures(merge(shuffled, "senior", MONEY)), "JU-01"

    @given(FILES)
    def test_give_a_book_that_is_as_strict_as_each_of_its_lines(self, files):
        named = list(jurisdictions(files))
        try:
            book = merge(named, "senior", MONEY)
        except RulesContradict:
            return
        for rule in (line.rule for each in named for line in each.lines):
            match rule:
                case r.CountryDeny():
                    assert not set(book.may_enter) & set(rule.countries), "JU-01"
                case r.LockUp():
                    assert book.lock_up >= rule.days * DAY
                case r.MinimumHolding():
                    assert book.minimum_holding >= rule.amount.amount * 100
                case r.MaximumHolding():
                    assert book.maximum_holding <= rule.amount.amount * 100
                case r.TravelRule():
                    assert book.travel_rule <= rule.above.amount * 100
                case r.Velocity():
                    most, period = book.velocity
                    assert (most <= rule.amount.amount * 100, period >= rule.days * DAY) == (True, True)
                case r.HolderCount():
                    inside = [each for each in book.counts if each.countries in (rule.countries, None)]
                    assert min(each.at_most for each in inside) <= rule.at_most
                case r.Denomination():
                    assert book.denomination % int(rule.amount.amount * 100) == 0
                case r.Retention():
                    assert book.retention >= rule.share

    def test_all_that_are_shipped_can_live_together(self):
        named = [load_jurisdiction(FOLDER / f"{name}.yaml") for name in shipped()]
        money = Exchange("EUR", 2, {"USD": 1, "HKD": 1, "SGD": 1})
        book = merge(named, "senior", money)
        assert (len(book.may_enter), book.classes, book.retention) == (34, ("institutional",), 15 * 10**16)
