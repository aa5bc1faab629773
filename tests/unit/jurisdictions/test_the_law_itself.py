"""The book's answers beside a second opinion, read off the lines of law: never laxer, stricter only where said."""

from datetime import date
from decimal import Decimal

import pytest

from salvor.amounts import timestamp
from salvor.errors import RulesContradict
from salvor.jurisdictions.book import Exchange
from salvor.jurisdictions.load import FOLDER, load_jurisdiction, shipped
from salvor.jurisdictions.matrix import matrix
from salvor.jurisdictions.merge import merge
from tests.unit.jurisdictions.the_law import DAY, Law

SUPPLY, CLOSING = 190_000_000, timestamp(date(2026, 12, 31))
RATES = {"USD": Decimal("0.86"), "HKD": Decimal("0.11"), "SGD": Decimal("0.66")}
ALONE = [name for name in shipped() if name != "us-reg-s"]  # which opens no country
TOGETHER = [("us-reg-s", name) for name in ALONE] + [
    ("us-506c", "us-reg-s", "eu"),
    ("eu", "it", "uk"),
    ("hk", "sg", "ke"),
    tuple(shipped()),
]
ORIGIN = "why: w, source: s, dated: 2026-01-01, confirmed: c"
EVERY_RULE = (
    "rule: country_allow, countries: [IT, FR, US]",
    "rule: country_deny, countries: [FR]",
    "rule: investor_class, classes: [professional, institutional]",
    "rule: minimum_investment, amount: 2000 USD",
    "rule: minimum_holding, amount: 1000 EUR",
    "rule: maximum_holding, amount: 100000 EUR",
    "rule: share_of_supply, share: 30 %",
    "rule: denomination, amount: 500 EUR",
    "rule: holder_count, at_most: 3, countries: [US]",
    "rule: holder_count, at_most: 4, class: professional",
    "rule: holder_count, at_most: 6, countries: [IT, FR]",
    "rule: lock_up, days: 40",
    "rule: hold_period, days: 90, class: professional",
    "rule: velocity, amount: 30000 EUR, days: 30",
    "rule: sanctions, lists: [UN]",
    "rule: travel_rule, at_least: 2500 EUR",
    "rule: retention, share: 5 %",
    "rule: approved_in_advance",
    "rule: transfer_window, first: 2027-02-01, last: 2029-01-01",
)


def cells(jurisdictions, tranche="senior"):
    """Cases of a tranche under some jurisdictions, with what the law forbids and what it may be taken to forbid."""
    book = merge(jurisdictions, tranche, Exchange("EUR", 2, RATES))
    law = Law(jurisdictions, RATES, SUPPLY, tranche)
    widest = Law(jurisdictions, RATES, SUPPLY, tranche, widest=True)
    made = matrix(book, SUPPLY, 2, CLOSING, every_country=True)
    return [(case, law.refuses(case), widest.refuses(case)) for case in made]


def kept(found):
    """Each case is refused by what the law forbids, and by no more than it may be taken to forbid."""
    for case, least, most in found:
        said = f"JU-05: {case.name}: the law forbids by {least}, at most by {most}; the book by {case.expected}"
        assert least <= set(case.expected) <= most, said


def named(*names):
    return tuple(load_jurisdiction(FOLDER / f"{name}.yaml") for name in names)


@pytest.mark.parametrize("names", [*((name,) for name in ALONE), *TOGETHER], ids="+".join)
def test_the_shipped_law_is_kept(names):
    kept(cells(named(*names)))


@pytest.mark.parametrize("tranche", ["senior", "mezzanine", "junior"])
def test_the_shipped_deals_own_lines_are_kept(tranche):
    own = load_jurisdiction(FOLDER.parent / "cross-border/rules.yaml")
    kept(cells((*named("us-506c", "us-reg-s", "eu"), own), tranche))


def test_every_rule_is_kept(tmp_path):
    files = []
    for number, lines in enumerate((EVERY_RULE, EVERY_RULE[:1] + EVERY_RULE[11:12])):
        path = tmp_path / f"law{number}.yaml"
        told = "\n".join(f"  - {{{line}, {ORIGIN}}}" for line in lines)
        path.write_text(f"salvor_jurisdiction: 1\ntitle: t\nas_of: 2026-01-01\nlines:\n{told}\n")
        files.append(load_jurisdiction(path))
    found = cells(files)
    assert {word for _, law, _ in found for word in law} == {
        "identity", "country_allow", "country_deny", "investor_class", "minimum_investment", "minimum_holding",
        "maximum_holding", "share_of_supply", "denomination", "holder_count", "lock_up", "hold_period", "velocity",
        "sanctions", "travel_rule", "retention", "approved_in_advance", "transfer_window",
    }  # fmt: skip
    kept(found)


def test_regulation_s_alone_opens_nothing():
    with pytest.raises(RulesContradict, match="opens it to a country"):
        merge(named("us-reg-s"), "senior", Exchange("EUR", 2, RATES))


def test_a_year_of_rule_144_is_over_on_no_day_before_it_is():
    """One year from 2027-03-01 has 366 days."""
    (lock_up,) = [line.rule for line in named("us-506c")[0].lines if line.rule.word == "lock_up"]
    assert timestamp(date(2027, 3, 1)) + lock_up.days * DAY >= timestamp(date(2028, 3, 1))
