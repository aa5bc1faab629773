"""Where a proposed mapping goes: beside the tape unless named, whole or not at all, and never over somebody's work."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from salvor.errors import MappingExists, OptionInvalid
from salvor.files import write_whole
from salvor.tape.plan import FileStyle
from salvor.tape.propose.proposal import Proposal
from salvor.tape.propose.written import written


def target_of(tape: Path, out: Path | None, *, force: bool) -> Path:
    """The mapping's path; raises `MappingExists`, and `OptionInvalid` where it would replace the tape or a folder."""
    target = out or tape.with_name(f"{tape.stem}.mapping.yaml")
    if target.is_dir():
        raise OptionInvalid(f"{target} is a folder; name a file for the mapping")
    if target.resolve() == tape.resolve():
        raise OptionInvalid(f"{target} is the tape itself; name another file for the mapping")
    if target.exists() and not force:
        raise MappingExists(target)
    return target


def style_of(
    encoding: str | None, delimiter: str | None, header_row: int | None, sheet: str | None = None
) -> FileStyle:
    """What the caller says about the file; raises `OptionInvalid`."""
    given = {"encoding": encoding, "delimiter": delimiter, "header_row": header_row, "sheet": sheet}
    try:
        return FileStyle.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError:
        raise OptionInvalid(f"'{delimiter}' can't be a delimiter: it is a single sign, such as ';'") from None


def write_proposal(proposal: Proposal, target: Path, *, force: bool) -> None:
    """Write the mapping file; one that appeared meanwhile is not replaced either."""
    target_of(proposal.path, target, force=force)
    write_whole(target, written(proposal))
