"""From the options of a command over a live deal's sales, its contracts and who signs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from salvor.chain.artifacts import Artifacts, read_artifacts
from salvor.chain.build import build
from salvor.chain.handles import blueprint_of
from salvor.chain.refusal import learn_when_needed
from salvor.deal.load import load_deal
from salvor.deal.schema import Deal
from salvor.deploy.addresses import abi_hash
from salvor.deploy.connect import Connection, connected, signer_for
from salvor.deploy.deployment import LOCAL
from salvor.deploy.journalled import Journalled
from salvor.deploy.plan.run import Options
from salvor.deploy.plan.signers import Signer
from salvor.desk.sales import Sales, terms_of
from salvor.errors import FileMissing, FileUnreadable, OptionInvalid
from salvor.options import Acting
from salvor.toolchain.paths import ROOT

_ON_PUBLIC_CHAINS = 3  # confirmations
_AUCTIONS = ("DutchAuction", "EnglishAuction", "SealedAuction")


@contextmanager
def opened(chosen: Acting, *, signs: bool = True) -> Iterator[tuple[Sales, Signer | None]]:
    """A live deal's sales, and who signs; the transactions are in journals beside its address book."""
    deal = load_deal(chosen.deal)
    terms_of(deal, chosen.deal)
    with connected(chosen.network) as connection:
        place = chosen.place(connection.chain_id)
        book = read_book(chosen.addresses or place / "addresses.json", connection.chain_id)
        signer = signer_for(chosen.account, connection, impersonate=chosen.impersonate) if signs else None
        engine = _engine(connection, place / "sales", signer)
        sales = sales_at(deal, chosen.deal, book, read_artifacts(build(ROOT)), engine)
        if signer:
            engine.finish()
        yield sales, signer


def read_book(path: Path, chain_id: int) -> dict[str, Mapping[str, str]]:
    """The contracts of an address book, by name; raises for one of another chain."""
    if not path.is_file():
        raise FileMissing(path, "address book: `ape run deploy apply` leaves it, or name --addresses")
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        contracts, of = dict(said["contracts"]), int(said["chain_id"])
    except (ValueError, KeyError, TypeError):
        raise FileUnreadable(path, "an address book", "`ape run deploy apply` writes one") from None
    if of != chain_id:
        raise OptionInvalid(f"{path} is of chain {of}, the node of chain {chain_id}: name another --network")
    return contracts


def sales_at(deal: Deal, file: Path, book: Mapping[str, Mapping[str, str]], artifacts: Artifacts, engine: Any) -> Sales:
    """The handles; raises where the book has no such contracts, or they were built from other sources."""
    terms = terms_of(deal, file)
    learn_when_needed(artifacts)

    def at(entry: Mapping[str, str]) -> Any:
        artifact = artifacts[entry["contract"]]
        if entry["abi_hash"] != abi_hash(artifact.abi):
            raise OptionInvalid(f"{entry['contract']} at {entry['address']} was built from other sources than these")
        return blueprint_of(artifact).at(engine, entry["address"])

    def only(kind: str) -> Any:
        found = [entry for entry in book.values() if entry["contract"] == kind]
        if not found:
            raise OptionInvalid(f"the address book has no {kind}: deploy {file} with its `liquidation`")
        return at(found[0])

    auctions = [at(entry) for entry in book.values() if entry["contract"] in _AUCTIONS]
    names = list(deal.liquidation.auctions) if deal.liquidation else []
    if len(auctions) != len(names):
        raise OptionInvalid(
            f"{file} has {len(names)} auctions, the address book {len(auctions)}: `ape run deploy diff`"
        )
    house = only("AuctionHouse")
    pools = {entry["address"]: entry for entry in book.values() if entry["contract"] == "LoanPool"}
    if (own := house.pool()) not in pools:  # a group of tranches has one of its own
        raise OptionInvalid(f"the address book has no LoanPool at {own}, whose loans the house sells: another deal's?")
    pool = at(pools[own])
    token = blueprint_of(artifacts["SettlementToken"]).at(engine, house.settlement())
    triggers = only("TriggerBook") if terms.triggers else None
    if triggers is not None and triggers.count() != len(terms.triggers):
        raise OptionInvalid(
            f"{file} has {len(terms.triggers)} triggers, the chain {triggers.count()}: `ape run deploy diff`"
        )
    named = dict(zip(names, auctions, strict=True))
    return Sales(deal, terms, only("LoanBook"), house, pool, token, named, triggers, only("OracleHub"))


def _engine(connection: Connection, folder: Path, signer: Signer | None) -> Journalled:
    local = str(connection.chain_id) in LOCAL
    options = Options(confirmations=1 if local else _ON_PUBLIC_CHAINS, pause=0.02 if local else 1.0)
    signers = [signer] if signer else []
    return Journalled(
        connection.node, connection.chain_id, folder, signers, options, tell=lambda said: click.echo(said, err=True)
    )
