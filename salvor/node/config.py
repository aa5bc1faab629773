"""The configuration file of a node: typed, every error with its line, every secret elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from salvor.amounts import to_units
from salvor.chain.codec import address_of
from salvor.deal.document import compose, keys_of, refuse, validate
from salvor.deal.fields import Name, Part, Whole
from salvor.deal.load import load_tape_mapping
from salvor.errors import AddressInvalid
from salvor.model.oracle_keys import name_of
from salvor.node.sources.common import Duration, EnvironmentName, FileName, SourceSettings, Url, Watched
from salvor.node.sources.court_docket import CourtDocket
from salvor.node.sources.credit_bureau import CreditBureau
from salvor.node.sources.house_prices import HousePrices
from salvor.node.sources.land_registry import LandRegistry
from salvor.node.sources.servicer_file import ServicerFile

_WHAT = "configuration of a node"
_GWEI = 9


def _address(text: object) -> str:
    try:
        return address_of(str(text))
    except AddressInvalid:
        raise ValueError(f"'{text}' is no address: 0x and 40 hexadecimal digits") from None


def _gwei(text: object) -> Decimal:
    if not re.fullmatch(r"\d{1,6}(\.\d{1,9})?", str(text), re.ASCII):
        raise ValueError(f"'{text}' is not an amount of gwei, such as 50 or 0.1")
    return Decimal(str(text))


Address = Annotated[str, BeforeValidator(_address)]
Gwei = Annotated[Decimal, BeforeValidator(_gwei)]


class Chain(Part):
    """Where the hub is."""

    rpc: Url
    chain_id: Annotated[Whole, Field(ge=1)]
    hub: Address
    reports: Address  # the contract that takes signed reports
    timeout: Duration = 10
    confirmations: Annotated[Whole, Field(ge=1, le=1_000)] = 1  # blocks, its own among them, until a report has landed


class KeyFile(Part):
    """A Web3 Secret Storage file, or an account that `ape accounts import` made; its passphrase stands elsewhere."""

    file: FileName | None = None
    account: Name | None = None
    passphrase_env: EnvironmentName | None = None
    passphrase_file: FileName | None = None

    @model_validator(mode="after")
    def _one_each(self) -> KeyFile:
        if (self.file is None) == (self.account is None):
            raise ValueError("name either `file` or `account`")
        if self.passphrase_env and self.passphrase_file:
            raise ValueError("name either `passphrase_env` or `passphrase_file`; with neither you are asked")
        return self


class Health(Part):
    """Where `/metrics` and `/healthz` answer; 0 takes a free port and tells it."""

    host: Name = "127.0.0.1"
    port: Annotated[Whole, Field(le=65_535)] = 9_464


class Batch(Part):
    """Reports that travel together."""

    most: Annotated[Whole, Field(ge=1, le=500)] = 100
    wait: Duration = 5  # seconds that the first of a batch waits for others


class Fees(Part):
    """What a transaction may cost a unit of gas; above the cap nothing is sent."""

    max_fee_gwei: Gwei = Decimal(100)
    tip_gwei: Gwei = Decimal(1)
    bump_after: Duration = 60  # a transaction that is not mined by then is sent again, dearer by an eighth

    @property
    def cap(self) -> int:
        """Wei."""
        return to_units(self.max_fee_gwei, _GWEI)

    @property
    def tip(self) -> int:
        """Wei."""
        return to_units(self.tip_gwei, _GWEI)


class Patience(Part):
    """How long to wait after a failure: `first`, then twice as long each time, up to `most`, less a random part."""

    first: Duration = 2
    most: Duration = 300
    seed: Whole | None = None  # of the random part; not named: another one at each start


AnySource = Annotated[
    HousePrices | LandRegistry | CourtDocket | CreditBureau | ServicerFile, Field(discriminator="kind")
]


class NodeSettings(Part):
    """One file a node."""

    salvor_node: Literal["1"]
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    chain: Chain
    key: KeyFile
    journal: FileName
    valid_for: Duration = 3_600  # how long the hub may take a report after it was signed
    health: Health = Health()
    batch: Batch = Batch()
    fees: Fees = Fees()
    backoff: Patience = Patience()
    sources: Annotated[tuple[AnySource, ...], Field(min_length=1)]

    def watched(self) -> Iterator[tuple[SourceSettings, Watched]]:
        """Every value with its source."""
        for source in self.sources:
            for each in source.values:
                yield source, each


def load_node(path: Path) -> NodeSettings:
    """Read and check a configuration; files that it names are beside it, and come back with their whole path."""
    settings = validate(path, compose(path, _WHAT), NodeSettings, lambda: keys_of(NodeSettings))
    for place, reason in _findings(settings):
        refuse(path, compose(path, _WHAT), place, reason)
    for source in settings.sources:
        if isinstance(source, ServicerFile):
            load_tape_mapping(path.parent / source.mapping)
    return _beside(settings, path.parent)


def _findings(settings: NodeSettings) -> Iterator[tuple[tuple[str | int, ...], str]]:
    names = Counter(source.name for source in settings.sources)
    seen: set[bytes] = set()
    for i, source in enumerate(settings.sources):
        if names[source.name] > 1:
            yield ("sources", i, "name"), f"'{source.name}' is the name of two sources"
        if "{date}" in (source.where.file or "") and not isinstance(source, ServicerFile):
            yield ("sources", i, "from", "file"), "{date} is for a servicer's file, whose name tells its day"
        for j, each in enumerate(source.values):
            if each.key in seen:
                yield ("sources", i, "values", j, "key"), f"{name_of(each.key)} is watched twice; one key, one source"
            seen.add(each.key)


def _beside(settings: NodeSettings, folder: Path) -> NodeSettings:
    def whole(name: str | None) -> str | None:
        return None if name is None else str(folder / name)

    sources = []
    for source in settings.sources:
        files = {"file": whole(source.where.file), "ca_file": whole(source.where.ca_file)}
        found: dict[str, object] = {"where": source.where.model_copy(update=files)}
        if isinstance(source, ServicerFile):
            found["mapping"] = whole(source.mapping)
        sources.append(source.model_copy(update=found))
    key = {"file": whole(settings.key.file), "passphrase_file": whole(settings.key.passphrase_file)}
    changes = {"journal": whole(settings.journal), "key": settings.key.model_copy(update=key), "sources": (*sources,)}
    return settings.model_copy(update=changes)
