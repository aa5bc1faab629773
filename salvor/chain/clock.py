"""The local chain's clock: it only goes forward, so a date that has passed is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ape.api import ProviderAPI


def at(provider: ProviderAPI, seconds: int) -> None:
    """Let the next block have this timestamp, or the next possible one when the chain is past it."""
    now = provider.get_block("latest").timestamp
    provider.set_timestamp(max(seconds, now + 1))
