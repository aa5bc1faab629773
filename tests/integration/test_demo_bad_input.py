"""`ape run demo` and what users get wrong: one line that names the place, its own exit code, nothing deployed."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEAL = ROOT / "deals/charged-off-accounts"
APE = [str(Path(sys.executable).with_name("ape")), "run", "demo"]
# The same without anvil, hidden once Python runs: the virtual environment's .pth line puts it on PATH at the start.
HIDE = "import os; os.environ['PATH'] = '/nonexistent'; from ape._cli import cli; cli(prog_name='ape')"
WITHOUT_ANVIL = [sys.executable, "-c", HIDE, "run", "demo"]
FIRST_ROW = "2030,194,263.54,0\n"


@pytest.fixture
def deal(tmp_path):
    """A copy of the shipped deal's folder, to be spoilt."""
    return Path(shutil.copytree(DEAL, tmp_path / "deal"))


@pytest.fixture
def run(tmp_path):
    """Run the demo and return exit code, stdout and stderr, with the temporary folder cut out of every path."""

    def demo(*options, command=APE, **environment):
        done = subprocess.run(
            [*command, *map(str, options), "--out", str(tmp_path / "out")],
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout.replace(f"{tmp_path}/", ""), done.stderr.replace(f"{tmp_path}/", "")

    return demo


def spoil(file, old, new):
    """One change to a file of the deal."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def missing(deal):
    (deal / "tape.csv").unlink()


def binary(deal):
    (deal / "tape.csv").write_bytes(b"\x7fELF\x00\x00\xff\xfe")


def header_only(deal):
    (deal / "tape.csv").write_text((deal / "tape.csv").read_text().splitlines()[0] + "\n")


def missing_column(deal):
    spoil(deal / "tape.csv", "recovery_level", "recovery_levl")


def duplicate_id(deal):
    spoil(deal / "tape.csv", FIRST_ROW, "1150,194,263.54,0\n")


def negative_amount(deal):
    spoil(deal / "tape.csv", FIRST_ROW, "2030,194,-263.54,0\n")


def unreadable_amount(deal):
    spoil(deal / "tape.csv", FIRST_ROW, '2030,194,"263,54",0\n')


def unreadable_amount_over_two_lines(deal):
    spoil(deal / "tape.csv", FIRST_ROW, '2030,194,"263\n54",0\n')


def ragged_row(deal):
    spoil(deal / "tape.csv", FIRST_ROW, "2030,194,263.54\n")


def unknown_key(deal):
    spoil(deal / "deal.yaml", "max_rejected_rows", "max_rejected_row")


def tranches_do_not_add_up(deal):
    spoil(deal / "deal.yaml", "size: 450000.00", "size: 450000.01")


def missing_mapping(deal):
    (deal / "mapping.yaml").unlink()


COLUMNS = "did you mean 'recovery_levl'?"
LIMIT = "rows rejected, the deal allows 0; see out/tape/exceptions.csv)"
NOT_AN_AMOUNT = "not an amount; digits, with the decimal sign that the mapping names"
BAD_GROUPS = "groups of digits that are not of three; name the signs under `numbers`"
NEGATIVE = "a negative amount; a claim, a payment and a balance are not negative"
CASES = [
    (missing, "deal/tape.csv: no such tape; check the path"),
    (binary, "deal/tape.csv: not a text file: it holds binary data; export the sheet as CSV, XLSX or Parquet"),
    (header_only, "deal/tape.csv: no data rows below the header (row 1)"),
    (missing_column, f"deal/tape.csv: row 1: no column 'recovery_level'; {COLUMNS}"),
    (
        duplicate_id,
        "deal/tape.csv: row 2, column 'account_id': '1150': two rows are the same loan and differ; find out which one "
        f"is right (2 of 789 {LIMIT}",
    ),
    (negative_amount, f"deal/tape.csv: row 2, column 'actual_recovery': '-263.54': {NEGATIVE} (1 of 789 {LIMIT}"),
    (
        unreadable_amount,
        f"deal/tape.csv: row 2, column 'actual_recovery': '263,54': {BAD_GROUPS} (1 of 789 {LIMIT}",
    ),
    (
        unreadable_amount_over_two_lines,
        f"deal/tape.csv: row 2, column 'actual_recovery': '263 54': {NOT_AN_AMOUNT} (1 of 789 {LIMIT}",
    ),
    (
        ragged_row,
        "deal/tape.csv: row 2: the row has more or fewer fields than the header; look for a delimiter "
        f"in a value (1 of 789 {LIMIT}",
    ),
    (
        unknown_key,
        "deal/deal.yaml: line 10, column 3: 'tape.max_rejected_row': unknown key; did you mean 'max_rejected_rows'?",
    ),
    (
        tranches_do_not_add_up,
        "deal/deal.yaml: line 35, column 1: 'tranches': the tranches add up to 750000.01, the purchase price is "
        "750000.00",
    ),
    (missing_mapping, "deal/mapping.yaml: no such mapping file; check the path"),
]


class TestBadInput:
    @pytest.mark.parametrize(("spoilt", "line"), CASES, ids=[spoilt.__name__ for spoilt, _ in CASES])
    def test_is_one_line_and_exit_code_2_and_nothing_is_deployed(self, run, deal, tmp_path, spoilt, line):
        """Told before a node is looked for: with none on PATH the exit code would be 3 otherwise."""
        spoilt(deal)
        code, _, stderr = run("--deal", deal / "deal.yaml", command=WITHOUT_ANVIL)
        assert (code, stderr) == (2, f"Error: {line}\n")
        assert not (tmp_path / "out" / "statement.json").exists()

    def test_a_tape_named_on_the_command_line_is_the_one_that_is_read(self, run, deal):
        negative_amount(deal)
        code, _, stderr = run("--tape", deal / "tape.csv")
        assert (code, stderr) == (2, f"Error: {CASES[5][1]}\n")

    def test_a_missing_deal_file(self, run):
        code, _, stderr = run("--deal", "none.yaml")
        assert (code, stderr) == (2, "Error: none.yaml: no such deal file; check the path\n")

    def test_the_exceptions_file_has_every_rejected_row(self, run, deal, tmp_path):
        duplicate_id(deal)
        run("--deal", deal / "deal.yaml")
        rows = (tmp_path / "out" / "tape" / "exceptions.csv").read_text().splitlines()
        rows = [row for row in rows if ",TAPE-201," not in row]  # roundings that the mapping names
        assert rows[0] == "row,field,column,rule,severity,old,new"
        assert [row.split(",")[0] for row in rows[1:]] == ["2", "3"]

    def test_rejected_rows_are_left_out_where_the_deal_allows_them(self, run, deal):
        duplicate_id(deal)
        spoil(deal / "deal.yaml", "max_rejected_rows: 0", "max_rejected_rows: 2")
        code, stdout, stderr = run("--deal", deal / "deal.yaml", "--dry-run")
        assert (code, stderr) == (0, "")
        assert "787 loans accepted, 2 rows rejected" in " ".join(stdout.split())

    def test_one_row_more_than_the_deal_allows(self, run, deal):
        duplicate_id(deal)
        spoil(deal / "deal.yaml", "max_rejected_rows: 0", "max_rejected_rows: 1")
        code, _, stderr = run("--deal", deal / "deal.yaml", "--dry-run")
        assert code == 2
        assert "(2 of 789 rows rejected, the deal allows 1; " in stderr


class TestNodeTrouble:
    def test_anvil_is_missing(self, run, tmp_path):
        code, _, stderr = run(command=WITHOUT_ANVIL)
        assert code == 3
        assert len(stderr.splitlines()) == 1
        assert "anvil was not found; run `make setup`" in stderr
        assert not (tmp_path / "out" / "statement.json").exists()

    @pytest.fixture
    def web_server(self):
        """A web server that knows nothing of chains; its port."""

        class Silent(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield server.server_port
            server.shutdown()

    @pytest.fixture
    def mute_server(self):
        """A port that is held and never answers."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            yield server.getsockname()[1]

    @pytest.mark.parametrize("holder", ["web_server", "mute_server"])
    def test_the_port_is_taken_by_another_program(self, run, tmp_path, request, holder):
        host = f"http://127.0.0.1:{request.getfixturevalue(holder)}"
        code, _, stderr = run(APE_FOUNDRY_HOST=host)
        assert code == 3
        assert len(stderr.splitlines()) == 1
        assert stderr.startswith(f"Error: {host} is taken by a program that is not anvil; ")
        assert not (tmp_path / "out" / "statement.json").exists()


class TestOptions:
    def test_a_dry_run_needs_no_node_and_writes_no_statement(self, run, tmp_path):
        code, stdout, stderr = run("--dry-run", command=WITHOUT_ANVIL)
        assert (code, stderr) == (0, "")
        assert "789 loans accepted, 0 rows rejected" in " ".join(stdout.split())
        assert "nothing was deployed" in stdout
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["tape"]

    def test_help_has_an_example_and_every_option(self, run):
        code, stdout, _ = run("--help")
        assert code == 0
        assert "Example: ape run demo --deal deals/worked-loans/deal.yaml --json" in stdout
        assert all(option in stdout for option in ("--deal", "--tape", "--out", "--json", "--dry-run"))

    def test_out_is_a_file(self, run, tmp_path):
        (tmp_path / "out").touch()
        code, _, stderr = run()
        assert (code, stderr) == (2, "Error: --out out is a file; name a folder\n")

    def test_an_unknown_option(self, run):
        code, _, stderr = run("--tap", "x.csv")
        assert code == 2
        assert "Error: No such option: --tap" in stderr
