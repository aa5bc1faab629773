"""What a contract says when it refuses: a custom error by name with values, wherever down the calls it was raised."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from salvor.chain.codec import Abi, decoder, selector, signature
from salvor.errors import ChainTrouble, OutputUnreadable, ReconciliationFailed

_SOLIDITY: tuple[Abi, ...] = (
    {"name": "Error", "inputs": [{"name": "reason", "type": "string"}]},
    {"name": "Panic", "inputs": [{"name": "code", "type": "uint256"}]},
)
_Known = tuple[str, Callable[[bytes], tuple[Any, ...]], tuple[str, ...]]
_known: dict[bytes, _Known] = {}


@dataclass(frozen=True)
class Refusal:
    """A custom error; the values in the order of the interface."""

    error: str
    values: tuple[Any, ...]
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = zip(self.names, self.values, strict=True) if self.names else (("", value) for value in self.values)
        return (
            f"{self.error}({', '.join(f'{name}={_shown(value)}' if name else _shown(value) for name, value in named)})"
        )


class CallRefused(ChainTrouble):
    """A contract refused a call."""

    def __init__(self, call: str, refusal: Refusal) -> None:
        # Machines are refused thousands of times a second: the sentence is built when somebody reads it.
        Exception.__init__(self, call, refusal)
        self.call, self.refusal = call, refusal

    @property
    def message(self) -> str:  # type: ignore[override]
        """The line that a user reads."""
        return f"{self.call} was refused: {self.refusal}"

    def __str__(self) -> str:
        return self.message


def refusal_of(action: Callable[[], object]) -> Refusal:
    """Do what must be refused; raises when it is not."""
    try:
        action()
    except CallRefused as refused:
        return refused.refusal
    raise ReconciliationFailed(["a call that must be refused went through"])


def learn(errors: Iterable[Abi]) -> None:
    """Remember errors by their ABI, so that one raised two contracts down, or in a library, is still named."""
    for abi in errors:
        if (key := selector(abi)) not in _known:
            names = tuple(each.get("name") or "" for each in abi["inputs"])
            _known[key] = (abi["name"], decoder(abi["inputs"], signature(abi)), names if all(names) else ())


def read(data: bytes) -> Refusal:
    """Revert data as an error with values; addresses with checksum; an unknown error by its selector and raw values."""
    known, body = _known.get(data[:4]), data[4:]
    if known is not None:
        error, decode, names = known
        try:
            return Refusal(error, decode(body), names)
        except OutputUnreadable:
            pass  # another error with the same selector, or a contract that writes what it likes
    return Refusal(f"unknown error 0x{data[:4].hex()}" if data else "no reason given", (body,) if body else ())


def _shown(value: Any) -> str:
    return f"0x{value.hex()}" if isinstance(value, bytes) else str(value)


learn(_SOLIDITY)
