"""`ape run demo` of a deal with two groups of tranches, as a user starts it: a case moves, and its cash with it."""

import csv
import json
import shutil
import subprocess
import sys
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deals/two-speeds"
APE = [str(Path(sys.executable).with_name("ape")), "run", "demo"]
pytestmark = pytest.mark.xdist_group("demo of groups")  # one worker: it sets up once
ALONE = ("841", "239", "457")  # worked alone
SHORTER = {  # the same deal in seven months and six
    "deal.yaml": ("periods: 18", "periods: 7", "[2000, 2000, 1500, 1500, 1000, 1000, 1000]"),
    "quick.yaml": ("periods: 9", "periods: 6", "[2000, 2000, 2000, 2000, 1000, 1000]"),
}


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """What it printed, on one line, and its statement."""
    folder = tmp_path_factory.mktemp("two") / "deals" / "two-speeds"
    shutil.copytree(FOLDER, folder)
    shutil.copytree(ROOT / "deals/charged-off-accounts", folder.parent / "charged-off-accounts")
    for name, (old, new, curve) in SHORTER.items():
        text = (folder / name).read_text(encoding="utf-8")
        start = text.index("[", text.index("timing_curve"))
        text = text[:start] + curve + text[text.index("]", start) + 1 :]
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    out = folder.parent / "out"
    given = [*APE, "--deal", str(folder / "deal.yaml"), "--out", str(out)]
    done = subprocess.run(given, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-2000:]
    return " ".join(done.stdout.split()), json.loads((out / "statement.json").read_text())


def cents(name):
    """What the tape's loans paid that are not worked alone, each rounded to cents, halves to even."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as rows:
        kept = [row["actual_recovery"] for row in csv.DictReader(rows) if row["account_id"] not in ALONE]
    return sum(int((Decimal(text) * 100).quantize(Decimal(1), ROUND_HALF_EVEN)) for text in kept)


def test_what_the_cases_bring_is_collected_by_the_group_that_sells(played):
    _, long = played
    (quick,) = long["groups"]
    brought = sum(case["brought"] for case in long["sales"])
    assert brought == 179_058 + 33_820
    assert (long["collected"], quick["collected"]) == (cents("long.csv"), cents("quick.csv") + brought)


def test_their_loss_and_their_claims_go_there_too(played):
    _, long = played
    (quick,) = long["groups"]
    lost = sum(case["written_off"] for case in long["sales"])
    assert (long["written_off"], quick["written_off"]) == (0, lost)
    assert (-long["claims_moved"], quick["claims_moved"]) == (548_100, 548_100)
    assert lost == 548_100 - (179_058 + 33_820)


def test_notes_of_both_are_sold_and_paid(played):
    text, long = played
    (quick,) = long["groups"]
    for statement, sizes in ((long, [38_000_000, 11_000_000, 13_000_000]), (quick, [6_000_000, 4_000_000])):
        assert [tranche["invested"] for tranche in statement["tranches"]] == sizes
        cash = statement["reconciliation"]
        assert cash["cash_in"] == cash["cash_out"] + cash["cash_held"] == sum(sizes) + statement["collected"]
        assert cash["cash_held"] < 5
    assert [line["name"] for line in quick["holders"]] == ["money fund", "sponsor"]
    assert "reconciled: the chain equals the model to the last unit" in text


def test_it_tells_when_a_case_changes_its_group(played):
    text, _ = played
    for case in (1, 2):
        assert f"case {case}: it is of 'quick' from now on, with its claim" in text
    assert "1,790.58 to the pool of 'quick', 1,999.42 written off, closed" in text
    assert "period 3 of 'Two speeds 2026-1, quick sale' run: 1,790.58 of its cash from sales" in text
