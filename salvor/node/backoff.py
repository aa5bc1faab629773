"""How long to leave alone what failed: longer each time, up to a bound, and never in step with other nodes."""

from __future__ import annotations

from random import Random


class Backoff:
    """Of one source, or of the chain. Waits between half of a step and the whole, drawn from the given randomness."""

    def __init__(self, first: float, most: float, random: Random) -> None:
        self._first, self._most, self._random = first, max(first, most), random
        self.failures, self.until = 0, 0.0

    def failed(self, now: float) -> float:
        """It failed; the second until which it is left alone."""
        step = min(self._most, self._first * 2.0 ** min(self.failures, 32))
        self.failures += 1
        self.until = now + step * (0.5 + self._random.random() / 2)
        return self.until

    def succeeded(self) -> None:
        """The next failure is the first again."""
        self.failures, self.until = 0, 0.0

    def ready(self, now: float) -> bool:
        """Whether it may be asked."""
        return now >= self.until
