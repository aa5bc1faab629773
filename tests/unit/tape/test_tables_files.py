"""The files of related tables: found in a folder or a workbook, read whatever they are, written whole or not at all."""

import csv
import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salvor.deal.load import load_tape_mapping
from salvor.errors import ColumnMissing, FileMissing, FileUnreadable, NumbersAmbiguous, OptionInvalid, TapeEmpty
from salvor.files import sha256_of
from salvor.tape import check
from salvor.tape.check import check_tape
from salvor.tape.commitment.tape import checked_part
from salvor.tape.review.source import open_checked
from salvor.tape.tables import joined
from tests.utils.related import Outcome, Related

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "deals/examples/related-tables"
FULL = (
    Related()
    .plus("relationship", "L1,,,S1,1", "L2,,,S1,2")
    .plus("collateral", "S1,office,500.00,2024-01-31")
    .plus("enforcement", "L1,suit_filed,2024-02-01")
    .plus("historical_collection", "1,L1,2023-01-10,10.00", "2,L9,2023-01-10,1.00")
)


def rows_of(lines):
    return list(csv.reader(lines))


class TestFolder:
    def test_a_pattern_finds_the_one_file_that_fits(self, tmp_path):
        FULL.write(tmp_path / "tape")
        (tmp_path / "tape" / "loan.csv").rename(tmp_path / "tape" / "loan-2024-12.csv")
        mapping = FULL.mapping()
        loan = mapping.tables["loan"].model_copy(update={"file": "loan-*.csv"})
        mapping = mapping.model_copy(update={"tables": mapping.tables | {"loan": loan}})
        checked = check_tape(tmp_path / "tape", mapping, decimals=2, out=tmp_path / "out")
        assert checked.totals.rows_accepted == 3
        (tmp_path / "tape" / "loan-2024-11.csv").write_text("id\n")
        with pytest.raises(
            OptionInvalid, match=r"2 files fit 'loan-\*.csv' of table loan: loan-2024-11.csv, loan-2024"
        ):
            check_tape(tmp_path / "tape", mapping, decimals=2, out=tmp_path / "out")

    def test_a_file_that_is_not_there_is_named_with_its_table(self, tmp_path):
        FULL.write(tmp_path / "tape")
        (tmp_path / "tape" / "collateral.csv").unlink()
        with pytest.raises(FileMissing, match=r"collateral.csv: no such file of table collateral; check the path"):
            check_tape(tmp_path / "tape", FULL.mapping(), decimals=2, out=tmp_path / "out")
        assert list((tmp_path / "out").iterdir()) == []

    @pytest.mark.parametrize("name", ["../tape/loan.csv", "/etc/hosts"])
    def test_no_file_outside_of_it_is_read(self, tmp_path, name):
        FULL.write(tmp_path / "tape")
        mapping = FULL.mapping()
        loan = mapping.tables["loan"].model_copy(update={"file": name})
        mapping = mapping.model_copy(update={"tables": mapping.tables | {"loan": loan}})
        with pytest.raises(OptionInvalid, match=r"table loan: .* leads out of the folder of the tape"):
            check_tape(tmp_path / "tape", mapping, decimals=2, out=tmp_path / "out")

    def test_a_file_for_a_folder_and_a_folder_for_a_file_are_told(self, tmp_path):
        FULL.write(tmp_path / "tape")
        with pytest.raises(OptionInvalid, match=r"is a file, and table loan is in 'loan.csv': name the folder"):
            check_tape(tmp_path / "tape" / "loan.csv", FULL.mapping(), decimals=2, out=tmp_path / "out")
        with pytest.raises(OptionInvalid, match="is a folder, and table loan has no `file`: name it in the mapping"):
            check_tape(tmp_path / "tape", FULL.mapping(files=False), decimals=2, out=tmp_path / "out")
        with pytest.raises(FileMissing, match="no such tape"):
            check_tape(tmp_path / "none", FULL.mapping(), decimals=2, out=tmp_path / "out")

    def test_a_tape_of_one_file_is_no_folder(self, tmp_path):
        mapping = load_tape_mapping(ROOT / "tests/tapes/mapping.yaml")
        with pytest.raises(FileMissing, match="no such tape"):
            check_tape(tmp_path, mapping, decimals=2, out=tmp_path / "out")

    def test_a_missing_column_is_told_of_its_file(self, tmp_path):
        tape = FULL.with_lines("enforcement", "loan,steps,day", "L1,suit_filed,2024-02-01")
        with pytest.raises(ColumnMissing, match=r"enforcement.csv: row 1: no column 'step'; did you mean 'steps'"):
            tape.check(tmp_path)

    def test_a_table_without_rows_is_refused(self, tmp_path):
        with pytest.raises(TapeEmpty, match=r"enforcement.csv: no data rows"):
            Related().plus("enforcement").check(tmp_path)

    def test_numbers_that_read_as_two_are_asked_about(self, tmp_path):
        tape = FULL.with_lines("collateral", "pledge,kind,worth,valued", "S1,office,1.299,2024-01-31")
        tape.write(tmp_path / "tape")
        mapping = tape.mapping().model_copy(update={"numbers": None})
        with pytest.raises(NumbersAmbiguous, match=r"collateral.csv: row 2, column 'worth': is 1.299 more than"):
            check_tape(tmp_path / "tape", mapping, decimals=2, out=tmp_path / "out")


class TestKindsOfFiles:
    def test_a_workbook_with_a_sheet_a_table_gives_the_same(self, tmp_path):
        flat = FULL.check(tmp_path)
        path = tmp_path / "tape.xlsx"
        with xlsxwriter.Workbook(path) as book:
            for name, lines in FULL.rows.items():
                sheet = book.add_worksheet(name)
                for number, row in enumerate(rows_of(lines)):
                    sheet.write_row(number, 0, row)
        checked = check_tape(path, FULL.mapping(files=False), decimals=2, out=tmp_path / "book")
        assert Outcome(checked).told("row", "field", "rule", "old") == flat.told("row", "field", "rule", "old")
        assert pl.read_parquet(checked.accepted).rows() == pl.read_parquet(flat.checked.accepted).rows()
        assert checked.sha256 == sha256_of(path)

    def test_what_only_the_cells_of_a_sheet_show_is_told_with_the_table(self, tmp_path):
        path = tmp_path / "tape.xlsx"
        with xlsxwriter.Workbook(path) as book:
            for name, lines in FULL.rows.items():
                sheet = book.add_worksheet(name)
                for number, row in enumerate(rows_of(lines)):
                    sheet.write_row(number, 0, row)
                if name in ("loan", "collateral"):
                    sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        done = Outcome(check_tape(path, FULL.mapping(files=False), decimals=2, out=tmp_path / "out"))
        assert done.told("row", "field", "column", rule="TAPE-050") == [
            ("2", "gross_balance", "loan.balance"),
            ("2", "collateral.collateral_value", "worth"),
        ]
        assert done.told("row", rule="TAPE-309") == [("2",), ("3",)]

    def test_a_sheet_that_is_not_there_is_told(self, tmp_path):
        path = tmp_path / "tape.xlsx"
        with xlsxwriter.Workbook(path) as book:
            book.add_worksheet("loans").write_row(0, 0, ["id"])
        with pytest.raises(FileUnreadable, match="no sheet 'loan'; did you mean 'loans'"):
            check_tape(path, FULL.mapping(files=False), decimals=2, out=tmp_path / "out")

    def test_parquet_and_text_stand_side_by_side(self, tmp_path):
        flat = FULL.check(tmp_path)
        tape = tmp_path / "tape"
        pl.read_csv(tape / "collateral.csv", infer_schema=False).write_parquet(tape / "collateral.parquet")
        mapping = FULL.mapping()
        source = mapping.tables["collateral"].model_copy(update={"file": "collateral.parquet"})
        mapping = mapping.model_copy(update={"tables": mapping.tables | {"collateral": source}})
        checked = check_tape(tape, mapping, decimals=2, out=tmp_path / "mixed")
        assert pl.read_parquet(checked.accepted).rows() == pl.read_parquet(flat.checked.accepted).rows()

    def test_a_table_can_write_numbers_in_another_way(self, tmp_path):
        tape = FULL.with_lines("collateral", "pledge;kind;worth;valued", "S1;office;1.500,00;2024-01-31")
        said = tape.mapping().model_dump(mode="json", by_alias=True, exclude_defaults=True)
        said["tables"]["collateral"] |= {"numbers": {"decimal": ",", "thousands": "."}, "style": {"delimiter": ";"}}
        tape.write(tmp_path / "tape")
        mapping = type(tape.mapping()).model_validate(said)
        checked = check_tape(tmp_path / "tape", mapping, decimals=2, out=tmp_path / "out")
        assert checked.tables[3].units["joined"] == 150_000


class TestOutput:
    def test_the_summary_names_every_file_and_reconciles(self, tmp_path):
        done = FULL.check(tmp_path).checked
        said = json.loads(done.summary.read_text())
        assert said["tables"]["collateral"] == {
            "file": "collateral.csv",
            "sha256": sha256_of(tmp_path / "tape" / "collateral.csv"),
        }
        assert said["totals"]["rows_accepted"] == 3
        for name, totals in said["totals"]["tables"].items():
            assert sum(count for key, count in totals.items() if key.startswith("rows_") and key != "rows_read") == (
                totals["rows_read"] + totals.get("rows_without_amount", 0)
            ), name
            units = {key: int(text) for key, text in totals.items() if key.startswith("units_")}
            assert sum(units.values()) == 2 * units.get("units_read", 0), name
        assert said["totals"]["tables"]["historical_collection"]["units_orphaned"] == "100"

    def test_the_digest_changes_with_any_file(self, tmp_path):
        first = FULL.check(tmp_path).checked.sha256
        assert FULL.check(tmp_path).checked.sha256 == first
        assert FULL.plus("enforcement", "L2,suit_filed,2024-02-01").check(tmp_path).checked.sha256 != first

    def test_a_review_and_a_commitment_take_it_like_any_tape(self, tmp_path):
        done = FULL.check(tmp_path)
        source = open_checked(tmp_path / "out")
        assert source.accepted.rows == 3
        assert source.mapping.fields["collateral_value"].column == "collateral.worth"
        assert checked_part(tmp_path / "out").sha256 == done.checked.sha256

    def test_files_of_an_earlier_tape_are_gone(self, tmp_path):
        FULL.check(tmp_path)
        assert (tmp_path / "out" / "collections.parquet").exists()
        Related().check(tmp_path)
        assert {path.name for path in (tmp_path / "out").iterdir()} == {
            "accepted.parquet",
            "exceptions.csv",
            "check.json",
        }

    def test_a_crash_leaves_what_was_there_before(self, tmp_path, monkeypatch):
        FULL.check(tmp_path)
        content = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
        assert len(content) == 5
        monkeypatch.setattr(joined, "join_collections", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            FULL.plus("loan", "L4,defaulted,1.00").check(tmp_path)
        assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == content

    def test_batches_make_no_difference(self, tmp_path, monkeypatch):
        outcomes = []
        for size in (3, 250_000):
            monkeypatch.setattr(check, "_BATCH", size)
            mapping = load_tape_mapping(EXAMPLE / "mapping.yaml")
            done = check_tape(EXAMPLE, mapping, decimals=2, out=tmp_path / str(size))
            files = [
                pl.read_parquet(done.accepted.with_name(name)).rows()
                for name in ("collateral.parquet", "collections.parquet")
            ]
            outcomes.append((done.totals, done.tables, done.breaches, done.exceptions.read_text(), files))
            outcomes[-1] += (pl.read_parquet(done.accepted).rows(),)
        assert outcomes[0] == outcomes[1]


class TestCommand:
    def test_a_folder_of_tables_is_checked_and_what_was_rejected_told(self, tmp_path):
        FULL.write(tmp_path / "tape")
        said = FULL.mapping().model_dump(mode="json", by_alias=True, exclude_defaults=True)
        (tmp_path / "mapping.yaml").write_text(json.dumps(said))
        code = "from ape._cli import cli; cli()"
        command = [sys.executable, "-c", code, "run", "tape", "check", str(tmp_path / "tape")]
        command += ["--mapping", str(tmp_path / "mapping.yaml"), "--out", str(tmp_path / "out")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ))
        assert done.returncode == 1, done.stderr  # a collection of no loan
        assert "historical_collection: 2 rows 11.00 EUR (1 joined, 1 orphaned)" in done.stdout


lines_of_pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4), st.integers(1, 3)), max_size=12)
payments = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 28), st.integers(0, 10**12)), min_size=1, max_size=12)


class TestAnyTables:
    """Whatever belongs to whatever, a plain loop over the rows gives the same money."""

    @given(pairs=lines_of_pairs, paid=payments, worth=st.lists(st.integers(0, 10**14), min_size=3, max_size=3))
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_the_sums_are_those_of_a_plain_loop(self, tmp_path_factory, pairs, paid, worth):
        loans, cents = range(1, 5), lambda units: f"{units // 100}.{units % 100:02}"
        tape = Related(
            {
                "loan": ["id,status,balance", *(f"L{n},defaulted,{n}.00" for n in loans)],
                "counterparty": ["cp,town,country", "C1,Kiel,DE"],
                "relationship": ["loan,cp,role,pledge,rank", *(f"L{n},C1,,," for n in loans)],
                "collateral": [
                    "pledge,kind,worth,valued",
                    *(f"S{n},office,{cents(v)},2024-05-01" for n, v in enumerate(worth)),
                ],
                "historical_collection": [
                    "no,loan,day,paid",
                    *(f"{i},L{n},2024-01-{d:02},{cents(v)}" for i, (n, d, v) in enumerate(paid)),
                ],
            }
        ).plus("relationship", *(f"L{n},,,S{s},{rank}" for n, s, rank in pairs))
        done = tape.check(tmp_path_factory.mktemp("any"))
        recovered, owners, parts = defaultdict(int), defaultdict(set), defaultdict(int)
        for loan, _, units in paid:
            recovered[loan] += units
        for loan, pledge, _ in pairs:
            if loan in loans and pledge < len(worth):
                owners[pledge].add(loan)
        for pledge, sharing in owners.items():
            given, running, total = 0, 0, sum(sharing)
            for loan in sorted(sharing):
                running += loan
                parts[loan] += worth[pledge] * running // total - given
                given = worth[pledge] * running // total
        assert {key: value or 0 for key, value in done.loans("recovered_amount").items()} == {
            f"L{n}": recovered[n] for n in loans
        }
        assert {key: value or 0 for key, value in done.loans("collateral_value").items()} == {
            f"L{n}": parts[n] for n in loans
        }
        orphaned = sum(units for loan, _, units in paid if loan not in loans)
        assert done.table("historical_collection").units["orphaned"] == orphaned
        assert done.table("collateral").units["orphaned"] == sum(v for n, v in enumerate(worth) if n not in owners)
