"""The work of `ape run triggers`: tape, values and chain held against each other, then looked at, then sent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from salvor.deal.liquidation import Group
from salvor.deal.load import load_deal, load_tape_mapping
from salvor.deal.schema import Deal
from salvor.desk.loan_values import read_values
from salvor.desk.sale_command import opened
from salvor.desk.sales import Sales, triggers_of
from salvor.desk.tapes import Tapes, claims_in, classes_in, placed, read_tapes
from salvor.desk.watching import Line, Look, Sent, bring_on, lines_of, look_at
from salvor.errors import LoanTwice, OptionInvalid
from salvor.options import Acting
from salvor.tape.check import check_tape
from salvor.tape.commitment.tape import checked_part


@dataclass(frozen=True)
class Asked:
    """What was asked for, beside which deal."""

    values_file: Path | None = None
    at: datetime | None = None  # a day; now
    live: bool = False
    commitments: tuple[Path, ...] = ()
    secret_files: tuple[Path, ...] = ()
    passphrase_file: Path | None = None
    fire: bool = False
    dry_run: bool = False
    at_most: int = 25
    top: int = 20


@dataclass(frozen=True)
class Done:
    """What was seen, and what was sent."""

    loans: int
    cases: int
    untold: int  # loans and cases of which some trigger can't be told
    lines: tuple[Line, ...]
    sent: tuple[Sent, ...] = ()
    dry: bool = False


def run(chosen: Acting, asked: Asked) -> Done:
    """Everything; raises what is wrong before anything is sent."""
    _refuse_options(asked)
    deal = load_deal(chosen.deal)
    triggers = triggers_of(deal, chosen.deal)
    proofs = None
    if asked.commitments:
        proofs = read_tapes(_claim(deal), asked.commitments, asked.secret_files, asked.passphrase_file)
    with _live(chosen, asked) as (sales, signer):
        if sales and proofs:
            proofs = placed(sales, proofs)
        at = int(asked.at.replace(tzinfo=UTC).timestamp()) if asked.at else int(time.time())
        now = sales.now if sales else at
        values = None
        if asked.values_file:
            claims, classes = _claims(chosen.deal, deal, proofs)
            terms = list(triggers.values())
            values = read_values(asked.values_file, terms, claims, now=now, classes=classes)
        homes = proofs.homes if proofs else {}
        look = look_at(values, triggers, decimals=deal.settlement.decimals, now=now, sales=sales, homes=homes)
        sent: tuple[Sent, ...] = ()
        if asked.fire and sales and proofs:
            sent = tuple(bring_on(sales, look, proofs, sender=signer, most=asked.at_most, dry=asked.dry_run))
    return done_of(look, sent, asked)


def done_of(look: Look, sent: tuple[Sent, ...], asked: Asked) -> Done:
    """For who shows it."""
    untold = sum(
        found.select(pl.any_horizontal(pl.exclude(found.columns[0]).is_null())).to_series().sum()
        for found in (look.loans, look.cases)
        if found.width > 1 and found.height
    )
    lines = tuple(lines_of(look, asked.top))
    return Done(look.loans.height, look.cases.height, int(untold), lines, sent, asked.dry_run)


def _claim(deal: Deal) -> str:
    return deal.liquidation.claim if deal.liquidation else ""


def _refuse_options(asked: Asked) -> None:
    if not (asked.values_file or asked.live or asked.fire):
        raise OptionInvalid("name --values (what is known of the loans), --live (the cases on the chain), or both")
    if asked.at and (asked.live or asked.fire):
        raise OptionInvalid("--at is for --values alone: a chain has its own clock")
    if asked.dry_run and not asked.fire:
        raise OptionInvalid("--dry-run says what --fire would send: name --fire too")
    if asked.fire and not (asked.commitments and asked.secret_files):
        raise OptionInvalid("--fire needs --commitment and --secret: loans are opened by proof against the tape")


@contextmanager
def _live(chosen: Acting, asked: Asked) -> Iterator[tuple[Sales | None, Any]]:
    if not (asked.live or asked.fire):
        yield None, None
        return
    with opened(chosen, signs=asked.fire) as found:
        yield found


def _claims(file: Path, deal: Deal, proofs: Tapes | None) -> tuple[dict[str, int], dict[str, bytes]]:
    """Claims and classes, of the committed tapes, or else of the deal's own and its groups', checked once more."""
    if proofs:
        return proofs.claims, proofs.classes
    behind = [(file.parent / each.deal, load_deal(file.parent / each.deal)) for each in _groups(deal)]
    claims, classes = dict[str, int](), dict[str, bytes]()
    for path, own in [(file, deal), *behind]:
        mapping = load_tape_mapping(path.parent / own.tape.mapping)
        with TemporaryDirectory() as folder:
            check_tape(path.parent / own.tape.file, mapping, decimals=own.settlement.decimals, out=Path(folder))
            part = checked_part(Path(folder))
            found = claims_in([part], _claim(deal))
            if twice := next(iter(found.keys() & claims.keys()), None):
                raise LoanTwice(twice, deal.tape.file, str(path.parent / own.tape.file))
            claims |= found
            classes |= classes_in([part])
    return claims, classes


def _groups(deal: Deal) -> list[Group]:
    return list(deal.liquidation.groups.values()) if deal.liquidation else []
