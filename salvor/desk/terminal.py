"""A local chain and a bar of progress, for the length of a `with` block; all that scripts share which play on one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from salvor.chain.node import local_node

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


@contextmanager
def on_a_local_chain(console: Console, *, closing: int, task: str, total: int) -> Iterator[LocalChain]:
    """Compile what changed and start a node whose clock begins before `closing`; it ends with the block."""
    from ape import accounts, networks, project
    from ape.logging import LogLevel, logger

    logger.set_level(LogLevel.ERROR)
    with console.status("compiling what changed"):
        project.load_contracts()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    genesis = closing - _BEFORE_CLOSING
    with local_node(networks, genesis=genesis) as provider, Progress(*columns, console=console) as progress:
        bar = progress.add_task(task, total=total)
        yield LocalChain(project, provider, accounts.test_accounts, lambda done: progress.update(bar, completed=done))
