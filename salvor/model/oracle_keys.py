"""Keys of the oracle hub: which value is meant, as text in 32 bytes, so that anybody can read it in an event."""

from __future__ import annotations

from enum import StrEnum

from salvor.tape.merkle import keccak

WIDTH = 32  # bytes of a key


class Kind(StrEnum):
    """What kind of value a key names."""

    COLLATERAL = "COLLATERAL"  # value of what secures a loan, settlement asset
    SCORE = "SCORE"  # credit score of a borrower
    HPI = "HPI"  # house price index of a region
    DEFAULT = "DEFAULT"  # default rate of a region or pool
    FX = "FX"  # one unit of the first currency in the second
    RATE = "RATE"  # base rate a year
    GROWTH = "GROWTH"  # 1 + the base rate a year, where that may be below 0
    RECOVERY = "RECOVERY"  # expected recovery of a pool or loan, of what is owed
    BALANCE = "BALANCE"  # what is owed on a loan, settlement asset
    CASE = "CASE"  # how far a court's case about a loan has come
    POOL = "POOL"  # value of a pool as a whole, settlement asset


def key_of(kind: Kind, subject: str) -> bytes:
    """The 32 bytes: "HPI/ES-MD", zeros behind; a longer text's hash behind a "#", as far as there is room."""
    _refuse_unreadable(subject)
    text = f"{kind}/{subject}".encode()
    if len(text) <= WIDTH:
        return text.ljust(WIDTH, b"\0")
    head = f"{kind}#".encode()
    return head + keccak(text)[: WIDTH - len(head)]


def name_of(key: bytes) -> str:
    """A key for people; what was shortened ends in hexadecimal digits."""
    head, mark, rest = key.partition(b"#")
    if mark and head.decode("ascii", errors="replace") in set(Kind):
        return f"{head.decode()}#{rest.hex()}"
    text = key.rstrip(b"\0")
    return text.decode() if text and all(33 <= byte <= 126 for byte in text) else f"0x{key.hex()}"


def _refuse_unreadable(subject: str) -> None:
    if not subject or not all(33 <= ord(letter) <= 126 for letter in subject):
        raise ValueError(f"a key is made of visible ASCII characters; {subject!r} is not")
