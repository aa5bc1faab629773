"""A tape as a whole: sums that add up, files that are whole or not there, the real tape's findings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from salvor.deal.load import load_tape_mapping
from salvor.errors import ColumnMissing, DealInvalid, NumbersAmbiguous
from salvor.tape import check
from salvor.tape.check import check_tape
from salvor.tape.plan import NumberStyle
from salvor.tape.rules import RULES

ROOT = Path(__file__).parents[3]
TAPES = ROOT / "tests" / "tapes"
REAL = ROOT.parent / "shared" / "data" / "sba-7a-sample.csv"
HEADER = "id,place,agreed,paid out,amount,status,off date,off"


@pytest.fixture
def mapping():
    return load_tape_mapping(TAPES / "mapping.yaml")


@pytest.fixture
def tape(tmp_path):
    def write(*rows):
        path = tmp_path / "tape.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n")
        return path

    return write


def loan(number, amount="100.00", status="open"):
    return f"L{number},Place {number},2020-01-02,2020-01-05,{amount},{status},,0"


class TestTotals:
    def test_accepted_and_rejected_are_what_was_read(self, tape, mapping, tmp_path):
        path = tape(loan(1), loan(2, "50.00", status="lost"), loan(3, "x"), loan(4, "7.01"))
        totals = check_tape(path, mapping, decimals=2, out=tmp_path / "out").totals
        assert (totals.rows_read, totals.rows_accepted, totals.rows_rejected) == (4, 2, 2)
        assert (totals.units_read, totals.units_accepted, totals.units_rejected) == (15_701, 10_701, 5_000)
        assert totals.rows_without_balance == 1

    def test_a_row_with_two_faults_is_rejected_once(self, tape, mapping, tmp_path):
        checked = check_tape(tape(loan(1), loan(2, "x", status="lost")), mapping, decimals=2, out=tmp_path / "out")
        assert checked.totals.rows_rejected == 1
        assert checked.breaches == {"TAPE-010": 1, "TAPE-040": 1}

    def test_batches_make_no_difference(self, tape, mapping, tmp_path, monkeypatch):
        rows = [
            loan(number % 90, f"{number}.00", status="lost" if number % 7 == 0 else "open") for number in range(100)
        ]
        path, outcomes = tape(*rows), []
        for size in (7, 250_000):
            monkeypatch.setattr(check, "_BATCH", size)
            done = check_tape(path, mapping, decimals=2, out=tmp_path / str(size))
            outcomes.append(
                (done.totals, done.breaches, done.exceptions.read_text(), pl.read_parquet(done.accepted).rows())
            )
        assert outcomes[0] == outcomes[1]
        assert outcomes[0][0].rows_rejected > 20

    def test_a_second_reading_gives_the_same(self, tape, mapping, tmp_path):
        path = tape(loan(1), loan(2), loan(2))
        outcomes = [check_tape(path, mapping, decimals=2, out=tmp_path / "out") for _ in range(2)]
        assert outcomes[0] == outcomes[1]


class TestOpenNumbers:
    """A point before three digits, in a tape whose mapping does not say how it writes numbers."""

    def test_are_asked_about_where_nothing_settles_them(self, tape, mapping, tmp_path):
        with pytest.raises(NumbersAmbiguous, match=r"row 3, column 'amount': is 1.299 more than a thousand"):
            check_tape(tape(loan(1, "7"), loan(2, "1.299")), mapping, decimals=2, out=tmp_path / "out")

    def test_are_settled_by_another_value_of_the_column(self, tape, mapping, tmp_path):
        done = check_tape(tape(loan(1, "7.5"), loan(2, "1.299")), mapping, decimals=2, out=tmp_path / "out")
        assert done.breaches == {"TAPE-014": 1}

    @pytest.mark.parametrize("amounts", [("7.5", "1.299"), ("1.299", "7.5"), ("1.299", "2.299", "7", "7.5")])
    def test_are_settled_wherever_that_value_stands(self, tape, mapping, tmp_path, monkeypatch, amounts):
        monkeypatch.setattr(check, "_BATCH", 1)
        rows = [loan(number, amount) for number, amount in enumerate(amounts)]
        done = check_tape(tape(*rows), mapping, decimals=2, out=tmp_path / "out")
        assert done.breaches == {"TAPE-014": sum(amount.endswith("299") for amount in amounts)}

    def test_the_first_of_several_is_told(self, tape, mapping, tmp_path, monkeypatch):
        monkeypatch.setattr(check, "_BATCH", 1)
        with pytest.raises(NumbersAmbiguous, match=r"row 3, column 'amount': is 1.299 more"):
            check_tape(
                tape(loan(1, "7"), loan(2, "1.299"), loan(3, "2.299")), mapping, decimals=2, out=tmp_path / "out"
            )

    def test_are_settled_by_the_mapping(self, tape, mapping, tmp_path):
        said = mapping.model_copy(update={"numbers": NumberStyle(decimal=",", thousands=".")})
        done = check_tape(tape(loan(1, "7"), loan(2, "1.299")), said, decimals=2, out=tmp_path / "out")
        assert done.totals.units_accepted == 130_600


class TestFiles:
    def test_accepted_loans_have_exact_values_and_their_rows(self, tape, mapping, tmp_path):
        checked = check_tape(tape(loan("007", "1234.50"), loan(2, "x")), mapping, decimals=2, out=tmp_path / "out")
        (kept,) = pl.read_parquet(checked.accepted).rows(named=True)
        assert (kept["salvor row"], kept["contract_identifier"], kept["disbursed_amount"]) == (2, "L007", 123_450)
        assert kept["status"] == "performing"

    def test_a_crash_leaves_what_was_there_before(self, tape, mapping, tmp_path, monkeypatch):
        out = tmp_path / "out"
        before = check_tape(tape(loan(1)), mapping, decimals=2, out=out)
        content = {path.name: path.read_bytes() for path in out.iterdir()}
        monkeypatch.setattr(check._Run, "finish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            check_tape(tape(loan(1), loan(2)), mapping, decimals=2, out=out)
        assert {path.name: path.read_bytes() for path in out.iterdir()} == content
        assert before.accepted.exists()

    def test_a_missing_column_is_named_with_the_near_one(self, mapping, tmp_path):
        path = tmp_path / "tape.csv"
        path.write_text(HEADER.replace("paid out", "paid_out") + "\n" + loan(1) + "\n")
        with pytest.raises(ColumnMissing, match="no column 'paid out'; did you mean 'paid_out'"):
            check_tape(path, mapping, decimals=2, out=tmp_path / "out")


class TestMapping:
    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("asset_class: sme_loans", "asset_class: sme_loan", "no asset class 'sme_loan'; did you mean 'sme_loans'"),
            ("  status:", "  state:", "sme_loans has no field 'state'; did you mean 'status'"),
            (', format: "%Y-%m-%d" }\n  disb', " }\n  disb", "'origination_date' is a date: name its `format`"),
            (
                "{ column: amount }",
                "{ column: amount, format: x }",
                "'disbursed_amount' is money: `format` does not fit",
            ),
            ("open: performing", "open: fine", "'status' has no value 'fine'; it has: performing"),
            ("  contract_identifier: { column: id }\n", "", "sme_loans needs 'contract_identifier'"),
            ("currency: EUR", "currency: euro", "'euro' is no currency, such as EUR"),
            (
                "currency: EUR",
                'currency: EUR\nnumbers: { decimal: ",", thousands: "," }',
                "can't be the decimal sign and",
            ),
        ],
    )
    def test_what_is_wrong_with_it_is_told(self, tmp_path, old, new, told):
        text = (TAPES / "mapping.yaml").read_text()
        assert old in text
        path = tmp_path / "mapping.yaml"
        path.write_text(text.replace(old, new))
        with pytest.raises((DealInvalid, Exception), match=told):
            load_tape_mapping(path)


def test_every_rule_says_what_to_do():
    assert all(rule.sentence and rule.mend for rule in RULES.values())
    assert [name for name, rule in RULES.items() if rule.broken and rule.field not in rule.needs] == []


class TestCommand:
    def run(self, *arguments):
        command = [sys.executable, "-c", "from ape._cli import cli; cli()", "run", "tape", "check", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ))

    def test_tells_totals_as_json_and_exits_with_1_when_rows_are_rejected(self, tape, tmp_path):
        path = tape(loan(1), loan(2, "x"))
        mapping, out = str(TAPES / "mapping.yaml"), str(tmp_path / "out")
        done = self.run(str(path), "--mapping", mapping, "--out", out, "--json")
        totals = json.loads(done.stdout)["totals"]
        assert done.returncode == 1
        assert (totals["rows_read"], totals["rows_accepted"], totals["rows_rejected"]) == (2, 1, 1)
        assert totals["units_accepted"] == "10000"

    def test_bad_input_is_one_line_and_exit_code_2(self, tmp_path):
        done = self.run(str(tmp_path / "none.csv"), "--mapping", str(TAPES / "mapping.yaml"), "--out", str(tmp_path))
        assert done.returncode == 2
        assert "none.csv: no such tape; check the path" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.skipif(not REAL.is_file(), reason="the SBA 7(a) sample lies beside the project, not in it")
def test_the_real_tape_gives_what_is_known_of_it(tmp_path):
    mapping = load_tape_mapping(ROOT / "deals" / "sba-7a" / "mapping.yaml")
    checked = check_tape(REAL, mapping, decimals=2, out=tmp_path)
    totals = checked.totals
    assert (totals.rows_read, totals.rows_accepted, totals.rows_rejected) == (14_852, 14_769, 83)
    assert (totals.units_read, totals.units_rejected) == (183_693_865_300, 25_993_500)
    # 82 blank statuses, one charge-off without a date, 50 above what was paid out.
    assert {rule: checked.breaches[rule] for rule in ("TAPE-001", "TAPE-104", "TAPE-106")} == {
        "TAPE-001": 82,
        "TAPE-104": 1,
        "TAPE-106": 50,
    }
