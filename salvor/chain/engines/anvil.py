"""anvil by raw JSON-RPC: one process of our own, one connection kept alive.

A transaction is first tried by `eth_call` in the block it would be in, which gives its return value or the reason of
its refusal, then sent and mined. `Rpc` holds all that needs only a node's answers; the Ape engine shares it.

The node mines when it is asked to. One that mines by itself tidies its pool a moment after the block is there, and
when it goes back to a snapshot in that moment it tidies away the next transaction too.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from salvor.chain.codec import checksummed
from salvor.chain.engine import CHAIN_ID, GAS_LIMIT, HARDFORK, AccessList, Done, Halted, Log, Record, Reverted, unwind
from salvor.errors import ChainTrouble, EngineCannot, EngineGone, NodeMissing, StaleSnapshot

_LISTENING = re.compile(r"Listening on 127\.0\.0\.1:(\d+)")
_PATIENCE = 120  # seconds for one answer: whatever takes longer is dead
_COMMAND = (
    "anvil --port 0 --no-mining --auto-impersonate --accounts 0 --base-fee 0 --gas-price 0 --prune-history "
    f"--no-request-size-limit --transaction-block-keeper 64 --hardfork {HARDFORK} --gas-limit {GAS_LIMIT}"
)

_NOT_BEGUN = {  # what anvil says of a transaction that it does not even begin
    "insufficient funds": "InsufficientFunds",
    "max initcode size": "CreateInitCodeSizeLimit",
    "intrinsic gas": "OutOfGas",
}


class Snapshot:
    """A node's snapshot, which it forgets once it is restored; then another is taken in its place."""

    __slots__ = ("engine", "now", "number", "token")

    def __init__(self, engine: Rpc, token: str) -> None:
        self.engine, self.token, self.now, self.number = engine, token, engine.now, engine.number


class Rpc(ABC):
    """Everything an engine does by asking a node; `ask` brings one question there."""

    name = "rpc"

    def __init__(self, now: int) -> None:
        self.now, self.generation, self.record = now, 0, Record()
        self.number = int(self.ask("eth_blockNumber"), 16)
        self._open: list[Snapshot] = []
        self._told: int | None = None  # the timestamp that the node already knows
        self.ask("anvil_setBlockTimestampInterval", 0)  # else each block is a second later than the last

    def __reduce__(self) -> NoReturn:
        raise EngineCannot(self.name, "be copied or sent to another process", "open one in each process")

    @abstractmethod
    def ask(self, method: str, *params: Any) -> Any:
        """One question, one answer; raises what the node refused it with."""

    @abstractmethod
    def ask_all(self, method: str, params: Sequence[Sequence[Any]]) -> list[Any]:
        """Many questions that change nothing, at once: a node answers a batch in any order, side by side."""

    def execute(self, sender: str, to: str, data: bytes, value: int = 0, access_list: AccessList = ()) -> Done:
        """Tried, then sent."""
        transaction = _transaction(sender, to, data, value, access_list)
        output = self._try(transaction)
        receipt, trace = self._send(transaction)
        if int(receipt["status"], 16) != 1:
            raise ChainTrouble(f"{self.name}: a call that was tried with success failed when it was sent: {receipt}")
        self.number = int(receipt["blockNumber"], 16)
        return Done(output, receipt["logs"], int(receipt["gasUsed"], 16), trace)

    def call(self, sender: str, to: str, data: bytes, value: int = 0) -> bytes:
        """By eth_call."""
        return self._try(_transaction(sender, to, data, value, ()))

    def create(self, sender: str, code: bytes, value: int = 0) -> str:
        """Tried, then sent."""
        transaction = _transaction(sender, None, code, value, ())
        self._try(transaction)
        receipt, _ = self._send(transaction)
        if int(receipt["status"], 16) != 1:
            raise Halted("CreateContractSizeLimit")
        self.number = int(receipt["blockNumber"], 16)
        return checksummed[bytes.fromhex(receipt["contractAddress"][2:])]

    def read_log(self, log: Any) -> Log:
        """From JSON."""
        topics = tuple(bytes.fromhex(topic[2:]) for topic in log["topics"])
        return Log(checksummed[bytes.fromhex(log["address"][2:])], topics, bytes.fromhex(log["data"][2:]))

    def storage(self, places: Sequence[tuple[str, int]]) -> list[int]:
        """One batch."""
        answers = self.ask_all("eth_getStorageAt", [(address, hex(slot), "latest") for address, slot in places])
        return [int(answer, 16) for answer in answers]

    def code(self, address: str) -> bytes:
        """Runtime code."""
        return bytes.fromhex(self.ask("eth_getCode", address, "latest")[2:])

    def balance(self, address: str) -> int:
        """Wei."""
        return int(self.ask("eth_getBalance", address, "latest"), 16)

    def nonce(self, address: str) -> int:
        """As the node counts it."""
        return int(self.ask("eth_getTransactionCount", address, "latest"), 16)

    def set_balance(self, address: str, wei: int) -> None:
        """As the node can do for a test chain."""
        self.ask("anvil_setBalance", address, hex(wei))

    def snapshot(self) -> Snapshot:
        """By evm_snapshot."""
        taken = Snapshot(self, self.ask("evm_snapshot"))
        self._open.append(taken)
        return taken

    def restore(self, snapshot: Snapshot) -> None:
        """By evm_revert; later snapshots are gone with it."""
        unwind(self._open, snapshot)
        if self.ask("evm_revert", snapshot.token) is not True:
            raise StaleSnapshot("the node does not know it any more")
        self.now, self.number = snapshot.now, snapshot.number
        self._told = None
        self.generation += 1
        snapshot.token = self.ask("evm_snapshot")
        self._open.append(snapshot)

    @abstractmethod
    def close(self) -> None:
        """Let go of what is ours."""

    @abstractmethod
    def _send(self, transaction: dict[str, Any]) -> tuple[dict[str, Any], Any]:
        """Receipt, and what there is for debugging."""

    def _tell_time(self) -> None:
        if self._told != self.now:
            self.ask("evm_setNextBlockTimestamp", self.now)
            self._told = self.now

    def _try(self, transaction: dict[str, Any]) -> bytes:
        block = {"number": hex(self.number + 1), "time": hex(self.now)}
        try:
            return bytes.fromhex(self.ask("eth_call", transaction, "latest", {}, block)[2:])
        except NodeRefused as refused:
            raise refused.as_outcome() from None


class NodeRefused(ChainTrouble):
    """The node answered a question with an error."""

    def __init__(self, engine: str, method: str, error: dict[str, Any]) -> None:
        super().__init__(f"{engine}: {method}: {error.get('message', error)}")
        self.said, self.data = str(error.get("message", "")), error.get("data")

    def as_outcome(self) -> Exception:
        """What it means when a call was tried."""
        if match := re.search(r"EVM error:? (\w+)", self.said):
            return Halted(match[1])
        if known := [reason for words, reason in _NOT_BEGUN.items() if words in self.said.lower()]:
            return Halted(known[0])
        if isinstance(self.data, str):
            return Reverted(bytes.fromhex(self.data.removeprefix("0x")))
        return Reverted(b"") if "revert" in self.said else self


class Anvil(Rpc):
    """A node of this process alone: it picks its own free port, and ends when this process does."""

    name = "anvil"

    def __init__(self, *, genesis: int, chain_id: int = CHAIN_ID) -> None:
        self._process, self._port = _start(genesis, chain_id)
        self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)
        self._next_id = 0
        self.ask("anvil_setLoggingEnabled", False)  # nobody reads its output any more
        if (found := int(self.ask("eth_chainId"), 16)) != chain_id:
            raise ChainTrouble(f"anvil on port {self._port} has chain id {found}, expected {chain_id}")
        super().__init__(now=genesis + 1)

    def ask(self, method: str, *params: Any) -> Any:
        """Over the connection that is kept alive."""
        return self._result(method, self._post({"jsonrpc": "2.0", "id": 0, "method": method, "params": params}))

    def ask_all(self, method: str, params: Sequence[Sequence[Any]]) -> list[Any]:
        """One HTTP request."""
        asked = [{"jsonrpc": "2.0", "id": i, "method": method, "params": each} for i, each in enumerate(params)]
        answers = {answer["id"]: answer for answer in self._post(asked)} if asked else {}
        return [self._result(method, answers[number]) for number in range(len(asked))]

    def close(self) -> None:
        """Stop the node."""
        self._line.close()
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def _send(self, transaction: dict[str, Any]) -> tuple[dict[str, Any], Any]:
        """In a block of its own."""
        self._tell_time()
        sent = self.ask("eth_sendTransaction", transaction)
        self.ask("evm_mine")
        if (receipt := self.ask("eth_getTransactionReceipt", sent)) is None:
            raise EngineGone(self.name, f"it took a transaction and block {self.number + 1} is without it")
        return receipt, None

    def _post(self, body: Any) -> Any:
        try:
            self._line.request("POST", "/", json.dumps(body), {"Content-Type": "application/json"})
            return json.loads(self._line.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._line.close()
            try:
                reason = f"anvil ended with code {self._process.wait(timeout=1)}"  # its line may break a moment before
            except subprocess.TimeoutExpired:
                reason = f"{type(error).__name__}: {error}"
            raise EngineGone(self.name, reason) from None

    def _result(self, method: str, answer: dict[str, Any]) -> Any:
        if error := answer.get("error"):
            raise NodeRefused(self.name, method, error)
        return answer["result"]


def _start(genesis: int, chain_id: int) -> tuple[subprocess.Popen[str], int]:
    """Start a node and learn the port it took: never a port that was free a moment ago and is another's now."""
    if shutil.which("anvil") is None:
        raise NodeMissing
    process = subprocess.Popen(
        [*_COMMAND.split(), "--timestamp", str(genesis), "--chain-id", str(chain_id)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_end_with_parent(),
    )
    said = []
    for line in process.stdout or ():
        said.append(line)
        if match := _LISTENING.search(line):
            return process, int(match[1])
    raise EngineGone("anvil", f"it did not start: {' '.join(said[-3:]).strip() or process.wait()}")


def _end_with_parent() -> Callable[[], None] | None:
    """On Linux a node must not outlive a process that was killed."""
    if sys.platform != "linux":
        return None
    import ctypes

    libc, terminate, parent_death = ctypes.CDLL(None), 15, 1
    return lambda: libc.prctl(parent_death, terminate) and None


def _transaction(sender: str, to: str | None, data: bytes, value: int, access_list: AccessList) -> dict[str, Any]:
    transaction: dict[str, Any] = {
        "from": sender,
        "data": f"0x{data.hex()}",
        "value": hex(value),
        "gas": hex(GAS_LIMIT),
        "gasPrice": "0x0",
    }
    if to:
        transaction["to"] = to
    if access_list:
        keys = [{"address": each, "storageKeys": [f"0x{slot:064x}" for slot in slots]} for each, slots in access_list]
        transaction["accessList"] = keys
    return transaction
