"""The three engines: an EVM in this process, anvil by raw JSON-RPC, Ape's own provider."""
