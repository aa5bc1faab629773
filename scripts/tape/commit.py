"""`ape run tape commit`: one root over all accepted loans, with its totals, and the secret that proofs need."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command(epilog="Example: ape run tape commit out/tape --secret keys/npl-2026-1.json --out out/commitment")
@click.argument("folders", type=Path, nargs=-1, required=True)
@click.option("--secret", "secret_file", type=Path, required=True, help="Secret file; drawn where there is none.")
@click.option("--passphrase-file", type=Path, help="Else SALVOR_PASSPHRASE, else you are asked.")
@click.option("--out", type=Path, default=Path("out/commitment"), show_default=True, help="Where the commitment goes.")
@click.option("--json", "as_json", is_flag=True, help="Print the commitment as JSON on stdout, all else on stderr.")
def cli(folders: tuple[Path, ...], secret_file: Path, passphrase_file: Path | None, out: Path, as_json: bool) -> None:
    """Commit the tape that `ape run tape check` left in FOLDERS, one folder a part of it.

    The same tape with the same secret gives the same root. Exit code 0, or 2 for bad input.
    """
    from rich.console import Console
    from rich.progress import Progress

    from salvor.amounts import format_units
    from salvor.tape.commitment.folder import public_json, write_commitment
    from salvor.tape.commitment.passphrase import passphrase_from
    from salvor.tape.commitment.secret import WARNING, Secret
    from salvor.tape.commitment.tape import checked_part, commit_tape

    console = Console(stderr=True, highlight=False)
    parts = [checked_part(folder) for folder in folders]
    new = not secret_file.exists()
    if new:
        console.print(WARNING, style="bold")
    passphrase = passphrase_from(passphrase_file, twice=new)
    if new:
        Secret.draw().save(secret_file, passphrase)
        console.print(f"drawn: {secret_file}")
    secret = Secret.load(secret_file, passphrase)
    with Progress(console=console) as progress:
        bar = progress.add_task("loans", total=None)
        commitment = commit_tape(parts, secret, tick=lambda loans: progress.advance(bar, loans))
        progress.update(bar, total=commitment.public.loan_count)
    written = write_commitment(commitment, secret, [folder.absolute() for folder in folders], out)
    said = public_json(commitment.public)
    if as_json:
        click.echo(json.dumps(said, indent=2))
    else:
        click.echo(f"root {said['root']} over {said['loans']:,} loans")
        of = {part.schema.id: part for part in parts}
        for total in commitment.public.classes:
            part = of[total.schema]
            amount = f"{format_units(total.gross_balance, part.schema.decimals)} {part.schema.currency}"
            click.echo(f"{total.asset_class}: {total.loans:,} loans, {amount} of {part.balance}")
    console.print(f"written: {written}; publish this file, keep {secret_file} and its passphrase")
