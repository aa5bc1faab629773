"""`ape run play` as an issuer starts it: the whole life, one that comes to nothing, and what is wrong in a file."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APE = [str(Path(sys.executable).with_name("ape")), "run", "play"]
HIDE = "import os; os.environ['PATH'] = '/nonexistent'; from ape._cli import cli; cli(prog_name='ape')"
WITHOUT_ANVIL = [sys.executable, "-c", HIDE, "run", "play"]


def play(*options, command=APE):
    done = subprocess.run(
        [*command, *map(str, options)], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def flat(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """One play of the example: the folder, what was printed as JSON, what was told beside it."""
    out = tmp_path_factory.mktemp("play")
    code, stdout, stderr = play("--out", out, "--json")
    assert code == 0, stderr[-2000:]
    return out, json.loads(stdout), " ".join(stderr.split())


@pytest.mark.xdist_group("whole life")  # one worker: it sets up once
class TestWholeLife:
    def test_reconciles_every_unit_and_winds_up(self, whole):
        _, life, told = whole
        cash = life["reconciliation"]
        assert cash["cash_in"] == cash["cash_out"] + cash["cash_held"]
        assert 0 <= cash["cash_held"] < 10  # less than a unit a holder and order
        assert life["state"] == "wound up"
        assert "reconciled: the chain equals the model after every call" in told

    def test_collects_what_the_file_of_collections_says(self, whole):
        rows = [line.split(",") for line in (ROOT / "deals/whole-life/collections.csv").read_text().splitlines()[1:]]
        told = [row for row in rows if not row[7]]
        gross = sum(int(row[2].replace(".", "")) for row in told if row[2])
        recovered = sum(int(row[4].replace(".", "")) for row in told if row[4])
        periods = whole[1]["periods_run"]
        assert sum(line["gross"] for line in periods) == gross
        assert sum(line["recovered"] for line in periods) == recovered
        assert whole[1]["collected"] == sum(line["gross"] - line["gross"] * 2 // 100 for line in periods)

    def test_writes_the_page_and_the_same_data(self, whole):
        out, life, _ = whole
        assert json.loads((out / "life.json").read_text()) == life
        page = (out / "life.html").read_text()
        for words in ("second pool", "refused, NothingToRecover", "default (since period 6)", "corrects period 3"):
            assert words in page

    def test_tells_what_the_page_of_the_docs_shows(self, whole):
        page = (ROOT / "docs/playing.md").read_text()
        (shown,) = [block for block in page.split("```") if block.startswith("\nrehearsed: ")]
        assert [line for line in shown.strip().splitlines() if line not in whole[2]] == []

    def test_pays_who_has_a_credit(self, whole):
        paid = {line["name"]: (line["paid"], line["owed"]) for line in whole[1]["credits"]}
        assert paid["seller"][0] == 317_300_000  # the price, what the reserve did not need, the second pool
        assert all(owed == 0 for _, owed in paid.values())


class TestCancelled:
    def test_gives_the_orders_back(self, tmp_path):
        code, stdout, stderr = play("--life", "deals/whole-life/cancelled.yaml", "--out", tmp_path, "--json")
        assert code == 0, stderr[-2000:]
        life = json.loads(stdout)
        assert (life["state"], life["periods_run"]) == ("cancelled", [])
        assert life["cancelled"] == "orders for J are 399,999.99 DEUR, its minimum is 400,000.00"
        assert len(life["refunds"]) == 5
        assert life["reconciliation"]["refunds"] == life["reconciliation"]["cash_in"] == 290_000_000


class TestBadInput:
    @pytest.fixture
    def folder(self, tmp_path):
        return Path(shutil.copytree(ROOT / "deals/whole-life", tmp_path / "deal"))

    @pytest.mark.parametrize(
        ("file", "old", "new", "said"),
        [
            ("life.yaml", "do: freeze", "do: freez", "life.yaml: line 42, column 9: 'after_period.3.0.do'"),
            (
                "life.yaml",
                ", refused: NoUnits",
                "",
                "is refused with NoUnits: family office; write `refused: NoUnits` where that is meant",
            ),
            ("collections.csv", "1,0001,", "1,9001,", "collections.csv: line 2: no loan is called '9001'"),
            (
                "collections.csv",
                "1,0001,1684.50,23455.50",
                "1,0001,1684.50,25140.01",
                "line 2: of loan '0001' 25,140.01 is",
            ),
            ("further.csv", "account,", "acount,", "further.csv: row 1: no column 'account'"),
        ],
    )
    def test_is_one_line_and_deploys_nothing(self, folder, file, old, new, said):
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))
        code, stdout, stderr = play("--deal", folder / "deal.yaml", "--out", folder / "out")
        assert code == 2
        assert said in stderr
        assert len(stderr.splitlines()) == 1
        assert "deployed" not in stdout

    def test_a_dry_run_needs_no_node(self, tmp_path):
        code, stdout, _ = play("--dry-run", "--out", tmp_path, command=WITHOUT_ANVIL)
        assert code == 0
        assert "rehearsed: 64 calls, all go as the life says" in stdout
        assert "paid by the deal: seller (the purchase price); trustee (fee trustee, what no step takes)" in flat(
            stdout
        )
        assert "holders: pension fund, insurer, credit fund, family office, sponsor, bank treasury" in flat(stdout)

    def test_a_dry_run_as_json_has_warnings_that_stand_on_stderr_too(self, folder):
        text = (folder / "collections.csv").read_text()
        (folder / "collections.csv").write_text(text.replace("1,0001,1684.50,", "1,0001,75420.01,", 1))
        deal, out = folder / "deal.yaml", folder / "out"
        code, stdout, stderr = play("--dry-run", "--json", "--deal", deal, "--out", out, command=WITHOUT_ANVIL)
        assert code == 0, stderr
        shown = json.loads(stdout)
        odd = f"{folder / 'collections.csv'}: line 2: loan '0001' brought 75,420.01 to date, its balance is 25,140.00"
        assert (shown["calls"], shown["warnings"][0]) == (64, odd)
        assert f"warning: {odd}\n" in stderr

    def test_no_node_is_trouble_with_the_chain(self, tmp_path):
        code, _, stderr = play("--out", tmp_path, command=WITHOUT_ANVIL)
        assert code == 3
        assert "anvil was not found" in stderr

    def test_a_file_in_the_way(self, tmp_path):
        (tmp_path / "out").write_text("")
        code, _, stderr = play("--out", tmp_path / "out")
        assert (code, "is a file; name a folder" in stderr) == (2, True)
