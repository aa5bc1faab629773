"""`ape run tape review` as an issuer sees it: exit codes, what stands on which stream, what is left in the folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "deals/examples/sme_loans"
WITHOUT = (ROOT / "deals/sba-7a/deal.yaml").read_text(encoding="utf-8").split("screening:\n")[0]
DEAL = f"""{WITHOUT}
screening:
  eligibility:
    - {{ field: status, one_of: [defaulted, charged_off] }}
    - {{ field: counterparty_region, none_of: [Rhône] }}
  concentrations:
    - {{ by: counterparty_region, at_most: 50 % }}
"""


def ape(*options):
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ape")), "run", "tape", *map(str, options)],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tape") / "checked"
    done = ape("check", EXAMPLE / "tape.csv", "--mapping", EXAMPLE / "mapping.yaml", "--out", folder)
    assert done.returncode == 1  # one row is rejected on purpose
    return folder


@pytest.fixture
def deal(tmp_path):
    def write(percent):
        path = tmp_path / "deal.yaml"
        path.write_text(DEAL.replace("50 %", f"{percent} %"), encoding="utf-8")
        return path

    return write


def test_without_a_deal_every_loan_is_eligible(checked, tmp_path):
    done = ape("review", checked, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[:2] for line in done.stdout.split("\n") if "loans " in line][:3] == [
        ["accepted", "19"],
        ["excluded", "0"],
        ["eligible", "19"],
    ]
    assert f"page: {tmp_path / 'out/review.html'}" in done.stdout
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("grades.csv", "grades.parquet", "review.html", "review.json")
    ]


def test_a_limit_that_holds_is_exit_code_0(checked, deal, tmp_path):
    done = ape("review", checked, "--deal", deal(100), "--out", tmp_path / "out")
    assert done.returncode == 0
    assert "CL-01: any counterparty_region: at most 100 % of the pool; is " in done.stdout
    assert done.stdout.count(": holds") == 1


def test_a_broken_limit_is_exit_code_1_and_stands_in_the_json(checked, deal, tmp_path):
    done = ape("review", checked, "--deal", deal(10), "--out", tmp_path / "out", "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 1
    assert (tmp_path / "out/review.json").read_text(encoding="utf-8") == done.stdout
    eligible, excluded = said["eligibility"]["eligible"], said["eligibility"]["excluded"]
    assert eligible["rows"] + excluded["rows"] == said["totals"]["accepted"]["rows"] == 19
    assert int(eligible["units"]) + int(excluded["units"]) == int(said["totals"]["accepted"]["units"])
    [limit] = said["concentrations"]
    assert limit["broken"]
    assert int(limit["excess"]) == int(limit["units"]) - int(eligible["units"]) // 10
    assert "Société Exemple" not in (tmp_path / "out/review.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            ("status", "statut"),
            "'screening.eligibility.0.field': the tape has no field 'statut'; did you mean 'status'?",
        ),
        (
            ("50 %", "50"),
            "'screening.concentrations.0.at_most': '50' is not a percentage, such as 7 % or 7.25 %",
        ),
    ],
)
def test_a_screening_that_does_not_fit_is_exit_code_2(checked, tmp_path, change, line):
    path = tmp_path / "deal.yaml"
    path.write_text(DEAL.replace(*change), encoding="utf-8")
    done = ape("review", checked, "--deal", path, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert f"deal.yaml: line {DEAL[: DEAL.index(change[0])].count(chr(10)) + 1}, column " in done.stderr
    assert line in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_check_is_exit_code_2(tmp_path):
    done = ape("review", tmp_path, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "check.json: no such summary of a check: run `ape run tape check` with --out first" in done.stderr


def test_help_has_an_example():
    assert "Example: ape run tape review out/tape --deal " in ape("review", "--help").stdout
