"""Files of any dialect become the same text columns; what is damaged is told with its row."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salvor.errors import FileUnreadable, OptionInvalid, TapeEmpty
from salvor.tape.files import delimited, structure
from salvor.tape.files.delimited import open_delimited
from salvor.tape.files.encoding import as_utf8
from salvor.tape.files.structure import structure_of

values = st.sampled_from(["", "a", "x;y", "1,5", "l\nm", 'q"q', '"', "0012", " s ", "\u00e9", "tab\there", "a|b"])


@pytest.fixture
def tape(tmp_path):
    def write(content, name="tape.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def rows_of(table):
    return table.frame.collect().rows()


def fields_of(path):
    return structure_of(path, ";", told_as=path).fields.tolist()


class TestEncoding:
    @pytest.mark.parametrize(
        ("codec", "name", "known_by"),
        [
            ("utf-8", "utf-8", "guessed"),
            ("utf-8-sig", "utf-8", "mark"),
            ("utf-16", "utf-16-le", "mark"),
            ("utf-16-le", "utf-16-le", "guessed"),
            ("utf-16-be", "utf-16-be", "guessed"),
            ("cp1252", "cp1252", "guessed"),
        ],
    )
    def test_is_found_out_and_told(self, tape, scratch, codec, name, known_by):
        text, found = as_utf8(tape("C\u00f3digo;\u20ac\n".encode(codec)), declared=None, scratch=scratch)
        assert (found.name, found.known_by) == (name, known_by)
        assert text.read_bytes() == "C\u00f3digo;\u20ac\n".encode()

    def test_plain_utf8_is_not_copied(self, tape, scratch):
        path = tape("a;b\n")
        assert as_utf8(path, declared=None, scratch=scratch)[0] == path

    def test_a_byte_that_is_none_is_told_with_row_and_offset(self, tape, scratch):
        with pytest.raises(FileUnreadable, match=r"not text in utf-8: row 3 has byte 0xf3 \(offset 9\)"):
            as_utf8(tape(b"id;a\n1;2\n\xf3;3\n"), declared="utf-8", scratch=scratch)

    def test_the_offset_is_right_beyond_the_first_piece(self, tape, scratch):
        content = b"ab\n" * 500_000
        with pytest.raises(FileUnreadable, match=r"row 500001 has byte 0xff \(offset 1,500,000\)"):
            as_utf8(tape(content + b"\xff\n"), declared="utf-8", scratch=scratch)

    def test_the_offset_is_right_where_a_letter_is_cut_by_the_end_of_a_piece(self, tape, scratch):
        content = b"a" * ((1 << 20) - 1) + b"\xc3" + b"x\n"
        with pytest.raises(FileUnreadable, match=r"row 1 has byte 0xc3 \(offset 1,048,575\)"):
            as_utf8(tape(content), declared="utf-8", scratch=scratch)

    @pytest.mark.parametrize(
        ("declared", "codec"), [("utf-16", "utf-16-le"), ("UTF8", "utf-8"), ("Windows-1252", "cp1252")]
    )
    def test_goes_by_its_other_names_too(self, tape, scratch, declared, codec):
        text, found = as_utf8(tape("ä;b\n".encode(codec)), declared=declared, scratch=scratch)
        assert (text.read_text(encoding="utf-8"), found.name, found.known_by) == ("ä;b\n", codec, "declared")

    def test_a_letter_cut_at_the_end_of_the_file_is_told(self, tape, scratch):
        with pytest.raises(FileUnreadable, match="row 1 has byte 0xc3"):
            as_utf8(tape(b"ab\xc3"), declared="utf-8", scratch=scratch)

    def test_a_mark_that_says_otherwise_is_told(self, tape, scratch):
        with pytest.raises(FileUnreadable, match="its mark says utf-16-le; change `encoding`"):
            as_utf8(tape("a".encode("utf-16")), declared="utf-8", scratch=scratch)

    def test_binary_data_and_unknown_names_are_refused(self, tape, scratch):
        with pytest.raises(FileUnreadable, match="it holds binary data"):
            as_utf8(tape(b"ab\0\0\0cd\0ef"), declared=None, scratch=scratch)
        with pytest.raises(FileUnreadable, match="'latin9' is none of"):
            as_utf8(tape("a"), declared="latin9", scratch=scratch)


class TestStructure:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
    @given(
        rows=st.lists(st.lists(values, min_size=1, max_size=4), min_size=1, max_size=6),
        end=st.sampled_from(["\n", "\r\n"]),
        piece=st.sampled_from([3, 7, 64, 1 << 22]),
        last=st.booleans(),
    )
    def test_counts_as_the_csv_module_does(self, tape, rows, end, piece, last):
        out = io.StringIO()
        csv.writer(out, delimiter=";", lineterminator=end).writerows(rows)
        text = out.getvalue() if last else out.getvalue().removesuffix(end)
        before, structure._PIECE = structure._PIECE, piece
        try:
            counted = fields_of(tape(text))
        finally:
            structure._PIECE = before
        assert (
            counted == [len(fields) for fields in csv.reader(io.StringIO(text, newline=""), delimiter=";")] or not text
        )

    @pytest.mark.parametrize("piece", [1, 2, 3, 4, 5, 1 << 22])
    def test_marks_are_found_wherever_a_piece_is_cut(self, tape, monkeypatch, piece):
        monkeypatch.setattr(structure, "_PIECE", piece)
        path = tape('a;b\n1;"\n\ufeff"\n2;3\n\ufeff\ufeff4;5\n')
        assert structure_of(path, ";", told_as=path).marks == [2, 4]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ('a;b\n1;2\nx"y;2\n', "row 3: a quote stands within a field"),
            ('a;b\n"x"y;2\n', "row 2: text follows a closing quote"),
            ('a;b\n"1";2\n"3";4\n"5;6\n', "row 4: a quote is opened and never closed"),
            ('a;b\n1;2\nc;"d\ne;f\n', "row 3: a quote is opened and never closed"),
            ("a;b\n1;2\n" + "z" * (1 << 20) + "zz;1\n", "row 3 is longer than a megabyte"),
            ("a;b\n1;" + "z" * (1 << 21), "row 2 is longer than a megabyte"),
        ],
    )
    def test_damage_is_told_with_its_row(self, tape, text, told):
        with pytest.raises(FileUnreadable, match=told):
            fields_of(tape(text))


class TestDelimited:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
    @given(
        rows=st.integers(2, 4).flatmap(
            lambda width: st.lists(st.lists(values, min_size=width, max_size=width), min_size=1, max_size=6)
        ),
        sign=st.sampled_from(",;\t|"),
        end=st.sampled_from(["\n", "\r\n"]),
        codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        titles=st.integers(0, 2),
    )
    def test_what_was_written_in_any_dialect_is_read_back(self, tape, scratch, rows, sign, end, codec, titles):
        header = [f"c{place}" for place in range(len(rows[0]))]
        out = io.StringIO()
        writer = csv.writer(out, delimiter=sign, lineterminator=end)
        writer.writerows([["A title\nwith a line break"]] * titles + [header] + rows)
        table = open_delimited(
            tape(out.getvalue().encode(codec)), scratch=scratch, delimiter=sign, header_row=titles + 1
        )
        assert rows_of(table) == [(titles + 2 + at, *row) for at, row in enumerate(rows) if any(row)]
        assert table.ragged == {}

    @pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
    def test_the_delimiter_is_found_out_and_told(self, tape, scratch, sign):
        text = "\n".join(sign.join(row) for row in [("id", "name", "x"), ("1", "a", "2"), ("2", "b c", "3")])
        table = open_delimited(tape(text), scratch=scratch)
        assert table.columns == ["id", "name", "x"]
        assert any(note.startswith("separated by") for note in table.notes)

    def test_a_sign_that_fits_fewer_than_half_of_the_records_is_not_the_delimiter(self, tape, scratch):
        rows = ["a;b;c,d", "1;2;3,4", "1,2", "1;2,2", "1;2;3;4,2", "1;2;3;4;5,2"]
        assert open_delimited(tape("\n".join(rows)), scratch=scratch).columns == ["a;b;c", "d"]

    def test_two_delimiters_that_fit_are_not_guessed(self, tape, scratch):
        with pytest.raises(FileUnreadable, match="two delimiters fit; name `delimiter`"):
            open_delimited(tape("a,b;c\n1,2;3\n"), scratch=scratch)

    def test_rows_of_another_length_are_told_and_empty_lines_are_not(self, tape, scratch):
        table = open_delimited(tape("a;b\n1;2\n3\n\n4;5;6\n;\n7;8"), scratch=scratch)
        assert table.ragged == {3: 1, 5: 3}
        assert rows_of(table) == [(2, "1", "2"), (3, "3", ""), (5, "4", "5"), (7, "7", "8")]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("a;b;a\n1;2;3\n", "row 1 has column 'a' twice"),
            (";\n1;2\n", "row 1 has no column names"),
        ],
    )
    def test_a_header_that_cannot_be_is_told(self, tape, scratch, text, told):
        with pytest.raises(FileUnreadable, match=told):
            open_delimited(tape(text), scratch=scratch)

    def test_an_empty_file_is_told(self, tape, scratch):
        for text in ("", "\n", "\r\n\r\n"):
            with pytest.raises(TapeEmpty):
                open_delimited(tape(text), scratch=scratch)

    def test_an_endless_field_above_the_data_is_told(self, tape, scratch):
        with pytest.raises(FileUnreadable, match="row 1: field larger than field limit"):
            open_delimited(tape("z" * 200_000 + "\na;b\n1;2\n"), scratch=scratch, header_row=2, delimiter=";")

    def test_the_header_may_stand_far_down(self, tape, scratch):
        table = open_delimited(
            tape(("title;" + "z" * 1000 + "\n") * 200 + "a;b\n1;2\n"), scratch=scratch, header_row=201
        )
        assert (table.columns, rows_of(table)) == (["a", "b"], [(202, "1", "2")])

    def test_a_title_with_a_quoted_line_break_in_its_second_field_is_one_row(self, tape, scratch):
        table = open_delimited(tape('x;"two\nlines"\na;b\n1;2\n'), scratch=scratch, header_row=2, delimiter=";")
        assert (table.columns, rows_of(table)) == (["a", "b"], [(3, "1", "2")])

    def test_only_line_ends_end_a_line(self, tape, scratch):
        table = open_delimited(tape("a\x0c;b\u2028c\n1;2\n"), scratch=scratch)
        assert (table.columns, rows_of(table)) == (["a\x0c", "b\u2028c"], [(2, "1", "2")])

    @pytest.mark.parametrize("piece", [1, 2, 3, 1 << 20])
    @pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
    def test_lines_may_end_with_cr_alone_and_quotes_keep_theirs(self, tape, scratch, monkeypatch, piece, codec):
        monkeypatch.setattr(delimited, "_PIECE", piece)
        table = open_delimited(tape('a;b\r1;"x\r""y\n"\r\r2;z\r'.encode(codec)), scratch=scratch)
        assert rows_of(table) == [(2, "1", 'x\r"y\n'), (4, "2", "z")]
        assert "its lines end with CR alone" in table.notes

    def test_a_cr_in_quotes_ends_no_line(self, tape, scratch):
        table = open_delimited(tape('a;b\n1;"x\ry"\n'), scratch=scratch)
        assert rows_of(table) == [(2, "1", "x\ry")]
        assert not any("CR" in note for note in table.notes)

    def test_more_rows_of_another_length_than_can_be_told_are_refused(self, tape, scratch, monkeypatch):
        monkeypatch.setattr(delimited, "_RAGGED", 2)
        table = open_delimited(tape("a;b\n1\n2\n\n\n3;4\n"), scratch=scratch, delimiter=";")
        assert table.ragged == {2: 1, 3: 1}
        with pytest.raises(FileUnreadable, match=r"row 2 has 1 fields, the header 2, and so in 3 rows; name the right"):
            open_delimited(tape("a;b\n1\n2\n5\n3;4\n"), scratch=scratch, delimiter=";")

    @pytest.mark.parametrize("sign", ["\u00a6", '"', "\n"])
    def test_a_delimiter_that_cannot_be_is_told(self, tape, scratch, sign):
        with pytest.raises(OptionInvalid, match="can't be the delimiter; name an ASCII sign"):
            open_delimited(tape("a;b\n1;2\n"), scratch=scratch, delimiter=sign)

    @pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
    def test_a_mark_within_the_file_is_told_with_its_row(self, tape, scratch, codec):
        table = open_delimited(tape("a;b\n1;2\n\ufeffa;b\n3;4\n".encode(codec)), scratch=scratch)
        assert table.odd.collect().rows() == [(3, "", "TAPE-058", None, None)]
        assert table.columns == ["a", "b"]

    def test_damage_is_told_of_the_banks_file_and_not_of_a_copy(self, tape, scratch):
        path = tape('a;b\n1;"2\n'.encode("utf-16"))
        with pytest.raises(FileUnreadable) as refused:
            open_delimited(path, scratch=scratch)
        assert refused.value.message.startswith(f"{path}: ")
