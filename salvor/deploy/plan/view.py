"""How the chain stands to everything that was signed: one request, checked for answers that can't be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from salvor.deploy.plan.journal import Mined, Sent
from salvor.deploy.plan.refusals import NodeWrong, NoncesUsed, OtherChain
from salvor.deploy.plan.rpc import Node, Refused, number_in


@dataclass(frozen=True)
class Nonces:
    """Transactions of an account that are mined, and those with the ones that the node keeps."""

    latest: int
    pending: int


@dataclass(frozen=True)
class View:
    """What one round knows."""

    head: int
    asked: tuple[Sent, ...]
    receipts: Mapping[int, Mapping[str, Any]]  # by the ids of the journal
    nonces: Mapping[str, Nonces]
    settled: Mapping[str, Mined]  # steps that were deep enough before, in blocks that still are the chain's

    @cached_property
    def mined(self) -> dict[str, Mined]:
        """Steps with a receipt that says success."""
        found = dict(self.settled)
        for sent in self.asked:
            receipt = self.receipts.get(sent.id)
            if receipt and receipt["status"] == "0x1":
                found[sent.step] = _mined(sent, receipt)
        return found

    @cached_property
    def failed(self) -> list[Sent]:
        """Transactions that were mined and reverted."""
        return [each for each in self.asked if self.receipts.get(each.id, {}).get("status") == "0x0"]

    @cached_property
    def waiting(self) -> list[Sent]:
        """Transactions without a receipt, whose nonce nobody has used."""
        settled = {(each.sender, each.nonce) for each in self.asked if each.id in self.receipts}
        return [
            each
            for each in self.asked
            if (each.sender, each.nonce) not in settled and each.nonce >= self.nonces[each.sender].latest
        ]

    @cached_property
    def newest_waiting(self) -> list[Sent]:
        """Of each nonce the one that offers most."""
        return list({(each.sender, each.nonce): each for each in self.waiting}.values())

    @cached_property
    def used_up(self) -> list[Sent]:
        """Of each nonce that is used, and for which no receipt is shown, the newest."""
        settled = {(each.sender, each.nonce) for each in self.asked if each.id in self.receipts}
        used = {
            (each.sender, each.nonce): each
            for each in self.asked
            if (each.sender, each.nonce) not in settled and each.nonce < self.nonces[each.sender].latest
        }
        return list(used.values())

    def deep(self, confirmations: int) -> dict[str, Mined]:
        """Steps that are that deep."""
        return {name: each for name, each in self.mined.items() if self.head - each.block + 1 >= confirmations}

    def confirmed(self, confirmations: int) -> int:
        """Blocks of confirmation that were gained, all steps together."""
        return sum(min(confirmations, max(0, self.head - each.block + 1)) for each in self.mined.values())

    def gaps(self, sender: str, signed: Sequence[Sent]) -> list[int]:
        """Nonces below one of ours that nobody uses: ours would wait for ever."""
        own = {each.nonce for each in signed if each.sender == sender}
        nonces = self.nonces[sender]
        if nonces.pending > nonces.latest or not own:
            return []
        return [nonce for nonce in range(nonces.latest, max(own)) if nonce not in own]


@dataclass(frozen=True)
class Used:
    """By which transaction a nonce was used, and in which block."""

    hash: str
    to: str
    data: str
    block: int

    def is_like(self, sent: Sent) -> bool:
        """Whether it is the one that a node signed for us, whose hash we never heard."""
        if sent.hash:
            return False
        own = json.loads(sent.raw)
        return bool(self.to == own["to"].lower() and self.data == own["data"].lower())


def look(
    node: Node, signed: Sequence[Sent], senders: Sequence[str], chain_id: int, settled: Mapping[str, Mined]
) -> View:
    """Ask for chain, head, nonces, and receipts of what is not settled; of all when the chain was reorganised."""
    last = max(settled.values(), key=lambda each: each.block, default=None)
    asked = [each for each in signed if each.step not in settled]
    known = [each for each in asked if each.hash]
    questions: list[tuple[str, tuple[Any, ...]]] = [("eth_chainId", ()), ("eth_blockNumber", ())]
    questions += [("eth_getBlockByNumber", (hex(last.block if last else 0), False))]
    for sender in senders:
        questions += [("eth_getTransactionCount", (sender, tag)) for tag in ("latest", "pending")]
    questions += [("eth_getTransactionReceipt", (each.hash,)) for each in known]
    chain, head, block, *rest = node.ask_all(questions)
    if number_in(chain) != chain_id:
        raise OtherChain(number_in(chain) or 0, chain_id)
    if last and not (isinstance(block, dict) and block.get("hash") == last.block_hash):
        return look(node, signed, senders, chain_id, {})
    if number_in(head) is None:
        raise NodeWrong(node.where, f"eth_blockNumber: {head!r}")
    counts, answers = rest[: 2 * len(senders)], rest[2 * len(senders) :]
    nonces = {sender: _nonces(node, counts[2 * i], counts[2 * i + 1]) for i, sender in enumerate(senders)}
    if any(each.step in settled and each.nonce >= nonces[each.sender].latest for each in signed):
        return look(node, signed, senders, chain_id, {})
    # A receipt whose nonce the account has not used is of a block that is gone, or the node contradicts itself.
    receipts = {
        sent.id: answer
        for sent, answer in zip(known, answers, strict=True)
        if _is_receipt(answer, sent.hash) and sent.nonce < nonces[sent.sender].latest
    }
    return View(number_in(head) or 0, tuple(asked), receipts, nonces, settled)


def who_used(node: Node, sent: Sent, head: int) -> Used:
    """Look up, in halves of what is left, in which block the sender's nonce was used."""
    low, high = -1, head  # used after `low`, and not after `high`
    while high - low > 1:
        middle = (low + high) // 2
        [answer] = node.ask_all([("eth_getTransactionCount", (sent.sender, hex(middle)))])
        count = number_in(answer)  # none of a state that the node has dropped: it was later
        low, high = (low, middle) if count is not None and count > sent.nonce else (middle, high)
    [block] = node.ask_all([("eth_getBlockByNumber", (hex(high), True))])
    for each in block.get("transactions", ()) if isinstance(block, dict) else ():
        if str(each["from"]).lower() == sent.sender.lower() and number_in(each["nonce"]) == sent.nonce:
            data = str(each.get("input", each.get("data", "")))
            return Used(str(each["hash"]), str(each.get("to")).lower(), data.lower(), high)
    raise NoncesUsed(sent.sender, sent.nonce)


def _nonces(node: Node, latest: object, pending: object) -> Nonces:
    mined, kept = number_in(latest), number_in(pending)
    if mined is None:
        raise NodeWrong(node.where, f"eth_getTransactionCount: {latest!r}")
    return Nonces(mined, max(mined, kept or 0))


def _is_receipt(answer: object, wanted: str) -> bool:
    """A whole receipt of this transaction, and not of another one."""
    if isinstance(answer, Refused) or not isinstance(answer, dict):
        return False
    whole = all(isinstance(answer.get(part), str) for part in ("status", "blockHash", "blockNumber", "gasUsed"))
    return whole and str(answer.get("transactionHash", "")).lower() == wanted.lower()


def _mined(sent: Sent, receipt: Mapping[str, Any]) -> Mined:
    number, gas = number_in(receipt["blockNumber"]) or 0, number_in(receipt["gasUsed"]) or 0
    return Mined(
        sent.step, sent.hash, number, receipt["blockHash"], gas, number_in(receipt.get("effectiveGasPrice")) or 0
    )
