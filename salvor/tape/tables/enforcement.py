"""How far the law has been used: the latest step of each loan up to the cut-off date; of one day, the last row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from salvor.tape.files.table import ROW
from salvor.tape.tables.found import AboutLoans
from salvor.tape.tables.links import NO_SUCH_LOAN, Links
from salvor.tape.tables.rows import TableRows, sort_out
from salvor.tape.tables.templates import CONTRACT, ENFORCEMENT, PROTECTION

TOO_LATE = "TAPE-306"
_DAY = "enforcement_date"


def join_enforcement(
    tables: Mapping[str, TableRows], keys: pl.DataFrame, links: Links | None, cut_off: date | None, about: AboutLoans
) -> None:
    """Give each loan its latest step; a step on a collateral is one of all the loans that it secures."""
    own = tables.get(ENFORCEMENT)
    if own is None:
        return
    sort_out(own, [], [])
    by = CONTRACT if own.has(CONTRACT) else PROTECTION
    loans = keys if by == CONTRACT or links is None else links.pairs.select("loan", PROTECTION)
    orphans = own.good(by).join(loans.lazy(), on=by, how="anti").collect(engine="streaming")
    own.tell(orphans, by, NO_SUCH_LOAN)
    own.put(orphans[ROW], "orphaned")
    about.rejected.append(loans.lazy().join(own.rejected(by), on=by, how="semi").select("loan"))
    set_aside_later(own, by, _DAY, cut_off)
    brought = [name for name in own.columns if name in about.columns and name not in (CONTRACT, PROTECTION)]
    steps = own.good(by, _DAY, *brought).join(own.in_state("later", "orphaned"), on=ROW, how="anti")
    latest = steps.join(loans.lazy(), on=by, how="inner").sort("loan", _DAY, ROW)
    about.give(ENFORCEMENT, latest.unique("loan", keep="last", maintain_order=True).select("loan", *brought))


def set_aside_later(own: TableRows, by: str, day: str, cut_off: date | None) -> None:
    """What happened after the cut-off date is told and not counted."""
    if cut_off is None:
        return
    there = own.good(by, day).join(own.in_state("orphaned"), on=ROW, how="anti")
    later = there.filter(pl.col(day) > cut_off).collect(engine="streaming")
    own.tell(later.select(ROW, day), day, TOO_LATE)
    own.put(later[ROW], "later")
