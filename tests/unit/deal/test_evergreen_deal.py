"""The section of an evergreen deal: each case is the shipped one with one change."""

from pathlib import Path

import pytest

from salvor.deal.load import load_deal
from salvor.deploy.terms import compile_terms
from salvor.model.evergreen.terms import EvergreenTerms
from salvor.tape.committed import ClassTotal, CommittedTape

SHIPPED = Path("deals/evergreen/deal.yaml")
TEXT = SHIPPED.read_text(encoding="utf-8")
PERCENT = 10**16


def changed(old, new):
    assert TEXT.count(old) >= 1
    return TEXT.replace(old, new, 1)


class TestTheExample:
    def test_becomes_the_terms_of_the_fund(self):
        deal = load_deal(SHIPPED)
        tape = CommittedTape(b"\2" * 32, (ClassTotal("consumer_debt", b"\1" * 32, 100, 500_000_000),))
        terms = compile_terms(deal, [], tape).rules
        assert terms.evergreen == EvergreenTerms(
            every=1, cut_off=5 * 86_400, rate=10 * PERCENT, limits=(25 * PERCENT, 8 * PERCENT), fees=5 * PERCENT
        )

    def test_a_tranche_without_a_limit_has_none(self, load):
        text = changed("    - { tranche: A, at_least: 25 % }\n", "")
        tape = CommittedTape(b"\2" * 32, (ClassTotal("consumer_debt", b"\1" * 32, 100, 500_000_000),))
        assert compile_terms(load(text), [], tape).rules.evergreen.limits == (0, 8 * PERCENT)

    def test_a_closed_end_deal_has_no_fund(self):
        assert load_deal(Path("deals/gacs-style/deal.yaml")).evergreen is None


SECTION = TEXT[TEXT.index("evergreen:\n  periods") : TEXT.index("waterfall:\n")]
STEPS_IN_TEXT = TEXT[TEXT.index("waterfall:\n") + len("waterfall:\n") : TEXT.index("investors:\n")]
CASES = {
    "a section without the kind": (
        changed("kind: evergreen", "kind: closed-end"),
        "is of a deal of kind evergreen, and this one is closed-end",
    ),
    "the kind without a section": (TEXT.replace(SECTION, ""), "the section evergreen is missing"),
    "no revolving": (
        changed("revolving: { to_period: 9, stops_on: [covered] }\n", ""),
        "needs the section revolving",
    ),
    "ledgers": (changed("losses: { by: nav }", "losses: { by: ledgers }"), "books losses by nav"),
    "a vote": (
        TEXT + "vote: { share: 50 %, days: 20 }\naccelerated:\n" + STEPS_IN_TEXT,
        "an evergreen deal has no vote",
    ),
    "another last step": (
        changed("residual, tranche: J }", "principal, tranche: J }\n  - { pay: residual, tranche: B }"),
        "ends with the residual of its lowest tranche, 'J'",
    ),
    "a limit of nobody": (changed("tranche: A, at_least", "tranche: X, at_least"), "X"),
    "a limit of the lowest": (changed("tranche: A, at_least", "tranche: J, at_least"), "nothing is below 'J'"),
    "a limit of all": (changed("at_least: 25 %", "at_least: 100 %"), "must be below 100 %"),
    "two limits of one": (changed("tranche: A, at_least", "tranche: B, at_least"), "two limits are of 'B'"),
    "a rate above all": (changed("discount_rate: 10 %", "discount_rate: 101 %"), "at most 100 %"),
    "a cut-off of a month": (changed("cut_off_days: 5", "cut_off_days: 28"), "27"),
}


@pytest.mark.parametrize(("text", "reason"), CASES.values(), ids=CASES)
def test_one_change_is_refused_with_its_place(refusal, text, reason):
    assert reason in refusal(text)
