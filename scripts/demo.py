"""`ape run demo`: one deal on a local chain, from the bank's tape to the closing statement."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from salvor.demo import Prepared
    from salvor.report.statement import Statement

DEAL = Path("deals/worked-loans/deal.yaml")


@click.command(epilog="Example: ape run demo --deal deals/worked-loans/deal.yaml --json")
@click.option(
    "--deal", "deal_file", type=Path, default=DEAL, show_default=True, help="Deal file, or a folder of deals/ by name."
)
@click.option("--tape", "tape_file", type=Path, help="Loan tape instead of the deal's own.")
@click.option("--out", type=Path, default=Path("out/demo"), show_default=True, help="Where the statement goes.")
@click.option("--json", "as_json", is_flag=True, help="Print the statement as JSON on stdout, all else on stderr.")
@click.option("--picture", type=Path, help="Also draw what is printed, as SVG.")
@click.option("--dry-run", is_flag=True, help="Check deal and tape, deploy nothing.")
def cli(deal_file: Path, tape_file: Path | None, out: Path, as_json: bool, picture: Path | None, dry_run: bool) -> None:
    """Tape, pool, tranches, collections, waterfall, claims and the closing statement, on a local anvil.

    Exit code 0 only when cash in = cash out + cash held and the chain equals the reference model; 1 when not, 2 for bad
    input (nothing is deployed), 3 for trouble with the node.
    """
    from rich.console import Console

    from salvor.demo import prepare
    from salvor.desk.terminal import tell_deal
    from salvor.errors import OptionInvalid
    from salvor.report.statement import write_json
    from salvor.report.table import print_statement

    if not deal_file.exists() and (named := Path("deals") / deal_file / "deal.yaml").is_file():
        deal_file = named
    if out.exists() and not out.is_dir():
        raise OptionInvalid(f"--out {out} is a file; name a folder")
    console = Console(stderr=as_json, record=picture is not None, width=120 if picture else None, highlight=False)
    ready = prepare(deal_file, tape_file=tape_file, out=out)
    rejected = ready.tape.totals.rows_rejected
    console.print(f"read: {len(ready.loans)} loans accepted, {rejected} rows rejected ({ready.tape.exceptions})")
    if dry_run:
        doubts = tell_deal(console, ready.deal, ready.tape.mapping.cut_off)
        console.print("dry run: deal and tape are fine, nothing was deployed")
        if as_json:
            click.echo(json.dumps({"loans": len(ready.loans), "rejected_rows": rejected, "warnings": doubts}))
        return
    (out / "statement.json").unlink(missing_ok=True)  # never an older deal's beside this one's rejects
    statement = _on_a_local_chain(ready, console)
    write_json(statement, out / "statement.json")
    if as_json:
        click.echo(json.dumps(statement.as_json(), indent=2))
    else:
        print_statement(statement, console)
    console.print(f"reconciled: the chain equals the model to the last unit; written to {out / 'statement.json'}")
    if picture:
        # Without rich's font face, which would load from a server.
        svg = re.sub(r"<!--.*?-->\s*", "", console.export_svg(title="make demo"), flags=re.DOTALL)
        picture.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), encoding="utf-8")


def _on_a_local_chain(ready: Prepared, console: Console) -> Statement:
    from salvor.demo import Audience, play
    from salvor.desk.cast import cast_for
    from salvor.desk.terminal import on_a_local_chain

    closing, total = ready.terms.closing, len(ready.collections)
    with on_a_local_chain(console, closing=closing, task="collections by period", total=total) as chain:
        cast = cast_for(ready.deal, chain.accounts, wallets=ready.holders_behind)
        return play(ready, chain.project, chain.provider, cast, Audience(console.print, chain.tick))
