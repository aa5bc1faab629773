"""The three engines: an EVM in this process, anvil by raw JSON-RPC, Ape's own provider."""

from __future__ import annotations

from salvor.chain.engine import CHAIN_ID, Engine
from salvor.errors import EngineCannot, OptionInvalid

ENGINES = ("revm", "anvil", "ape")


def open_engine(name: str, *, genesis: int, chain_id: int = CHAIN_ID) -> Engine:
    """A fresh chain whose first block is at `genesis` (seconds since 1970). Each engine is loaded when asked for."""
    if name == "revm":
        from salvor.chain.engines.revm import Revm

        return Revm(genesis=genesis, chain_id=chain_id)
    if name == "anvil":
        from salvor.chain.engines.anvil import Anvil

        return Anvil(genesis=genesis, chain_id=chain_id)
    if name == "ape":
        if chain_id != CHAIN_ID:
            raise EngineCannot(name, f"have chain id {chain_id}", "use the engine anvil for this")
        from salvor.chain.engines.ape import Ape

        return Ape(genesis=genesis)
    raise OptionInvalid(f"no engine '{name}'; there is: {', '.join(ENGINES)}")
