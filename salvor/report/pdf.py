"""A page of Markdown as PDF: headings, paragraphs, lists and tables, in the fonts that every reader has.

The file is the same for the same text: it holds no date and no name of a machine. Letters that the fonts' encoding does
not have become a question mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_WIDTH, _HEIGHT, _MARGIN = 595, 842, 56  # A4, points
_TEXT, _SMALL = 9.5, 7.5
_LEADING = 1.35
_BOLD = 1.08  # how much wider the bold font is, at most
_HEADINGS = {1: (18, 10), 2: (13, 8), 3: (10.5, 6)}  # size, and what is left free above
# Widths of Helvetica's letters from the space on, thousandths of the size (Adobe's font metrics).
_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 "
    "278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 "
    "667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 "
    "556 333 500 278 556 500 722 500 500 500 334 260 334 584 "
)
_OF = {chr(32 + place): int(width) for place, width in enumerate(_WIDTHS.split())}


@dataclass(frozen=True)
class _Run:
    """A line of text at a place of its page, from the left and the bottom."""

    x: float
    y: float
    size: float
    bold: bool
    text: str


class _Pages:
    """Text that flows from the top of the first page down."""

    def __init__(self) -> None:
        self.pages: list[list[_Run]] = [[]]
        self.y: float = _HEIGHT - _MARGIN

    def need(self, height: float) -> None:
        """A new page when so much is not left."""
        if self.y - height < _MARGIN:
            self.pages.append([])
            self.y = _HEIGHT - _MARGIN

    def write(self, text: str, *, size: float = _TEXT, bold: bool = False, indent: float = 0, above: float = 0) -> None:
        """A paragraph, wrapped."""
        self.y -= above
        for line in wrapped(text, size, _WIDTH - 2 * _MARGIN - indent, bold=bold):
            self.need(size * _LEADING)
            self.y -= size * _LEADING
            self.pages[-1].append(_Run(_MARGIN + indent, self.y, size, bold, line))

    def row(self, cells: Sequence[str], widths: Sequence[float], *, bold: bool) -> None:
        """A row of a table; it stays on one page."""
        lines = [wrapped(cell, _SMALL, width - 4, bold=bold) for cell, width in zip(cells, widths, strict=True)]
        height = max(map(len, lines)) * _SMALL * _LEADING + 3
        self.need(height)
        x: float = _MARGIN
        for own, width in zip(lines, widths, strict=True):
            for number, line in enumerate(own, start=1):
                self.pages[-1].append(_Run(x, self.y - number * _SMALL * _LEADING, _SMALL, bold, line))
            x += width
        self.y -= height


def write_pdf(markdown: str, path: Path) -> None:
    """Write it, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_bytes(pdf_of(markdown))
    beside.replace(path)


def pdf_of(markdown: str) -> bytes:
    """The bytes of the file."""
    pages = _Pages()
    for block in re.split(r"\n{2,}", markdown.strip()):
        lines = block.splitlines()
        if heading := re.match(r"(#{1,3}) (.*)", block):
            size, above = _HEADINGS[len(heading[1])]
            pages.need(4 * size)  # never alone at the bottom of a page
            pages.write(_plain(heading[2]), size=size, bold=True, above=above)
        elif block.startswith("|"):
            _table(pages, lines)
        elif re.match(r"(- |\d+\. )", block):
            for line in lines:
                mark, _, text = line.partition(" ")
                pages.write(f"{'•' if mark == '-' else mark} {_plain(text)}", indent=8, above=1)
            pages.y -= 3
        else:
            pages.write(_plain(" ".join(lines)), above=3)
    return _file(pages.pages)


def wrapped(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Lines that fit; a word that is too long alone is cut."""
    lines, line = [], ""
    for word in text.split():
        while width_of(word, size, bold=bold) > width and len(word) > 1:
            fits = next(n for n in range(len(word), 0, -1) if n == 1 or width_of(word[:n], size, bold=bold) <= width)
            lines += [line] if line else []
            lines.append(word[:fits])
            line, word = "", word[fits:]
        longer = f"{line} {word}" if line else word
        if width_of(longer, size, bold=bold) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line] if line or not lines else lines


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """In points; letters beyond ASCII are taken for wide ones."""
    return sum(_OF.get(letter, 667) for letter in text) * size / 1000 * (_BOLD if bold else 1)


def _table(pages: _Pages, lines: Sequence[str]) -> None:
    rows = [[_plain(cell.strip()) for cell in line.strip("|").split("|")] for line in lines]
    head, body = rows[0], [row for row in rows[1:] if not set("".join(row)) <= set("-: ")]
    room = _WIDTH - 2 * _MARGIN
    longest = [max(width_of(row[i], _SMALL) for row in [head, *body]) + 8 for i in range(len(head))]
    capped = [min(each, room / 4) for each in longest]
    widths = [each * min(1, room / sum(capped)) for each in capped]
    pages.row(head, widths, bold=True)
    for row in body:
        pages.row(row, widths, bold=False)
    pages.y -= 4


def _plain(text: str) -> str:
    """Without the marks of emphasis, code and links."""
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", re.sub(r"[*`]", "", text))


def _file(pages: Sequence[Sequence[_Run]]) -> bytes:
    """Objects one after the other, then the table of where each begins (PDF 1.4)."""
    objects = list(_objects(pages))
    body, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    count = len(objects) + 1
    end = f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\n"
    return body + f"{end}startxref\n{len(body)}\n%%EOF\n".encode()


def _objects(pages: Sequence[Sequence[_Run]]) -> Iterator[bytes]:
    """Catalogue, list of pages, two fonts, and of each page itself and what is on it."""
    kids = " ".join(f"{5 + 2 * place} 0 R" for place in range(len(pages)))
    yield b"<< /Type /Catalog /Pages 2 0 R >>"
    yield f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()
    for name in ("Helvetica", "Helvetica-Bold"):
        yield f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
    for place, runs in enumerate(pages):
        content = 6 + 2 * place
        fonts = "<< /Font << /F1 3 0 R /F2 4 0 R >> >>"
        box = f"/MediaBox [0 0 {_WIDTH} {_HEIGHT}]"
        yield f"<< /Type /Page /Parent 2 0 R {box} /Resources {fonts} /Contents {content} 0 R >>".encode()
        drawn = b"\n".join(map(_drawn, runs))
        yield f"<< /Length {len(drawn)} >>\nstream\n".encode() + drawn + b"\nendstream"


def _drawn(run: _Run) -> bytes:
    text = run.text.encode("cp1252", "replace")
    for letter in (b"\\", b"(", b")"):
        text = text.replace(letter, b"\\" + letter)
    font = "F2" if run.bold else "F1"
    return f"BT /{font} {run.size:g} Tf {run.x:.2f} {run.y:.2f} Td (".encode() + text + b") Tj ET"
