"""Hands signatures in, one at a time: tried first, priced by the policy, written down before they are sent.

What a crash leaves is taken up where it was. The same bytes are sent again, never another transaction of the same
number with other content, so nothing is paid for twice and nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from salvor.chain import refusal
from salvor.node.config import Chain, Fees
from salvor.node.errors import FeesAboveCap, RpcFailed
from salvor.node.journal import Journal, Seal, Sent
from salvor.node.keyring import Signer
from salvor.node.rpc import Rpc
from salvor.node.sealing import Sealing
from salvor.node.transaction import Transaction

_GAS_MARGIN = 5  # parts of four: a quarter more than the estimate, for what changes until it is mined
_KNOWN = ("already known", "already imported", "known transaction", "transaction already in mempool")
_USED = ("nonce too low", "nonce is too low", "old nonce")
_SLOW = 2  # seconds without a receipt, after which the account's count is looked at
_SURE = 30  # seconds for which a number must be taken and ours unknown, until another number is used
# A refusal that others, or time, can end: the same signature is tried again, and nothing is paid meanwhile.
_PASSING = frozenset({"ReportFromFuture", "NotASigner"})
# Of `ISignedReports`, so that a refusal has a name where no artifacts are; a test compares them with the interface.
ERRORS = (
    ("NotASigner", ("account", "address")),
    ("SignatureWrong", ("signer", "address"), ("digest", "bytes32")),
    ("ReportExpired", ("validUntil", "uint256"), ("time", "uint256")),
    ("ReportFromFuture", ("at", "uint256"), ("time", "uint256")),
    ("NonceUsed", ("signer", "address"), ("key", "bytes32"), ("nonce", "uint256"), ("last", "uint256")),
    ("NonceVoided", ("signer", "address"), ("nonce", "uint256"), ("last", "uint256")),
    ("NotLater", ("signer", "address"), ("key", "bytes32"), ("at", "uint256"), ("last", "uint256")),
    ("NotTheBatch", ("given", "bytes32"), ("root", "bytes32")),
    ("CountWrong", ("given", "uint256"), ("count", "uint256")),
)

Ending = Literal["landed", "refused", "expired"]


@dataclass(frozen=True)
class Outcome:
    """How a signature ended."""

    seal: Seal
    ending: Ending
    reason: str = ""
    gas_used: int = 0


class Submitter:
    """One signature in flight, at most."""

    def __init__(
        self, rpc: Rpc, journal: Journal, sealing: Sealing, signer: Signer, *, chain: Chain, fees: Fees
    ) -> None:
        self._rpc, self._journal, self._sealing, self._signer = rpc, journal, sealing, signer
        self._chain_id, self._confirmations, self._fees = chain.chain_id, chain.confirmations, fees
        refusal.learn({"name": name, "inputs": [{"name": n, "type": k} for n, k in given]} for name, *given in ERRORS)
        self.flying: Seal | None = None
        self._sent: list[Sent] = []
        self._again = False  # written before a crash, or refused by the chain's node: maybe never sent
        self._taken_since: int | None = None

    def take(self, seal: Seal) -> None:
        """A signature to bring to its end, with what a crash left of it."""
        self.flying, self._sent = seal, self._journal.sent_for(seal.nonce)
        self._again, self._taken_since = bool(self._sent), None

    def advance(self, now: int) -> Outcome | None:
        """Bring what is in flight a step on; its end, when it has come. Raises when chain or fees forbid it now."""
        if (seal := self.flying) is None:
            return None
        if not self._sent:
            if now > seal.valid_until:
                return self._end(seal, "expired", "it was not sent in time")
            if outcome := self._hopeless(seal):
                return outcome
            self._send(seal, self._first(seal), now)
        elif self._again:
            self._broadcast(self._sent[-1])  # the dearest one is enough
        elif now - self._sent[-1].made_at >= self._fees.bump_after:
            self._bump(seal, now)
        if outcome := self._found(seal):
            return outcome
        if now - self._sent[-1].made_at >= _SLOW:
            self._give_up_a_taken_number(now)
        return None

    def _give_up_a_taken_number(self, now: int) -> None:
        """Somebody else's transaction of this account may have the number: then ours will never be mined.

        A node tells the count of transactions a moment before it tells the receipt, and another node behind the same
        address may be some blocks behind: only when that lasts is the signature sent under a new number.
        """
        if self._rpc.number("eth_getTransactionCount", self._signer.address, "latest") <= self._sent[-1].number:
            self._taken_since = None
        elif self._taken_since is None:
            self._taken_since = now
        elif now - self._taken_since >= _SURE:
            self._sent, self._taken_since = [], None

    def _found(self, seal: Seal) -> Outcome | None:
        for sent in reversed(self._sent):
            receipt = self._rpc.ask("eth_getTransactionReceipt", sent.hash)
            if receipt is not None:
                return self._mined(seal, receipt)
        return None

    def _hopeless(self, seal: Seal) -> Outcome | None:
        """Before anything is paid: whether the contract would refuse it, by name."""
        reason = self._refusal(seal, "latest")
        if reason is None:
            return None
        if reason.split("(")[0] in _PASSING:
            raise RpcFailed("submit", f"the contract says {reason}")
        return self._end(seal, "expired" if reason.startswith("ReportExpired") else "refused", reason)

    def _mined(self, seal: Seal, receipt: Any) -> Outcome | None:
        if self._confirmations > 1:  # a block that is young may be taken back, and its transactions with it
            above = self._rpc.number("eth_blockNumber") - int(receipt["blockNumber"], 16)
            if above + 1 < self._confirmations:
                return None
        gas = int(receipt["gasUsed"], 16)
        if int(receipt["status"], 16) == 1:
            return self._end(seal, "landed", gas=gas)
        reason = self._refusal(seal, receipt["blockNumber"]) or "the transaction failed"
        return self._end(seal, "expired" if reason.startswith("ReportExpired") else "refused", reason, gas)

    def _end(self, seal: Seal, ending: Ending, reason: str = "", gas: int = 0) -> Outcome:
        self._journal.ended(seal.nonce, ending, reason)
        self.flying, self._sent = None, []
        return Outcome(seal, ending, reason, gas)

    def _refusal(self, seal: Seal, block: str) -> str | None:
        try:
            self._rpc.ask("eth_call", self._asked(seal), block)
        except RpcFailed as error:
            data = error.data
            if isinstance(data, str) and data.startswith("0x"):
                return str(refusal.read(bytes.fromhex(data[2:])))
            if "revert" in error.reason:
                return error.reason
            raise
        return None

    def _asked(self, seal: Seal) -> dict[str, str]:
        data = self._sealing.call(seal, self._signer.address)
        return {"from": self._signer.address, "to": self._sealing.contract, "data": f"0x{data.hex()}"}

    def _first(self, seal: Seal) -> Transaction:
        known = self._rpc.number("eth_getTransactionCount", self._signer.address, "pending")
        gas = self._rpc.number("eth_estimateGas", self._asked(seal)) * _GAS_MARGIN // 4
        tip, max_fee = self._price()
        data = self._sealing.call(seal, self._signer.address)
        return Transaction(self._chain_id, known, tip, max_fee, gas, self._sealing.contract, data)

    def chain_time(self) -> int:
        """Second of the latest block: what is dated later would be refused, and all that travels with it."""
        return int(self._rpc.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def _price(self) -> tuple[int, int]:
        """Twice the base fee and the tip, so that it stays good for six full blocks; never above the cap."""
        block = self._rpc.ask("eth_getBlockByNumber", "latest", False)
        base = int(block.get("baseFeePerGas", "0x0"), 16)
        tip, cap = min(self._fees.tip, self._fees.cap), self._fees.cap
        if base + tip > cap:
            raise FeesAboveCap(base + tip, cap)
        return tip, min(2 * base + tip, cap)

    def _bump(self, seal: Seal, now: int) -> None:
        """The same content, an eighth dearer, which is what nodes ask of a replacement."""
        last = self._sent[-1]
        tip, max_fee = _eighth_more(last.tip), _eighth_more(last.max_fee)
        if max_fee > self._fees.cap:
            self._broadcast(last)
            self._sent[-1] = replace(last, made_at=now)
            return
        data = self._sealing.call(seal, self._signer.address)
        transaction = Transaction(self._chain_id, last.number, tip, max_fee, last.gas, self._sealing.contract, data)
        self._send(seal, transaction, now, attempt=last.attempt + 1)

    def _send(self, seal: Seal, transaction: Transaction, now: int, attempt: int = 0) -> None:
        named, raw = transaction.sign(self._signer)
        fees = transaction.gas, transaction.max_fee, transaction.tip
        sent = Sent(transaction.number, attempt, seal.nonce, named, raw, *fees, now)
        self._journal.sending(sent)
        self._sent.append(sent)
        self._broadcast(sent)

    def _broadcast(self, sent: Sent) -> None:
        self._again = True
        try:
            self._rpc.ask("eth_sendRawTransaction", f"0x{sent.raw.hex()}")
        except RpcFailed as error:
            said = error.reason.lower()
            if not any(words in said for words in (*_KNOWN, *_USED)):
                raise
        self._again = False


def _eighth_more(fee: int) -> int:
    return fee + fee // 8 + 1
