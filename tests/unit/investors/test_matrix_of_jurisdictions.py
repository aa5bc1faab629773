"""The contracts answer as the rules do under each shipped jurisdiction alone, and under several at once."""

from dataclasses import replace
from decimal import Decimal

import pytest

from salvor.amounts import timestamp
from salvor.investors.on_chain import ask_all
from salvor.investors.rehearsal import rehearse
from salvor.jurisdictions.book import Exchange
from salvor.jurisdictions.load import FOLDER, load_jurisdiction
from salvor.jurisdictions.load import shipped as there
from salvor.jurisdictions.matrix import cases_of
from salvor.jurisdictions.merge import merge
from salvor.lab import open_lab

MONEY = Exchange("EUR", 2, {"USD": Decimal("0.86"), "HKD": Decimal("0.11"), "SGD": Decimal("0.66")})
ALONE = [(name,) for name in there() if name != "us-reg-s"]  # which opens no country
ALL = tuple(there())


@pytest.mark.parametrize(
    ("names", "cells"),
    [
        *zip(ALONE, (25, 186, 28, 27, 25, 29, 31, 30, 38), strict=True),
        (("eu", "it", "us-reg-s"), 196),
        (ALL, 252),
    ],
    ids=lambda each: "+".join(each) if isinstance(each, tuple) else None,
)
def test_is_answered_as_the_rules_say(shipped, names, cells):
    """One tranche, investors of every country that is opened."""
    deal = shipped.deal.model_copy(update={"tranches": shipped.deal.tranches[:1]})
    jurisdictions = tuple(load_jurisdiction(FOLDER / f"{name}.yaml") for name in names)
    book = merge(jurisdictions, deal.tranches[0].name, MONEY)
    rules = replace(shipped, deal=deal, jurisdictions=jurisdictions, money=MONEY, books=(book,))
    cases = cases_of(rules, every_country=True)
    lab = open_lab("revm", genesis=timestamp(deal.calendar.closing) - 30 * 86_400)
    try:
        results = ask_all(rehearse(lab, rules), cases)
    finally:
        lab.close()
    different = [(each.case.name, each.case.expected, each.refused_by) for each in results if not each.as_expected]
    assert different == [], "JU-02"
    assert len(cases) == cells
