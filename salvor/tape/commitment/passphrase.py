"""Where a passphrase comes from: a file, the environment, or whoever sits there; never the command line.

A command line stands in the history of the shell and in the list of processes.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from salvor.errors import FileMissing, OptionInvalid

VARIABLE = "SALVOR_PASSPHRASE"


def passphrase_from(file: Path | None, *, twice: bool) -> str:
    """The passphrase; asked for twice where it is new. Raises `OptionInvalid` where nobody can be asked."""
    if file is not None:
        if not file.is_file():
            raise FileMissing(file, "passphrase file")
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    if VARIABLE in os.environ:
        return os.environ[VARIABLE]
    if not click.get_text_stream("stdin").isatty():
        raise OptionInvalid(f"no passphrase: name a file with --passphrase-file, or set {VARIABLE}")
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True))
