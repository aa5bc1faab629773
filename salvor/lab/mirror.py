"""A contract system beside its exact-integer model: the same call on both, the same figures afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from salvor.chain.handles import Method
from salvor.chain.layout import Place, Sheet
from salvor.chain.refusal import CallRefused
from salvor.errors import NotAsExpected
from salvor.lab.assertions import side_by_side
from salvor.lab.lab import Lab
from salvor.model.refusal import Refused


class Model(Protocol):
    """The same rules in exact integers. Its actions raise `Refused` with the contract's error and values."""

    def figures(self) -> Sequence[int]:
        """Every figure that is compared, in the order of the mirror's places."""
        ...


class Mirror:
    """Each action is done on the model first, and the chain must answer as the model did."""

    def __init__(self, lab: Lab, model: Model, figures: Mapping[str, Place], *, refusals: str, agreement: str) -> None:
        """`figures` are places in storage by name; `refusals` and `agreement` are the ids of the two properties."""
        self.lab, self.model = lab, model
        self._names, self._refusals, self._agreement = list(figures), refusals, agreement
        self._sheet = Sheet(lab.engine, list(figures.values()))

    def both(self, expected: Callable[[], Any], method: Method, *args: Any, sender: Any) -> Any:
        """Returns the model's answer, or its refusal when both refused alike."""
        try:
            answer, refused = expected(), None
        except Refused as refusal:
            answer, refused = refusal, refusal
        try:
            method(*args, sender=sender)
        except CallRefused as said:
            given = said.refusal
            if refused is None or (given.error, given.values) != (refused.error, refused.values):
                self._unlike(said.call, refused, str(given))
        else:
            if refused is not None:
                self._unlike(method.called, refused, "done")
        return answer

    def check(self) -> list[int]:
        """All figures of the chain; raises when one is not the model's, with both side by side."""
        chain, model = self._sheet.read(), list(self.model.figures())
        if chain != model:
            raise NotAsExpected(f"{self._agreement}: {side_by_side(self._names, chain, model)}")
        return chain

    def _unlike(self, call: str, refused: Refused | None, given: str) -> None:
        expected = str(refused) if refused else "done"
        raise NotAsExpected(f"{self._refusals}: {call}: chain: {given}; model: {expected}")
