"""The files of a tape of related tables: found in a folder, or sheets of one workbook, and read table by table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from salvor.errors import FileMissing, OptionInvalid
from salvor.files import sha256_of
from salvor.tape.batch import Recipe
from salvor.tape.files.opening import open_table
from salvor.tape.plan import NumberStyle, TableSource, TapeMapping
from salvor.tape.reading import Reading
from salvor.tape.rules import Facts
from salvor.tape.tables.rows import TableRows
from salvor.tape.tables.templates import fields_of, templates


def read_tables(
    path: Path, mapping: TapeMapping, *, decimals: int, scratch: Path, size: int, tick: Callable[[int], None]
) -> dict[str, TableRows]:
    """Read every table of the mapping into a folder of its own below `scratch`, batches of `size` rows at a time."""
    files = {name: file_of(path, name, mapping.tables[name]) for name in templates() if name in mapping.tables}
    found = {}
    for name, file in files.items():
        folder = scratch / name
        folder.mkdir()
        found[name] = _read(file, name, mapping, decimals, folder)
        found[name].reading.read_all(tick, size)
    return found


def file_of(path: Path, name: str, source: TableSource) -> Path:
    """The one file of a table: `path` itself when it is a file, else the one that fits in the folder."""
    if path.is_file():
        if source.file is not None:
            raise OptionInvalid(
                f"{path} is a file, and table {name} is in '{source.file}': name the folder of the tables"
            )
        return path
    if not path.is_dir():
        raise FileMissing(path, "tape")
    if source.file is None:
        raise OptionInvalid(f"{path} is a folder, and table {name} has no `file`: name it in the mapping")
    if Path(source.file).is_absolute() or ".." in Path(source.file).parts:
        raise OptionInvalid(f"table {name}: '{source.file}' leads out of the folder of the tape")
    fitting = sorted(each for each in path.glob(source.file) if each.is_file())
    if not fitting:
        raise FileMissing(path / source.file, f"file of table {name}")
    if len(fitting) > 1:
        names = ", ".join(each.name for each in fitting[:5])
        raise OptionInvalid(f"{path}: {len(fitting)} files fit '{source.file}' of table {name}: {names}; name one")
    return fitting[0]


def _read(file: Path, name: str, mapping: TapeMapping, decimals: int, folder: Path) -> TableRows:
    source = mapping.tables[name]
    numbers = source.numbers or mapping.numbers
    table = open_table(file, scratch=folder, style=source.style, decimal=(numbers or NumberStyle()).decimal)
    known = fields_of(name, mapping.schema_of)
    recipe = Recipe(
        specs={field: spec for field, spec in known.items() if field in source.fields},
        sources=source.fields,
        numbers=numbers,
        decimals=decimals,
        facts=Facts(mapping.cut_off, mapping.currency, frozenset(source.fields)),
        ragged=pl.Series(list(table.ragged), dtype=pl.UInt32),
        whole_loans=False,
    )
    columns = {field: each.column for field, each in source.fields.items()}
    return TableRows(name, file, Reading(table, recipe, folder), columns, tuple(table.notes), sha256_of(file))
