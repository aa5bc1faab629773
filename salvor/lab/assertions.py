"""What must hold of money, as assertions that name the property and show the figures. All integers, no tolerance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from salvor.errors import NotAsExpected


def side_by_side(names: Sequence[str], chain: Sequence[int], model: Sequence[int]) -> str:
    """The figures that differ."""
    if len(chain) != len(model) or len(names) != len(chain):
        return f"{len(names)} figures are named, the chain has {len(chain)}, the model {len(model)}"
    unlike = [(n, c, m) for n, c, m in zip(names, chain, model, strict=True) if c != m]
    return "; ".join(f"{name}: chain {ours:,}, model {theirs:,}" for name, ours, theirs in unlike)


def equal(prop: str, chain: Mapping[str, int], model: Mapping[str, int]) -> None:
    """The same names and figures on both sides."""
    names = sorted(chain.keys() | model.keys())
    if missing := sorted(chain.keys() ^ model.keys()):
        raise NotAsExpected(f"{prop}: only on one side: {', '.join(missing)}")
    if unlike := side_by_side(names, [chain[name] for name in names], [model[name] for name in names]):
        raise NotAsExpected(f"{prop}: {unlike}")


def conserved(prop: str, *, paid_in: int, paid_out: int, held: int) -> None:
    """Cash in = cash out + cash held, to the unit."""
    if paid_in != paid_out + held:
        missing = paid_in - paid_out - held
        raise NotAsExpected(f"{prop}: in {paid_in:,} = out {paid_out:,} + held {held:,} leaves {missing:,}")


def rounded_down(prop: str, result: int, numerator: int, denominator: int) -> None:
    """`result` is the quotient with its fraction cut off: never more than exact, and less than one unit below."""
    if not result * denominator <= numerator < (result + 1) * denominator:
        raise NotAsExpected(f"{prop}: {result:,} is not {numerator:,} / {denominator:,} rounded down")


def rounded_up(prop: str, result: int, numerator: int, denominator: int) -> None:
    """`result` is the quotient with its fraction filled up: never less than exact, and less than one unit above."""
    if not (result - 1) * denominator < numerator <= result * denominator:
        raise NotAsExpected(f"{prop}: {result:,} is not {numerator:,} / {denominator:,} rounded up")


def never_falls(prop: str, name: str, before: int, after: int) -> None:
    """A figure that only grows."""
    if after < before:
        raise NotAsExpected(f"{prop}: {name} fell from {before:,} to {after:,}")


def never_rises(prop: str, name: str, before: int, after: int) -> None:
    """A figure that only shrinks."""
    if after > before:
        raise NotAsExpected(f"{prop}: {name} rose from {before:,} to {after:,}")


def monotone(prop: str, name: str, points: Sequence[tuple[int, int]]) -> None:
    """A function that does not fall: (argument, value) in any order."""
    ordered = sorted(points)
    for (low, at_low), (high, at_high) in pairwise(ordered):
        if at_high < at_low:
            raise NotAsExpected(f"{prop}: {name}({high:,}) = {at_high:,} is below {name}({low:,}) = {at_low:,}")
