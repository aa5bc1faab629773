"""The contracts answer every case as the rules do: the shipped deal, a book with every rule, books drawn at random."""

import random
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from salvor.amounts import Wad
from salvor.deploy.rule_settings import CODES, RULES
from salvor.investors.on_chain import ask_all
from salvor.jurisdictions.book import Count
from salvor.jurisdictions.matrix import cases_of, counted

ROOT = Path(__file__).parents[3]
DAY = 86_400
EVERY_RULE = {
    "closed": ("FR",),
    "classes": ("professional", "institutional"),
    "minimum_investment": 200_000,
    "minimum_holding": 100_000,
    "maximum_holding": 10_000_000,
    "denomination": 50_000,
    "share_of_supply": Wad(3 * 10**17),
    "counts": (Count(3, ("US",), None), Count(4, None, "professional"), Count(6, None, None)),
    "lock_up": 40 * DAY,
    "hold_period": {"professional": 90 * DAY},
    "velocity": (3_000_000, 30 * DAY),
    "sanctions": ("UN", "OFAC SDN"),
    "travel_rule": 250_000,
    "retention": Wad(5 * 10**16),
    "approved_in_advance": True,
    "first": date(2027, 2, 1),
    "last": date(2029, 1, 1),
}


def differences(stage, rules):
    results = ask_all(stage, cases_of(rules))
    return [(each.case.name, each.case.expected, each.refused_by) for each in results if not each.as_expected]


class TestMatrix:
    def test_of_the_shipped_deal_is_answered_as_expected(self, rehearsed):
        stage, rules = rehearsed()
        assert len(cases_of(rules)) == 142
        assert differences(stage, rules) == [], "JU-02"

    def test_of_a_book_with_every_rule_is_answered_as_expected(self, rehearsed):
        stage, rules = rehearsed(**EVERY_RULE)
        assert differences(stage, rules) == []
        assert set(counted(cases_of(rules))) == {
            "allowed", "approved_in_advance", "country_allow", "country_deny", "denomination", "hold_period",
            "holder_count", "identity", "investor_class", "lock_up", "maximum_holding", "minimum_holding",
            "minimum_investment", "retention", "sanctions", "share_of_supply", "transfer_window", "travel_rule",
            "velocity",
        }  # fmt: skip

    @pytest.mark.parametrize("seed", range(6))
    def test_of_a_book_drawn_at_random_is_answered_as_expected(self, rehearsed, seed):
        source = random.Random(seed)
        step = source.choice([1, 100, 50_000])
        drawn = {
            "classes": tuple(source.sample(["retail", "professional", "institutional"], source.randint(1, 3))),
            "minimum_holding": step * source.randint(0, 9),
            "minimum_investment": step * source.randint(0, 20),
            "maximum_holding": source.choice([None, 2_000_000 + source.randrange(10**6)]),
            "denomination": step,
            "share_of_supply": source.choice([None, Wad(source.randrange(10**17, 10**18))]),
            "counts": (Count(source.randint(1, 4), source.choice([None, ("US",), ("DE",)]), None),),
            "lock_up": source.choice([0, source.randint(1, 400 * DAY)]),
            "hold_period": {source.choice(["retail", "professional", "institutional"]): source.randint(1, 99 * DAY)},
            "velocity": source.choice([None, (1_000_000 + source.randrange(10**6), source.randint(8, 99 * DAY))]),
            "travel_rule": source.choice([None, source.randrange(10**6)]),
            "retention": Wad(source.randrange(10**17)),
            "approved_in_advance": source.random() < 0.5,
        }
        stage, rules = rehearsed(**drawn)
        assert differences(stage, rules) == [], f"JU-02: {drawn}"


class TestComparison:
    """It must be able to fail: the chain is told something else than the book says."""

    @pytest.mark.parametrize("rule", ["INVESTOR_CLASS", "MIN_HOLDING", "COUNTRY_ALLOW", "DENOMINATION"])
    def test_finds_a_rule_that_was_dropped(self, rehearsed, rule):
        stage, rules = rehearsed()
        stage.tranches[0].compliance.dropRule(RULES.index(rule), sender=stage.admin)
        found = differences(stage, rules)
        assert found
        assert all(name.startswith("senior: ") for name, _, _ in found)

    @pytest.mark.parametrize("word", ["lock_up", "velocity", "sanctions", "travel_rule"])
    def test_finds_a_module_that_was_suspended(self, rehearsed, word):
        stage, rules = rehearsed()
        tranche = stage.tranches[0]
        tranche.compliance.suspendModule(tranche.modules[word], sender=stage.agent)
        assert {word} == {each for _, expected, _ in differences(stage, rules) for each in expected}

    def test_finds_an_originator_who_may_keep_less(self, rehearsed):
        stage, rules = rehearsed()
        less = replace(stage.tranches[0].book, retention=Wad(4 * 10**16))
        stage = replace(stage, tranches=(replace(stage.tranches[0], book=less), *stage.tranches[1:]))
        assert differences(stage, rules) == [("senior: the originator: sell a step more", ("retention",), ())]


class TestNumbers:
    def test_of_rules_are_those_of_the_contracts(self):
        text = (ROOT / "interfaces/IRegulatedCompliance.sol").read_text()
        (body,) = re.findall(r"enum Rule \{(.*?)\}", text, re.DOTALL)
        assert tuple(re.findall(r"\w+", body)) == RULES

    def test_of_codes_are_those_of_the_contracts(self):
        text = (ROOT / "contracts/compliance/Codes.sol").read_text()
        there = {name: int(number) for name, number in re.findall(r"constant (\w+) = (\d+);", text)}
        assert {name: number for name, number, _ in CODES}.items() <= there.items()
