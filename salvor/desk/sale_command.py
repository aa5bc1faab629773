"""What the commands over a live deal's sales share: their options, and from them its contracts and who signs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
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
from salvor.toolchain.paths import ROOT

LOCAL_NODE = "http://127.0.0.1:8545"
_ON_PUBLIC_CHAINS = 3  # confirmations
_AUCTIONS = ("DutchAuction", "EnglishAuction", "SealedAuction")


@dataclass(frozen=True)
class Chosen:
    """What was asked for on the command line."""

    deal: Path
    network: str
    account: str | None
    impersonate: str | None
    salt: str
    folder: Path
    addresses: Path | None


def sale_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which live deal is meant, and who acts; they arrive as one `Chosen`."""

    @wraps(command)
    def with_chosen(**given: Any) -> Any:
        chosen = Chosen(**{name: given.pop(name) for name in Chosen.__dataclass_fields__})
        return command(chosen, **given)

    with_chosen.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    folder = Path("out/deploy")
    options = [
        click.argument("deal", type=Path),
        click.option("--network", default=LOCAL_NODE, show_default=True, help="A URL, or what Ape's --network takes."),
        click.option("--account", help="Ape's account that acts; TEST::0 on a local chain when not named."),
        click.option("--impersonate", help="An address that a fork or a local chain lets anybody send from."),
        click.option("--salt", default="1", show_default=True, help="That the deal was deployed with."),
        click.option("--folder", type=Path, default=folder, show_default=True, help="Where `deploy apply` wrote."),
        click.option("--addresses", type=Path, help="Address book, where it is not in that folder."),
    ]
    made: Any = with_chosen
    for option in reversed(options):
        made = option(made)
    return made  # type: ignore[no-any-return]


@contextmanager
def opened(chosen: Chosen, *, signs: bool = True) -> Iterator[tuple[Sales, Signer | None]]:
    """A live deal's sales, and who signs; the transactions are in journals beside its address book."""
    deal = load_deal(chosen.deal)
    terms_of(deal, chosen.deal)
    with connected(chosen.network) as connection:
        place = folder_of(chosen, connection.chain_id)
        book = read_book(chosen.addresses or place / "addresses.json", connection.chain_id)
        signer = signer_for(chosen.account, connection, impersonate=chosen.impersonate) if signs else None
        engine = _engine(connection, place / "sales", signer)
        sales = sales_at(deal, chosen.deal, book, read_artifacts(build(ROOT)), engine)
        if signer:
            engine.finish()
        yield sales, signer


def folder_of(chosen: Chosen, chain_id: int) -> Path:
    """Where `deploy apply` has put the journal and the address book of this deal."""
    name = re.sub(r"[^a-z0-9]+", "-", chosen.deal.parent.name.lower()).strip("-") or "deal"
    salt = "" if chosen.salt == "1" else f"-{re.sub(r'[^A-Za-z0-9]+', '-', chosen.salt)}"
    return chosen.folder / f"{name}-{chain_id}{salt}"


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
    house, pool = only("AuctionHouse"), only("LoanPool")
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
