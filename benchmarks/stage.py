"""A local chain with people on it: contracts with their roles, and as many holders as wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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

_BATCH = 500  # transactions a JSON-RPC request
_BLOCK_GAS = 10**9  # a whole batch fits one block
_EACH_GAS = 300_000


@dataclass(frozen=True)
class Stage:
    """The chain, who acts on it, and how far the long work is."""

    project: ProjectManager
    provider: ProviderAPI
    accounts: TestAccountManager
    tick: Tick
    _grown: list[bool] = field(default_factory=list)

    @property
    def admin(self) -> AccountAPI:
        """Deploys everything and holds every role that a contract holds in a deal."""
        return self.accounts[0]

    @property
    def now(self) -> int:
        """Seconds of the latest block."""
        return self.provider.get_block("latest").timestamp

    def settlement(self) -> ContractInstance:
        """The settlement asset; the admin has plenty of it."""
        token = self.admin.deploy(self.project.SettlementToken, "Bench Dollar", "BUSD", 2)
        send(token.mint, self.admin, 10**30, sender=self.admin)
        return token

    def access(self) -> ContractInstance:
        """Roles as in a deal, all of them the admin's: the check costs what it costs there."""
        access = self.admin.deploy(self.project.DealAccess, self.admin)
        for role in (access.SERVICER(), access.TRANSFER_AGENT(), access.OFFERING(), access.WATERFALL()):
            send(access.grantRole, role, self.admin, 0, sender=self.admin)
        return access

    def note(self, access: ContractInstance, settlement: ContractInstance, rule: ContractInstance) -> ContractInstance:
        """A note that the admin mints and pays."""
        note = self.admin.deploy(self.project.TrancheNote, access, settlement, rule, "Bench note", "BENCH")
        self.restrict(access, note, access.OFFERING(), "mint", "burn")
        self.restrict(access, note, access.WATERFALL(), "distribute")
        send(settlement.approve, note, 2**256 - 1, sender=self.admin)
        return note

    def restrict(self, access: ContractInstance, contract: ContractInstance, role: int, *functions: str) -> None:
        """Only the role may call these functions of the contract."""
        abis = [next(abi for abi in contract.contract_type.mutable_methods if abi.name == name) for name in functions]
        selectors = [bytes(keccak(abi.selector.encode())[:4]) for abi in abis]
        send(access.setTargetFunctionRole, contract, selectors, role, sender=self.admin)

    @contextmanager
    def put_back(self) -> Iterator[None]:
        """Whatever happens inside is undone. (Ape's own `isolate` swallows exceptions.)"""
        from ape import chain

        snapshot = chain.snapshot()
        try:
            yield
        finally:
            chain.restore(snapshot)

    def send_many(self, calls: Iterable[tuple[AccountAPI, ContractTransactionHandler, Sequence[Any]]]) -> None:
        """Real transactions, many a block: mined by hand, sent in JSON-RPC batches. Raises when one fails."""
        nonces: dict[str, int] = {}
        wanted = []
        for sender, method, args in calls:
            nonce = nonces.setdefault(sender.address, sender.nonce)
            nonces[sender.address] += 1
            wanted.append(_transaction(sender, method, args, nonce=nonce))
        ask = self.provider.web3.provider.make_request
        if not self._grown:
            _result(ask("evm_setBlockGasLimit", [hex(_BLOCK_GAS)]))
            self._grown.append(True)
        _result(ask("evm_setAutomine", [False]))
        try:
            for start in range(0, len(wanted), _BATCH):
                batch = wanted[start : start + _BATCH]
                hashes = self._batch("eth_sendTransaction", [[each] for each in batch])
                _result(ask("evm_mine", []))
                receipts = self._batch("eth_getTransactionReceipt", [[each] for each in hashes])
                if failed := sum(receipt is None or int(receipt["status"], 16) != 1 for receipt in receipts):
                    raise ChainTrouble(f"{failed} of {len(batch)} transactions of a batch failed or were not mined")
                self.tick(start + len(batch), len(wanted))
        finally:
            _result(ask("evm_setAutomine", [True]))

    def _batch(self, method: str, params: list[list[Any]]) -> list[Any]:
        """Answers in the order of the questions."""
        answers = self.provider.web3.provider.make_batch_request([(method, each) for each in params])
        return [_result(answer) for answer in answers]


def crowd(count: int) -> list[str]:
    """Addresses that nobody has a key of; the same ones in every run."""
    return [to_checksum_address(keccak(f"holder {number}".encode())[-20:]) for number in range(count)]


def gas(method: ContractTransactionHandler, *args: Any, sender: AccountAPI) -> int:
    """Send, and read the gas used from the receipt."""
    return int(send(method, *args, sender=sender).gas_used)


def _transaction(sender: AccountAPI, method: ContractTransactionHandler, args: Sequence[Any], *, nonce: int) -> dict[str, str]:
    data = "0x" + bytes(method.encode_input(*args)).hex()
    addressed = {"from": sender.address, "to": method.contract.address, "data": data}
    return addressed | {"gas": hex(_EACH_GAS), "nonce": hex(nonce)}


def _result(answer: Any) -> Any:
    """What the node answered; raises when it refused."""
    if error := answer.get("error"):
        raise ChainTrouble(f"the node says: {error.get('message', error)}")
    return answer["result"]
