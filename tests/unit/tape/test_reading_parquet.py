"""Typed columns as the texts that a sheet would show; floats only as their shortest text, nested columns not at all."""

from datetime import date, datetime, time
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salvor.errors import FileUnreadable, TapeEmpty
from salvor.tape.files import parquet
from salvor.tape.files.parquet import open_parquet
from salvor.tape.files.table import ROW, Table


@pytest.fixture
def tape(tmp_path):
    def write(**columns):
        path = tmp_path / "tape.parquet"
        pl.DataFrame(columns).write_parquet(path)
        return path

    return write


def texts_of(path):
    return open_parquet(path).frame.collect()["a"].to_list()


class TestColumns:
    @pytest.mark.parametrize(
        ("values", "kind", "texts"),
        [
            (["007", " x ", ""], pl.String, ["007", " x ", ""]),
            (["x", "y", "x"], pl.Categorical, ["x", "y", "x"]),
            ([0, -5, 9223372036854775807], pl.Int64, ["0", "-5", "9223372036854775807"]),
            ([18446744073709551615], pl.UInt64, ["18446744073709551615"]),
            ([Decimal("1.50"), Decimal("-0.05")], pl.Decimal(38, 2), ["1.50", "-0.05"]),
            (
                [Decimal("12345678901234567890123456789012345.67")],
                pl.Decimal(38, 2),
                ["12345678901234567890123456789012345.67"],
            ),
            ([True, False], pl.Boolean, ["TRUE", "FALSE"]),
            ([date(2020, 1, 2)], pl.Date, ["2020-01-02"]),
            ([time(3, 4, 5)], pl.Time, ["03:04:05"]),
            (
                [datetime(2020, 1, 2), datetime(2020, 1, 2, 3, 4, 5)],
                pl.Datetime("us"),
                ["2020-01-02", "2020-01-02 03:04:05"],
            ),
            ([datetime(2020, 1, 2, 0, 0, 0, 1)], pl.Datetime("us"), ["2020-01-02 00:00:00.000001"]),
            ([0.1, 1e20, 1e-7, -2.0, 123.0], pl.Float64, ["0.1", "1" + "0" * 20, "0.0000001", "-2", "123"]),
            ([0.1, 16777216.0], pl.Float32, ["0.1", "16777216"]),
            ([float("nan"), float("inf")], pl.Float64, ["nan", "inf"]),
        ],
    )
    def test_of_each_type_are_texts(self, tape, values, kind, texts):
        filled = pl.Series(["1"] * len(values))
        assert texts_of(tape(a=pl.Series(values, dtype=kind), b=filled)) == texts

    @pytest.mark.parametrize("kind", [pl.String, pl.Int8, pl.Float64, pl.Date, pl.Datetime, pl.Boolean, pl.Null])
    def test_nothing_is_an_empty_text(self, tape, kind):
        assert texts_of(tape(a=pl.Series([None], dtype=kind), b=["1"])) == [""]

    def test_times_of_a_zone_are_its_local_time_and_noted(self, tape):
        zoned = pl.Series([datetime(2020, 1, 1, 23)], dtype=pl.Datetime("us", "UTC")).dt.convert_time_zone(
            "Europe/Berlin"
        )
        path = tape(a=zoned)
        assert texts_of(path) == ["2020-01-02"]
        assert "column 'a' holds times of Europe/Berlin, read as its local time" in open_parquet(path).notes

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
    @given(values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
    def test_floats_read_back_as_the_same_float_without_an_exponent(self, tape, values):
        texts = texts_of(tape(a=pl.Series(values, dtype=pl.Float64)))
        assert [Decimal(text) for text in texts] == [Decimal(repr(value)) for value in values]
        assert not any("e" in text for text in texts)

    @pytest.mark.parametrize(
        ("values", "told"),
        [
            ([["x"]], r"column 'a' holds List\(String\), which is no text"),
            ([{"x": 1}], r"column 'a' holds Struct\(\{'x': Int64\}\), which is no text"),
            ([b"x"], "column 'a' holds Binary, which is no text"),
        ],
    )
    def test_that_are_no_text_are_refused_by_name(self, tape, values, told):
        with pytest.raises(FileUnreadable, match=told):
            open_parquet(tape(a=values))


class TestRows:
    def test_are_numbered_as_in_a_sheet_and_empty_ones_are_left_out(self, tape):
        table = open_parquet(tape(a=["1", None, "3"], b=[None, "", "4.5"]))
        assert table.frame.collect().rows() == [(2, "1", ""), (4, "3", "4.5")]

    def test_floats_are_noted_and_those_that_lost_digits_are_told(self, tape):
        table = open_parquet(tape(a=[1.0, 1e15, None, -12345678901234567.0, float("inf"), float("nan")], b=["1"] * 6))
        assert "column 'a' holds binary floats, read as their shortest decimal text" in table.notes
        assert table.odd.collect().rows() == [
            (3, "a", "TAPE-054", "1000000000000000", None),
            (5, "a", "TAPE-054", "-12345678901234568", None),
        ]

    def test_whole_numbers_of_any_length_are_exact(self, tape):
        table = open_parquet(tape(a=[9223372036854775807]))
        assert table.odd.collect().is_empty()

    def test_none_at_all_is_told(self, tape):
        with pytest.raises(TapeEmpty):
            open_parquet(tape(a=pl.Series([], dtype=pl.String)))


class TestDamage:
    def test_at_the_end_is_told_when_the_file_is_opened(self, tape):
        path = tape(a=["1"] * 100)
        path.write_bytes(path.read_bytes()[:-9])
        with pytest.raises(FileUnreadable, match="not a Parquet file that can be read: it is damaged"):
            open_parquet(path)

    def test_within_is_told_then_too(self, tape):
        path = tape(a=[str(row) for row in range(5_000)])
        whole = bytearray(path.read_bytes())
        whole[len(whole) // 8 : len(whole) // 4] = bytes(len(whole) // 4 - len(whole) // 8)
        path.write_bytes(whole)
        with pytest.raises(FileUnreadable, match="not a Parquet file that can be read: it is damaged"):
            open_parquet(path)

    def test_that_would_end_the_process_ends_another_one(self, tape, monkeypatch):
        monkeypatch.setattr(parquet, "_TRIAL", "import os; os.abort()")
        with pytest.raises(FileUnreadable, match=r"it is damaged \(a length in it is wrong\); write it anew"):
            open_parquet(tape(a=["1"]))

    def test_that_shows_only_while_rows_are_read_is_told(self, tmp_path):
        frame = pl.LazyFrame({ROW: [2], "a": ["x"]}).with_columns(pl.col("a").cast(pl.Int8))
        with pytest.raises(FileUnreadable, match="not a file that can be read: it is damaged"):
            list(Table(tmp_path / "tape.parquet", frame, ["a"]).batches(["a"], 10))

    def test_of_more_than_a_megabyte_are_refused_by_their_row_wherever_they_stand(self, tape):
        texts = ["x"] * 300_000
        texts[299_000] = "y" * (1 << 20) + "y"
        with pytest.raises(FileUnreadable, match="row 299002 is longer than a megabyte"):
            open_parquet(tape(a=texts))
