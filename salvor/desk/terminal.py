"""A local chain and a bar of progress, for the length of a `with` block; all that scripts share which play on one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from salvor.chain.node import local_node
from salvor.deal.schema import Deal
from salvor.deal.told import doubts_of_dates, told_of

if TYPE_CHECKING:
    from ape.api import ProviderAPI
    from ape.managers.accounts import TestAccountManager
    from ape.managers.project import ProjectManager
    from rich.console import Console

_BEFORE_CLOSING = 30 * 86_400  # when the chain begins: before anybody subscribes


@dataclass(frozen=True)
class LocalChain:
    """Ape's project, node and accounts; `tick` is told how much is done."""

    project: ProjectManager
    provider: ProviderAPI
    accounts: TestAccountManager
    tick: Callable[[int], None]


def tell_deal(console: Console, deal: Deal, cut_off: date | None, *, wallets: Sequence[str] = ()) -> list[str]:
    """What a dry run tells of a deal beside that it is sound; doubts go to stderr and are returned."""
    for line in told_of(deal, wallets):
        console.print(line, markup=False)
    doubts = list(doubts_of_dates(deal, cut_off, datetime.now(UTC).date()))
    for doubt in doubts:
        click.echo(f"warning: {doubt}", err=True)
    return doubts


@contextmanager
def on_a_local_chain(
    console: Console, *, closing: int, task: str, total: int, fork_of: str = ""
) -> Iterator[LocalChain]:
    """Compile what changed and start a node whose clock begins before `closing`; it ends with the block.

    A fork of the chain behind a URL has that chain's time.
    """
    from ape import accounts, networks, project
    from ape.logging import LogLevel, logger

    logger.set_level(LogLevel.ERROR)
    with console.status("compiling what changed"):
        project.load_contracts()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    genesis = None if fork_of else closing - _BEFORE_CLOSING
    with (
        local_node(networks, genesis=genesis, fork_of=fork_of) as provider,
        Progress(*columns, console=console) as progress,
    ):
        bar = progress.add_task(task, total=total)
        yield LocalChain(project, provider, accounts.test_accounts, lambda done: progress.update(bar, completed=done))
