"""Selectors of functions and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eth_hash.auto import keccak

if TYPE_CHECKING:
    from ethpm_types.abi import ErrorABI, MethodABI


def selector(abi: MethodABI | ErrorABI) -> bytes:
    """The first four bytes of the signature's hash."""
    return bytes(keccak(abi.selector.encode())[:4])
