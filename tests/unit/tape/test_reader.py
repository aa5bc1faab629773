"""A tape is read whole: what can't be right is set aside with row, column and reason, or the file is refused."""

import csv
import io
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salvor.amounts import MAX_AMOUNT
from salvor.deal.load import load_mapping
from salvor.errors import ColumnMissing, FileMissing, FileUnreadable, TapeEmpty
from salvor.tape.loans import Loan, Reject, Tape
from salvor.tape.mapping import Mapping
from salvor.tape.reader import read_tape, write_rejects

DEAL = Path("deals/charged-off-accounts")
HEADER = "id,expected,actual,level"
GOOD = "1,10.00,9.50,0"
NOT_AN_AMOUNT = "'{}' is not an amount (digits, with a point before the decimals)"


def mapping(**rounding):
    """The mapping of this file's tapes; a rounding by field."""
    columns = {"loan_id": "id", "expected_recovery": "expected", "actual_recovery": "actual", "recovery_level": "level"}
    fields = {field: {"column": column} for field, column in columns.items()}
    for field, name in rounding.items():
        fields[field]["rounding"] = name
    return Mapping.model_validate(fields)


@pytest.fixture
def read(tmp_path):
    """Read a tape from its lines (below the usual header), its text or its bytes."""

    def read_lines(*lines, text=None, raw=None, decimals=2, **rounding):
        path = tmp_path / "tape.csv"
        text = "\n".join([HEADER, *lines]) + "\n" if text is None else text
        path.write_bytes(text.encode() if raw is None else raw)
        return read_tape(path, mapping=mapping(**rounding), decimals=decimals)

    return read_lines


@pytest.fixture
def refusal(read, tmp_path):
    """The kind and the line of a refused file, without the folder."""

    def refused(*lines, **options):
        with pytest.raises((ColumnMissing, FileUnreadable, TapeEmpty)) as caught:
            read(*lines, **options)
        message = caught.value.format_message()
        assert "\n" not in message
        return caught.type, message.replace(f"{tmp_path}/", "")

    return refused


def ids(tape):
    return [(loan.row, loan.loan_id) for loan in tape.loans]


class TestAccepted:
    def test_a_row_becomes_exact_integers(self, read):
        tape = read("0042,486,416.09,1")
        assert tape.loans == (Loan(2, "0042", 48_600, 41_609, 1),)
        assert tape.rejects == ()

    def test_the_deals_own_tape(self):
        tape = read_tape(DEAL / "tape.csv", mapping=load_mapping(DEAL / "mapping.yaml"), decimals=2)
        assert (len(tape.loans), len(tape.rejects)) == (789, 0)
        assert (tape.expected_recovery, tape.actual_recovery) == (100_251_400, 85_697_433)

    def test_columns_in_another_order_and_more_of_them(self, read):
        tape = read(text="level,age,actual,id,expected\n1,33,2.50,007,3\n")
        assert tape.loans == (Loan(2, "007", 300, 250, 1),)

    def test_blank_lines_are_no_rows_but_count(self, read):
        tape = read("", GOOD, "", "", "2,1,1,0", "", ",,,", "3,1,-1,0")
        assert ids(tape) == [(3, "1"), (6, "2")]
        assert [reject.row for reject in tape.rejects] == [9]

    def test_a_byte_order_mark_is_no_part_of_the_first_column(self, read):
        assert ids(read(raw=b"\xef\xbb\xbf" + f"{HEADER}\n{GOOD}\n".encode())) == [(2, "1")]

    def test_line_ends_of_windows(self, read):
        assert read(text=f"{HEADER}\r\n{GOOD}\r\n\r\n2,1,1,7\r\n").loans[1] == Loan(4, "2", 100, 100, 7)

    def test_no_line_end_at_the_end(self, read):
        assert ids(read(text=f"{HEADER}\n{GOOD}")) == [(2, "1")]

    @pytest.mark.parametrize("loan_id", ["a\nb", "a\n\nb", "a,b", 'a"b', "#1", "konto é"])
    def test_a_quoted_identifier_is_kept_as_it_is(self, read, loan_id):
        quoted = loan_id.replace('"', '""')
        tape = read(f'"{quoted}",1,1,0', "2,-1,1,0")
        assert ids(tape) == [(2, loan_id)]
        assert tape.rejects[0].row == 3  # a row, whatever number of lines the one before takes

    @pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
    def test_only_a_line_feed_ends_a_line(self, read, mark):
        assert ids(read(f"a{mark}b,1,1,0", GOOD)) == [(2, f"a{mark}b"), (3, "1")]

    def test_leading_zeros_survive(self, read):
        assert ids(read("007,1,1,0", "07,1,1,0", "7,1,1,0")) == [(2, "007"), (3, "07"), (4, "7")]

    def test_the_largest_amount(self, read):
        assert read(f"1,{MAX_AMOUNT},1,0", decimals=0).loans[0].expected_recovery == MAX_AMOUNT

    def test_decimals_are_rounded_where_a_rounding_is_named(self, read):
        tape = read("1,0.005,0.005,0", expected_recovery="up", actual_recovery="half_even")
        assert (tape.loans[0].expected_recovery, tape.loans[0].actual_recovery) == (1, 0)


class TestRejected:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "the amount is empty"),
            ("-1", "-1 is negative"),
            ("-0.01", "-0.01 is negative"),
            *(
                (text, NOT_AN_AMOUNT.format(text))
                for text in ("1e3", "1,5", " 3", "3 ", "+1", "NaN", "inf", "--1", "-")
            ),
            *(
                (text, NOT_AN_AMOUNT.format(text))
                for text in ("1.", ".5", "1.2.3", "1_000", "0x10", "$5", "-1e3", "5\n")
            ),
            ("१२", NOT_AN_AMOUNT.format("१२")),  # digits, but not those of money here
            ("1" * 61, "the amount is longer than any money"),
            ("0." + "0" * 59, "the amount is longer than any money"),
            ("1.005", "1.005 has more than 2 decimals; name a rounding in the mapping"),
            (
                "51922968585348276285304963292200.96",
                "51922968585348276285304963292200.96 is more than the books can hold",
            ),
        ],
    )
    @pytest.mark.parametrize("column", ["expected", "actual"])
    def test_an_amount_that_cant_be_right(self, read, column, text, reason):
        cells = {"expected": "1", "actual": "1"} | {column: f'"{text}"'}
        tape = read(GOOD, f"2,{cells['expected']},{cells['actual']},0", "3,1,1,0")
        assert tape.rejects == (Reject(3, column, text, reason),)
        assert ids(tape) == [(2, "1"), (4, "3")]

    @pytest.mark.parametrize("text", ["", "-1", "1.0", "100", "x", " 1", "१"])
    def test_a_recovery_level_that_cant_be_right(self, read, text):
        tape = read(f"1,1,1,{text}")
        assert tape.rejects == (Reject(2, "level", text, f"'{text}' is not a recovery level (0 to 99)"),)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "the identifier is empty"),
            ("  ", "the identifier is empty"),
            (" 7", "' 7' has spaces around it"),
            ("7 ", "'7 ' has spaces around it"),
            ("7\t", "'7\t' has spaces around it"),
        ],
    )
    def test_an_identifier_that_cant_be_right(self, read, text, reason):
        assert read(f"{text},1,1,0").rejects == (Reject(2, "id", text, reason),)

    def test_two_rows_of_one_account_are_both_rejected(self, read):
        tape = read("7,1,1,0", "8,1,1,0", "", "7,2,2,0")
        assert ids(tape) == [(3, "8")]
        assert tape.rejects == (
            Reject(2, "id", "7", "account '7' stands also in row 5"),
            Reject(5, "id", "7", "account '7' stands also in row 2"),
        )

    def test_an_account_is_shared_even_when_its_other_row_is_unfit(self, read):
        tape = read("7,1,1,0", "7,-1,1,0")
        assert tape.loans == ()
        assert [(reject.row, reject.column) for reject in tape.rejects] == [(2, "id"), (3, "expected")]

    def test_many_rows_of_one_account_are_listed_up_to_five(self, read):
        reasons = [reject.reason for reject in read(*["7,1,1,0"] * 8).rejects]
        assert reasons[0] == "account '7' stands also in row 3, 4, 5, 6, 7, and 2 more"
        assert len(reasons) == 8

    def test_a_row_is_rejected_once_for_its_first_reason(self, read):
        assert [reject.column for reject in read(",-1,x,y", "2,-1,x,y", "3,1,x,y").rejects] == [
            "id",
            "expected",
            "actual",
        ]

    def test_loans_and_rejects_add_up_to_the_rows(self, read):
        tape = read(GOOD, "2,1,1,0", "3,x,1,0", "4,1,1,0", "4,1,1,0")
        assert sorted([loan.row for loan in tape.loans] + [reject.row for reject in tape.rejects]) == [2, 3, 4, 5, 6]


class TestRefusedFile:
    @pytest.mark.parametrize("name", ["none.csv", "."])
    def test_a_missing_file_or_a_folder(self, tmp_path, name):
        path = tmp_path / name
        with pytest.raises(FileMissing) as caught:
            read_tape(path, mapping=mapping(), decimals=2)
        assert caught.value.format_message() == f"{path}: no such tape; check the path"

    def test_binary(self, refusal):
        kind, line = refusal(raw=b"PK\x03\x04\x00\x00" + b"\xff" * 40)
        assert kind is FileUnreadable
        assert line == "tape.csv: not a CSV file: it holds binary data; export the sheet as CSV (UTF-8)"

    def test_another_encoding_with_the_row(self, refusal):
        raw = f"{HEADER}\n{GOOD}\nMüller,1,1,0\n".encode("latin-1")
        assert refusal(raw=raw) == (
            FileUnreadable,
            "tape.csv: not a CSV file in UTF-8: row 3 holds other bytes; export it as UTF-8",
        )

    @pytest.mark.parametrize("text", ["", "\n", " \r\n\n", HEADER, f"{HEADER}\n", f"{HEADER}\n\n,,,\n"])
    def test_nothing_below_the_header(self, refusal, text):
        assert refusal(text=text) == (TapeEmpty, "tape.csv: no data rows below the header (row 1)")

    def test_a_missing_column_with_the_near_one(self, refusal):
        assert refusal(text="id,expectd,actual,level\n1,1,1,0\n") == (
            ColumnMissing,
            "tape.csv: row 1: no column 'expected'; did you mean 'expectd'?",
        )

    def test_a_missing_column_with_what_was_found(self, refusal):
        line = "tape.csv: row 1: no column 'level'; found: id, expected, actual, zzz"
        assert refusal(text="id,expected,actual,zzz\n1,1,1,0\n") == (ColumnMissing, line)

    @pytest.mark.parametrize(("sign", "shown"), [(";", "';'"), ("\t", "'\\t'"), ("|", "'|'")])
    def test_another_separator(self, refusal, sign, shown):
        line = f"tape.csv: not a comma-separated file: its fields are separated by {shown}; save it with commas"
        assert refusal(text=f"{HEADER}\n{GOOD}\n".replace(",", sign)) == (FileUnreadable, line)

    def test_line_ends_of_old_macs(self, refusal):
        line = "tape.csv: not a CSV file: its lines end with CR alone; save it with LF or CRLF line ends"
        assert refusal(text=f"{HEADER}\r{GOOD}\r") == (FileUnreadable, line)

    def test_the_hint_is_never_a_column_that_is_another_field(self):
        found, mapped = ["id", "expected", "actual_recovery"], ["id", "expected_recovery", "actual_recovery"]
        error = ColumnMissing(Path("tape.csv"), "expected_recovery", found, mapped)
        assert error.message == "tape.csv: row 1: no column 'expected_recovery'; did you mean 'expected'?"

    @pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte_order_mark"])
    def test_a_header_that_stands_twice(self, refusal, mark):
        line = "tape.csv: not a readable tape: row 1 has column 'id' twice"
        assert refusal(text=f"{mark}{HEADER},id\n{GOOD},1\n") == (FileUnreadable, line)

    @pytest.mark.parametrize(("row", "fields"), [("2,1,1", 3), ("2,1,1,0,9", 5), ("2", 1), ("2,1,1,0,", 5)])
    def test_a_ragged_row_with_its_number(self, refusal, row, fields):
        line = f"tape.csv: not a CSV file: row 4 has {fields} fields, the header has 4"
        assert refusal(GOOD, "", row) == (FileUnreadable, line)

    def test_a_ragged_row_below_a_quoted_line_end(self, refusal):
        assert "row 3 has 3 fields" in refusal('"a\nb",1,1,0', "2,1,1")[1]

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ('"2"x,1,1,0', "line 3: ',' expected after '\"'"),
            ('"2,1,1,0', "line 3: unexpected end of data"),
        ],
    )
    def test_wrong_quoting_with_its_line(self, refusal, row, reason):
        assert refusal(GOOD, row) == (FileUnreadable, f"tape.csv: not a CSV file: {reason}")

    def test_a_quote_inside_a_field(self, refusal):
        assert refusal('a"b,1,1,0')[0] is FileUnreadable


class TestWriteRejects:
    REJECTS = (Reject(3, "actual", "1,5", NOT_AN_AMOUNT.format("1,5")), Reject(9, "id", 'a"\nb', "why"))

    def test_has_every_reject(self, tmp_path):
        target = tmp_path / "new" / "folder" / "rejects.csv"
        write_rejects(Tape(Path("tape.csv"), (), self.REJECTS), target)
        rows = list(csv.reader(io.StringIO(target.read_text(encoding="utf-8"), newline="")))
        assert rows == [
            ["row", "column", "value", "reason"],
            ["3", "actual", "1,5", NOT_AN_AMOUNT.format("1,5")],
            ["9", "id", 'a"\nb', "why"],
        ]
        assert [path.name for path in target.parent.iterdir()] == ["rejects.csv"]  # nothing half-written beside it

    def test_is_a_header_when_nothing_was_rejected(self, tmp_path):
        target = tmp_path / "rejects.csv"
        target.write_text("of the run before")
        write_rejects(Tape(Path("tape.csv"), (), ()), target)
        assert target.read_text() == "row,column,value,reason\n"

    def test_leaves_the_old_file_when_writing_breaks_off(self, tmp_path, monkeypatch):
        target = tmp_path / "rejects.csv"
        target.write_text("of the run before")

        def fill_the_disk(path, text, **_):
            path.write_bytes(text.encode()[:7])
            raise OSError("No space left on device")

        monkeypatch.setattr(Path, "write_text", fill_the_disk)
        with pytest.raises(OSError, match="No space left"):
            write_rejects(Tape(Path("tape.csv"), (), self.REJECTS), target)
        assert target.read_text() == "of the run before"


IDENTIFIER = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\ufeff", exclude_categories=("Cs",)), min_size=1, max_size=12
).filter(lambda text: text == text.strip() and "\r" not in text)
CENTS = st.integers(0, 10**12)
ROWS = st.lists(
    st.tuples(IDENTIFIER, CENTS, CENTS, st.integers(0, 99)), min_size=1, max_size=25, unique_by=lambda r: r[0]
)


class TestAnyTape:
    @given(rows=ROWS, end=st.sampled_from(["\n", "\r\n"]), quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_is_read_back_exactly(self, read, rows, end, quoting):
        sheet = io.StringIO(newline="")
        writer = csv.writer(sheet, lineterminator=end, quoting=quoting)
        writer.writerow(HEADER.split(","))
        writer.writerows([loan_id, f"{Decimal(a) / 100:f}", f"{Decimal(b) / 100:f}", n] for loan_id, a, b, n in rows)
        tape = read(text=sheet.getvalue())
        assert tape.loans == tuple(Loan(row, *values) for row, values in enumerate(rows, start=2))
        assert tape.rejects == ()

    @given(cell=st.text(st.sampled_from("0123456789.-+eE ,_Nainf'"), max_size=8))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_no_cell_is_read_as_another_amount(self, read, cell):
        tape = read(f'1,"{cell}",1,0')
        assert len(tape.loans) + len(tape.rejects) == 1
        if tape.loans:
            assert set(cell) <= set("0123456789.")
            assert tape.loans[0].expected_recovery == Fraction(cell) * 100
        else:
            assert tape.rejects[0].value == cell
