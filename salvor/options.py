"""Options that several commands share, apart from what they start: every `ape run` reads them, whatever it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any

import click

from salvor.errors import OptionInvalid

LOCAL_NODE = "http://127.0.0.1:8545"
_FIRST_SALT = "1"

_SHARED = [
    click.argument("deal", type=Path),
    click.option("--network", default=LOCAL_NODE, show_default=True, help="A URL, or what Ape's --network takes."),
    click.option("--account", help="Ape's account that signs; TEST::0 on a local chain when not named."),
    click.option("--impersonate", help="An address that a fork or a local chain lets anybody send from."),
    click.option("--salt", default=_FIRST_SALT, show_default=True, help="Another one is a second deployment."),
    click.option(
        "--folder", type=Path, default=Path("out/deploy"), show_default=True, help="Of journals and addresses."
    ),
]
_SAFE = click.option("--safe", help="The address of a Safe that deploys: `deploy safe` writes its batch.")
_COMMITMENT = click.option("--commitment", type=Path, help="Folder or file that `ape run tape commit` left.")
_TAPES = [
    click.option(
        "--commitment",
        "folders",
        type=Path,
        required=True,
        multiple=True,
        help="Folder that `ape run tape commit` left; once for each tape that the loans are in.",
    ),
    click.option(
        "--secret", "secret_files", type=Path, required=True, multiple=True, help="Secret file of one or more of them."
    ),
    click.option("--passphrase-file", type=Path, help="Of all secrets; else SALVOR_PASSPHRASE, else you are asked."),
]
_ADDRESSES = click.option("--addresses", type=Path, help="Address book, where it is not in that folder.")


@dataclass(frozen=True)
class _Chosen:
    """Which deal is meant, on which chain, by whom."""

    deal: Path
    network: str
    account: str | None
    impersonate: str | None
    salt: str
    folder: Path

    def place(self, chain_id: int) -> Path:
        """Folder of this deployment of the deal; raises where a file is in its way."""
        name = re.sub(r"[^a-z0-9]+", "-", self.deal.parent.name.lower()).strip("-") or "deal"
        salt = "" if self.salt == _FIRST_SALT else f"-{re.sub(r'[^A-Za-z0-9]+', '-', self.salt)}"
        found = self.folder / f"{name}-{chain_id}{salt}"
        if found.exists() and not found.is_dir():
            raise OptionInvalid(f"--folder: {found} is a file")
        return found


@dataclass(frozen=True)
class Deploying(_Chosen):
    """A deal that is brought to a chain."""

    safe: str | None
    commitment: Path | None


@dataclass(frozen=True)
class Acting(_Chosen):
    """A deal that is there."""

    addresses: Path | None


def deal_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Of `ape run deploy`; they arrive as one `Deploying`."""
    return _arriving_as(Deploying, [*_SHARED, _SAFE, _COMMITMENT], command)


def live_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Of what acts on a live deal; they arrive as one `Acting`."""
    return _arriving_as(Acting, [*_SHARED, _ADDRESSES], command)


def tape_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Of what proves loans; they arrive as `read_tapes` of `salvor/desk/tapes.py` takes them."""
    return _with(_TAPES, command)


def _arriving_as(kind: type[_Chosen], options: list[Any], command: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(command)  # click keeps the command's own options in its attributes
    def with_chosen(**given: Any) -> Any:
        return command(kind(**{each.name: given.pop(each.name) for each in fields(kind)}), **given)

    return _with(options, with_chosen)


def _with(options: list[Any], command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command
