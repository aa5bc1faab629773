"""The small parts of a workbook: which sheets it has, how its cells are formatted, and the texts they share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from posixpath import join, normpath

from salvor.errors import FileUnreadable
from salvor.tape.files.workbook.numbers import Format, format_of
from salvor.tape.files.workbook.package import MAIN, WANTED, Package

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"
_IDS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)
_SHARED_AT_MOST = 512 << 20  # bytes; the texts are kept in memory
_SMALL_AT_MOST = 64 << 20  # bytes of any other part but the sheet
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class SheetPart:
    """One sheet of the workbook, in its order."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Book:
    """What must be known before a sheet is read."""

    sheets: Sequence[SheetPart]
    from_1904: bool
    uncalculated: bool  # a program that can't calculate wrote it, and asks for it to be done on opening
    formats: Sequence[Format]  # by the style of a cell
    shared: Sequence[str]
    has_macros: bool


def read_book(package: Package) -> Book:
    """Everything but the sheets."""
    start = next((part for kind, part in _relations(package, "").values() if kind == "officeDocument"), None)
    if start is None:
        raise FileUnreadable(package.path, WANTED, "there is no workbook in the archive")
    if start.lower().endswith(".bin"):
        raise FileUnreadable(package.path, WANTED, "it is a binary workbook (.xlsb); save it as XLSX")
    main = _Main()
    package.parse(start, main, at_most=_SMALL_AT_MOST)
    known = _relations(package, start)
    sheets = [
        SheetPart(name, known[link][1], hidden)
        for name, link, hidden in main.sheets
        if known.get(link, ("",))[0] == "worksheet"
    ]
    parts = dict(known.values())
    styles, shared = _Styles(), _Shared()
    if "styles" in parts:
        package.parse(parts["styles"], styles, at_most=_SMALL_AT_MOST)
    if "sharedStrings" in parts:
        package.parse(parts["sharedStrings"], shared, at_most=_SHARED_AT_MOST)
    macros = any(kind == "vbaProject" for kind, _ in known.values())
    return Book(sheets, main.from_1904, main.uncalculated, styles.formats(), shared.items, macros)


def _relations(package: Package, part: str) -> Mapping[str, tuple[str, str]]:
    """By id, the kind and the part that another part refers to; links out of the workbook are left out."""
    folder, _, name = part.rpartition("/")
    reader = _Relations()
    package.parse(join(folder, "_rels", f"{name}.rels"), reader, at_most=_SMALL_AT_MOST)
    return {
        each["Id"]: (each["Type"].rpartition("/")[2], _target(folder, each["Target"]))
        for each in reader.found
        if each.get("TargetMode") != "External"
    }


def _target(folder: str, target: str) -> str:
    return normpath(join("/", folder, target.replace("\\", "/"))).lstrip("/")


def unescaped(text: str) -> str:
    """Letters that XML can't hold are written as _x000D_."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


@dataclass
class _Relations:
    texts: list[str] = field(default_factory=list)
    depth: int = 0
    found: list[dict[str, str]] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        self.depth += 1
        if name == _RELATIONS:
            self.found.append(attributes)

    def end(self, _name: str, /) -> None:
        self.depth -= 1
        self.texts.clear()


@dataclass
class _Main:
    texts: list[str] = field(default_factory=list)
    depth: int = 0
    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    from_1904: bool = False
    uncalculated: bool = False

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        self.depth += 1
        space, _, tag = name.rpartition(" ")
        if space not in MAIN:
            return
        if tag == "sheet":
            link = next((attributes[each] for each in _IDS if each in attributes), "")
            self.sheets.append((attributes["name"], link, attributes.get("state", "visible") != "visible"))
        elif tag == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif tag == "calcPr":
            self.uncalculated = attributes.get("fullCalcOnLoad", "0") in ("1", "true")

    def end(self, _name: str, /) -> None:
        self.depth -= 1
        self.texts.clear()


@dataclass
class _Styles:
    texts: list[str] = field(default_factory=list)
    depth: int = 0
    codes: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    inside: bool = False  # of the list of cell styles; there are other lists of the same element

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        self.depth += 1
        space, _, tag = name.rpartition(" ")
        if space not in MAIN:
            return
        if tag == "numFmt" and self.depth == 3:  # formats of conditions lie deeper
            self.codes[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif tag == "cellXfs":
            self.inside = True
        elif tag == "xf" and self.inside:
            self.styles.append(int(attributes.get("numFmtId", "0")))

    def end(self, name: str, /) -> None:
        self.depth -= 1
        self.texts.clear()
        self.inside = self.inside and not name.endswith(" cellXfs")

    def formats(self) -> list[Format]:
        """In the order in which cells refer to them."""
        return [format_of(number, self.codes.get(number)) for number in self.styles]


@dataclass
class _Shared:
    texts: list[str] = field(default_factory=list)
    depth: int = 0
    items: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    phonetic: bool = False

    def start(self, name: str, _attributes: dict[str, str], /) -> None:
        self.depth += 1
        self.texts.clear()
        self.phonetic = self.phonetic or name.endswith(" rPh")

    def end(self, name: str, /) -> None:
        self.depth -= 1
        tag = name.rpartition(" ")[2]
        if tag == "t" and not self.phonetic:
            self.runs.append("".join(self.texts))
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "si":
            self.items.append(unescaped("".join(self.runs)))
            self.runs.clear()
        self.texts.clear()
