"""The zip archive around a workbook, and its XML parts, read in pieces and within bounds.

A workbook comes from outside: it may be a bomb, damaged, or both. A part that says it is too large is not unpacked, one
that says less than it holds is cut there and fails its checksum, and none may declare entities.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import InvalidOperation
from pathlib import Path
from typing import Protocol
from xml.parsers import expat

from salvor.errors import FileUnreadable

WANTED = "a workbook that can be read"
MAIN = (  # namespaces of a workbook's own elements: what Excel writes, and the strict form
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_PIECE = 1 << 16
_LARGE = 256 << 20  # bytes of a part; up to here any packing is believed
_RATIO = 100  # how far a larger part may unpack; the sheet of the SBA tape packs 8 to 1
_MEMBERS = 10_000
_DEPTH, _NAMES = 64, 10_000  # of elements and attributes
_TOKEN, _TEXT = 4 << 20, 1 << 20  # bytes of a tag, letters of a cell
_END, _END_SIZE, _COMMENT = b"PK\x05\x06", 22, 1 << 16
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    struct.error,
    InvalidOperation,
    NotImplementedError,  # zipfile raises it for a way of packing that it does not know
    RuntimeError,
    EOFError,
    LookupError,
    ValueError,
    OverflowError,
)


class Enough(Exception):
    """A handler has seen what it wants."""


class Handler(Protocol):
    """What is done with the elements of one part."""

    texts: list[str]  # all letters go here, until the handler clears it
    depth: int  # elements that are open, counted by the handler

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        """An element begins; `name` is its namespace, a space, and its own name."""

    def end(self, name: str, /) -> None:
        """An element ends."""


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Whatever a damaged archive or part makes a reader say becomes one line."""
    try:
        yield
    except _DAMAGE as error:
        reason = str(error) or type(error).__name__
        raise FileUnreadable(path, WANTED, f"it is damaged ({reason}); save it anew, or as CSV") from None


@dataclass(frozen=True)
class Package:
    """An open archive; part names are compared without regard to case, as the format wants."""

    path: Path
    archive: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]

    def has(self, part: str) -> bool:
        """There is such a part."""
        return part.lower() in self.members

    def parse(self, part: str, handler: Handler, *, at_most: int | None = None) -> None:
        """Send the part's elements to the handler, until it raises `Enough` or the part ends."""
        if not self.has(part):
            raise FileUnreadable(self.path, WANTED, f"its part {part} is missing; save it anew, or as CSV")
        names = dict[str, str]()
        parser = _parser(self.path, part, handler, names)
        fed = 0
        try:
            for piece in self._pieces(part, at_most):
                parser.Parse(piece, False)
                fed += len(piece)
                if fed - parser.CurrentByteIndex > _TOKEN or sum(map(len, handler.texts)) > _TEXT:
                    raise ValueError(f"{part} has a value of more than a megabyte")
                if handler.depth > _DEPTH or len(names) > _NAMES:
                    raise ValueError(f"{part} is no sheet that a program writes")
            parser.Parse(b"", True)
        except Enough:
            return

    def _pieces(self, part: str, at_most: int | None) -> Iterator[bytes]:
        member = self.members[part.lower()]
        if member.flag_bits & 1:
            raise FileUnreadable(self.path, WANTED, "it is encrypted; save it without a password")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileUnreadable(
                self.path, WANTED, f"{part} is packed in a way that no sheet program uses; save it anew"
            )
        packed = min(member.compress_size, self.path.stat().st_size)
        most = max(_LARGE, packed * _RATIO)
        most = min(most, at_most) if at_most else most
        if member.file_size > most:
            raise _bomb(self.path, part, most)
        try:
            with self.archive.open(member) as file:
                while piece := file.read(_PIECE):
                    yield piece
        except OSError as error:  # a place outside the file
            raise zipfile.BadZipFile(str(error)) from None


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """The archive, closed again at the end; damage is told as `FileUnreadable`."""
    _refuse_many_members(path)
    with damage_told(path), zipfile.ZipFile(path) as archive:
        yield Package(path, archive, {info.filename.lower(): info for info in archive.infolist()})


def _parser(path: Path, part: str, handler: Handler, names: dict[str, str]) -> expat.XMLParserType:
    def refuse(*_: object) -> None:
        raise FileUnreadable(path, WANTED, f"its part {part} declares a document type, which no sheet program writes")

    parser = expat.ParserCreate(None, " ", names)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.texts.append
    return parser


def _bomb(path: Path, part: str, most: int) -> FileUnreadable:
    reason = f"{part} unpacks to more than {most >> 20:,} MB, as a zip bomb does; save the sheet as CSV or Parquet"
    return FileUnreadable(path, WANTED, reason)


def _refuse_many_members(path: Path) -> None:
    """The list of members is read whole, so its length is looked at first, where the archive ends."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_SIZE - _COMMENT))
        tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + _END_SIZE:
        raise FileUnreadable(path, WANTED, "it is cut off, or no zip archive; copy it again")
    members, length = struct.unpack_from("<HL", tail, place + 10)
    if members > _MEMBERS or length > _MEMBERS << 10:
        raise FileUnreadable(path, WANTED, f"it has {members:,} parts; save it anew, or as CSV")
