"""The three engines: an EVM in this process, anvil by raw JSON-RPC, Ape's own provider."""

from __future__ import annotations

from salvor.chain.engine import Engine
from salvor.errors import OptionInvalid

ENGINES = ("revm", "anvil", "ape")


def open_engine(name: str, *, genesis: int) -> Engine:
    """A fresh chain whose first block is at `genesis` (seconds since 1970). Each engine is loaded when it is asked for."""
    if name == "revm":
        from salvor.chain.engines.revm import Revm

        return Revm(genesis=genesis)
    if name == "anvil":
        from salvor.chain.engines.anvil import Anvil

        return Anvil(genesis=genesis)
    if name == "ape":
        from salvor.chain.engines.ape import Ape

        return Ape(genesis=genesis)
    raise OptionInvalid(f"no engine '{name}'; there is: {', '.join(ENGINES)}")
