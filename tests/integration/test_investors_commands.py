"""`ape run investors` and `ape run supervise` as an issuer sees them: exit codes, what stands on which stream."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from scripts.demo import cli as demo
from scripts.investors import cli as investors
from scripts.supervise import cli as supervise

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "deals/cross-border"


@pytest.fixture
def folder(tmp_path):
    """A copy of the deal's folder, to be spoilt, with its neighbours beside it."""
    shutil.copytree(ROOT / "deals/whole-life", tmp_path / "whole-life")
    return Path(shutil.copytree(SHIPPED, tmp_path / "deal"))


def run(command, *options):
    done = CliRunner(mix_stderr=False).invoke(command, [str(each) for each in options])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


class TestRules:
    def test_are_told_in_words_with_their_source(self):
        done = run(investors, "rules", "--deal", SHIPPED / "deal.yaml")
        assert done.exit_code == 0
        assert "Only these classes may hold: professional, institutional. [us-506c: 17 CFR 230.506(c)" in done.stdout
        assert "lock_up: 40 days (us-reg-s) gives way to 366 days (us-506c)" in done.stdout
        assert "senior: 95,000.00 EUR (5.0 %) stay" in done.stdout

    def test_as_json_are_nothing_else_on_stdout(self):
        data = json.loads(run(investors, "rules", "--deal", SHIPPED / "deal.yaml", "--json").stdout)
        assert set(data["tranches"]) == {"senior", "mezzanine", "junior"}
        assert data["unconfirmed"]

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            (
                "[us-506c, us-reg-s, eu]",
                "[us-506d, eu]",
                "line 37, column 19: 'compliance.jurisdictions.0': no jurisdiction",
            ),
            (
                "[us-506c, us-reg-s, eu]",
                "[eu, eu]",
                "line 37, column 23: 'compliance.jurisdictions.1': 'eu' stands twice",
            ),
            ("rates: { USD: 0.86 }", "rates: { CHF: 1 }", "us-506c (line 47) speaks of 3,000 USD, and the deal has no"),
            ("rates: { USD: 0.86 }", "rates: { US: 0.86 }", "'compliance.rates.US': 'US' is no currency"),
            ("  rates_of: 2026-11-20\n", "", "`rates` need their day: `rates_of`"),
            ("currency: EUR", "currency: EURO", "line 39, column 3: 'compliance.currency': "),
            ("compliance:", "complience:", "unknown key; did you mean 'compliance'?"),
            ("rules: rules.yaml", "rules: none.yaml", "none.yaml: no such jurisdiction file"),
        ],
    )
    def test_of_a_deal_with_a_slip_are_refused_at_its_place(self, folder, old, new, said):
        deal = folder / "deal.yaml"
        text = deal.read_text(encoding="utf-8")
        assert text.count(old) == 1
        deal.write_text(text.replace(old, new), encoding="utf-8")
        done = run(investors, "rules", "--deal", deal)
        assert done.exit_code == 2
        assert said in done.stderr
        assert done.stderr.count("\n") == 1

    def test_of_a_tranche_that_is_not_there_are_refused(self, folder):
        own = folder / "rules.yaml"
        own.write_text(own.read_text(encoding="utf-8").replace("[junior]", "[equity]"), encoding="utf-8")
        done = run(investors, "rules", "--deal", folder / "deal.yaml")
        assert "rules.yaml: line 26, column 16: 'lines.3.tranches.0': no tranche is called 'equity'" in done.stderr


class TestCheck:
    def test_tells_who_was_refused_and_why_and_exits_with_1(self):
        done = run(investors, "check", "--deal", SHIPPED / "deal.yaml")
        assert done.exit_code == 1
        assert "refused: line 10, trader: may hold no tranche: JP is not among the countries opened" in done.stdout
        assert "7 wallets of 6 investors accepted, 4 rows refused" in done.stdout

    def test_tells_which_orders_of_the_deal_may_not_be_taken(self, folder):
        deal = folder / "deal.yaml"
        text = deal.read_text(encoding="utf-8")
        more = (
            "{ name: saver, tranche: junior, amount: 15000.00 }",
            "{ name: uncle, tranche: senior, amount: 50000.00 }",
        )
        orders = "".join(f"  - {each}\n" for each in more)
        deal.write_text(text.replace("investors:\n", f"investors:\n{orders}"), encoding="utf-8")
        done = run(investors, "check", "--deal", deal)
        assert "order of saver, 15,000.00 of junior: identity: nobody knows saver" in done.stdout  # its row was refused
        assert "order of saver, 15,000.00 of junior: minimum_investment: who subscribes has 20,000.00" in done.stdout
        assert "order of uncle, 50,000.00 of senior: identity: nobody knows uncle" in done.stdout
        assert "8 of 10 orders and trades of the deal may be" in done.stdout

    def test_tells_which_trades_of_the_deal_may_not_be_made(self, folder):
        deal = folder / "deal.yaml"
        text = deal.read_text(encoding="utf-8")
        trade = "{ after_period: 3, tranche: junior, seller: endowment, buyer: bank, amount: 50000.00 }"
        deal.write_text(text.replace("trades:\n", f"trades:\n  - {trade}\n"), encoding="utf-8")
        done = run(investors, "check", "--deal", deal)
        assert (
            "trade from endowment to bank, 50,000.00 of junior on 2027-03-31: lock_up: 0.00 of endowment" in done.stdout
        )
        done = run(demo, "--deal", deal, "--dry-run", "--out", folder / "out")
        assert done.exit_code == 2
        assert "trade from endowment to bank, 50,000.00 of junior on 2027-03-31: lock_up" in done.stderr

    def test_a_deal_whose_orders_may_be_is_fine_for_the_demo(self, tmp_path):
        assert run(demo, "--deal", SHIPPED / "deal.yaml", "--dry-run", "--out", tmp_path).exit_code == 0

    def test_exits_with_0_when_nobody_is_refused(self, folder):
        rows = (folder / "investors.csv").read_text(encoding="utf-8").splitlines()[:8]
        (folder / "good.csv").write_text("\n".join(rows), encoding="utf-8")
        assert run(investors, "check", "--deal", folder / "deal.yaml", "--file", folder / "good.csv").exit_code == 0

    def test_as_json_has_both_lists(self):
        data = json.loads(run(investors, "check", "--deal", SHIPPED / "deal.yaml", "--json").stdout)
        assert (len(data["accepted"]), len(data["refused"])) == (7, 4)
        assert [each["refused_by"] for each in data["orders"]] == [[]] * 8
        assert {each["name"]: each["may_hold"] for each in data["accepted"]}["dentist"] == ["senior", "mezzanine"]


class TestCases:
    def test_are_told_with_their_answer(self):
        done = run(investors, "cases", "--deal", SHIPPED / "deal.yaml")
        assert "junior: professional of US: buy: refused by investor_class\n" in done.stdout
        assert len(json.loads(run(investors, "cases", "--deal", SHIPPED / "deal.yaml", "--json").stdout)) > 100


class TestExplain:
    MOVE = ("--to", "family office", "--tranche", "senior", "--units", "20000")

    def test_gives_each_rules_verdict_and_exits_by_the_answer(self):
        options = ["--deal", SHIPPED / "deal.yaml", *self.MOVE]
        done = run(investors, "explain", "credit fund", *options, "--on", "2028-01-25")
        assert done.exit_code == 0
        assert "credit fund may send 20,000.00 of senior to family office on 2028-01-25" in done.stdout
        done = run(investors, "explain", "credit fund", *options, "--on", "2027-06-01")
        assert done.exit_code == 1
        assert "NO  lock_up: 0.00 of credit fund have been kept for 366 days; asked: 20,000.00" in done.stdout

    def test_as_json_is_nothing_else_on_stdout(self):
        done = run(investors, "explain", "credit fund", "--deal", SHIPPED / "deal.yaml", *self.MOVE, "--json")
        assert {each["rule"] for each in json.loads(done.stdout)["verdicts"]} >= {"identity", "lock_up", "sanctions"}

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (["--to", "bank"], "a move needs --tranche and --units"),
            (["--to", "bank", "--from", "saver"], "name the other with --from or --to, not both"),
            (["--to", "bank", "--tranche", "senior", "--units", "5,000"], "--units '5,000' is no amount"),
            (["--to", "bank", "--tranche", "senior", "--units", "0"], "--units must be above 0"),
            (["--to", "bank", "--tranche", "senior", "--units", "0.001"], "--units '0.001' is no amount"),
        ],
    )
    def test_of_half_a_question_is_refused(self, options, said):
        done = run(investors, "explain", "credit fund", "--deal", SHIPPED / "deal.yaml", *options)
        assert (done.exit_code, said in done.stderr) == (2, True)


class TestSupervise:
    def test_writes_all_files_and_the_same_bytes_again(self, tmp_path):
        options = ["--deal", SHIPPED / "deal.yaml", "--events", SHIPPED / "events.csv"]
        done = run(supervise, *options, "--out", tmp_path / "one")
        assert done.exit_code == 0
        assert (
            "ring: mezzanine: 44,000.00 go round: credit fund -> family office -> dentist -> credit fund" in done.stdout
        )
        lines = (SHIPPED / "events.csv").read_text(encoding="utf-8").splitlines()
        (tmp_path / "turned.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]), encoding="utf-8")
        run(supervise, *options[:2], "--events", tmp_path / "turned.csv", "--out", tmp_path / "other")
        names = ["audit.csv", "events.csv", "flags.csv", "holders.csv", "supervision.json"]
        assert [path.name for path in sorted((tmp_path / "one").iterdir())] == names
        for name in names:
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()

    def test_a_list_given_by_hand_counts(self, tmp_path):
        options = ["--deal", SHIPPED / "deal.yaml", "--events", SHIPPED / "events.csv", "--out", tmp_path]
        done = run(supervise, *options, "--listed", "dentist", "--json")
        neighbours = {
            each["who"] for each in json.loads(done.stdout)["flags"] if each["kind"] == "sanctioned neighbour"
        }
        assert neighbours == {"endowment", "credit fund", "family office"}

    def test_events_that_are_missing_end_with_1(self, tmp_path):
        lines = (SHIPPED / "events.csv").read_text(encoding="utf-8").splitlines()
        (tmp_path / "holes.csv").write_text("\n".join([lines[0], *lines[4:]]), encoding="utf-8")
        done = run(
            supervise, "--deal", SHIPPED / "deal.yaml", "--events", tmp_path / "holes.csv", "--out", tmp_path / "o"
        )
        assert (done.exit_code, (tmp_path / "o").exists()) == (1, False)
        assert "events are missing" in done.stderr


def test_ape_runs_the_commands():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ape")), "run", "investors", "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "4 rows refused" in done.stdout) == (1, True)
