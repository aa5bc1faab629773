"""The same actions as a user of Ape writes them without the lab: Ape's contracts, accounts and errors on its anvil."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis.stateful import invariant

from benchmarks.lab.deal import Unchecked, equip
from benchmarks.lab.forge import BOOKS
from salvor.chain.node import local_node
from salvor.chain.solc import compile_sources
from salvor.lab.lab import GENESIS
from salvor.toolchain.paths import ROOT
from tests.property.stage import ODD_SIZES, UNLIMITED, Stage
from tests.utils.world import World, tranche

if TYPE_CHECKING:
    from ape.api import ProviderAPI
    from ape.contracts import ContractContainer


class Clock:
    """In the place of a lab: time and snapshots, with no question to the node that is not needed."""

    def __init__(self, provider: ProviderAPI, now: int) -> None:
        self._provider, self._start = provider, now
        self._now = now
        provider.set_timestamp(now)
        provider.mine()
        self._snapshot = provider.snapshot()

    @property
    def now(self) -> int:
        """As it was last set."""
        return self._now

    @now.setter
    def now(self, seconds: int) -> None:
        self._now = seconds
        self._provider.set_timestamp(seconds)

    def restore(self, beginning: Any) -> None:
        """To the one snapshot, which a node forgets once it is restored."""
        self._provider.restore(self._snapshot)
        self._snapshot = self._provider.snapshot()
        self._now = self._start


class Plain(Unchecked):
    """Through Ape's contract instances."""


class PlainChecked(Plain):
    """What must hold is asked of the peer's checker, in one view call: nothing is faster through Ape."""

    books: ClassVar[Any]

    @invariant()
    def check(self) -> None:
        """Reverts with the id of the property that does not hold."""
        self.books.checkedCash()


@contextmanager
def on_ape() -> Iterator[None]:
    """Start Ape's anvil, deploy the deal and give it to the two machines."""
    from ape import accounts, networks, project
    from ape.exceptions import ContractLogicError
    from ape.logging import LogLevel, logger

    logger.set_level(LogLevel.ERROR)
    with local_node(networks, genesis=GENESIS) as provider:
        people = accounts.test_accounts
        sizes = zip(ODD_SIZES, (7, 11, 0), strict=True)
        odd = tuple(tranche(size, percent) for size, percent in sizes)
        world = World.closed_end(project, provider, people, tranches=odd, price=sum(ODD_SIZES))
        live, investors = world.live, (*world.holders, world.outsider)
        for owner, spender in (*((each, live.offering) for each in investors), (live.parties.servicer, live.pool)):
            live.settlement.approve(spender, UNLIMITED, sender=owner)
        stage = Stage(None, live, world.terms, investors, None)
        equip(stage)
        books = people[0].deploy(_books(), live.offering, live.waterfall, list(investors))
        clock = Clock(provider, world.terms.closing - 9 * 86_400)
        Unchecked.stage = Stage(clock, live, world.terms, investors, None)
        Plain.refusal, PlainChecked.books = ContractLogicError, books
        yield


def _books() -> ContractContainer:
    from ape.contracts import ContractContainer
    from ethpm_types import ContractType

    name = str(BOOKS.relative_to(ROOT))
    compiled = compile_sources(ROOT, {name: BOOKS.read_text()}, outputs=["abi", "evm.bytecode.object"])[name]["Books"]
    code = {"bytecode": "0x" + compiled["evm"]["bytecode"]["object"]}
    return ContractContainer(
        ContractType.model_validate({"contractName": "Books", "abi": compiled["abi"], "deploymentBytecode": code})
    )
