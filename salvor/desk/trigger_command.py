"""The work of `ape run triggers`: tape, values and chain held against each other, then looked at, then sent."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from salvor.deal.load import load_deal, load_tape_mapping
from salvor.deal.schema import Deal
from salvor.desk.loan_values import read_values
from salvor.desk.sale_command import opened
from salvor.desk.sales import Sales, triggers_of
from salvor.desk.watching import Line, Look, Proofs, Sent, bring_on, lines_of, look_at
from salvor.errors import NotCommitted, OptionInvalid
from salvor.options import Acting
from salvor.tape.check import KEY, check_tape
from salvor.tape.commitment.folder import read_commitment
from salvor.tape.commitment.passphrase import passphrase_from
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import Part, checked_part


@dataclass(frozen=True)
class Asked:
    """What was asked for, beside which deal."""

    values_file: Path | None = None
    live: bool = False
    commitment: Path | None = None
    secret_file: Path | None = None
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
    if asked.commitment:
        proofs = proofs_of(deal, asked.commitment, asked.secret_file, asked.passphrase_file)
    with _live(chosen, asked) as (sales, signer):
        if sales and proofs:
            refuse_other_tape(sales, proofs, asked.commitment)
        now = sales.now if sales else int(time.time())
        values = None
        if asked.values_file:
            claims, classes = _claims(chosen.deal, deal, proofs)
            terms = list(triggers.values())
            values = read_values(asked.values_file, terms, claims, now=now, classes=classes)
        look = look_at(values, triggers, decimals=deal.settlement.decimals, now=now, sales=sales)
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


def claims_in(parts: Sequence[Part], field: str) -> dict[str, int]:
    """What is owed on each loan by the tape, settlement units; a loan of which it says nothing has no claim."""
    frames = [pl.scan_parquet(part.accepted).select(KEY, pl.col(field).cast(pl.Int64)).collect() for part in parts]
    return dict(pl.concat(frames).drop_nulls().iter_rows())


def refuse_other_tape(sales: Sales, proofs: Proofs, folder: Path | None) -> None:
    """The commitment is of the tape that the pool bought."""
    own, live = proofs.commitment.public.root, bytes(sales.pool.tapeRoot())
    if own != live:
        raise OptionInvalid(
            f"{folder} commits the tape 0x{own.hex()[:16]}..., the pool has 0x{live.hex()[:16]}...: "
            "name the --commitment that the deal was deployed with"
        )


def _claim(deal: Deal) -> str:
    return deal.liquidation.claim if deal.liquidation else ""


def _refuse_options(asked: Asked) -> None:
    if not (asked.values_file or asked.live or asked.fire):
        raise OptionInvalid("name --values (what is known of the loans), --live (the cases on the chain), or both")
    if asked.dry_run and not asked.fire:
        raise OptionInvalid("--dry-run says what --fire would send: name --fire too")
    if asked.fire and not (asked.commitment and asked.secret_file):
        raise OptionInvalid("--fire needs --commitment and --secret: loans are opened by proof against the tape")


@contextmanager
def _live(chosen: Acting, asked: Asked) -> Iterator[tuple[Sales | None, Any]]:
    if not (asked.live or asked.fire):
        yield None, None
        return
    with opened(chosen, signs=asked.fire) as found:
        yield found


def proofs_of(deal: Deal, folder: Path, secret_file: Path | None, passphrase_file: Path | None) -> Proofs:
    """Of the tape that was committed; raises where the secret is another's."""
    commitment, fingerprint = read_commitment(folder)
    secret = None
    if secret_file:
        secret = Secret.load(secret_file, passphrase_from(passphrase_file, twice=False))
        if secret.fingerprint() != fingerprint:
            raise NotCommitted(f"{folder} was committed with another secret than {secret_file}", "")
    return Proofs(commitment, _claim(deal), secret)


def classes_in(parts: Sequence[Part]) -> dict[str, bytes]:
    """The schema of each loan."""
    return {
        loan: part.schema.id for part in parts for loan in pl.read_parquet(part.accepted, columns=[KEY])[KEY].to_list()
    }


def _claims(file: Path, deal: Deal, proofs: Proofs | None) -> tuple[dict[str, int], dict[str, bytes]]:
    """Claims and classes, of the committed tape, or else of the deal's own, which is checked once more."""
    if proofs:
        parts = proofs.commitment.parts
        return claims_in(parts, _claim(deal)), classes_in(parts)
    mapping = load_tape_mapping(file.parent / deal.tape.mapping)
    with TemporaryDirectory() as folder:
        check_tape(file.parent / deal.tape.file, mapping, decimals=deal.settlement.decimals, out=Path(folder))
        part = checked_part(Path(folder))
        return claims_in([part], _claim(deal)), classes_in([part])
