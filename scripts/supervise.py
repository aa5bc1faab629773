"""`ape run supervise`: holders, audit trail and suspicious patterns of a deal's notes, from their events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from salvor.supervision.events import Event

DEAL = Path("deals/cross-border/deal.yaml")


@click.command(epilog="Example: ape run supervise --events deals/cross-border/events.csv --out out/supervise")
@click.option("--deal", "deal_file", type=Path, default=DEAL, show_default=True, help="Deal file.")
@click.option("--events", type=Path, help="Event table, a CSV file; or name notes.")
@click.option(
    "--note", "notes", multiple=True, help="TRANCHE=ADDRESS of a note on a network; may be given more than once."
)
@click.option("--network", default="ethereum:local:foundry", show_default=True, help="Where the notes stand.")
@click.option("--first-block", default=0, show_default=True, help="No event of the notes is older.")
@click.option(
    "--investors", type=Path, help="Who stands behind the wallets; investors.csv beside the deal unless named."
)
@click.option("--listed", multiple=True, help="Name or wallet on a sanctions list; may be given more than once.")
@click.option("--out", type=Path, default=Path("out/supervise"), show_default=True, help="Where the files go.")
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON on stdout, all else on stderr.")
def cli(
    deal_file: Path, investors: Path | None, listed: tuple[str, ...], out: Path, as_json: bool, **source: Any
) -> None:
    """Write holders.csv, audit.csv, flags.csv, events.csv and supervision.json; one history gives one set of bytes.

    A flag is a reason to look, not a finding. Exit code 0 also with flags; 1 when events are missing or do not fit each
    other, 2 for bad input.
    """
    from rich.console import Console

    from salvor.deal.names import unknown
    from salvor.errors import OptionInvalid
    from salvor.investors.file import read_investors
    from salvor.investors.telling import tell_refused
    from salvor.investors.watching import alarms_of, listed_of, people_of, tell_supervision
    from salvor.jurisdictions.of_deal import load_deal_rules
    from salvor.supervision.report import as_data, supervise, write_supervision

    if out.exists() and not out.is_dir():
        raise OptionInvalid(f"--out {out} is a file; name a folder")
    console = Console(stderr=as_json, highlight=False)
    rules = load_deal_rules(deal_file)
    tranches = [each.name for each in rules.deal.tranches]
    for each in source["notes"]:
        if (name := each.partition("=")[0]) not in tranches:
            raise OptionInvalid(f"--note: {unknown('tranche', name, tranches)}")
    known = read_investors(investors or deal_file.parent / "investors.csv", today=None)
    decimals = rules.deal.settlement.decimals
    events = _events(**source)
    people = people_of(known, events)
    found = supervise(events, people, alarms_of(rules), decimals, listed_of(listed, people))
    write_supervision(found, out)
    tell_refused(known, console)  # their wallets stand for themselves
    tell_supervision(found, out, console)
    if as_json:
        click.echo(json.dumps(as_data(found), indent=2, ensure_ascii=False))


def _events(events: Path | None, notes: tuple[str, ...], network: str, first_block: int) -> tuple[Event, ...]:
    """From a file or from a chain, never from both."""
    from salvor.errors import OptionInvalid
    from salvor.supervision.table import read_events

    if (events is None) == (not notes):
        raise OptionInvalid("name either --events FILE or a --note TRANCHE=ADDRESS for each note")
    if events is not None:
        return read_events(events)
    from salvor.investors.live import read_history

    named = dict(each.partition("=")[::2] for each in notes)
    if any(not address for address in named.values()):
        raise OptionInvalid("--note is written TRANCHE=ADDRESS, such as senior=0x...")
    if len({address.lower() for address in named.values()}) < len(notes):
        raise OptionInvalid("--note: each tranche and each address once")
    return read_history(named, network, first_block)
