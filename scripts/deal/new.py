"""`ape run deal new`: a first deal file out of a few questions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click


@click.command(epilog="Example: ape run deal new my/deal.yaml")
@click.argument("deal", type=Path)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def cli(deal: Path, force: bool) -> None:
    """Ask for name, tape, dates, price and tranches, and write DEAL.

    Every question has an answer that Enter takes. Exit code 0, or 2 when the answers make no deal (nothing is written).
    """
    from salvor.deal.draft import Draft, DraftTranche, draft_text
    from salvor.deal.load import load_deal
    from salvor.errors import DealInvalid, OptionInvalid

    if deal.exists() and not force:
        raise OptionInvalid(f"{deal} is there already; name another file, or --force replaces it")
    price = _amount("Purchase price", "1000000.00")
    names = click.prompt("Tranches, most senior first", default="senior, mezzanine, equity").split(",")
    left, tranches = price, []
    for place, name in enumerate(each.strip() for each in names):
        last = place == len(names) - 1
        size = _amount(f"Size of {name}", str(left if last else (left * 6 / 10).quantize(price)))
        rate = click.prompt(
            f"Interest of {name} a year (0 % for none)", default="0 %" if last else f"{7 + 4 * place} %"
        )
        left -= size
        tranches.append(DraftTranche(name, size, "" if rate.strip() in ("0", "0 %", "0%") else rate))
    draft = Draft(
        name=click.prompt("Name of the deal", default="NPL 2026-1"),
        tape=click.prompt("Tape, beside the deal file", default="tape.csv"),
        mapping=click.prompt("Mapping of the tape", default="mapping.yaml"),
        currency=click.prompt("Currency", default="EUR"),
        decimals=click.prompt("Decimals of the settlement asset", default=2, type=click.IntRange(0, 18)),
        closing=click.prompt("Closing, the last day of a month", default="2026-12-31", value_proc=date.fromisoformat),
        periods=click.prompt("Months", default=36, type=click.IntRange(1, 600)),
        price=price,
        tranches=tranches,
        fee=click.prompt("Fee of the servicer, of collections", default="6 %"),
    )
    deal.parent.mkdir(parents=True, exist_ok=True)
    beside = deal.with_name(f".{deal.name}.tmp")
    beside.write_text(draft_text(draft), encoding="utf-8")
    try:
        load_deal(beside)
    except DealInvalid as refused:
        raise OptionInvalid(f"these answers make no deal: {refused.message.split(': ', 1)[-1]}") from None
    else:
        beside.replace(deal)
    finally:
        beside.unlink(missing_ok=True)
    click.echo(f"written: {deal}; next: ape run deal explain {deal}")


def _amount(question: str, default: str) -> Decimal:
    while True:
        try:
            return Decimal(click.prompt(question, default=default))
        except InvalidOperation:
            click.echo("an amount without separators, such as 450000.00")
