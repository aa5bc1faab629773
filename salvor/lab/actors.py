"""Those who act: a role, and an address that follows from its name, the same on every engine."""

from __future__ import annotations

from typing import Any

from eth_hash.auto import keccak

from salvor.chain.codec import checksummed
from salvor.chain.engine import Engine
from salvor.chain.handles import Blueprint, Contract


class Actor:
    """An account on an engine; engines let anybody send."""

    __slots__ = ("address", "engine", "role", "word")

    def __init__(self, engine: Engine, role: str) -> None:
        raw = bytes(keccak(f"salvor actor: {role}".encode())[-20:])
        self.engine, self.role, self.address, self.word = engine, role, checksummed[raw], raw.rjust(32, b"\0")

    def deploy(self, blueprint: Blueprint, *args: Any, value: int = 0) -> Contract:
        """Deploy a contract from this account."""
        return blueprint.deploy(self.engine, *args, sender=self, value=value)

    @property
    def balance(self) -> int:
        """Wei."""
        return self.engine.balance(self.address)

    def __repr__(self) -> str:
        return self.role
