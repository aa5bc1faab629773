"""Who is who on each network: addresses by the names of the deal, the settlement asset there, who has the last word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from eth_utils import is_checksum_address, to_checksum_address
from pydantic import BeforeValidator, Field, WithJsonSchema

from salvor.deal.fields import Name, Part
from salvor.deal.names import Finding, unknown

TEST_TOKEN = "test_token"
PARTIES = ("seller", "servicer", "transfer_agent", "arranger")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)


def _address(text: object) -> str:
    if not isinstance(text, str) or not _ADDRESS.fullmatch(text):
        raise ValueError(f"'{text}' is no address: 0x and 40 hexadecimal digits, in quotes")
    mixed = text[2:] != text[2:].lower() and text[2:] != text[2:].upper()
    if mixed and not is_checksum_address(text):
        raise ValueError(f"'{text}' has a wrong checksum: a digit is not what it was; copy it once more")
    return str(to_checksum_address(text))


_TEXT = WithJsonSchema({"type": "string", "pattern": f"^{_ADDRESS.pattern}$"})
Address = Annotated[str, BeforeValidator(_address), _TEXT]


class Network(Part):
    """A deal's accounts on one network."""

    accounts: Annotated[dict[Name, Address], Field(min_length=1)]
    settlement: Literal["test_token"] | Address = TEST_TOKEN  # a test token is deployed with the deal
    oracle: Address | None = None  # tells the index, where rates float
    owner: Address | None = None  # a timelock or a Safe: the admin once all is done; the deployer when not named


def network_findings(networks: Mapping[str, Network], payees: Sequence[str], *, floating: bool) -> Iterator[Finding]:
    """Everybody who acts or is paid has an address on each network, and nobody else."""
    wanted = list(dict.fromkeys([*PARTIES, *payees]))
    for name, network in networks.items():
        for account in network.accounts:
            if account not in wanted:
                yield ("networks", name, "accounts", account), unknown("party or payee", account, wanted)
        if missing := [each for each in wanted if each not in network.accounts]:
            yield ("networks", name, "accounts"), f"has no address of {', '.join(missing)}"
        if floating and network.oracle is None:
            yield ("networks", name), "has no `oracle`, and a rate of the deal floats: who tells the index?"
