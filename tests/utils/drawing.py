"""Values of any ABI type from a seed: the edges of each type more often than what lies between."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

_TEXTS = ("", "a", "x" * 31, "y" * 32, "Zins für 7 €", "z" * 100)


class Drawing:
    """One source of chance; the same seed draws the same values."""

    def __init__(self, seed: int, addresses: Sequence[str]) -> None:
        self.random, self.addresses = random.Random(seed), list(addresses)

    def values(self, params: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Arguments for parameters as an ABI has them."""
        return [self.value(param) for param in params]

    def value(self, param: Mapping[str, Any]) -> Any:
        """One value; arrays of changing length are short."""
        kind = str(param["type"])
        if kind.endswith("]"):
            inner, _, length = kind[:-1].rpartition("[")
            count = int(length) if length else self.random.choice((0, 1, 2, 5))
            return [self.value({**param, "type": inner}) for _ in range(count)]
        if kind == "tuple":
            return tuple(self.values(param["components"]))
        if kind == "address":
            return self.random.choice(self.addresses)
        if str(param.get("internalType", "")).startswith("enum "):
            return self.random.choice((0, 1))  # which every enum has
        if kind == "bool":
            return self.random.random() < 0.5
        if kind == "string":
            return self.random.choice(_TEXTS)
        if kind.startswith("bytes"):
            return self.random.randbytes(int(kind[5:]) if kind[5:] else self.random.choice((0, 1, 31, 32, 33, 200)))
        bits = int(kind.removeprefix("u").removeprefix("int"))
        low, high = (0, 2**bits - 1) if kind.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        edges = [number for number in (0, 1, 2, 7, 1_000, -1, low, high, high - 1) if low <= number <= high]
        return self.random.choice([*edges, self.random.randint(low, high)])
