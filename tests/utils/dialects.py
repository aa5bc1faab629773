"""Random dialects of banks' files, and loans in them, for tests that write a tape and read it back."""

import codecs
import re
from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

from tests.utils.tapes import mapping_of

MARKS = {"utf-8-sig": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
SPACES = ["\u0020", "\u00a0", "\u202f", "\u2009"]
DATES = ["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%b-%Y", "%Y%m%d", "%d%m%Y"]
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
LARGEST = 10**30
COLUMNS = ["loan_id", "balance", "paid", "day", "town"]


@dataclass(frozen=True)
class Dialect:
    """How one file is written."""

    delimiter: str
    encoding: str
    end: str
    decimal: str
    thousands: str
    currency: str
    sign: str  # {} is the number
    days: str
    titles: tuple[str, ...]
    quoted: bool
    blank_lines: bool

    def amount(self, cents):
        """As the file writes it; None is an empty cell."""
        if cents is None:
            return ""
        whole = f"{cents // 100:,}".replace(",", self.thousands)
        return self.sign.format(f"{whole}{self.decimal}{cents % 100:02}")

    def day(self, value):
        """As the file writes it."""
        return value.strftime(self.days) if value else ""

    def _row(self, texts):
        """A record: what could be taken for a sign of the file's own is put in quotes, or all is."""
        marks = {self.delimiter, '"', "\r", "\n"}
        quoted = [
            f'"{each.replace(chr(34), chr(34) * 2)}"' if self.quoted or marks & set(each) else each for each in texts
        ]
        return self.delimiter.join(quoted) + self.end

    def text(self, loans):
        """The whole file, in letters."""
        rows = [self._row([title, *[""] * (len(COLUMNS) - 1)]) for title in self.titles] + [self._row(COLUMNS)]
        for loan in loans:
            cells = [loan.id, self.amount(loan.balance), self.amount(loan.paid), self.day(loan.day), loan.town]
            rows += [self._row(cells), self.end if self.blank_lines else ""]
        return "".join(rows)

    def content(self, loans):
        """The whole file, in bytes. Raises UnicodeEncodeError where the encoding lacks a letter."""
        return MARKS.get(self.encoding, b"") + self.text(loans).encode(self.encoding.removesuffix("-sig"))

    def mapping(self, *, declared=True):
        """How it is read; what is not declared is for the reader to find out."""
        style = {"encoding": self.encoding.removesuffix("-sig"), "delimiter": self.delimiter}
        return self._mapping(self.days, self._below | (style if declared else {}), declared)

    def mapping_of_days(self, date_format, *, header_row=None):
        """How a file is read that has these texts for amounts, and days of its own."""
        return self._mapping(date_format, {"header_row": header_row} if header_row else self._below, declared=True)

    @property
    def _below(self):
        return {"header_row": len(self.titles) + 1}

    def _mapping(self, date_format, file, declared):
        thousands = " " if self.thousands in SPACES else self.thousands
        return mapping_of(
            currency=self.currency,
            numbers={"decimal": self.decimal, "thousands": thousands} if declared else None,
            file=file,
            last_payment_amount="paid",
            last_payment_date={"column": "day", "format": date_format},
            counterparty_city="town",
        )


@dataclass(frozen=True)
class Loan:
    """What was written; amounts in cents."""

    id: str
    balance: int
    paid: int | None
    day: date | None
    town: str

    @property
    def read(self):
        """What must be read: a text has no spaces around it, and an empty one is none."""
        return (self.id, self.balance, self.paid, self.day, self.town.strip() or None)


def _fits(dialect):
    return dialect.decimal != dialect.thousands


currencies = st.sampled_from(sorted(SIGNS))
around = ["{}", "{0} ", "¤{}", "¤ {}", "{}¤", "{} ¤"]
dialects = currencies.flatmap(
    lambda currency: st.builds(
        Dialect,
        delimiter=st.sampled_from([",", ";", "\t", "|", "^"]),
        encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252"]),
        end=st.sampled_from(["\n", "\r\n", "\r"]),
        decimal=st.sampled_from(".,"),
        thousands=st.sampled_from(["", ".", ",", "'", *SPACES]),
        currency=st.just(currency),
        sign=st.sampled_from([each.replace("¤", mark) for each in around for mark in (currency, SIGNS[currency])]),
        days=st.sampled_from(DATES),
        titles=st.sampled_from([(), ("Portfolio North",), ("Portfolio", "as of, 31; December")]),
        quoted=st.booleans(),
        blank_lines=st.booleans(),
    )
).filter(_fits)

letters = st.one_of(
    st.sampled_from("0O1l \t\n\r\"',;|^.-=#ß€éŁあ😀"),
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf"]),
)
unseen = "\ufeff\ufffd"
texts = st.text(letters, max_size=12).filter(lambda text: not set(text) & set(unseen))
ids = st.one_of(
    st.from_regex(r"0{0,4}[0-9]{1,6}", fullmatch=True),
    # A word for a sum makes a row one of totals, which is no loan (TAPE-060).
    texts.map(str.strip).filter(lambda text: text and not re.search("(?i)tot|sum|som|gesamt", text)),
)
cents = st.one_of(st.integers(0, 10**6), st.integers(0, LARGEST - 1))
loans = st.builds(
    Loan,
    id=ids,
    balance=cents,
    paid=st.none() | cents,
    day=st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    town=texts,
)
portfolios = st.lists(loans, min_size=1, max_size=6, unique_by=lambda loan: loan.id)
