"""The skeleton of a delimited file, in one pass over its bytes: fields of each record, stray quotes and marks.

A reader that is fast fills short rows, cuts long ones and does not say where. This pass costs a second for a million
rows of 24 columns, and holds a few megabytes.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from salvor.errors import FileUnreadable
from salvor.tape.files.table import LONGEST_ROW

_PIECE = 1 << 22
_NEWLINE, _RETURN, _QUOTE = 0x0A, 0x0D, 0x22
_MARK = codecs.BOM_UTF8
_STRAY = "a quote stands within a field; put the field in quotes, double those in it"
_JOINED = "a byte-order mark stands before a quote; were two files joined?"
_MARKS = 1_000  # that are told; every value that is read is looked at again


@dataclass(frozen=True)
class Structure:
    """Fields of each record, the header first, and the records, from 1, in which a byte-order mark stands."""

    fields: Any
    marks: list[int]


@dataclass
class _Scan:
    """Where the pass is."""

    path: Path
    delimiter: int
    inside: int = 0  # 1 within quotes
    previous: int = _NEWLINE  # the byte before this piece
    fields: int = 0  # delimiters of the record that is not at its end yet
    length: int = 0  # bytes of it
    records: int = 0
    opened: int = 1  # record of the last opening quote
    tail: bytes = b""  # of the piece before, in which a mark may have begun
    marks: list[int] = field(default_factory=list)


def structure_of(text: Path, delimiter: str, *, told_as: Path) -> Structure:
    """The skeleton of `text`, which is `told_as` the bank's file; an empty line is a record with one field.

    Raises `FileUnreadable` with the row of a quote that is not closed or stands within a field, and of a record
    above a megabyte.
    """
    scan, counts = _Scan(told_as, ord(delimiter)), []
    others = bytes(set(range(256)) - {scan.delimiter, _NEWLINE, _QUOTE})
    with text.open("rb") as file:
        while piece := file.read(_PIECE):
            counts.append(_count_piece(scan, piece, others))
    if scan.inside:
        raise FileUnreadable(told_as, "a delimited file", f"row {scan.opened}: a quote is opened and never closed")
    if scan.length:  # the last line has no end
        counts.append(np.array([scan.fields + 1]))
    return Structure(np.concatenate(counts) if counts else np.zeros(0, np.int64), scan.marks)


def _count_piece(scan: _Scan, piece: bytes, others: bytes) -> Any:
    """Fields of each record that ends in a piece.

    Counting needs the order of delimiters, line ends and quotes alone, a sixth of the bytes; where they stand is looked
    up for line ends and quotes, of which there are few.
    """
    signs, data = np.frombuffer(piece.translate(None, others), np.uint8), np.frombuffer(piece, np.uint8)
    line_ends = np.flatnonzero(data == _NEWLINE)
    if scan.inside or _QUOTE in piece:
        quotes = signs == _QUOTE
        within = (np.cumsum(quotes, dtype=np.int32) + scan.inside) & 1
        _refuse_stray(scan, data, quotes, within, signs)
        scan.inside = int(within[-1]) if len(within) else scan.inside
        outside = (within == 0) & ~quotes
        line_ends = line_ends[outside[signs == _NEWLINE]]
        signs = signs[outside]
    ends = np.flatnonzero(signs == _NEWLINE)
    _refuse_long(scan, line_ends, len(data))
    _find_marks(scan, piece, line_ends)
    scan.previous = int(data[-1])
    if not len(ends):
        scan.fields += len(signs)
        return np.zeros(0, np.int64)
    counted = np.diff(ends, prepend=-1)
    counted[0] += scan.fields
    scan.fields = len(signs) - 1 - int(ends[-1])
    scan.records += len(ends)
    return counted


def _find_marks(scan: _Scan, piece: bytes, ends: Any) -> None:
    """The records in which a mark stands, wherever a piece was cut."""
    searched, offset = scan.tail + piece, len(scan.tail)
    place = searched.find(_MARK)
    while place >= 0 and len(scan.marks) < _MARKS:
        row = scan.records + 1 + int(np.searchsorted(ends, place - offset))
        if row not in scan.marks[-1:]:
            scan.marks.append(row)
        place = searched.find(_MARK, place + 1)
    scan.tail = searched[1 - len(_MARK) :]


def _refuse_stray(scan: _Scan, data: Any, quotes: Any, within: Any, signs: Any) -> None:
    """A quote opens at the beginning of a field and closes at its end; within, it is doubled."""
    ranks, places = np.flatnonzero(quotes), np.flatnonzero(data == _QUOTE)  # of each quote, in `signs` and in `data`
    opens = within[ranks] == 1
    if opens.any():
        at, rank = places[opens], ranks[opens]
        before = np.where(at == 0, scan.previous, data[at - 1])
        stray = ~np.isin(before, (scan.delimiter, _NEWLINE, _QUOTE))
        if stray.any():
            first = int(stray.argmax())
            joined = data[: at[first]][-len(_MARK) :].tobytes() == _MARK
            _refuse_at(scan, rank[first], within, signs, _JOINED if joined else _STRAY)
        scan.opened = _row_at(scan, rank[-1], within, signs)
    known = ~opens & (places + 1 < len(data))
    if known.any():
        stray = ~np.isin(data[places[known] + 1], (scan.delimiter, _NEWLINE, _RETURN, _QUOTE))
        if stray.any():
            rank = ranks[known][int(stray.argmax())]
            _refuse_at(scan, rank, within, signs, "text follows a closing quote; double the quotes within a field")


def _row_at(scan: _Scan, rank: int, within: Any, signs: Any) -> int:
    """The record, from 1, in which a sign stands."""
    return scan.records + 1 + int(((signs[:rank] == _NEWLINE) & (within[:rank] == 0)).sum())


def _refuse_at(scan: _Scan, rank: int, within: Any, signs: Any, reason: str) -> None:
    raise FileUnreadable(scan.path, "a delimited file", f"row {_row_at(scan, rank, within, signs)}: {reason}")


def _refuse_long(scan: _Scan, ends: Any, size: int) -> None:
    edges = np.concatenate(([-1 - scan.length], ends, [size - 1]))
    lengths = np.diff(edges)
    scan.length = int(lengths[-1])
    if lengths.max() > LONGEST_ROW:
        row = scan.records + 1 + int(lengths.argmax())
        raise FileUnreadable(scan.path, "a delimited file", f"row {row} is longer than a megabyte; is a quote missing?")
