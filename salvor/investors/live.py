"""A network that Ape connects to: registries, notes and accounts that are there already, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salvor.chain.artifacts import read_artifacts
from salvor.chain.build import build
from salvor.chain.codec import address_of
from salvor.errors import NoCode, NodeTrouble, OptionInvalid
from salvor.investors.chain_events import history_of, learn, watch
from salvor.supervision.events import Event


@dataclass(frozen=True)
class Live:
    """A registry that stands on a network, and the accounts of Ape's that act there."""

    network: str
    registry: str
    agent: str
    issuer: str


@contextmanager
def network(choice: str) -> Iterator[tuple[Any, Any]]:
    """Ape's project and provider, connected; trouble is told in one line."""
    from ape import networks, project
    from ape.exceptions import ApeException
    from ape.logging import LogLevel, logger

    logger.set_level(LogLevel.ERROR)
    try:
        connected = networks.parse_network_choice(choice)
        provider = connected.__enter__()
    except (ApeException, OSError) as error:
        raise NodeTrouble(str(error).splitlines()[0]) from None
    try:
        yield project, provider
    finally:
        connected.__exit__(None)


def read_history(notes: Mapping[str, str], choice: str, first: int) -> tuple[Event, ...]:
    """What happened to some notes, by tranche, from a block on."""
    with network(choice) as (project, provider):
        learn(read_artifacts(build(Path.cwd())))
        contracts = {
            tranche: contract_at(project.RegulatedNote, address, provider) for tranche, address in notes.items()
        }
        watched = watch(contracts, lambda name, address: contract_at(getattr(project, name), address, provider))

        def ask(method: str, *params: Any) -> Any:
            answer = provider.web3.provider.make_request(method, list(params))
            if error := answer.get("error"):
                raise NodeTrouble(f"{method}: {error.get('message', error)}")
            return answer["result"]

        last = int(ask("eth_blockNumber"), 16)
        return history_of(ask, watched, first, last)


def contract_at(container: Any, address: str, provider: Any) -> Any:
    """The contract at an address, where there is one."""
    place = address_of(address)
    if not provider.get_code(place):
        raise NoCode(container.contract_type.name, place)
    return container.at(place)


def account(alias: str) -> Any:
    """One of Ape's accounts by its alias; `TEST::0` is the first of the test accounts."""
    from ape import accounts
    from ape.exceptions import AccountsError

    try:
        if alias.startswith("TEST::"):
            return accounts.test_accounts[int(alias.removeprefix("TEST::"))]
        return accounts.load(alias)
    except (AccountsError, IndexError, ValueError, KeyError):
        raise OptionInvalid(f"no account of Ape's is called '{alias}': `ape accounts list` shows them") from None


def reasons_of(note: str, choice: str, giver: str, taker: str, units: int) -> tuple[str, ...]:
    """All that a note has against a transfer now, in its own words; empty where it would go through."""
    with network(choice) as (project, provider):
        found = contract_at(project.RegulatedNote, note, provider).refusals(giver, taker, units)
        return tuple(str(each.words) for each in found)


def units_in(note: str, choice: str, wallets: tuple[str, ...]) -> tuple[int, ...]:
    """Units in each of some wallets."""
    with network(choice) as (project, provider):
        contract = contract_at(project.RegulatedNote, note, provider)
        return tuple(int(contract.balanceOf(each)) for each in wallets)


def now_at(choice: str) -> int:
    """The time of the latest block."""
    with network(choice) as (_, provider):
        return int(provider.get_block("latest").timestamp)
