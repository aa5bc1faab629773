"""An EVM inside this process (pyrevm): a call costs microseconds.

pyrevm is one endless transaction with sharp edges, all of them silent; each one is taken off here and named where it
is. What can't be taken off stands in docs/engines.md: gas figures, the sender being a contract, block hashes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import starmap
from typing import Any, NoReturn

import pyrevm

from salvor.chain.codec import checksummed
from salvor.chain.engine import CHAIN_ID, GAS_LIMIT, AccessList, Done, Halted, Log, Record, Reverted, unwind
from salvor.errors import EngineCannot

_BANK = "0x" + "ba" * 20  # where ether comes from and goes to: `set_balance` of pyrevm is not undone by a revert
_READER = "0x" + "c0de" * 10  # answers with the code of the address in its input
# Arachnid's deterministic deployment proxy: on public chains, and on anvil from the beginning.
_CREATE2_DEPLOYER = "0x4e59b44847b379578588920cA78FbF26c0B4956C"
_CREATE2_CODE = bytes.fromhex(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "e03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
)
_FAILING_CODE = b"\xfe"
_REVERT = "Revert { gas_used: "  # and then `N, output: 0x... }`
_HALT = re.compile(r"Halt \{ reason: (.*), gas_used: \d+ \}")
_NOT_BEGUN = {  # what pyrevm says of a transaction that it does not even begin
    "LackOfFundForMaxFee": "InsufficientFunds",
    "CreateInitCodeSizeLimit": "CreateInitCodeSizeLimit",
    "CallGasCostMoreThanGasLimit": "OutOfGas",
}


class Snapshot:
    """A checkpoint with all that pyrevm's own forgets. Made by `Revm.snapshot` only."""

    __slots__ = ("checkpoint", "engine", "nonces", "now", "number")

    def __init__(self, engine: Revm, checkpoint: Any) -> None:
        self.engine, self.checkpoint = engine, checkpoint
        self.now, self.number, self.nonces = engine.now, engine.number, dict(engine._nonces)


class Revm:
    """One chain in memory. Can't be copied or pickled: a second process makes its own."""

    name = "revm"

    def __init__(self, *, genesis: int, chain_id: int = CHAIN_ID) -> None:
        self.now, self.number, self.generation, self.record = genesis + 1, 0, 0, Record()
        self._nonces: dict[str, int] = {}  # transactions sent: pyrevm counts deployments only
        self._open: list[Snapshot] = []
        config = pyrevm.CfgEnv(chain_id=chain_id)
        self._evm: Any = pyrevm.EVM(env=pyrevm.Env(cfg=config, block=self._block()), gas_limit=GAS_LIMIT)
        # Before anything else: later these two would forget balances, and no snapshot would undo them.
        self._evm.insert_account_info(_READER, pyrevm.AccountInfo(code=_code_reader()))
        self._evm.insert_account_info(_CREATE2_DEPLOYER, pyrevm.AccountInfo(code=_CREATE2_CODE))
        self._evm.set_balance(_BANK, 2**255)
        self._clock = (self.number, self.now)
        self._evm.snapshot()  # one nested call is always open: `restore` ends one that `snapshot` has ended already

    def __reduce__(self) -> NoReturn:
        raise EngineCannot(self.name, "be copied or sent to another process", "open one in each process")

    def execute(self, sender: str, to: str, data: bytes, value: int = 0, access_list: AccessList = ()) -> Done:
        """The access list is taken and has no effect: it only changes what gas costs, and gas is not measured here."""
        evm = self._evm
        evm.reset_transient_storage()  # it would live on, as it would within one transaction
        if self._clock != (self.number, self.now):
            self._set_clock()
        try:
            output = evm.message_call(sender, to, data, value, GAS_LIMIT)  # without a limit a loop would hang
        except RuntimeError as error:
            raise self._failure(error) from None
        self.number += 1
        self._nonces[sender] = self._nonces.get(sender, 0) + 1
        return Done(output, evm.result.logs)

    def call(self, sender: str, to: str, data: bytes, value: int = 0) -> bytes:
        """Tried and undone: pyrevm would keep what a call changed."""
        evm = self._evm
        evm.reset_transient_storage()
        if self._clock != (self.number, self.now):
            self._set_clock()
        checkpoint = evm.snapshot()
        try:
            output: bytes = evm.message_call(sender, to, data, value, GAS_LIMIT)
        except RuntimeError as error:
            raise self._failure(error) from None
        finally:
            evm.revert(checkpoint)
        return output

    def create(self, sender: str, code: bytes, value: int = 0) -> str:
        """The sender's nonce is first brought to where its transactions have led it."""
        evm = self._evm
        evm.reset_transient_storage()
        self._set_clock()
        checkpoint = evm.snapshot()
        try:
            self._catch_up(sender)
            address = checksummed[bytes.fromhex(evm.deploy(sender, code, value, GAS_LIMIT)[2:])]
        except RuntimeError as error:
            evm.revert(checkpoint)
            raise self._failure(error) from None
        evm.commit()  # else the checkpoint would count as a nested call for good
        self.number += 1
        self._nonces[sender] = self._nonces.get(sender, 0) + 1
        return address

    def put(self, address: str, code: bytes) -> None:
        """Code at an address that nothing has touched yet, with the nonce of a new contract; no snapshot undoes it."""
        self._evm.insert_account_info(address, pyrevm.AccountInfo(nonce=1, code=code))

    def read_log(self, log: Any) -> Log:
        """From pyrevm's own kind."""
        topics, data = log.data
        return Log(log.address, tuple(topics), data)

    def storage(self, places: Sequence[tuple[str, int]]) -> list[int]:
        """Straight from memory, well below a microsecond each."""
        return list(starmap(self._evm.storage, places))

    def code(self, address: str) -> bytes:
        """By EXTCODECOPY: pyrevm's own `get_code` answers with zeros at the end."""
        return self.call(_BANK, _READER, bytes.fromhex(address[2:]).rjust(32, b"\0"))

    def balance(self, address: str) -> int:
        """Wei."""
        return int(self._evm.get_balance(address))

    def nonce(self, address: str) -> int:
        """Of an account: what it has sent; of a contract: what it has created, and one."""
        return max(self._nonces.get(address, 0), int(self._evm.basic(address).nonce))

    def set_balance(self, address: str, wei: int) -> None:
        """Moved from or to the bank, so that a snapshot undoes it; no code of the receiver is run."""
        have = self.balance(address)
        try:
            if wei > have:  # SELFDESTRUCT in a constructor pays whoever it is, and asks nobody
                self._evm.deploy(_BANK, bytes.fromhex(f"73{address[2:]}ff"), wei - have, GAS_LIMIT)
            elif wei < have:  # a message call leaves the sender's nonce alone
                self._evm.message_call(address, _BANK, b"", have - wei, GAS_LIMIT)
        except RuntimeError as error:
            raise self._failure(error) from None

    def snapshot(self) -> Snapshot:
        """As many as wanted: an open one costs nothing, and takes nothing from how deep calls can be."""
        taken = Snapshot(self, self._evm.snapshot())
        # To pyrevm a checkpoint is a nested call, and 1,024 are allowed: this ends the call, and the place stays good.
        self._evm.commit()
        self._open.append(taken)
        return taken

    def restore(self, snapshot: Snapshot) -> None:
        """One revert undoes the later ones too; then a checkpoint is set again at the same place."""
        unwind(self._open, snapshot)
        self._evm.revert(snapshot.checkpoint)  # ends a nested call: the one that is always open
        # pyrevm's revert leaves clock, block number and logs alone.
        self.now, self.number, self._nonces = snapshot.now, snapshot.number, dict(snapshot.nonces)
        self.generation += 1
        snapshot.checkpoint = self._evm.snapshot()  # and this one is always open from now on
        self._open.append(snapshot)

    def close(self) -> None:
        """Nothing outlives the process."""

    def _block(self) -> pyrevm.BlockEnv:
        return pyrevm.BlockEnv(
            number=self.number + 1, timestamp=self.now, gas_limit=GAS_LIMIT, basefee=0, prevrandao=bytes(32)
        )

    def _set_clock(self) -> None:
        self._evm.set_block_env(self._block())
        self._clock = (self.number, self.now)

    def _catch_up(self, sender: str) -> None:
        """Only deployments move pyrevm's nonces; failing ones leave nothing else behind."""
        for _ in range(self._nonces.get(sender, 0) - int(self._evm.basic(sender).nonce)):
            try:
                self._evm.deploy(sender, _FAILING_CODE, 0, 100_000)
            except RuntimeError as error:
                if not _HALT.match(str(error)):
                    raise

    def _failure(self, error: RuntimeError) -> Exception:
        """Pyrevm tells the outcome as text only."""
        said: str = error.args[0]
        if said.startswith(_REVERT):
            return Reverted(bytes.fromhex(said[said.index("0x", len(_REVERT)) + 2 : -2]))
        if match := _HALT.fullmatch(said):
            return Halted(match[1])
        if "RejectCallerWithCode" in said:
            return EngineCannot(self.name, "send from a contract's address (EIP-3607)", "use the engine anvil for this")
        known = [reason for words, reason in _NOT_BEGUN.items() if words in said]
        return Halted(known[0] if known else said)


def _code_reader() -> bytes:
    """PUSH0 CALLDATALOAD, EXTCODESIZE, EXTCODECOPY to 0, RETURN."""
    return bytes.fromhex("5f35803b805f5f843c5ff3")
