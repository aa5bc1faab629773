"""One borrower a loan, of all the counterparties that a relationship names.

The borrower comes first, then joint borrowers, then those whose role is not told, by identifier; guarantors and others
are never the borrower. A loan without one is rejected.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from salvor.tape.files.table import ROW
from salvor.tape.tables.found import AboutLoans
from salvor.tape.tables.links import NO_SUCH_LOAN, Links, links_of, tell_orphans
from salvor.tape.tables.rows import TableRows, sort_out
from salvor.tape.tables.templates import BORROWER, CONTRACT, COUNTERPARTY, LOAN, NAMES_BORROWER, ROLE

NO_BORROWER, SEVERAL = "TAPE-301", "TAPE-308"
_RANK = {"borrower": 0, "joint_borrower": 1, "guarantor": 3, "other": 3}
_UNTOLD, _NEVER = 2, 3


def join_counterparties(tables: Mapping[str, TableRows], keys: pl.DataFrame, about: AboutLoans) -> None:
    """Give each loan the fields of its borrower, and tell of loans and counterparties that have none."""
    own = tables.get(COUNTERPARTY)
    if own:
        sort_out(own, [BORROWER], [name for name in own.columns if name != BORROWER])
    links = links_of(tables, NAMES_BORROWER, BORROWER, keys)
    known = own.scan(BORROWER).select(BORROWER).unique().collect() if own else None
    ranked = _ranked(links, own)
    main = ranked.filter(pl.col("rank") < _NEVER).unique("loan", keep="first", maintain_order=True)
    if own and known is not None:
        links.tell_unknown(known.lazy())
        _tell_unused(own, links)
        main = main.join(known, on=BORROWER, how="semi")
        about.rejected.append(main.lazy().join(own.rejected(BORROWER), on=BORROWER, how="semi").select("loan"))
    without = keys.join(main, on="loan", how="anti").select("loan", pl.col(CONTRACT).alias("old"))
    about.tell(without, CONTRACT, NO_BORROWER)
    _tell_several(ranked, main, about)
    _give(main, own, links, about)


def _ranked(links: Links, own: TableRows | None) -> pl.DataFrame:
    """The pairs, of each loan the one that is most likely its borrower first."""
    pairs = links.pairs.lazy()
    roles = [ROLE] if ROLE in links.pairs.columns else []
    if own and own.has(ROLE):
        told = own.good(BORROWER, ROLE).select(BORROWER, pl.col(ROLE).alias("told")).unique(BORROWER)
        pairs, roles = pairs.join(told, on=BORROWER, how="left"), [*roles, "told"]
    role = pl.coalesce(*roles) if roles else pl.lit(None, pl.String)
    rank = role.replace_strict(_RANK, default=_UNTOLD, return_dtype=pl.Int8)
    return pairs.select("loan", BORROWER, rank.alias("rank")).sort("loan", "rank", BORROWER).collect()


def _tell_unused(own: TableRows, links: Links) -> None:
    used = links.pairs.lazy().select(BORROWER)
    unused = own.good(BORROWER).join(used, on=BORROWER, how="anti").collect(engine="streaming")
    own.tell(unused, BORROWER, NO_SUCH_LOAN)
    own.put(unused[ROW], "orphaned")


def _tell_several(ranked: pl.DataFrame, main: pl.DataFrame, about: AboutLoans) -> None:
    several = ranked.filter(pl.col("loan").is_duplicated())
    ids = several.group_by("loan", maintain_order=True).agg(pl.col(BORROWER).unique(maintain_order=True).alias("ids"))
    told = ids.filter(pl.col("ids").list.len() > 1).join(main.select("loan", pl.col(BORROWER).alias("new")), on="loan")
    name = BORROWER if BORROWER in about.columns else CONTRACT
    about.tell(told.with_columns(pl.col("ids").list.join("; ").alias("old")), name, SEVERAL)


def _give(main: pl.DataFrame, own: TableRows | None, links: Links, about: AboutLoans) -> None:
    fields = main.lazy().select("loan", BORROWER)
    if own:
        brought = [name for name in own.columns if name in about.columns and name != BORROWER]
        fields = fields.join(own.good(BORROWER, *brought).drop(ROW), on=BORROWER, how="left")
    if BORROWER not in about.columns or links.table.name == LOAN:
        fields = fields.drop(BORROWER)
    about.give(COUNTERPARTY, fields)


def sort_out_relationships(tables: Mapping[str, TableRows], keys: pl.DataFrame, names: tuple[str, ...]) -> None:
    """Rows of relationships that are rejected, that say the same once more, or whose loan is not there."""
    for name in names:
        if name in tables:
            table = tables[name]
            sort_out(table, [CONTRACT, *(each for each in table.columns if each != CONTRACT)], [])
            tell_orphans(table, keys)
