"""From `--network` and `--account` to a node and to who signs; everything of Ape that a deployment needs is here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from salvor.chain.codec import address_of
from salvor.deploy.plan.rpc import Node, number_in
from salvor.deploy.plan.signers import ApeSigner, Impersonated, Key, Signer
from salvor.errors import NodeTrouble, OptionInvalid, near

_NAMES = {1: "mainnet", 11_155_111: "sepolia", 17_000: "holesky", 560_048: "hoodi", 31_337: "local", 1_337: "local"}
TEST = "TEST::"
_FIRST_PATIENCE = 3.0  # seconds for a node that was never there: its address may be wrong


@dataclass(frozen=True)
class Connection:
    """A chain, by the name that deal files use for it, and Ape's accounts for it."""

    node: Node
    network: str
    chain_id: int
    ecosystem: Any
    is_local: bool


@contextmanager
def connected(choice: str) -> Iterator[Connection]:
    """`choice` is a URL, or what Ape's `--network` takes; whatever Ape started ends with the block."""
    from ape import networks
    from ape.exceptions import ApeException, NetworkError
    from ape.logging import LogLevel, logger

    logger.set_level(LogLevel.ERROR)
    if choice.startswith(("http://", "https://")):
        node = Node(choice, patience=_FIRST_PATIENCE)
        number = number_in(node.ask("eth_chainId")) or 0
        node.patience = Node.patience
        yield Connection(node, _NAMES.get(number, str(number)), number, networks.ethereum, number in (1_337, 31_337))
        node.close()
        return
    try:
        context = networks.parse_network_choice(choice)
        provider = context.__enter__()
    except NetworkError as error:  # no such ecosystem, network or provider
        raise OptionInvalid(f"--network {choice}: {' '.join(str(error).split())}") from None
    except (ApeException, OSError, ValueError) as error:
        raise NodeTrouble((str(error) or type(error).__name__).splitlines()[0]) from None
    try:
        name = provider.network.name
        address = getattr(provider, "http_uri", None) or getattr(provider, "uri", "")
        if not str(address).startswith("http"):
            raise OptionInvalid(f"--network {choice}: its provider has no address that begins with http")
        node = Node(str(address))
        yield Connection(
            node, name.removesuffix("-fork"), int(provider.chain_id), provider.network.ecosystem, name == "local"
        )
        node.close()
    finally:
        context.__exit__(None)


def signer_for(name: str | None, connection: Connection, *, impersonate: str | None = None) -> Signer:
    """An account of Ape by alias, `TEST::0`, or an address that the node lets anybody send from."""
    from ape import accounts
    from ape.logging import LogLevel, logger

    logger.set_level(LogLevel.ERROR)
    if impersonate:
        connection.node.ask("anvil_impersonateAccount", address_of(impersonate))
        return Impersonated(impersonate)
    if name is None and not connection.is_local:
        known = ", ".join(accounts.aliases) or "none; `ape accounts import NAME` brings one"
        raise OptionInvalid(f"name the account that deploys: --account NAME (there is: {known})")
    if name is None or name.upper().startswith(TEST):
        return Key(test_account(name or f"{TEST}0").private_key)
    aliases = list(accounts.aliases)
    if name not in aliases:
        raise OptionInvalid(f"--account {name}: Ape has no such account{near(name, aliases)}")
    return ApeSigner(accounts.load(name), connection.ecosystem)


def test_account(name: str) -> Any:
    """`TEST::3` is the fourth of Ape's test accounts."""
    from ape import accounts

    place, count = name[len(TEST) :], len(accounts.test_accounts)
    if not (place.isascii() and place.isdigit() and int(place) < count):
        raise OptionInvalid(f"{name}: test accounts are {TEST}0 to {TEST}{count - 1}")
    return accounts.test_accounts[int(place)]
