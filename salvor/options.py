"""The options of `ape run deploy`, apart from what they start: every `ape run` reads them, whatever was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

LOCAL_NODE = "http://127.0.0.1:8545"


@dataclass(frozen=True)
class Chosen:
    """What was asked for on the command line."""

    deal: Path
    network: str
    account: str | None
    impersonate: str | None
    safe: str | None
    commitment: Path | None
    salt: str
    folder: Path


def deal_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which deal is meant, on which chain, by whom; they arrive as one `Chosen`."""

    def with_chosen(**given: Any) -> Any:
        names = Chosen.__dataclass_fields__
        chosen = Chosen(**{name: given.pop(name) for name in names})
        return command(chosen, **given)

    with_chosen.__name__, with_chosen.__doc__ = command.__name__, command.__doc__
    with_chosen.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    options = [
        click.argument("deal", type=Path),
        click.option("--network", default=LOCAL_NODE, show_default=True, help="A URL, or what Ape's --network takes."),
        click.option("--account", help="Ape's account that deploys; TEST::0 on a local chain when not named."),
        click.option("--impersonate", help="An address that a fork or a local chain lets anybody send from."),
        click.option("--safe", help="The address of a Safe that deploys: `deploy safe` writes its batch."),
        click.option("--commitment", type=Path, help="Folder or file that `ape run tape commit` left."),
        click.option("--salt", default="1", show_default=True, help="Another one gives a second deployment."),
        click.option("--folder", type=Path, default=Path("out/deploy"), show_default=True, help="Of the journals."),
    ]
    made: Any = with_chosen
    for option in reversed(options):
        made = option(made)
    return made  # type: ignore[no-any-return]
