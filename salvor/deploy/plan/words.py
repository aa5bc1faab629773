"""Arguments as people read them: names instead of addresses and selectors, long bytes cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from salvor.chain.codec import Abi

_LONG = 48  # characters of a value that are shown


def arguments_in_words(abi: Sequence[Abi], args: Sequence[Any], names: Mapping[str, str]) -> str:
    """`name=value` for each argument of the constructor in this ABI; without a name the value alone."""
    inputs: Sequence[Abi] = next((each["inputs"] for each in abi if each["type"] == "constructor"), ())
    called = [str(each.get("name") or "").strip("_") for each in inputs] or [""] * len(args)
    shown = [in_words(value, names) for value in args]
    return ", ".join(f"{name}={value}" if name else value for name, value in zip(called, shown, strict=False))


def in_words(value: Any, names: Mapping[str, str]) -> str:
    """One value."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(in_words(each, names) for each in value)}]"
    if isinstance(value, bytes):
        text = f"0x{value.hex()}"
        if text in names:
            return names[text]
        return text if len(text) <= _LONG + 20 else f"{text[:_LONG]}... ({len(value)} bytes)"
    address = getattr(value, "address", value)
    if isinstance(address, str) and address in names:
        return names[address]
    return str(address)
