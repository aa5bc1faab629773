"""Tapes in random dialects: what was written is read back exactly, and what is not declared is never read wrongly."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from salvor.errors import SalvorError
from tests.utils.dialects import COLUMNS, Dialect, Loan, dialects, portfolios
from tests.utils.tapes import Bench

READ = ["contract_identifier", "gross_balance", "last_payment_amount", "last_payment_date", "counterparty_city"]
many = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def reads_as_utf8(content):
    """Whether letters of cp1252 are by chance those of UTF-8 too, as those of `Â¡` are: no reader can tell."""
    try:
        return not content.isascii() and bool(content.decode())
    except UnicodeDecodeError:
        return False


def read_of(done):
    return [tuple(loan[name] for name in READ) for loan in done.loans]


@many
@given(dialect=dialects, loans=portfolios)
def test_a_declared_dialect_is_read_back_exactly(bench, dialect, loans):
    try:
        content = dialect.content(loans)
    except UnicodeEncodeError:
        assume(False)
    done = bench.check(content, dialect.mapping())
    assert read_of(done) == [loan.read for loan in loans]
    assert done.checked.totals.units_read == sum(loan.balance for loan in loans)


@many
@given(dialect=dialects, loans=portfolios)
def test_a_dialect_that_is_not_declared_is_read_exactly_or_not_at_all(bench, dialect, loans):
    try:
        content = dialect.content(loans)
    except UnicodeEncodeError:
        assume(False)
    assume(not (dialect.encoding == "cp1252" and reads_as_utf8(content)))
    written = [loan.read for loan in loans]
    try:
        done = bench.check(content, dialect.mapping(declared=False))
    except SalvorError:
        return
    assert [loan for loan in read_of(done) if loan not in written] == []
    assert done.checked.totals.rows_read == len(loans)


def workbook_of(path, dialect, loans, numbers):
    """Amounts as numbers or as the texts of a dialect, days as days; titles above the header."""
    with xlsxwriter.Workbook(path) as book:
        page, days = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        for at, title in enumerate(dialect.titles):
            page.write_string(at, 0, title)
        below = len(dialect.titles)
        page.write_row(below, 0, COLUMNS)
        for at, loan in enumerate(loans, start=below + 1):
            page.write_string(at, 0, loan.id)
            for place, cents in ((1, loan.balance), (2, loan.paid)):
                if cents is not None and numbers and cents < 10**15:
                    page.write_number(at, place, cents / 100)
                elif cents is not None:
                    page.write_string(at, place, dialect.amount(cents))
            if loan.day:
                page.write_datetime(at, 3, loan.day, days)
            if loan.town:
                page.write_string(at, 4, loan.town)


@settings(many, max_examples=30)
@given(dialect=dialects, loans=portfolios, numbers=st.booleans())
def test_a_workbook_is_read_back_exactly(bench, dialect, loans, numbers):
    path = bench.put(b"", "tape.xlsx")
    workbook_of(path, dialect, loans, numbers)
    mapping = dialect.mapping_of_days("%Y-%m-%d")
    assert read_of(bench.check(path, mapping)) == [loan.read for loan in loans]


def decimal_of(cents):
    """Made of the text: a sum in decimals has 28 digits only."""
    return None if cents is None else Decimal(f"{cents // 100}.{cents % 100:02}")


KINDS = {
    "text": lambda dialect, cents: [dialect.amount(each) for each in cents],
    "decimal": lambda _, cents: pl.Series(map(decimal_of, cents), dtype=pl.Decimal(38, 2)),
    "float": lambda _, cents: [None if each is None else each / 100 for each in cents],
}


@settings(many, max_examples=30)
@given(
    dialect=dialects,
    loans=portfolios,
    kind=st.sampled_from(sorted(KINDS)),
    days=st.sampled_from([pl.Date, pl.Datetime("us")]),
)
def test_parquet_is_read_back_exactly(bench, dialect, loans, kind, days):
    if kind == "float":
        loans = [replace(loan, balance=loan.balance % 10**15, paid=loan.paid and loan.paid % 10**15) for loan in loans]
    path = bench.put(b"", "tape.parquet")
    cents = [[loan.balance for loan in loans], [loan.paid for loan in loans]]
    amounts = [KINDS[kind](dialect, each) for each in cents]
    dates = pl.Series([loan.day for loan in loans], dtype=pl.Date).cast(days)
    columns = [[loan.id for loan in loans], *amounts, dates, [loan.town for loan in loans]]
    pl.DataFrame(dict(zip(COLUMNS, columns, strict=True))).write_parquet(path)
    done = bench.check(path, dialect.mapping_of_days("%Y-%m-%d", header_row=1))
    assert read_of(done) == [loan.read for loan in loans]


PLAIN = Dialect(",", "utf-8", "\n", ".", "", "EUR", "{}", "%Y-%m-%d", (), False, False)
SAMPLE = [
    Loan("007", 129_999, None, date(2020, 1, 2), "Forlì"),
    Loan("L2", 5, 10**14, None, 'Bad "Ems", Nord'),
    Loan("7", 10**20, 0, date(1999, 12, 31), ""),
]


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory):
    """A sound file of each kind, as bytes."""
    folder = tmp_path_factory.mktemp("whole")
    workbook_of(folder / "x", PLAIN, SAMPLE, numbers=True)
    columns = [
        [loan.id for loan in SAMPLE],
        [1.5, 2.25, 3.0],
        ["1", None, "2"],
        [loan.day for loan in SAMPLE],
        ["a", "b", "c"],
    ]
    pl.DataFrame(dict(zip(COLUMNS, columns, strict=True))).write_parquet(folder / "p")
    utf16 = replace(PLAIN, encoding="utf-16-le")
    return {
        "csv": PLAIN.content(SAMPLE),
        "utf-16": utf16.content(SAMPLE),
        "xlsx": (folder / "x").read_bytes(),
        "parquet": (folder / "p").read_bytes(),
    }


changes = st.lists(
    st.tuples(st.sampled_from(["flip", "delete", "insert", "cut"]), st.integers(0, 10**6), st.integers(0, 255)),
    min_size=1,
    max_size=4,
)


def changed(content, steps):
    """The bytes with a few of them other, gone or added."""
    data = bytearray(content)
    for what, place, byte in steps:
        at = place % (len(data) or 1)
        if what == "flip":
            data[at : at + 1] = bytes([byte])
        elif what == "delete":
            del data[at : at + 1 + byte % 8]
        elif what == "insert":
            data[at:at] = bytes([byte]) * (1 + byte % 3)
        elif place % 8 == 0:
            del data[at:]
    return bytes(data)


@pytest.mark.parametrize(("kind", "count"), [("csv", 120), ("utf-16", 80), ("xlsx", 120), ("parquet", 12)])
def test_damage_of_any_kind_is_told_and_leaves_nothing(bench, whole_files, kind, count):
    mapping = PLAIN.mapping_of_days("%Y-%m-%d", header_row=1)

    @settings(many, max_examples=count)
    @given(steps=changes)
    def each(steps):
        path = bench.put(changed(whole_files[kind], steps))
        told, read = None, None
        try:
            read = bench.check(path, mapping).checked.totals.rows_read
        except SalvorError as error:
            told = error.message
        assert (told is None and read >= 1) or (told and "\n" not in told and not list(path.parent.glob("out/*")))

    each()
