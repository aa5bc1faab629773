"""The worked epoch of docs/evergreen.md, played on chain: every figure of its table is what happens."""

import re
from pathlib import Path

import pytest

from tests.utils.gates import JUNIOR, MEZZANINE, SENIOR

PAGE = Path(__file__).parents[3] / "docs/evergreen.md"


def table():
    """The rows of the page's worked epoch, by what stands in front without its rule."""
    _, worked = PAGE.read_text().split("## 7 A worked epoch")
    rows = re.findall(r"^\| ([a-z].*?)(?: \(rule \d+\))? \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", worked, re.MULTILINE)
    return {name: [int(value.replace(",", "")) for value in values] for name, *values in rows}


@pytest.fixture
def epoch(played):
    played.enter(played.newcomer, SENIOR, 7_000)
    played.enter(played.newcomer, JUNIOR, 1_000)
    played.leave(played.senior, SENIOR, 18_000)
    played.leave(played.mezz, MEZZANINE, 5_000)
    played.end_period()
    return played


def test_the_table_of_the_page_is_what_the_chain_does(epoch):
    page, live = table(), epoch.live
    before = live.fund.trancheValues()[0]
    found = {"value": list(before), "units": [note.totalSupply() for note in live.notes]}
    asked = [gate.asked(1) for gate in live.gates]
    found |= {
        "cash of entry asked": [each.cash for each in asked],
        "units of exit asked": [each.units for each in asked],
    }
    receipt = live.fund.settle(sender=epoch.newcomer)
    (told,) = receipt.events_of(live.fund, "EpochSettled")
    found |= {"entered": list(told.entered), "units made": list(told.made), "units ended": list(told.ended)}
    found |= {"cash to who leaves": list(told.paid), "units afterwards": [note.totalSupply() for note in live.notes]}
    found["principal afterwards"] = [live.waterfall.tranche(place).principal for place in range(3)]
    found["value afterwards"] = list(live.fund.trancheValues()[0])
    matched = [min(cash, units) for cash, units in zip(found["entered"], found["cash to who leaves"], strict=True)]
    assert page == found | {"matched": matched}
    assert (told.loans, told.nav) == (95_925, 109_675)
    assert (live.waterfall.revolvingAccount(), live.waterfall.reserve()[0]) == (70, 600)


def test_what_is_claimed_is_what_the_page_says(epoch):
    epoch.settle()
    assert epoch.claim("deposit", epoch.newcomer, SENIOR, 7_000) == 7_000
    assert epoch.claim("deposit", epoch.newcomer, JUNIOR, 1_000) == 607
    assert epoch.claim("redeem", epoch.senior, SENIOR, 18_000) == 18_000
    assert epoch.claim("redeem", epoch.mezz, MEZZANINE, 3_080) == 3_080
    assert epoch.position(epoch.mezz, MEZZANINE).exit == 1_920
    assert "88 and 41 of interest" in PAGE.read_text()
    earned = [epoch.claim_earned(who, place) for who, place in ((epoch.senior, SENIOR), (epoch.mezz, MEZZANINE))]
    assert earned == [88, 41]
