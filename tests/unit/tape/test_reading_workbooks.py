"""A sheet's cells as exact texts, every odd one told; archives that are damaged or bombs are refused within bounds."""

import re
import struct
import zipfile
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salvor.errors import FileUnreadable, TapeEmpty
from salvor.tape.files.workbook import book, package
from salvor.tape.files.workbook.book import open_workbook
from salvor.tape.files.workbook.sheet import letters_of
from tests.utils.memory import peak

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
REL = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
LINK = '<Relationship Id="{}" Type="' + RELATIONS + '/{}" Target="{}"/>'
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr{{}}/>'
    '<sheets><sheet name="Loans" sheetId="1" r:id="r1"/></sheets></workbook>'
)
STYLES = f'<styleSheet xmlns="{MAIN}"><numFmts>{{}}</numFmts><cellXfs><xf numFmtId="0"/>{{}}</cellXfs></styleSheet>'
HEAD = '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>'


def sheet(rows, before="", after=""):
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


@pytest.fixture
def raw(tmp_path):
    """A workbook written part by part, so that a test can say exactly what its XML is."""

    def write(rows="", *, content=None, formats=(), shared=None, book_attributes="", **parts):
        path = tmp_path / "tape.xlsx"
        codes = "".join(f'<numFmt numFmtId="{164 + at}" formatCode="{code}"/>' for at, code in enumerate(formats))
        styles = "".join(f'<xf numFmtId="{164 + at}"/>' for at, _ in enumerate(formats))
        links = LINK.format("r1", "worksheet", "worksheets/sheet1.xml") + LINK.format("r2", "styles", "styles.xml")
        if shared is not None:
            links += LINK.format("r3", "sharedStrings", "/xl/sharedStrings.xml")
            parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{shared}</sst>'
        every = {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": REL.format(LINK.format("r1", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": BOOK.format(book_attributes),
            "xl/_rels/workbook.xml.rels": REL.format(links),
            "xl/styles.xml": STYLES.format(codes, styles),
            "xl/worksheets/sheet1.xml": content or sheet(HEAD + rows),
        }
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in (every | parts).items():
                archive.writestr(name, text)
        return path

    return write


@pytest.fixture
def read(tmp_path):
    """Rows, and what was odd, of a workbook."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def opened(path, **options):
        for old in scratch.iterdir():
            old.unlink()
        table = open_workbook(path, scratch=scratch, **options)
        return table.frame.collect().rows(), table.odd.collect().rows(), table

    return opened


class TestCells:
    def test_of_each_type_are_the_text_they_show(self, raw, read):
        shared = "<si><t>one</t></si><si><r><t>two </t></r><r><t>runs</t></r><rPh><t>not</t></rPh></si>"
        rows = (
            '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>'
            '<row r="3"><c r="A3" t="inlineStr"><is><t> 007 </t></is></c><c r="B3" t="b"><v>1</v></c></row>'
            '<row r="4"><c r="A4" t="d"><v>2020-01-02T00:00:00</v></c><c r="B4" t="b"><v>0</v></c></row>'
            '<row r="5"><c r="A5" t="str"><v>_x0041_&amp;_x005F_x</v></c>'
            '<c r="B5" t="d"><v>2020-01-02T03:04:05</v></c></row>'
            "<row><c><v>6</v></c><c><v>0.5</v></c></row>"
        )
        found, odd, _ = read(raw(rows, shared=shared))
        assert found == [
            (2, "one", "two runs"),
            (3, " 007 ", "TRUE"),
            (4, "2020-01-02", "FALSE"),
            (5, "A&_x", "2020-01-02 03:04:05"),
            (6, "6", "0.5"),
        ]
        assert odd == []

    def test_rows_keep_the_number_of_the_sheet_and_empty_ones_are_left_out(self, raw, read):
        rows = (
            '<row r="5"><c r="A5"><v>1</v></c></row><row r="7"><c r="A7"/></row><row r="9"><c r="B9"><v>2</v></c></row>'
        )
        assert read(raw(rows))[0] == [(5, "1", ""), (9, "", "2")]

    def test_an_error_is_told_and_shown(self, raw, read):
        found, odd, _ = read(raw('<row r="2"><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'))
        assert found == [(2, "", "#DIV/0!")]
        assert odd == [(2, "b", "TAPE-050", "#DIV/0!", None)]

    def test_a_formula_is_its_saved_result(self, raw, read):
        rows = '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>""</f><v></v></c></row>'
        found, odd, table = read(raw(rows))
        assert (found, odd) == ([(2, "2", "")], [])
        assert "2 cells are formulas, read as their saved results" in table.notes

    def test_a_formula_without_one_is_told_even_in_a_row_without_values(self, raw, read):
        found, odd, _ = read(raw('<row r="2"><c r="A2"><f>1+1</f></c></row>'))
        assert found == [(2, "", "")]
        assert odd == [(2, "a", "TAPE-051", None, None)]

    def test_a_formula_that_no_program_calculated_is_told(self, tmp_path, read):
        path = tmp_path / "written.xlsx"
        with xlsxwriter.Workbook(path) as written:
            page = written.add_worksheet()
            page.write_row("A1", ["a", "b"])
            page.write_formula("A2", "=1+1")
        assert read(path)[1] == [(2, "a", "TAPE-051", "0", None)]

    def test_numbers_have_the_sign_that_the_mapping_names_and_times_keep_theirs(self, raw, read):
        rows = '<row r="2"><c r="A2"><v>12.345</v></c><c r="B2" s="1"><v>43831.0000001</v></c></row>'
        rows += '<row r="3"><c r="A3" t="str"><v>1.5</v></c><c r="B3" s="2"><v>0.0000001</v></c></row>'
        found, _, _ = read(raw(rows, formats=("yyyy-mm-dd", "h:mm")), decimal=",")
        assert found == [(2, "12,345", "2020-01-01 00:00:00.009"), (3, "1.5", "00:00:00.009")]

    def test_a_prefix_for_the_main_namespace_changes_nothing(self, raw, read):
        content = sheet(HEAD + '<row r="2"><c r="A2"><v>1</v></c></row>')
        content = re.sub(r"<(/?)(\w)", r"<\1x:\2", content).replace("xmlns=", "xmlns:x=")
        assert read(raw(content=content))[0] == [(2, "1", "")]

    def test_the_year_1904_is_minded(self, raw, read):
        rows = '<row r="2"><c r="A2" s="1"><v>42369</v></c></row>'
        assert read(raw(rows, formats=["d/m/yy"]))[0] == [(2, "2015-12-31", "")]
        assert read(raw(rows, formats=["d/m/yy"], book_attributes=' date1904="1"'))[0] == [(2, "2020-01-01", "")]

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
    @given(
        rows=st.lists(
            st.tuples(
                st.one_of(
                    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9),
                    st.integers(-(10**15) + 1, 10**15 - 1),
                    st.decimals(-(10**9), 10**9, places=2),
                ),
                st.dates(date(1900, 3, 1)),
            ),
            min_size=1,
            max_size=8,
        )
    )
    def test_what_xlsxwriter_wrote_is_read_back(self, tmp_path, read, rows):
        path = tmp_path / "written.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as written:
            page, day = written.add_worksheet(), written.add_format({"num_format": "dd/mm/yyyy"})
            page.write_row("A1", ["a", "b"])
            for number, (value, when) in enumerate(rows, 1):
                if isinstance(value, str):
                    page.write_string(number, 0, value)
                else:
                    page.write_number(number, 0, value)
                page.write_datetime(number, 1, datetime.combine(when, datetime.min.time()), day)
        found, odd, _ = read(path)
        assert [row[2] for row in found] == [when.isoformat() for _, when in rows]
        for (_, text, _), (value, _) in zip(found, rows, strict=True):
            assert text == value if isinstance(value, str) else Decimal(text) == value
        assert odd == []


class TestWhatTheSheetHides:
    def test_hidden_rows_are_read_and_told(self, raw, read):
        found, odd, _ = read(raw('<row r="2" hidden="1"><c r="A2"><v>1</v></c></row>'))
        assert (found, odd) == ([(2, "1", "")], [(2, "", "TAPE-056", None, None)])

    def test_hidden_columns_are_read_and_noted(self, raw, read):
        content = sheet(
            HEAD + '<row r="2"><c r="B2"><v>1</v></c></row>', '<cols><col min="2" max="9" hidden="1"/></cols>'
        )
        found, _, table = read(raw(content=content))
        assert found == [(2, "", "1")]
        assert "hidden columns, read like any other: 'b'" in table.notes

    def test_each_cell_under_a_merged_one_is_told(self, raw, read):
        rows = HEAD + "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in (2, 3, 4))
        content = sheet(rows, after='<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="B2:XFD1048576"/></mergeCells>')
        _, odd, _ = read(raw(content=content))
        assert odd == [(row, "b", "TAPE-055", "see B2", None) for row in (3, 4)]

    def test_more_merged_cells_than_can_be_told_are_refused(self, raw, read, monkeypatch):
        monkeypatch.setattr(book, "_COVERED", 1)
        rows = HEAD + "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in (2, 3, 4))
        with pytest.raises(FileUnreadable, match="more than 1 cells are merged"):
            read(raw(content=sheet(rows, after='<mergeCells><mergeCell ref="B2:B9"/></mergeCells>')))

    def test_a_value_in_a_column_without_a_name_is_told(self, raw, read):
        found, odd, table = read(raw('<row r="2"><c r="A2"><v>1</v></c><c r="D2"><v>7</v></c></row>'))
        assert (found, table.columns) == ([(2, "1", "")], ["a", "b"])
        assert odd == [(2, "", "TAPE-057", "D2: 7", None)]

    def test_percent_is_read_as_it_is_shown_and_thousands_are_noted(self, raw, read):
        rows = '<row r="2"><c r="A2" s="1"><v>5.2499999999999998E-2</v></c><c r="B2" s="2"><v>1234000</v></c></row>'
        found, _, table = read(raw(rows, formats=["0%", "#,##0,"]))
        assert found == [(2, "5.25%", "1234000")]
        assert "shown in thousands, read in ones: 'b'" in table.notes

    def test_macros_are_noted(self, raw, read):
        links = LINK.format("r1", "worksheet", "worksheets/sheet1.xml") + LINK.format("r2", "vbaProject", "macros.bin")
        path = raw('<row r="2"><c r="A2"><v>1</v></c></row>', **{"xl/_rels/workbook.xml.rels": REL.format(links)})
        assert "its macros are not run" in read(path)[2].notes


class TestHeader:
    def test_rows_above_it_are_left_out(self, raw, read):
        rows = '<row r="3"><c r="A3" t="str"><v>id</v></c></row><row r="4"><c r="A4"><v>1</v></c></row>'
        found, _, table = read(raw(rows), header_row=3)
        assert (found, table.columns) == ([(4, "1")], ["id"])

    def test_a_tape_without_rows_or_header_is_empty(self, raw, read):
        with pytest.raises(TapeEmpty):
            read(raw())
        with pytest.raises(TapeEmpty):
            read(raw('<row r="3"><c r="A3"><v>1</v></c></row>'), header_row=2)
        with pytest.raises(TapeEmpty):
            read(raw(content=sheet("")))

    def test_a_name_twice_is_refused(self, raw, read):
        content = sheet(HEAD.replace("<v>b</v>", "<v>a</v>"))
        with pytest.raises(FileUnreadable, match="row 1 has column 'a' twice"):
            read(raw(content=content))

    def test_a_name_in_each_column_of_the_sheet_is_refused(self, raw, read):
        cells = "".join(f'<c r="{letters_of(at)}1"><v>{at}</v></c>' for at in range(1, 16_385))
        with pytest.raises(FileUnreadable, match=r"row 1 has 16,384 columns; a tape has at most 2,048"):
            read(raw(content=sheet(f'<row r="1">{cells}</row>')))

    def test_batches_do_not_show(self, raw, read, monkeypatch):
        monkeypatch.setattr(book, "_CELLS", 4)
        rows = "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in range(2, 40))
        assert read(raw(rows))[0] == [(row, str(row), "") for row in range(2, 40)]


class TestDamage:
    @pytest.mark.parametrize(
        ("rows", "told"),
        [
            ('<row r="2"><c r="A2" t="s"><v>-1</v></c></row>', "cell A2 has '-1'"),
            ('<row r="2"><c r="A2" s="99"><v>1.5</v></c></row>', "cell A2 has '1.5'"),
            ('<row r="2"><c r="A2" s="-1"><v>1.5</v></c></row>', "cell A2 has '1.5'"),
            ('<row r="2"><c r="A2" t="b"><v>2</v></c></row>', "cell A2 has '2'"),
            ('<row r="2"><c r="A2" t="z"><v>2</v></c></row>', "cell A2 has '2'"),
            ('<row r="2"><c r="A2"><v>NaN</v></c></row>', "cell A2 has 'NaN'"),
            ('<row r="2"><c r="A3"><v>2</v></c></row>', "cell A3 stands out of order in row 2"),
            ('<row r="2"><c r="B2"><v>2</v></c><c r="A2"><v>2</v></c></row>', "cell A2 stands out of order"),
            ('<row r="2"><c r="XFE2"><v>2</v></c></row>', "cell XFE2 stands out of order"),
            ('<row r="2"/><row r="2"/>', "row 2 stands behind row 2"),
            ('<row r="1048577"/>', "row 1048577 stands behind"),
            ('<c r="A2"><v>2</v></c>', "a cell stands outside the rows"),
            ('<row r="2"><c r="A2"><c r="B2"/></c></row>', "a cell stands outside the rows"),
            ("<row r='2'><c>", "mismatched tag"),
            ("<a>" * 70 + "</a>" * 70, None),
            (f"<a>{'<a>' * 70_000}{'</a>' * 70_000}</a>", "is no sheet that a program writes"),
            ("".join(f"<a{at}/>" for at in range(20_000)), "is no sheet that a program writes"),
            (
                '<row r="2"><c r="A2" t="str"><v>' + "a" * (2 << 20) + "</v></c></row>",
                "a value of more than a megabyte",
            ),
            ('<row r="2"><c r="A2" t="' + "a" * (6 << 20) + '"><v>1</v></c></row>', "a value of more than a megabyte"),
        ],
    )
    def test_is_told(self, raw, read, rows, told):
        if told is None:
            with pytest.raises(TapeEmpty):
                read(raw(rows))
            return
        with pytest.raises(FileUnreadable, match=re.escape(told)):
            read(raw(rows))

    def test_a_range_that_is_none_is_told(self, raw, read):
        content = sheet(HEAD, after='<mergeCells><mergeCell ref="A1:1"/></mergeCells>')
        with pytest.raises(FileUnreadable, match="'A1:1' is no range of cells"):
            read(raw(content=content))

    def test_a_package_without_a_workbook_and_a_binary_one_are_told(self, raw, read):
        with pytest.raises(FileUnreadable, match="there is no workbook in the archive"):
            read(raw(**{"_rels/.rels": REL.format("")}))
        binary = LINK.format("r1", "officeDocument", "xl/workbook.bin")
        with pytest.raises(FileUnreadable, match=r"a binary workbook \(.xlsb\)"):
            read(raw(**{"_rels/.rels": REL.format(binary)}))

    def test_any_byte_of_the_file_may_be_wrong(self, raw, read):
        path = raw('<row r="2"><c r="A2"><v>1</v></c></row>')
        whole = path.read_bytes()
        for place in range(0, len(whole), 7):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x15]) + whole[place + 1 :])
            with suppress(FileUnreadable, TapeEmpty):
                assert read(path)[0] == [(2, "1", "")]

    def test_a_member_with_a_password_or_strange_packing_is_told(self, raw, read):
        path = raw('<row r="2"><c r="A2"><v>1</v></c></row>')
        whole = path.read_bytes()
        for offset, value, told in ((8, 1, "it is encrypted"), (10, 14, "packed in a way")):
            changed = bytearray(whole)
            place = whole.rfind(b"PK\1\2", 0, whole.rfind(b"xl/worksheets/sheet1.xml"))
            changed[place + offset : place + offset + 2] = struct.pack("<H", value)
            path.write_bytes(changed)
            with pytest.raises(FileUnreadable, match=told):
                read(path)


class TestBounds:
    def test_a_part_that_unpacks_too_far_is_not_unpacked(self, raw, read, monkeypatch):
        monkeypatch.setattr(package, "_LARGE", 1 << 20)
        with pytest.raises(FileUnreadable, match=r"xl/worksheets/sheet1.xml unpacks to more than 1 MB, as a zip bomb"):
            read(raw(" " * (2 << 20)))

    def test_so_are_shared_texts(self, raw, read, monkeypatch):
        monkeypatch.setattr(package, "_LARGE", 1 << 20)
        with pytest.raises(FileUnreadable, match=r"xl/sharedStrings.xml unpacks to more than 1 MB"):
            read(raw('<row r="2"><c r="A2"><v>1</v></c></row>', shared=" " * (2 << 20)))

    def test_a_part_that_says_it_is_smaller_than_it_is(self, raw, read, monkeypatch):
        path = raw('<row r="2"><c r="A2"><v>1</v></c></row>' + " " * (2 << 20))
        whole = bytearray(path.read_bytes())
        place = whole.rfind(b"PK\1\2", 0, whole.rfind(b"xl/worksheets/sheet1.xml"))
        whole[place + 24 : place + 28] = struct.pack("<L", 5000)
        path.write_bytes(whole)
        with pytest.raises(FileUnreadable, match="it is damaged"):
            read(path)

    def test_a_list_of_a_million_members_is_not_read(self, raw, read):
        path = raw('<row r="2"><c r="A2"><v>1</v></c></row>')
        whole = bytearray(path.read_bytes())
        place = whole.rfind(b"PK\5\6")
        whole[place + 10 : place + 12] = struct.pack("<H", 0xFFFF)
        path.write_bytes(whole)
        with pytest.raises(FileUnreadable, match=r"it has 65,535 parts"):
            read(path)

    @pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
    def test_memory_stays_small_when_a_bomb_is_refused(self, raw, part):
        path = raw('<row r="2"><c r="A2"><v>1</v></c></row>', shared="")
        with zipfile.ZipFile(path) as archive:
            others = {name: archive.read(name) for name in archive.namelist() if name != part}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in others.items():
                archive.writestr(name, content)
            with archive.open(part, "w") as file:
                for _ in range(300):
                    file.write(b" " * (1 << 20))
        told, grown = peak(path)
        assert "as a zip bomb does" in told
        assert grown < 60

    def test_memory_stays_small_when_a_large_sheet_is_read(self, tmp_path):
        path = tmp_path / "large.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as written:
            page = written.add_worksheet()
            page.write_row("A1", [f"column {at}" for at in range(20)])
            for row in range(1, 60_000):
                page.write_row(row, 0, [row + at for at in range(20)])
        told, grown = peak(path)
        assert told == "opened"
        assert grown < 150
