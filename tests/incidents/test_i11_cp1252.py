"""I11: a cp1252 file (pola-rs/polars #9280).

Readers that know only UTF-8 fail, or replace letters silently.

Right: names are exact, and the encoding is declared or found out and then told; where UTF-8 is declared the first bad
byte is refused with row and offset; no stored value ever has the sign of a lost letter. The euro sign, byte 80, is no
control character, and a control character that once was one is damage.
"""

import pytest

from salvor.errors import FileUnreadable
from tests.utils.tapes import mapping_of

HEADER = "Código;balance;Dirección;Ciudad"
ROW = "L1;12.50;Calle Mayor 1, 2º izq.;IRÚN"
FIELDS = {"contract_identifier": "Código", "counterparty_address": "Dirección", "counterparty_city": "Ciudad"}
UNDEFINED = [0x81, 0x8D, 0x8F, 0x90, 0x9D]


def mapping(encoding=None):
    return mapping_of(file={"encoding": encoding} if encoding else None, **FIELDS)


def tape_of(row=ROW):
    return f"{HEADER}\n{row}\n".encode("cp1252")


@pytest.mark.parametrize(
    ("encoding", "known_by"), [(None, "guessed"), ("cp1252", "declared"), ("Windows-1252", "declared")]
)
def test_names_are_exact_and_the_encoding_is_told(bench, encoding, known_by):
    done = bench.check(tape_of(), mapping(encoding))
    (loan,) = done.loans
    assert (loan["contract_identifier"], loan["gross_balance"]) == ("L1", 1_250)
    assert (loan["counterparty_address"], loan["counterparty_city"]) == ("Calle Mayor 1, 2º izq.", "IRÚN")
    assert f"encoding cp1252 ({known_by})" in done.checked.notes
    assert "separated by semicolon" in done.checked.notes


def test_utf8_that_is_declared_and_is_not_is_refused_at_the_first_bad_byte(bench):
    with pytest.raises(FileUnreadable, match=r"row 1 has byte 0xf3 \(offset 1\)"):
        bench.check(tape_of(), mapping("utf-8"))
    text = tape_of().replace(b"\xf3", "ó".encode())
    with pytest.raises(FileUnreadable, match=rf"row 2 has byte 0xba \(offset {text.index(0xBA)}\)"):
        bench.check(text, mapping("utf-8"))


@pytest.mark.parametrize("encoding", [None, "cp1252"])
def test_the_euro_sign_is_a_letter_and_a_currency(bench, encoding):
    done = bench.check(tape_of(ROW.replace("12.50", "€12.50").replace("IRÚN", "€uro")), mapping(encoding))
    assert done.values("gross_balance") == [1_250]
    assert done.values("counterparty_city") == ["€uro"]
    assert done.lines == []


@pytest.mark.parametrize("byte", [byte for byte in range(0x80, 0x100) if byte not in UNDEFINED])
def test_every_letter_of_it_is_read(bench, byte):
    letter = bytes([byte]).decode("cp1252")
    done = bench.check(tape_of().replace(b"IR\xdaN", b"x" + bytes([byte]) + b"x"), mapping())
    unseen = letter == "\u00ad"
    assert done.values("counterparty_city") == [f"x{letter}x"]
    assert done.lines == [] or unseen


@pytest.mark.parametrize("byte", UNDEFINED)
@pytest.mark.parametrize("encoding", [None, "cp1252"])
def test_a_byte_that_is_none_of_it_is_refused(bench, byte, encoding):
    content = tape_of().replace(b"IR\xdaN", b"x" + bytes([byte]))
    with pytest.raises(
        FileUnreadable, match=rf"text in cp1252: row 2 has byte 0x{byte:x} \(offset {content.index(byte)}\)"
    ):
        bench.check(content, mapping(encoding))


@pytest.mark.parametrize("byte", range(0x80, 0xA0))
def test_a_letter_that_became_a_control_character_is_damage(bench, byte):
    """What is left when cp1252 was read as Latin-1 and saved as UTF-8."""
    content = tape_of().decode("cp1252").replace("IRÚN", f"x{chr(byte)}x").encode()
    done = bench.check(content, mapping())
    assert (done.loans, done.rules()) == ([], ["TAPE-007"])


def test_no_value_ever_has_the_sign_of_a_lost_letter(bench):
    done = bench.check(tape_of().decode("cp1252").replace("IRÚN", "IR\ufffdN").encode(), mapping())
    assert (done.loans, done.rules()) == ([], ["TAPE-007"])
