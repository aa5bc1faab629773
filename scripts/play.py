"""`ape run play`: a deal's whole life on a local chain, as it stands in a file beside the deal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from salvor.play import LifePrepared
    from salvor.report.life import LifeStatement

DEAL = Path("deals/whole-life/deal.yaml")


@click.command(epilog="Example: ape run play --deal deals/whole-life/deal.yaml --json")
@click.option("--deal", "deal_file", type=Path, default=DEAL, show_default=True, help="Deal file.")
@click.option("--life", "life_file", type=Path, help="What happens to it; life.yaml beside the deal unless named.")
@click.option("--out", type=Path, default=Path("out/play"), show_default=True, help="Where the statement goes.")
@click.option("--json", "as_json", is_flag=True, help="Print the statement as JSON on stdout, all else on stderr.")
@click.option("--dry-run", is_flag=True, help="Rehearse the life on the model, deploy nothing.")
def cli(deal_file: Path, life_file: Path | None, out: Path, as_json: bool, dry_run: bool) -> None:
    """Orders, periods, votes, further loans, claims, freezes and wind-up, each compared with the reference model.

    Exit code 0 only when cash in = cash out + cash held and the chain equals the model after every call; 1 when not,
    2 for bad input (the life is rehearsed first, nothing is deployed), 3 for trouble with the node.
    """
    from rich.console import Console

    from salvor.errors import OptionInvalid
    from salvor.play import prepare_life
    from salvor.report.life_page import write_life

    if out.exists() and not out.is_dir():
        raise OptionInvalid(f"--out {out} is a file; name a folder")
    console = Console(stderr=as_json, highlight=False)
    prepared = prepare_life(deal_file, life_file or deal_file.parent / "life.yaml", out=out)
    for doubt in prepared.doubts:
        click.echo(f"warning: {doubt}", err=True)
    console.print(f"rehearsed: {prepared.calls} calls, all go as the life says", markup=False)
    if dry_run:
        _tell_dry_run(prepared, console, as_json=as_json)
        return
    for name in ("life.json", "life.html"):
        (out / name).unlink(missing_ok=True)  # never an older life's
    statement = _on_a_local_chain(prepared, console)
    write_life(statement, out)
    _show(statement, out, console, as_json=as_json)


def _tell_dry_run(prepared: LifePrepared, console: Console, *, as_json: bool) -> None:
    from salvor.desk.terminal import tell_deal

    script, mapping = prepared.script, prepared.ready.tape.mapping
    doubts = tell_deal(console, script.deal, mapping.cut_off, wallets=script.wallets)
    console.print("dry run: nothing was deployed")
    if as_json:
        click.echo(json.dumps({"calls": prepared.calls, "warnings": [*prepared.doubts, *doubts]}))


def _show(statement: LifeStatement, out: Path, console: Console, *, as_json: bool) -> None:
    from salvor.report.life_table import print_life

    if as_json:
        click.echo((out / "life.json").read_text(encoding="utf-8"), nl=False)
    else:
        print_life(statement, console)
    console.print("reconciled: the chain equals the model after every call, to the last unit", markup=False)
    console.print(f"page: {out / 'life.html'}; the same as data: {out / 'life.json'}", markup=False)


def _on_a_local_chain(prepared: LifePrepared, console: Console) -> LifeStatement:
    from salvor.demo import Audience
    from salvor.desk.cast import cast_for
    from salvor.desk.terminal import on_a_local_chain
    from salvor.play import play

    script = prepared.script
    with on_a_local_chain(console, closing=script.terms.closing, task="calls", total=prepared.calls) as chain:
        cast = cast_for(script.deal, chain.accounts, wallets=script.wallets)
        audience = Audience(lambda line: console.print(line, markup=False), chain.tick)
        return play(prepared, chain.project, chain.provider, cast, audience)
