"""The servicer's figures of each period as the reports that the pool takes: totals, and a root over what loans paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from salvor.amounts import Units
from salvor.deal.life import Life, ReportTerms
from salvor.deal.servicing import Serviced
from salvor.model.pool import NO_ROOT, Correction, Report
from salvor.tape.commitment.leaves import COLLECTION_LEAF, collection_value
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import Commitment
from salvor.tape.merkle import StandardMerkleTree

Tapes = Sequence[tuple[Commitment, Secret]]  # the first, and those that may be bought later


def reports_of(serviced: Sequence[Serviced], life: Life, tapes: Tapes) -> list[Report]:
    """One a period, in order."""
    return [_report(period, one, life, tapes) for period, one in enumerate(serviced, start=1)]


def _report(period: int, said: Serviced, life: Life, tapes: Tapes) -> Report:
    root, loans = root_over(period, said.cash, tapes)
    correction = None
    if (own := said.corrected) is not None:
        listed = root_over(own.period, own.cash, tapes)
        correction = Correction(own.period, *listed, own.written_off, own.closed_value, own.closed_plan)
    return Report(
        period,
        gross=sum(said.cash.values()),
        costs=said.costs,
        written_off=said.written_off,
        recovered=said.recovered,
        closed_value=said.closed_value,
        closed_plan=said.closed_plan,
        root=root,
        loans=loans,
        last=life.reports.get(period, ReportTerms()).last,
        correction=correction,
    )


def root_over(period: int, cash: Mapping[str, Units], tapes: Tapes) -> tuple[bytes, int]:
    """Root over what each loan of any tape paid in a period, and how many did; no root when none."""
    leaves = [
        collection_value(period, tape.roots[place], units, secret.collection_salt(period, place))
        for tape, secret in tapes
        for loan, units in cash.items()
        if units and (place := tape.place_of.get(loan)) is not None
    ]
    return (StandardMerkleTree(leaves, COLLECTION_LEAF).root, len(leaves)) if leaves else (NO_ROOT, 0)
