"""A chain that others write to as well, as an engine for handles: each transaction is in a journal before it is sent.

A call is tried first, so what would be refused is told by name and not sent. What an earlier command signed and did not
see mined is brought to its end before anything new: the same bytes again, never a second transaction for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_hash.auto import keccak

from salvor.chain.codec import address_of, checksummed
from salvor.chain.engine import AccessList, Done, Halted, Log, Record, Reverted
from salvor.deploy.plan.fees import fee_now
from salvor.deploy.plan.journal import DISPLACED, OPEN, Journal, Sent
from salvor.deploy.plan.plan import Plan
from salvor.deploy.plan.refusals import SignerMissing, Stalled
from salvor.deploy.plan.rpc import Node, Refused, bytes_in, number_in
from salvor.deploy.plan.run import Options, apply_plan
from salvor.deploy.plan.signers import Signer
from salvor.deploy.plan.steps import Step
from salvor.deploy.plan.survey import Found
from salvor.errors import EngineCannot

_MOST_AT_ONCE = 200  # questions in one request
_ENDED = "ended"  # of a transaction that an earlier command signed


@dataclass(frozen=True)
class Wanted:
    """A transaction."""

    sender: str
    to: str
    data: bytes


@dataclass
class Journalled:
    """Behind `Contract` handles; `folder` keeps a journal a batch. Without signers it only looks."""

    node: Node
    chain_id: int
    folder: Path
    signers: Sequence[Signer] = ()
    options: Options = field(default_factory=Options)
    tell: Callable[[str], None] = lambda said: None
    name: str = "node"
    generation: int = 0
    record: Record = field(default_factory=Record)

    # What is there

    @property
    def now(self) -> int:
        """Of the latest block, or of the block that is being made where the node tells it."""
        heads = [("eth_getBlockByNumber", (block, False)) for block in ("pending", "latest")]
        times = [number_in(each.get("timestamp")) for each in self.node.ask_all(heads) if isinstance(each, dict)]
        return max(each or 0 for each in times)

    @property
    def number(self) -> int:
        """Of the latest block."""
        return number_in(self.node.ask("eth_blockNumber")) or 0

    def code(self, address: str) -> bytes:
        """Runtime code."""
        return bytes_in(self.node.ask("eth_getCode", address, "latest")) or b""

    def call(self, sender: str, to: str, data: bytes, value: int = 0) -> bytes:
        """What a transaction would return, in the next block."""
        [found] = self.call_all([Wanted(sender, to, data)])
        if isinstance(found, Exception):
            raise found
        return found

    def call_all(self, wanted: Sequence[Wanted]) -> list[bytes | Exception]:
        """The same of many, in few requests; a refusal stands in its place."""
        found: list[bytes | Exception] = []
        for first in range(0, len(wanted), _MOST_AT_ONCE):
            asked = [
                ("eth_call", ({"from": each.sender, "to": each.to, "data": f"0x{each.data.hex()}"}, "pending"))
                for each in wanted[first : first + _MOST_AT_ONCE]
            ]
            found += [_outcome(each) for each in self.node.ask_all(asked)]
        return found

    def read_log(self, log: Any) -> Log:
        """As a receipt has it."""
        topics = tuple(bytes.fromhex(topic[2:]) for topic in log["topics"])
        return Log(checksummed[bytes.fromhex(log["address"][2:])], topics, bytes.fromhex(log["data"][2:]))

    # What is done

    def execute(self, sender: str, to: str, data: bytes, value: int = 0, access_list: AccessList = ()) -> Done:
        """One transaction; raises what it would be refused with."""
        [outcome] = self.execute_all([Wanted(sender, to, data)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def execute_all(self, wanted: Sequence[Wanted]) -> list[Done | Exception]:
        """Several that do not depend on each other: what would be refused is left out, and stops none of the others."""
        self.finish()
        tried = self.call_all(wanted)
        steps = [
            Step(f"{place + 1}", "call", each.sender, each.to, each.data, 0, "", ())
            for place, (each, answer) in enumerate(zip(wanted, tried, strict=True))
            if not isinstance(answer, Exception)
        ]
        mined = self._bring(steps) if steps else {}
        return [
            answer if isinstance(answer, Exception) else self._done(mined[f"{place + 1}"], answer)
            for place, answer in enumerate(tried)
        ]

    def finish(self) -> int:
        """Bring what earlier commands left to its end; gives how many transactions that were."""
        ended = 0
        for path in sorted(self.folder.glob("*.sqlite")):
            with Journal(path) as journal:
                mined = journal.mined()
                for sent in journal.sent():
                    if sent.state == OPEN and sent.step not in mined:
                        self.tell(f"going on with a transaction of an earlier command ({sent.hash or sent.nonce})")
                        journal.mark([sent], self._end(sent))
                        ended += 1
        return ended

    def _bring(self, steps: list[Step]) -> dict[str, str]:
        """Hashes by step."""
        first = self.node.ask("eth_getBlockByNumber", "0x0", False)
        balance = number_in(self.node.ask("eth_getBalance", steps[0].sender, "latest")) or 0
        found = {step.name: Found.UNKNOWN for step in steps}
        fee, sender, genesis = fee_now(self.node, tip=self.options.tip), steps[0].sender, str(first["hash"])
        if missing := [step.sender for step in steps if step.sender not in {each.address for each in self.signers}]:
            raise SignerMissing(missing[0], [each.address for each in self.signers])
        plan = Plan("calls", self.chain_id, genesis, sender, "", tuple(steps), found, {}, fee, balance, (), {}, {})
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{len(list(self.folder.glob('*.sqlite'))) + 1:06}-{plan.hash[:12]}.sqlite"
        applied = apply_plan(plan, self.node, self.signers, self.folder / name, self.options)
        return {step: each.hash for step, each in applied.mined.items()}

    def _done(self, hash_: str, output: bytes) -> Done:
        receipt = self.node.ask("eth_getTransactionReceipt", hash_)
        return Done(output, receipt["logs"], number_in(receipt["gasUsed"]), hash_)

    def _end(self, sent: Sent) -> str:
        """Sent again until it is mined, or until another transaction has its nonce."""
        given_up = time.monotonic() + self.options.patience
        while time.monotonic() < given_up:
            receipt, used = self.node.ask_all(
                [
                    ("eth_getTransactionReceipt", (sent.hash or f"0x{keccak(sent.raw).hex()}",)),
                    ("eth_getTransactionCount", (sent.sender, "latest")),
                ]
            )
            if isinstance(receipt, dict):
                return _ENDED
            if (number_in(used) or 0) > sent.nonce:
                return DISPLACED
            self.node.ask_all([sent.signed.question])  # what the node says of it decides nothing
            self.options.sleep(self.options.pause)
        raise Stalled(f"transaction {sent.nonce} of {sent.sender}", self.options.patience, "")

    # What only a chain of one's own can do

    def balance(self, address: str) -> int:
        """Wei."""
        return number_in(self.node.ask("eth_getBalance", address_of(address), "latest")) or 0

    def nonce(self, address: str) -> int:
        """Transactions sent."""
        return number_in(self.node.ask("eth_getTransactionCount", address_of(address), "latest")) or 0

    def create(self, sender: str, code: bytes, value: int = 0) -> str:
        """`ape run deploy` does."""
        raise self._cannot("deploy")

    def storage(self, places: Sequence[tuple[str, int]]) -> list[int]:
        """Not one by one over a network."""
        raise self._cannot("read storage")

    def set_balance(self, address: str, wei: int) -> None:
        """Nobody can."""
        raise self._cannot("give ether")

    def snapshot(self) -> Any:
        """Nobody can go back."""
        raise self._cannot("take a snapshot")

    def restore(self, snapshot: Any) -> None:
        """Nobody can go back."""
        raise self._cannot("go back")

    def _cannot(self, what: str) -> EngineCannot:
        return EngineCannot(self.name, what, "it is a chain that others write to")

    def close(self) -> None:
        """Let go of the connection."""
        self.node.close()


def _outcome(answer: Any) -> bytes | Exception:
    """Data, or what a refusal has."""
    if not isinstance(answer, Refused):
        data = bytes_in(answer)
        return Halted("no answer") if data is None else data
    data = bytes_in(answer.data)
    return Halted(answer.message) if data is None else Reverted(data)
