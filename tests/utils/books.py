"""What a waterfall says of its tranches, in plain tuples: hand-computed numbers stand beside them in tests."""

from __future__ import annotations

from typing import NamedTuple


class Books(NamedTuple):
    """A tranche, settlement units."""

    principal: int = 0
    interest_due: int = 0
    interest_paid: int = 0
    principal_paid: int = 0
    loss: int = 0


def books(world, tranche: int) -> Books:
    """Where a tranche of this deal stands."""
    state = world.live.waterfall.tranche(tranche)
    return Books(state.principal, state.interestDue, state.interestPaid, state.principalPaid, state.loss)


def tranche_payments(receipt, waterfall) -> dict[int, tuple[int, int]]:
    """(interest, principal) by tranche, of the tranches that got anything in a run."""
    return {log.tranche: (log.interest, log.principal) for log in receipt.decode_logs(waterfall.TranchePaid)}


def step_payments(receipt, waterfall) -> list[tuple[int, int, int]]:
    """(place, due, paid) of the steps that were not passed over, in the order of the run."""
    return [(log.step, log.due, log.paid) for log in receipt.decode_logs(waterfall.StepPaid)]
