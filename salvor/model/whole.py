"""A call is done whole or not at all: what is refused leaves everything as it was."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from salvor.model.refusal import Refused

P = ParamSpec("P")
R = TypeVar("R")
V = TypeVar("V")


def whole(call: Callable[Concatenate[V, P], R]) -> Callable[Concatenate[V, P], R]:
    """A call is done whole or not at all: what is refused leaves everything as it was."""

    @wraps(call)
    def done(actor: V, /, *args: P.args, **named: P.kwargs) -> R:
        undo = memory(actor)
        try:
            return call(actor, *args, **named)
        except Refused:
            undo()
            raise

    return done


def memory(state: Any) -> Callable[[], None]:
    """How to bring a state back, with the notes below it in place: others know them by their objects."""
    below = [memory(each) for each in (*vars(state).get("notes", ()), vars(state).get("note")) if each is not None]
    own = {name: value for name, value in vars(state).items() if name not in ("rule", "rules", "note", "notes")}
    saved = copy.deepcopy(own)

    def undo() -> None:
        vars(state).update(saved)
        for each in below:
            each()

    return undo
