"""`ape run supervise`: holders, audit trail and suspicious patterns of a deal's notes, from their events."""

from __future__ import annotations

import json
from pathlib import Path

import click

DEAL = Path("deals/cross-border/deal.yaml")


@click.command(epilog="Example: ape run supervise --events deals/cross-border/events.csv --out out/supervise")
@click.option("--deal", "deal_file", type=Path, default=DEAL, show_default=True, help="Deal file.")
@click.option("--events", type=Path, required=True, help="Event table, a CSV file.")
@click.option(
    "--investors", type=Path, help="Who stands behind the wallets; investors.csv beside the deal unless named."
)
@click.option("--listed", multiple=True, help="Name or wallet on a sanctions list; may be given more than once.")
@click.option("--out", type=Path, default=Path("out/supervise"), show_default=True, help="Where the files go.")
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON on stdout, all else on stderr.")
def cli(
    deal_file: Path, events: Path, investors: Path | None, listed: tuple[str, ...], out: Path, as_json: bool
) -> None:
    """Write holders.csv, audit.csv, flags.csv, events.csv and supervision.json; one history gives one set of bytes.

    A flag is a reason to look, not a finding. Exit code 0 also with flags; 1 when events are missing or do not fit each
    other, 2 for bad input.
    """
    from rich.console import Console

    from salvor.errors import OptionInvalid
    from salvor.investors.file import read_investors
    from salvor.investors.watching import alarms_of, people_of, tell_supervision
    from salvor.jurisdictions.of_deal import load_deal_rules
    from salvor.supervision.report import as_data, supervise, write_supervision
    from salvor.supervision.table import read_events

    if out.exists() and not out.is_dir():
        raise OptionInvalid(f"--out {out} is a file; name a folder")
    console = Console(stderr=as_json, highlight=False)
    rules = load_deal_rules(deal_file)
    known = read_investors(investors or deal_file.parent / "investors.csv", today=None)
    decimals = rules.deal.settlement.decimals
    found = supervise(read_events(events), people_of(known), alarms_of(rules), decimals, frozenset(listed))
    write_supervision(found, out)
    tell_supervision(found, out, console)
    if as_json:
        click.echo(json.dumps(as_data(found), indent=2, ensure_ascii=False))
