"""A review as a whole: what it reads, what it refuses to read, and what it leaves in its folder."""

import csv
import json

import polars as pl
import pytest

from salvor.amounts import WAD
from salvor.errors import FileMissing, FileUnreadable, OptionInvalid
from salvor.tape.review import review
from salvor.tape.review.review import review_tape
from salvor.tape.review.source import Sum, open_checked
from salvor.tape.review.terms import Criterion, Limit, Terms
from tests.utils.checked import checked, loan

LOANS = (
    loan(1, "1.00", lender="A", counterparty_name="Jane Roe", counterparty_address="Secret Street 7"),
    loan(2, "2.00", lender="B", counterparty_name="John Doe", counterparty_address="Secret Street 8"),
    loan(3, "x", lender="B", counterparty_name="Ann Poe", counterparty_address="Secret Street 9"),
)
TERMS = Terms(
    (Criterion("EL-01", "gross_balance", "gross_balance at most 5.00", at_most=500),),
    (Limit("CL-01", "lender", WAD // 2, "any lender: at most 50 % of the pool"),),
)


@pytest.fixture
def source(tmp_path):
    return checked(tmp_path / "checked", *LOANS)


@pytest.fixture
def spoil(source):
    """Change the summary of a checked folder, then open it."""

    def opened(change):
        summary = source.loans.parent / "check.json"
        said = json.loads(summary.read_text(encoding="utf-8"))
        change(said)
        summary.write_text(json.dumps(said), encoding="utf-8")
        return open_checked(summary.parent)

    return opened


class TestOpening:
    def test_finds_what_the_check_left(self, source):
        assert (source.read, source.accepted, source.rejected) == (Sum(3, 300), Sum(2, 300), Sum(1, 0))
        assert (source.file, source.balance, source.decimals) == ("tape.csv", "gross_balance", 2)
        assert source.breaches == {"TAPE-010": 1}
        assert source.scan().collect_schema().names() == ["contract_identifier", "lender", "gross_balance", "units"]

    def test_refuses_a_folder_without_a_summary(self, tmp_path):
        with pytest.raises(FileMissing, match=r"check.json: no such summary of a check: run `ape run tape check`"):
            open_checked(tmp_path)

    @pytest.mark.parametrize("name", ["accepted.parquet", "exceptions.csv"])
    def test_refuses_a_folder_that_lacks_a_file(self, source, name):
        (source.loans.parent / name).unlink()
        with pytest.raises(FileMissing, match=f"{name}: no such output of a check"):
            open_checked(source.loans.parent)

    @pytest.mark.parametrize(
        "change",
        [
            lambda said: said.pop("mapping"),
            lambda said: said["mapping"].update(fields={}),
            lambda said: said["totals"].update(rows_read="many"),
            lambda said: said.update(totals=None),
            lambda said: said.update(breaches={"TAPE-999": 1}),
            lambda said: said.update(breaches=[]),
        ],
    )
    def test_refuses_a_summary_that_is_none(self, spoil, change):
        with pytest.raises(FileUnreadable, match=r"check.json: not the summary of a check: check the tape once more"):
            spoil(change)

    @pytest.mark.parametrize("content", ["", "[]", "{", "\0"])
    def test_refuses_a_summary_that_is_no_json(self, source, content):
        (source.loans.parent / "check.json").write_text(content)
        with pytest.raises(FileUnreadable, match="not the summary of a check"):
            open_checked(source.loans.parent)

    @pytest.mark.parametrize("name", ["units_accepted", "rows_accepted"])
    def test_refuses_loans_of_another_run(self, spoil, name):
        with pytest.raises(FileUnreadable, match=r"accepted.parquet: not the loans of this check: its sums differ"):
            spoil(lambda said: said["totals"].update({name: "1"}))

    def test_refuses_exceptions_of_another_run(self, spoil):
        with pytest.raises(
            FileUnreadable, match=r"exceptions.csv: not the exceptions of this check: its counts differ"
        ):
            spoil(lambda said: said.update(breaches={"TAPE-010": 2}))

    @pytest.mark.parametrize("name", ["accepted.parquet", "exceptions.csv"])
    def test_refuses_files_that_are_something_else(self, source, name):
        (source.loans.parent / name).write_bytes(b"PAR1 and nothing more")
        with pytest.raises(FileUnreadable, match=f"{name}: not the .* of this check: check the tape once more"):
            open_checked(source.loans.parent)

    def test_refuses_loans_without_a_mapped_field(self, source):
        pl.read_parquet(source.loans).drop("lender").write_parquet(source.loans)
        with pytest.raises(FileUnreadable, match="not the loans of this check"):
            open_checked(source.loans.parent)


class TestReview:
    def test_leaves_exact_integers_as_text(self, source, tmp_path):
        review_tape(source, TERMS, out=tmp_path / "out", deal="a deal")
        said = json.loads((tmp_path / "out/review.json").read_text(encoding="utf-8"))
        assert said["deal"] == "a deal"
        assert said["totals"]["accepted"] == {"rows": 2, "units": "300"}
        assert said["eligibility"]["eligible"] == {"rows": 2, "units": "300"}
        [limit] = said["concentrations"]
        assert (limit["broken"], limit["units"], limit["excess"]) == (True, "200", "50")
        assert limit["share"] == "666666666666666667"  # rounded up, against the limit
        assert limit["proposal"]["loans"] == []
        assert [line["label"] for line in said["strata"]["lender"]] == ["B", "A"]
        assert said["columns"] == {name: name for name in ("contract_identifier", "lender", "gross_balance")}

    def test_limits_and_strata_are_over_the_eligible_pool(self, source, tmp_path):
        terms = Terms((Criterion("EL-01", "lender", "says", one_of=("A",)),), TERMS.limits)
        found = review_tape(source, terms, out=tmp_path / "out")
        assert found.eligibility.eligible == Sum(1, 100)
        assert [each.total for each in found.tables] == [Sum(1, 100)] * 2
        assert (found.limits[0].units, found.broken) == (100, found.limits)

    def test_grades_every_accepted_loan_with_its_points(self, source, tmp_path):
        terms = Terms((Criterion("EL-01", "lender", "says", one_of=("A",)),))
        review_tape(source, terms, out=tmp_path / "out")
        with (tmp_path / "out/grades.csv").open(newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        assert [(line["contract_identifier"], line["units"], line["eligible"]) for line in lines] == [
            ("L1", "100", "true"),
            ("L2", "200", "false"),
        ]
        assert [line["points_size"] for line in lines] == ["1", "1"]
        assert pl.read_parquet(tmp_path / "out/grades.parquet")["units"].to_list() == [100, 200]

    def test_nothing_about_a_person_is_left(self, source, tmp_path):
        review_tape(source, TERMS, out=tmp_path / "out")
        left = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
        for word in (b"counterparty_name", b"counterparty_address", b"Jane", b"Doe", b"Secret"):
            assert word not in left

    def test_the_same_tape_gives_the_same_files(self, source, tmp_path):
        for name in ("one", "two"):
            review_tape(source, TERMS, out=tmp_path / name)
        for name in ("review.json", "grades.csv"):
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()

    def test_a_tape_of_which_nothing_was_accepted_is_reviewed_too(self, tmp_path):
        source = checked(tmp_path / "checked", loan(1, "x", lender="A"), loan(2, "y", lender="A"))
        found = review_tape(source, TERMS, out=tmp_path / "out")
        assert (found.eligibility.accepted, found.broken, found.quality.score) == (Sum(0, 0), (), 0)
        assert [each.strata for each in found.tables] == [(), ()]

    def test_a_crash_leaves_an_older_review_whole(self, source, tmp_path, monkeypatch):
        out = tmp_path / "out"
        review_tape(source, TERMS, out=out)
        before = {path.name: path.read_bytes() for path in out.iterdir()}

        def crash(*args):
            raise RuntimeError("out of memory")

        monkeypatch.setattr(review, "summarise", crash)
        with pytest.raises(RuntimeError):
            review_tape(source, Terms(), out=out)
        assert {path.name: path.read_bytes() for path in out.iterdir()} == before

    def test_a_crash_in_the_end_leaves_no_summary_of_other_grades(self, source, tmp_path, monkeypatch):
        out = tmp_path / "out"
        review_tape(source, TERMS, out=out)

        def crash(*args):
            raise RuntimeError("no space")

        monkeypatch.setattr(review, "write_whole", crash)
        with pytest.raises(RuntimeError):
            review_tape(source, Terms(), out=out)
        assert sorted(path.name for path in out.iterdir()) == ["grades.csv", "grades.parquet"]

    def test_refuses_a_file_as_its_folder(self, source, tmp_path):
        (tmp_path / "out").write_text("mine")
        with pytest.raises(OptionInvalid, match=r"out is a file; name a folder for the results"):
            review_tape(source, TERMS, out=tmp_path / "out")
        assert (tmp_path / "out").read_text() == "mine"

    def test_says_what_it_is_doing(self, source, tmp_path):
        steps = []
        review_tape(source, TERMS, out=tmp_path / "out", tick=steps.append)
        assert steps == ["eligibility", "concentration", "stratification", "quality", "grades"]
