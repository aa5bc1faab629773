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
Topic = Literal["kyc", "country", "class"]
MOST_ISSUERS = 32  # of contracts/compliance/TrustedIssuers.sol
_NEEDED: tuple[Topic, ...] = ("kyc", "class")  # where no claim says the country, the registrar does
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


class ClaimIssuer(Part):
    """Somebody whose signed word of investors counts on a network, and of what."""

    address: Address
    topics: Annotated[list[Topic], Field(min_length=1, max_length=3)]


class Network(Part):
    """A deal's accounts on one network."""

    accounts: Annotated[dict[Name, Address], Field(min_length=1)]
    settlement: Literal["test_token"] | Address = TEST_TOKEN  # a test token is deployed with the deal
    oracle: Address | None = None  # tells the index, where rates float
    owner: Address | None = None  # a timelock or a Safe: the admin once all is done; the deployer when not named
    resolver: Address | None = None  # decides challenges of reports; the owner when not named
    # Of a deal with `compliance`: whose claims count, and who registers investors; the transfer agent when not named.
    claim_issuers: Annotated[dict[Name, ClaimIssuer], Field(max_length=MOST_ISSUERS)] = Field(default_factory=dict)
    registrar: Address | None = None


def network_findings(
    networks: Mapping[str, Network], payees: Sequence[str], *, floating: bool, regulated: bool, challenged: bool
) -> Iterator[Finding]:
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
        if network.resolver and not challenged:
            yield ("networks", name, "resolver"), "the deal has no `oracle`, so there is nothing to decide"
        yield from _claims(name, network) if regulated else _no_claims(name, network)


def _claims(name: str, network: Network) -> Iterator[Finding]:
    """Everything that is asked of an investor is vouched for by somebody, and nobody stands twice."""
    issuers = network.claim_issuers
    told = {topic for each in issuers.values() for topic in each.topics}
    if missing := [topic for topic in _NEEDED if topic not in told]:
        asked = ", ".join(missing)
        yield (
            ("networks", name),
            f"has no `claim_issuers` for {asked}, which the deal's `compliance` asks for",
        )
    addresses = [each.address for each in issuers.values()]
    for place, (issuer, each) in enumerate(issuers.items()):
        if each.address in addresses[:place]:
            yield ("networks", name, "claim_issuers", issuer, "address"), f"{each.address} stands twice"
        if len(set(each.topics)) < len(each.topics):
            yield ("networks", name, "claim_issuers", issuer, "topics"), "a topic stands twice"


def _no_claims(name: str, network: Network) -> Iterator[Finding]:
    for key, given in (("claim_issuers", network.claim_issuers), ("registrar", network.registrar)):
        if given:
            yield ("networks", name, key), "the deal has no `compliance`, so nobody is asked for claims"
