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


def tranche_payments(receipt, world) -> dict[int, tuple[int, int]]:
    """(interest, principal) by tranche, of the tranches whose holders got anything in a run."""
    places = {note.address: place for place, note in enumerate(world.live.notes)}
    logs = receipt.decode_logs(world.live.distributor.Distributed)
    return {places[log.note]: (log.interest, log.principal) for log in logs}


def step_payments(receipt, world) -> list[tuple[int, int, int]]:
    """(place, due, paid) of the steps that were not passed over, in the order of the run."""
    (ran,) = receipt.decode_logs(world.live.waterfall.PeriodRun)
    (told,) = receipt.decode_logs(world.live.waterfall.StepsPaid)
    steps = zip(told.due, told.paid, strict=True)
    return [(place, *step) for place, step in enumerate(steps) if not ran.passedOver >> place & 1]
