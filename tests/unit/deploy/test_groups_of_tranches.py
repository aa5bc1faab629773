"""Further tranches that a deal file names: read from their own file and tape, and planned with the deal."""

import shutil
from pathlib import Path

import pytest

from salvor.demo import prepare
from salvor.deploy.deployment import THROWN_AWAY, read_terms
from salvor.errors import CarryingRatiosDiffer, OptionInvalid
from salvor.model.liquidation.state import Strategy
from salvor.play import prepare_life
from tests.unit.deal.test_liquidation_section import GROUPS, VALUES

FOLDER = Path("deals/charged-off-accounts")


@pytest.fixture
def deal_file(tmp_path):
    """The deal with the section of docs/liquidation.md, and a second one beside it over half of the tape."""
    for name in ("mapping.yaml", "tape.csv"):
        shutil.copy(FOLDER / name, tmp_path / name)
    text = (FOLDER / "deal.yaml").read_text(encoding="utf-8") + "\nlosses: {by: ledgers, carrying_ratio: 75 %}\n"
    rows = (FOLDER / "tape.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "half.csv").write_text("".join(rows[:400]), encoding="utf-8")
    (tmp_path / "quick.yaml").write_text(text.replace("file: tape.csv", "file: half.csv"), encoding="utf-8")
    (tmp_path / "deal.yaml").write_text(text + VALUES + GROUPS, encoding="utf-8")
    return tmp_path / "deal.yaml"


def test_they_come_with_the_deal_s_terms(deal_file, tmp_path):
    _, terms, doubts = read_terms(deal_file, tmp_path / "out", None, local=True)
    [quick] = terms.groups
    assert (terms.tape.loan_count, quick.tape.loan_count) == (789, 399)
    assert quick.tape.root != terms.tape.root
    assert terms.liquidation.strategies[Strategy.LOAN_SALE].group == 1
    assert doubts == [THROWN_AWAY, f"group 'quick': {THROWN_AWAY}"]
    _, again, _ = read_terms(deal_file, tmp_path / "out", None, local=True)
    assert again == terms  # what was drawn is kept


def test_a_public_commitment_is_taken_where_it_is_named(deal_file, tmp_path):
    _, terms, _ = read_terms(deal_file, tmp_path / "out", None, local=True)
    kept = next((tmp_path / "out" / "group quick").glob("*.json"), None)
    text = deal_file.read_text(encoding="utf-8")
    named = text.replace("{deal: quick.yaml}", f"{{deal: quick.yaml, commitment: '{kept.relative_to(tmp_path)}'}}")
    deal_file.write_text(named, encoding="utf-8")
    _, again, doubts = read_terms(deal_file, tmp_path / "other", None, local=True)
    assert (again.groups[0].tape, doubts) == (terms.groups[0].tape, [THROWN_AWAY])


def test_they_carry_a_claim_at_one_ratio(deal_file, tmp_path):
    """A house would refuse them: a case that moved would count, and be lost, at another part of its claim."""
    quick = deal_file.parent / "quick.yaml"
    quick.write_text(quick.read_text(encoding="utf-8").replace("carrying_ratio: 75 %", "carrying_ratio: 74.99 %"))
    with pytest.raises(CarryingRatiosDiffer, match=r"'quick' carries a claim at 74.9900 %, .* 75.0000 %"):
        read_terms(deal_file, tmp_path / "out", None, local=True)


def test_a_play_closes_them_on_one_day(deal_file, tmp_path):
    quick = deal_file.parent / "quick.yaml"
    text = quick.read_text(encoding="utf-8")
    assert "closing: 2026-12-31" in text
    quick.write_text(text.replace("closing: 2026-12-31", "closing: 2027-01-31"))
    with pytest.raises(OptionInvalid, match="closes on another day"):
        prepare(deal_file, tape_file=None, out=tmp_path / "out")


def test_a_life_tells_of_one_group(deal_file, tmp_path):
    with pytest.raises(OptionInvalid, match="has further groups of tranches"):
        prepare_life(deal_file, tmp_path / "life.yaml", out=tmp_path / "out")
