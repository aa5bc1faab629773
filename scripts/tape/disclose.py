"""`ape run tape disclose`: some fields of one loan, with their proof, and nothing else."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: ape run tape disclose out/commitment --loan 0007 --field status --secret keys/npl.json")
@click.argument("folder", type=Path)
@click.option("--loan", required=True, help="Its contract identifier.")
@click.option("--field", "fields", multiple=True, required=True, help="Field to show; can be given several times.")
@click.option("--secret", "secret_file", type=Path, required=True, help="Secret file of the commitment.")
@click.option("--passphrase-file", type=Path, help="Else SALVOR_PASSPHRASE, else you are asked.")
@click.option("--out", type=Path, help="File for the disclosure; else it is printed.")
def cli(
    folder: Path,
    loan: str,
    fields: tuple[str, ...],
    secret_file: Path,
    passphrase_file: Path | None,
    out: Path | None,
) -> None:
    """Disclose fields of a loan of the commitment in FOLDER, as JSON that `ape run tape verify` and the pool check.

    Exit code 0, or 2 for what is not there, personal, or another secret's.
    """
    from salvor.errors import NotCommitted
    from salvor.files import write_whole
    from salvor.tape.commitment.disclosure import disclose
    from salvor.tape.commitment.folder import read_commitment
    from salvor.tape.commitment.passphrase import passphrase_from
    from salvor.tape.commitment.secret import Secret

    commitment, fingerprint = read_commitment(folder)
    secret = Secret.load(secret_file, passphrase_from(passphrase_file, twice=False))
    if secret.fingerprint() != fingerprint:
        raise NotCommitted(f"{folder} was committed with another secret than {secret_file}", "")
    text = disclose(commitment, secret, loan, fields).as_json()
    if out is None:
        click.echo(text, nl=False)
    else:
        write_whole(out, text)
        click.echo(f"written: {out}", err=True)
