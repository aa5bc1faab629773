"""Numbers for Prometheus in its text format: a few families, names and labels fixed when they are made."""

from __future__ import annotations

import threading
from collections.abc import Iterable

Labels = tuple[str, ...]


class Family:
    """One metric with its labels."""

    def __init__(self, name: str, kind: str, says: str, labels: Labels) -> None:
        self.name, self.kind, self.says, self.labels = name, kind, says, labels
        self._values: dict[Labels, int | float] = {}
        self._lock = threading.Lock()

    def set(self, value: float, *labels: str) -> None:
        """The value as it is now."""
        with self._lock:
            self._values[self._fitting(labels)] = value

    def add(self, *labels: str, by: float = 1) -> None:
        """Count on."""
        with self._lock:
            at = self._fitting(labels)
            self._values[at] = self._values.get(at, 0) + by

    def get(self, *labels: str) -> float:
        """The value; 0 when there is none yet."""
        with self._lock:
            return self._values.get(self._fitting(labels), 0)

    def total(self) -> float:
        """Over all labels."""
        with self._lock:
            return sum(self._values.values())

    def lines(self) -> Iterable[str]:
        """As Prometheus reads them."""
        yield f"# HELP {self.name} {_escaped(self.says)}"
        yield f"# TYPE {self.name} {self.kind}"
        with self._lock:
            found = sorted(self._values.items())
        for labels, value in found:
            said = ",".join(f'{name}="{_quoted(text)}"' for name, text in zip(self.labels, labels, strict=True))
            yield f"{self.name}{f'{{{said}}}' if said else ''} {value}"

    def _fitting(self, labels: Labels) -> Labels:
        if len(labels) != len(self.labels):
            raise ValueError(f"{self.name} has the labels {self.labels}, not {len(labels)} values")
        return labels


class Metrics:
    """All families of a node."""

    def __init__(self) -> None:
        self._families: dict[str, Family] = {}

    def counter(self, name: str, says: str, *labels: str) -> Family:
        """A number that only grows."""
        return self._make(f"{name}_total", "counter", says, labels)

    def gauge(self, name: str, says: str, *labels: str) -> Family:
        """A number that goes up and down."""
        return self._make(name, "gauge", says, labels)

    def text(self) -> str:
        """The page."""
        return "\n".join(line for family in self._families.values() for line in family.lines()) + "\n"

    def _make(self, name: str, kind: str, says: str, labels: Labels) -> Family:
        return self._families.setdefault(f"salvor_node_{name}", Family(f"salvor_node_{name}", kind, says, labels))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')
