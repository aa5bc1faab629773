"""What is looked at: any kind of file, its header wherever it stands, and of a large file only parts."""

import codecs
from datetime import date

import polars as pl
import pytest
import xlsxwriter

from salvor.deal.load import load_tape_mapping
from salvor.errors import FileMissing, FileUnreadable, OptionInvalid, TapeEmpty
from salvor.tape.check import check_tape
from salvor.tape.plan import FileStyle
from salvor.tape.propose.headers import header_in
from salvor.tape.propose.proposal import propose
from salvor.tape.propose.sample import take_sample
from salvor.tape.propose.sheet import top_of_sheet
from salvor.tape.propose.target import style_of, write_proposal
from salvor.tape.propose.written import written

SETTLED = "Loan number;Balance\nL1;1.299,99\nL2;265,64\n"


@pytest.fixture
def tape(tmp_path):
    def write(content, name="tape.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def mapping_of(path, **named):
    """The mapping as it is loaded from what is written."""
    proposal = propose(path, **{"class_name": "consumer_debt", "currency": "EUR", **named})
    target = path.with_name("mapping.yaml")
    write_proposal(proposal, target, force=True)
    return load_tape_mapping(target)


class TestFiles:
    @pytest.mark.parametrize(
        ("mark", "encoding"), [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (b"", "cp1252")]
    )
    def test_marks_and_quotes_are_no_part_of_a_header(self, mark, encoding, tape):
        content = '"loan_id";"balance";"città"\n000123;1.299,99;Forlì\n000124;12,50;Cefalù\n'
        fields = mapping_of(tape(mark + content.encode(encoding))).fields
        assert {name: source.column for name, source in fields.items()} == {
            "contract_identifier": "loan_id",
            "gross_balance": "balance",
            "counterparty_city": "città",
        }

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_lines_may_end_with_cr_alone_in_a_large_file_too(self, encoding, tape):
        content = "Loan number;Balance\r" + "".join(f"L{at};{at},50\r" for at in range(300_000))
        proposal = propose(tape(content.encode(encoding)), class_name="consumer_debt", currency="EUR")
        assert [line.field for line in proposal.mapped] == ["contract_identifier", "gross_balance"]
        assert not proposal.whole

    @pytest.mark.parametrize("letter", ["\u2028", "\u0085", "\x0c", "\x1c"])
    def test_only_line_ends_end_a_title(self, letter, tape, tmp_path):
        path = tape(f"Portfolio{letter}North;\nLoan number;Balance\nL1;12,50\nL2;3,10\n")
        mapping = mapping_of(path)
        assert mapping.file.header_row == 2
        assert check_tape(path, mapping, decimals=2, out=tmp_path / "out").totals.units_accepted == 1_560

    def test_a_title_as_wide_as_the_header_is_none_where_a_quarter_of_it_are_numbers(self):
        records = [["Bank", "as of", "Bonn", "2024"], ["id", "place", "amount", "lien"], ["L1", "Bonn", "5", "1"]]
        found = header_in(records, 4)
        assert (found.place, found.titles) == (1, "Bank as of Bonn 2024")

    def test_titles_above_the_header_are_passed_over(self, tape, tmp_path):
        path = tape(
            "Portfolio North;;\n;;\nLoan number;Balance;Default date\nL1;12,50;13.05.2014\nL2;3,10;01.02.2015\n"
        )
        mapping = mapping_of(path)
        assert mapping.file.header_row == 3
        assert check_tape(path, mapping, decimals=2, out=tmp_path / "out").totals.units_accepted == 1_560

    def test_decimal_commas_do_not_pass_for_a_delimiter(self, tape):
        path = tape("Loan number;Balance;Principal;Interest\n1;12,50;10,50;2,00\n2;3,10;3,00;0,10\n")
        assert len(mapping_of(path).fields) == 4

    def test_a_header_row_that_is_named_is_not_looked_for(self, tape):
        path = tape("Title;of the tape\nLoan number;Balance\nL1;12,50\nL2;3,10\n")
        style = style_of(None, None, 2)
        proposal = propose(path, style=style, find_header=False, class_name="consumer_debt")
        assert [line.column for line in proposal.mapped] == ["Loan number", "Balance"]

    def test_a_file_without_a_header_is_refused(self, tape):
        with pytest.raises(FileUnreadable, match="none of its first 50 rows reads like column names"):
            propose(tape("1;12,50\n2;3,10\n"))

    def test_one_column_is_read_too(self, tape):
        assert take_sample(tape("Balance\n12.50\n3.10\n"), FileStyle()).frame.columns == ["Balance"]

    @pytest.mark.parametrize("content", ["", "\n\n", "Loan number;Balance\n"])
    def test_nothing_to_look_at_is_refused(self, content, tape):
        with pytest.raises(TapeEmpty):
            propose(tape(content))

    def test_a_folder_of_related_tables_is_told_as_one(self, tmp_path):
        with pytest.raises(FileUnreadable, match="it is a folder; of related tables, write the mapping"):
            propose(tmp_path)

    def test_a_file_that_is_not_there_is_refused(self, tmp_path):
        with pytest.raises(FileMissing, match=r"none\.csv: no such tape"):
            propose(tmp_path / "none.csv")

    def test_an_unknown_class_is_refused(self, tape):
        with pytest.raises(OptionInvalid, match="no asset class 'sme_loan'; did you mean 'sme_loans'"):
            propose(tape(SETTLED), class_name="sme_loan")


class TestWorkbooks:
    ROWS = (
        ("Portfolio North, all amounts in EUR",),
        (),
        ("Loan number", "Balance", "Interest rate", "Default date"),
        ("0017", 1299.99, 0.0525, date(2014, 5, 13)),
        ("0018", 265.64, 0.04, date(2015, 2, 1)),
    )

    @pytest.fixture
    def workbook(self, tmp_path):
        def write(*sheets):
            path = tmp_path / "tape.xlsx"
            with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
                percent = book.add_format({"num_format": "0.00%"})
                for name in sheets:
                    sheet = book.add_worksheet(name)
                    for row, cells in enumerate(self.ROWS):
                        for column, value in enumerate(cells):
                            sheet.write(
                                row, column, value, *([percent] if isinstance(value, float) and value < 1 else [])
                            )
            return path

        return write

    def test_a_sheet_below_its_title_is_mapped_and_checked(self, workbook, tmp_path):
        path = workbook("Loans")
        mapping = mapping_of(path, currency=None)
        assert (mapping.file.header_row, mapping.currency) == (3, "EUR")
        assert mapping.fields["default_date"].format == "%Y-%m-%d"
        checked = check_tape(path, mapping, decimals=2, out=tmp_path / "out")
        assert (checked.totals.units_accepted, checked.totals.rows_rejected) == (129_999 + 26_564, 0)

    def test_a_rate_that_is_shown_as_percent_is_read_so(self, workbook, tmp_path):
        path = workbook("Loans")
        mapping = mapping_of(path)
        assert mapping.fields["interest_rate"].unit == "percent"
        accepted = pl.read_parquet(check_tape(path, mapping, decimals=2, out=tmp_path / "out").accepted)
        assert accepted["interest_rate"].to_list() == [525 * 10**14, 4 * 10**16]

    def test_of_several_sheets_one_is_named(self, workbook):
        path = workbook("North", "South")
        with pytest.raises(FileUnreadable, match="'North', 'South' have data"):
            propose(path)
        mapping = mapping_of(path, style=style_of(None, None, None, "South"))
        assert (mapping.file.sheet, mapping.file.header_row) == ("South", 3)

    def test_a_header_row_that_is_named_is_taken(self, workbook):
        with pytest.raises(FileUnreadable, match="row 2 has no column names"):
            propose(workbook("Loans"), style=style_of(None, None, 2), find_header=False)

    def test_only_the_beginning_of_a_large_sheet_is_read(self, workbook):
        top = top_of_sheet(workbook("Loans"), sheet=None, header_row=None, rows=3)
        assert (top.frame["Loan number"].to_list(), top.whole) == (["0017"], False)


class TestParquet:
    def test_columns_with_types_are_mapped_and_checked(self, tmp_path):
        path = tmp_path / "tape.parquet"
        rows = {"loan_id": ["L1", "L2"], "balance": ["1299.99", "265.64"], "default_date": [date(2014, 5, 13), None]}
        pl.DataFrame(rows).write_parquet(path)
        mapping = mapping_of(path)
        assert mapping.fields["default_date"].format == "%Y-%m-%d"
        assert check_tape(path, mapping, decimals=2, out=tmp_path / "out").totals.units_accepted == 129_999 + 26_564

    def test_of_a_large_one_rows_at_even_distances_are_read(self, tmp_path):
        path = tmp_path / "tape.parquet"
        pl.DataFrame({"loan_id": [f"L{each}" for each in range(60_000)]}).write_parquet(path)
        sample = take_sample(path, FileStyle())
        ids = [int(each[1:]) for each in sample.frame["loan_id"]]
        assert len(ids) <= 20_010
        assert ids[:9_000] == list(range(9_000))
        assert max(ids) > 59_980
        assert not sample.whole


class TestLargeFiles:
    HEADER = "Loan number;Balance;Default date;Remark\n"

    def rows(self, count, last="13.05.2014"):
        middle = "".join(f'L{each:07};{each % 900},50;05.03.2022;"two\nlines {each}"\n' for each in range(count))
        return self.HEADER + middle + f"L9999999;1,00;{last};none\n" * 3_000

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
    def test_places_far_down_are_looked_at_too(self, encoding, tape):
        mark = codecs.BOM_UTF16_LE if encoding == "utf-16-le" else b""
        path = tape(mark + self.rows(90_000).encode(encoding))
        sample = take_sample(path, FileStyle())
        assert not sample.whole
        assert sample.frame.height <= 20_000
        assert "13.05.2014" in sample.frame["Default date"]
        assert set(sample.frame["Default date"]) == {"05.03.2022", "13.05.2014"}

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
    @pytest.mark.parametrize("odd", range(4))
    def test_every_place_gives_rows_wherever_it_begins(self, tape, end, encoding, odd):
        """Places begin at any byte, also within a letter of UTF-16; whole rows are found in each."""
        marks = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
        rows = [f"L{at:07};1,50;{'z' * 200}" for at in range(30_000)]
        rows[-1] += "z" * (odd * 24)
        content = end.join(["Loan number;Balance;Remark", *rows, ""]).encode(encoding)
        frame = take_sample(tape(marks.get(encoding, b"") + content), FileStyle()).frame
        size = len(end.join([rows[0], ""]).encode(encoding))
        assert frame.height > (2 << 20) // size + 24 * ((64 << 10) // size - 2) - 2
        assert set(frame["Balance"]) == {"1,50"}

    def test_a_day_far_down_settles_a_format(self, tape):
        keys = propose(tape(self.rows(90_000)), class_name="consumer_debt").mapped
        formats = {key.value for line in keys for key in line.keys if key.name == "format"}
        assert formats == {"%d.%m.%Y"}

    def test_how_much_was_looked_at_is_told(self, tape):
        text = written(propose(tape(self.rows(90_000)), class_name="consumer_debt"))
        assert "rows were looked at: the first ones and some from places spread over the file" in text.splitlines()[0]

    def test_an_endless_row_is_refused(self, tape):
        with pytest.raises(FileUnreadable, match="a row of more than a megabyte"):
            propose(tape(b"Loan number;Balance\nL1;" + b"1" * 5_000_000))
