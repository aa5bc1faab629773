"""What a contract says when it refuses: a custom error by name with values, wherever down the calls it was raised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salvor.chain.codec import Abi, decoder, selector, signature
from salvor.errors import ChainTrouble, OutputUnreadable, ReconciliationFailed

if TYPE_CHECKING:
    from salvor.chain.artifacts import Artifacts

_SOLIDITY: tuple[Abi, ...] = (
    {"name": "Error", "inputs": [{"name": "reason", "type": "string"}]},
    {"name": "Panic", "inputs": [{"name": "code", "type": "uint256"}]},
)
_Known = tuple[str, Callable[[bytes], tuple[Any, ...]], tuple[str, ...]]
_known: dict[bytes, _Known] = {}
_explained: dict[bytes, set[str]] = {}
_unread: dict[Path, Artifacts] = {}


@dataclass(frozen=True)
class Refusal:
    """A custom error; the values in the order of the interface."""

    error: str
    values: tuple[Any, ...]
    names: tuple[str, ...] = ()
    selector: bytes = field(default=b"", compare=False, repr=False)

    @property
    def explanation(self) -> str:
        """What the interface says about the error, each of them when several have it; empty when none says anything."""
        _read_on(self.selector)
        return ", or: ".join(sorted(_explained.get(self.selector, ())))

    def __str__(self) -> str:
        named = zip(self.names, self.values, strict=True) if self.names else (("", value) for value in self.values)
        return (
            f"{self.error}({', '.join(f'{name}={_shown(value)}' if name else _shown(value) for name, value in named)})"
        )


class CallRefused(ChainTrouble):
    """A contract refused a call."""

    show_color: bool | None = None  # click's, which its own constructor would set

    def __init__(self, call: str, said: Refusal | bytes) -> None:
        # Machines are refused thousands of times a second: revert data is decoded when somebody reads it.
        Exception.__init__(self, call, said)
        self.call, self._said = call, said

    @property
    def refusal(self) -> Refusal:
        """The error with its values."""
        if isinstance(self._said, bytes):
            self._said = read(self._said)
        return self._said

    @property
    def message(self) -> str:  # type: ignore[override]  # an attribute in click, built late here
        """The line that a user reads."""
        explanation = self.refusal.explanation
        said = f"{self.call} was refused: {self.refusal}" + (f": {explanation}" if explanation else "")
        return " ".join(said.splitlines())

    def __str__(self) -> str:
        return self.message


def refusal_of(action: Callable[[], object]) -> Refusal:
    """Do what must be refused; raises when it is not."""
    try:
        action()
    except CallRefused as refused:
        return refused.refusal
    raise ReconciliationFailed(["a call that must be refused went through"])


def learn(errors: Iterable[Abi], explanations: Mapping[str, str] | None = None) -> None:
    """Remember errors by their ABI, so that one raised two contracts down, or in a library, is still named.

    `explanations` are sentences by signature.
    """
    for abi in errors:
        key = selector(abi)
        if explanation := (explanations or {}).get(signature(abi)):
            _explained.setdefault(key, set()).add(explanation)
        if key not in _known:
            names = tuple(each.get("name") or "" for each in abi["inputs"])
            _known[key] = (abi["name"], decoder(abi["inputs"], signature(abi)), names if all(names) else ())


def learn_when_needed(artifacts: Artifacts) -> None:
    """Errors that no handle tells, such as those of contracts that contracts create: read when one is unknown."""
    _unread[artifacts.path] = artifacts


def read(data: bytes) -> Refusal:
    """Revert data as an error with values; addresses with checksum; an unknown error by its selector and raw values."""
    known, body = _known.get(data[:4]), data[4:]
    if known is None and _unread:
        known = _read_on(data[:4])
    if known is not None:
        error, decode, names = known
        try:
            return Refusal(error, decode(body), names, data[:4])
        except OutputUnreadable:
            pass  # another error with the same selector, or a contract that writes what it likes
    return Refusal(f"unknown error 0x{data[:4].hex()}" if data else "no reason given", (body,) if body else ())


def _read_on(key: bytes) -> _Known | None:
    while _unread:
        for artifact in _unread.popitem()[1].all:
            learn((abi for abi in artifact.abi if abi["type"] == "error"), artifact.explanations)
    return _known.get(key)


def _shown(value: Any) -> str:
    """Structs by the names of their members, bytes as hexadecimal text, however deep."""
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    if names := getattr(value, "_fields", None):
        members = (f"{name}={_shown(each)}" for name, each in zip(names, value, strict=True))
        return f"{type(value).__name__}({', '.join(members)})"
    return f"[{', '.join(map(_shown, value))}]" if isinstance(value, list | tuple) else str(value)


learn(_SOLIDITY)
