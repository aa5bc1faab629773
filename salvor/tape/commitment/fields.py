"""The roots over the fields of many loans, from the accepted rows: the part that costs, so column by column.

Equal values of a column are encoded once; slices of rows go to as many processes as there are cores.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from salvor.tape.commitment.leaves import Schema, encode_value, field_head, value_tail
from salvor.tape.commitment.secret import Secret
from salvor.tape.merkle import merkle_root, twice
from salvor.tape.schema import Kind

_SLICE = 20_000  # rows; fewer are not worth another process


@dataclass(frozen=True)
class _Job:
    accepted: Path
    first: int  # row of the file
    count: int
    place: int  # of that row in the whole tape
    schema: Schema
    secret: Secret


def fields_roots(
    accepted: Path, schema: Schema, secret: Secret, *, place: int, rows: int, tick: Callable[[int], None]
) -> Iterator[bytes]:
    """The root of each loan's fields, in the order of the rows; the first one stands at `place` of the tape."""
    jobs = [_Job(accepted, first, _SLICE, place + first, schema, secret) for first in range(0, rows, _SLICE)]
    if len(jobs) == 1:
        yield from _ticked([_roots(jobs[0])], tick)
        return
    # Spawned: a forked child would inherit polars' threads as they stand, locks and all.
    with ProcessPoolExecutor(min(len(jobs), os.cpu_count() or 1), get_context("spawn")) as pool:
        yield from _ticked(pool.map(_roots, jobs), tick)


def _ticked(slices: Iterator[list[bytes]] | Sequence[list[bytes]], tick: Callable[[int], None]) -> Iterator[bytes]:
    for roots in slices:
        yield from roots
        tick(len(roots))


def _roots(job: _Job) -> list[bytes]:
    frame = pl.scan_parquet(job.accepted).slice(job.first, job.count).collect()
    columns = [_leaves(frame, name, kind, job) for name, kind in zip(job.schema.names, job.schema.kinds, strict=True)]
    return [merkle_root(leaves) for leaves in zip(*columns, strict=True)]


def _leaves(frame: pl.DataFrame, name: str, kind: Kind, job: _Job) -> list[bytes]:
    """The leaves of one field; a field that the file does not have is without a value in every loan."""
    head, salt = field_head(name), job.secret.salt_maker(name)
    values = frame[name].to_list() if name in frame.columns else [None] * len(frame)
    tails = {value: value_tail(encode_value(value, kind)) for value in set(values)}
    return [twice(head + salt(place) + tails[value]) for place, value in enumerate(values, start=job.place)]
