"""A local chain with people on it: contracts with their roles, and as many holders as wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from eth_hash.auto import keccak
from eth_utils import to_checksum_address

from salvor.chain.send import send
from salvor.errors import ChainTrouble

if TYPE_CHECKING:
    from ape.api import AccountAPI, ProviderAPI
    from ape.contracts import ContractInstance
    from ape.contracts.base import ContractTransactionHandler
    from ape.managers.accounts import TestAccountManager
    from ape.managers.project import ProjectManager

    Tick = Callable[[int, int], None]

_BATCH = 500  # writes a JSON-RPC request
_BALANCES = 0  # slot of the balances in OpenZeppelin's ERC20, the first base of a note


@dataclass(frozen=True)
class Note:
    """A note, where its cash stands, and the admin, who says that cash is its holders'."""

    token: ContractInstance
    distributor: ContractInstance
    settlement: ContractInstance
    admin: AccountAPI

    def distribute(self, cash: int) -> int:
        """Spread cash over all units: half of it interest, half principal. Gives the gas of the booking."""
        send(self.settlement.transfer, self.distributor, cash, sender=self.admin)
        share = (self.token.address, cash - cash // 2, cash // 2)
        return gas(self.distributor.book, cash, [share], [], sender=self.admin)


@dataclass(frozen=True)
class Stage:
    """The chain, who acts on it, and how far the long work is."""

    project: ProjectManager
    provider: ProviderAPI
    accounts: TestAccountManager
    tick: Tick

    @property
    def admin(self) -> AccountAPI:
        """Deploys everything and holds every role that a contract holds in a deal."""
        return self.accounts[0]

    @property
    def now(self) -> int:
        """Seconds of the latest block."""
        return int(self.provider.get_block("latest").timestamp)

    def settlement(self) -> ContractInstance:
        """The settlement asset; the admin has plenty of it."""
        token = self.admin.deploy(self.project.SettlementToken, "Bench Dollar", "BUSD", 2)
        send(token.mint, self.admin, 10**30, sender=self.admin)
        return token

    def access(self) -> ContractInstance:
        """Roles as in a deal, all of them the admin's: the check costs what it costs there."""
        access = self.admin.deploy(self.project.DealAccess, self.admin)
        for role in (access.SERVICER(), access.TRANSFER_AGENT(), access.OFFERING()):
            send(access.grantRole, role, self.admin, 0, sender=self.admin)
        return access

    def note(
        self, access: ContractInstance, settlement: ContractInstance, rule: ContractInstance, units: Mapping[Any, int]
    ) -> Note:
        """A note in the hands of some holders, with a distributor of its own that obeys the admin."""
        distributor = self.admin.deploy(self.project.Distributor, access, settlement)
        note = self.admin.deploy(self.project.TrancheNote, access, distributor, rule, "Bench note", "BENCH")
        self.restrict(access, distributor, access.OFFERING(), "appoint")
        self.restrict(access, note, access.OFFERING(), "issue", "handOver")
        send(distributor.appoint, self.admin, sender=self.admin)
        send(note.issue, sum(units.values()), sender=self.admin)
        for holder, held in units.items():
            send(note.handOver, holder, held, sender=self.admin)
        return Note(note, distributor, settlement, self.admin)

    def restrict(self, access: ContractInstance, contract: ContractInstance, role: int, *functions: str) -> None:
        """Only the role may call these functions of the contract."""
        abis = [next(abi for abi in contract.contract_type.mutable_methods if abi.name == name) for name in functions]
        selectors = [bytes(keccak(abi.selector.encode())[:4]) for abi in abis]
        send(access.setTargetFunctionRole, contract, selectors, role, sender=self.admin)

    @contextmanager
    def put_back(self) -> Iterator[None]:
        """Undo whatever happens inside. Ape's own `isolate` swallows exceptions."""
        from ape import chain

        snapshot = chain.snapshot()
        try:
            yield
        finally:
            chain.restore(snapshot)

    def spread(self, note: ContractInstance, owner: AccountAPI, count: int) -> None:
        """Put the owner's notes into `count` hands in equal parts; the owner is one of them and keeps the rest.

        Written straight into the ledger of balances: what sales before the first distribution leave behind. (A
        hundred thousand real sales fill anvil's memory, as Ape has it remember each step.)
        """
        units = note.balanceOf(owner)
        part = units // count
        buyers = crowd(count - 1)
        holdings = [*((buyer, part) for buyer in buyers), (owner.address, units - part * len(buyers))]
        for start in range(0, len(holdings), _BATCH):
            some = holdings[start : start + _BATCH]
            self._batch("anvil_setStorageAt", [[note.address, _slot(holder), _word(held)] for holder, held in some])
            self.tick(start + len(some), len(holdings))
        for holder, held in (holdings[0], holdings[-1]):
            if note.balanceOf(holder) != held:
                raise ChainTrouble(f"{note.address} keeps its balances elsewhere than in slot {_BALANCES}")

    def _batch(self, method: str, params: list[list[Any]]) -> list[Any]:
        """Answers in the order of the questions."""
        answers = self.provider.web3.provider.make_batch_request([(method, each) for each in params])
        return [_result(answer) for answer in answers]


def crowd(count: int) -> list[str]:
    """Addresses that nobody has a key of; the same ones in every run."""
    return [_of_the_crowd(number) for number in range(count)]


@cache
def _of_the_crowd(number: int) -> str:
    return to_checksum_address(keccak(f"holder {number}".encode())[-20:])


def gas(method: ContractTransactionHandler, *args: Any, sender: AccountAPI) -> int:
    """Send, and read the gas used from the receipt."""
    return int(send(method, *args, sender=sender).gas_used)


@cache
def _slot(holder: str) -> str:
    """Where OpenZeppelin's ERC20 keeps a holder's balance."""
    return "0x" + bytes(keccak(bytes.fromhex(holder[2:]).rjust(32, b"\0") + _BALANCES.to_bytes(32))).hex()


def _word(number: int) -> str:
    return "0x" + number.to_bytes(32).hex()


def _result(answer: Any) -> Any:
    """What the node answered; raises when it refused."""
    if error := answer.get("error"):
        raise ChainTrouble(f"the node says: {error.get('message', error)}")
    return answer["result"]
