"""Further tranches that a deal file names: read from their own file and tape, and planned with the deal."""

import shutil
from pathlib import Path

import pytest

from salvor.deploy.deployment import THROWN_AWAY, read_terms
from salvor.model.liquidation.state import Strategy
from tests.unit.deal.test_liquidation_section import GROUPS, VALUES

FOLDER = Path("deals/charged-off-accounts")


@pytest.fixture
def deal_file(tmp_path):
    """The deal with the section of docs/liquidation.md, and a second one beside it over half of the tape."""
    for name in ("mapping.yaml", "tape.csv"):
        shutil.copy(FOLDER / name, tmp_path / name)
    text = (FOLDER / "deal.yaml").read_text(encoding="utf-8")
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
