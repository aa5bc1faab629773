"""Bring a plan to a chain: sign, write down, send, wait, look again; and go on from where an earlier run was stopped.

A run is a loop. Each round asks the node, in one request, for the receipts of everything that was signed, and then does
whatever is to be done: send again what was lost, offer more for what waits, sign what has become possible. It keeps
nothing in memory that is not in the journal or on the chain, so a killed run and a new one are the same to it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from salvor.deploy.plan.fees import Fee, fee_now
from salvor.deploy.plan.journal import DISPLACED, FAILED, OPEN, Journal, Mined, Sent
from salvor.deploy.plan.plan import Plan, changes_since, outline
from salvor.deploy.plan.refusals import (
    BalanceLow,
    JournalUnfit,
    NotAsPlanned,
    NotOurCode,
    OtherChain,
    OtherFactory,
    OtherHistory,
    PlanChanged,
    SignerMissing,
    Stalled,
    StepFailed,
    StepRefused,
)
from salvor.deploy.plan.replay import why_it_failed
from salvor.deploy.plan.rpc import Node, Refused, number_in
from salvor.deploy.plan.signers import Signer
from salvor.deploy.plan.simulate import Tried, reckon, simulate
from salvor.deploy.plan.steps import Step
from salvor.deploy.plan.survey import Found, survey
from salvor.deploy.plan.view import View, look, who_used

FILLER = "(gap "  # a transfer of nothing to oneself, where a foreign transaction left a nonce unused for good
_HARMLESS = (
    "already known",
    "alreadyknown",
    "already imported",
    "nonce too low",
    "known transaction",
    "already exists",
)
_FIRST_NAP = 0.004  # seconds
_DOUBTS = 3  # rounds in which a nonce is used and no receipt is shown, before it is looked up by whom


@dataclass(frozen=True)
class Options:
    """How a plan is brought to the chain."""

    confirmations: int = 1  # blocks, the one with the transaction included
    in_flight: int = 16  # transactions of one sender that wait together: nodes promise to keep as many
    pause: float = 1.0  # seconds between two rounds
    again_after: float = 20.0  # seconds until a transaction without receipt is sent once more
    bump_after: float = 90.0  # seconds until a higher fee is offered for it
    bumps: int = 6  # times that it is raised, an eighth each: twice the first offer in the end
    patience: float = 900.0  # seconds without anything new until the run stops
    tip: int | None = None  # wei a unit of gas; the node's suggestion when not given
    sleep: Callable[[float], None] = time.sleep
    tell: Callable[[str, str], None] = lambda what, step: None


@dataclass(frozen=True)
class Applied:
    """What stands on the chain afterwards."""

    addresses: Mapping[str, str]
    mined: Mapping[str, Mined]  # by step; steps that stood there before any journal have none
    gas: int
    cost: int  # wei
    notices: tuple[str, ...]


def apply_plan(
    plan: Plan, node: Node, signers: Sequence[Signer], journal: Path | Journal, options: Options | None = None
) -> Applied:
    """Do what is left of a plan. Safe to repeat after whatever stopped it: nothing is done twice."""
    if isinstance(journal, Journal):
        return _Run(plan, node, {each.address: each for each in signers}, journal, options or Options()).finish()
    with Journal(journal) as opened:
        return apply_plan(plan, node, signers, opened, options)


@dataclass
class _Run:
    plan: Plan
    node: Node
    signers: Mapping[str, Signer]
    journal: Journal
    options: Options
    there: set[str] = field(default_factory=set)  # steps that need no receipt
    tried: dict[str, Tried] = field(default_factory=dict)
    doubts: dict[int, int] = field(default_factory=dict)
    told: dict[int, float] = field(default_factory=dict)  # when a transaction was last sent, by this run
    begun: dict[int, float] = field(default_factory=dict)  # when it was first sent, by this run
    said: str = ""  # the last error that the node had for a transaction
    settled: dict[str, Mined] = field(default_factory=dict)  # deep enough when last looked at
    unlike: int = 0  # rounds in which the receipts and the state of the chain disagreed
    nap: float = 0.0

    def finish(self) -> Applied:
        """Everything."""
        notices = self._fits_the_journal()
        self._prepare()
        moved, progress = time.monotonic(), None
        while True:
            view, signed = self._look(), len(self.journal.sent())
            self._learn(view)
            if self._is_finished(view):
                break
            self._send_again(view)
            self._sign_more(view)
            written = {(each.sender, each.nonce) for each in self.journal.sent()}  # a higher fee is no progress
            now = (len(written), len(view.mined), view.confirmed(self.options.confirmations))
            if now != progress:
                moved, progress, self.nap = time.monotonic(), now, _FIRST_NAP
            elif time.monotonic() - moved > self.options.patience:
                raise Stalled(self._waiting(view), self.options.patience, self.said)
            if len(self.journal.sent()) == signed:
                self.options.sleep(min(self.nap, self.options.pause))  # a quick chain has it soon, a slow one later
                self.nap *= 2
        mined = self.journal.mined()
        gas = sum(each.gas for each in mined.values())
        cost = sum(each.gas * each.price for each in mined.values())
        return Applied(self.plan.addresses, mined, gas, cost, tuple(notices))

    def _look(self, *, afresh: bool = False) -> View:
        senders = sorted({step.sender for step in self.plan.steps})
        view = look(self.node, self._open(), senders, self.plan.chain_id, {} if afresh else self.settled)
        self.settled = view.deep(self.options.confirmations)
        return view

    # Before anything is sent

    def _fits_the_journal(self) -> list[str]:
        """The journal is of this chain and of this plan, or new."""
        chain, first = (self.node.ask("eth_chainId"), self.node.ask("eth_getBlockByNumber", "0x0", False))
        if int(chain, 16) != self.plan.chain_id:
            raise OtherChain(int(chain, 16), self.plan.chain_id)
        if (first or {}).get("hash") != self.plan.genesis:
            raise OtherHistory(self.journal.path, self.plan.chain_id)
        known = self.journal.said("genesis")
        if known is None:
            facts = {"chain": str(self.plan.chain_id), "genesis": self.plan.genesis, "title": self.plan.title}
            contracts = {step.name: [step.contract, step.address] for step in self.plan.steps if step.contract}
            facts |= {"plan": self.plan.hash, "contracts": json.dumps(contracts), "factory": self.plan.factory}
            self.journal.say({**facts, "outline": outline(self.plan.steps)})
            return []
        if known != self.plan.genesis or self.journal.said("chain") != str(self.plan.chain_id):
            raise OtherHistory(self.journal.path, self.plan.chain_id)
        return self._same_plan()

    def _same_plan(self) -> list[str]:
        if (begun := self.journal.said("factory")) != self.plan.factory:
            raise OtherFactory(self.journal.path, begun or "", self.plan.factory)
        if self.journal.said("plan") == self.plan.hash:
            return []
        try:
            before = json.loads(self.journal.said("outline") or "")
        except ValueError:
            raise JournalUnfit(self.journal.path, "its plan can't be read") from None
        changes = changes_since(before, self.plan.steps)
        if changes.real:
            raise PlanChanged(f"what {self.journal.path} began", changes.real)
        return [f"{name}: the same code from other source texts; going on" for name in changes.texts_only]

    def _prepare(self) -> None:
        """What is there already, what the rest costs, and whether it would be refused."""
        found = survey(self.plan.steps, self.plan.artifacts, self.node)
        for step in self.plan.steps:
            if found[step.name] is Found.FOREIGN:
                raise NotOurCode(step.name, step.address, step.contract)
        written, mined = {each.step for each in self._open()}, self._look().mined
        self.there = {name for name, is_ in found.items() if is_ is Found.DONE and name not in written}
        done = {name for name, is_ in found.items() if is_ is Found.DONE or (is_ is Found.UNKNOWN and name in mined)}
        left = [step for step in self.plan.steps if step.name not in done]
        self.tried = simulate(left, self.node)
        for step in left:
            if self.tried[step.name].refused and step.name not in written:
                raise StepRefused(step.name, self.tried[step.name].refused)
        unsigned = [step for step in left if step.name not in written]
        for sender in dict.fromkeys(step.sender for step in unsigned):
            self._can_pay(sender, [step for step in unsigned if step.sender == sender])

    def _can_pay(self, sender: str, steps: Sequence[Step]) -> None:
        if sender not in self.signers:
            raise SignerMissing(sender, list(self.signers))
        fee, has = fee_now(self.node, tip=self.options.tip), int(self.node.ask("eth_getBalance", sender, "latest"), 16)
        needs = sum(self.tried[step.name].gas * fee.most + step.value for step in steps)
        if has < needs:
            raise BalanceLow(sender, has, needs)

    # Each round

    def _open(self) -> list[Sent]:
        return [each for each in self.journal.sent() if each.state == OPEN]

    def _learn(self, view: View) -> None:
        """Failures stop the run; nonces that others used free their steps; what is deep enough is written down."""
        for sent in view.failed:
            self.journal.mark([sent], FAILED)
            raise StepFailed(sent.step, sent.hash, why_it_failed(self.node, self._step(sent), view.receipts[sent.id]))
        for sent in view.used_up:
            self.doubts[sent.id] = self.doubts.get(sent.id, 0) + 1
            if self.doubts[sent.id] < _DOUBTS:
                continue
            self._free(sent, view)

    def _free(self, sent: Sent, view: View) -> None:
        """The nonce is used: by one of ours, whose receipt is late, or by a transaction that is none of ours."""
        same = [each for each in self._open() if (each.sender, each.nonce) == (sent.sender, sent.nonce)]
        found = who_used(self.node, sent, view.head)
        if found.hash in {each.hash for each in same}:
            return
        if found.is_like(sent):
            self.journal.learn_hash(sent, found.hash)
        elif view.head - found.block + 1 >= self.options.confirmations:  # else a reorganisation may free it again
            self.options.tell("displaced", sent.step)
            self.journal.mark(same, DISPLACED)

    def _is_finished(self, view: View) -> bool:
        """Every step is there or mined deep enough, and the chain shows it."""
        confirmed = view.deep(self.options.confirmations)
        known = self.journal.mined()
        news = [each for name, each in confirmed.items() if known.get(name) != each]
        if news:
            self.journal.settle(news)
            for each in news:
                self.options.tell("mined", each.step)
        if any(step.name not in confirmed and step.name not in self.there for step in self.plan.steps):
            return False
        found = survey(self.plan.steps, self.plan.artifacts, self.node)
        wrong = [step for step in self.plan.steps if found[step.name] in (Found.OPEN, Found.FOREIGN)]
        lost = [step for step in wrong if step.name in self.there]
        if lost:  # a reorganisation took what somebody else had done
            self.there -= {step.name for step in lost}
            return False
        self.unlike = self.unlike + 1 if wrong else 0
        if self.unlike > _DOUBTS:  # a node that lags has caught up by now
            raise NotAsPlanned([f"{step.name}: {self._what_is_wrong(step, found)}" for step in wrong])
        return not wrong and set(confirmed) <= set(self._look(afresh=True).deep(self.options.confirmations))

    def _what_is_wrong(self, step: Step, found: Mapping[str, Found]) -> str:
        if step.kind != "call":
            return f"no code of its own at {step.address}"
        return f"{step.checks[0].says} does not say so" if found[step.name] is Found.OPEN else "not done"

    def _send_again(self, view: View) -> None:
        """What has no receipt is sent once more, the same bytes; after a while with a higher fee and the same nonce."""
        now, again = time.monotonic(), []
        for sent in view.newest_waiting:
            first = self.begun.setdefault(sent.id, now)
            offers = sum((each.sender, each.nonce) == (sent.sender, sent.nonce) for each in view.waiting)
            if now - first > self.options.bump_after and offers <= self.options.bumps:
                again.append(self._bump(sent, view))
            elif now - self.told.get(sent.id, -1e9) > self.options.again_after:
                again.append(sent)
        self._broadcast(again)

    def _bump(self, sent: Sent, view: View) -> Sent:
        fee = fee_now(self.node, tip=self.options.tip)
        raised = fee.raised(Fee(sent.fee, sent.tip, fee.has_base))
        step = self._step(sent)
        self._sign([(step, sent.nonce, sent.gas)], raised, view.head)
        self.options.tell("raised", sent.step)
        return self.journal.sent()[-1]

    def _sign_more(self, view: View) -> None:
        """Steps whose conditions are met, in the plan's order, as many as may wait together."""
        wave: list[tuple[Step, int, int]] = []
        for sender, nonces in view.nonces.items():
            waiting = [each for each in view.newest_waiting if each.sender == sender]
            wave += [(filler(sender, nonce), nonce, 21_000) for nonce in view.gaps(sender, self._open())]
            free = max([nonces.pending, *(each.nonce + 1 for each in self._open() if each.sender == sender)])
            for step in self._ready(view, sender)[: max(0, self.options.in_flight - len(waiting))]:
                wave.append((step, free, self.tried[step.name].limit if step.name in self.tried else 0))
                free += 1
        if not wave:
            return
        before = len(self.journal.sent())
        self._sign(self._with_gas(wave), fee_now(self.node, tip=self.options.tip), view.head)
        self._broadcast(self.journal.sent()[before:])

    def _with_gas(self, wave: Sequence[tuple[Step, int, int]]) -> list[tuple[Step, int, int]]:
        """A wave on a node that could not try the whole plan is estimated now, and so is what was freed again."""
        unknown = [step for step, _, gas in wave if not gas or getattr(self.tried.get(step.name), "reckoned", False)]
        if not unknown:
            return list(wave)
        answers = self.node.ask_all([("eth_estimateGas", (call_of(step), "latest")) for step in unknown])
        gas = {
            step.name: gas_limit(step, answer, self.tried.get(step.name))
            for step, answer in zip(unknown, answers, strict=True)
        }
        return [(step, nonce, gas.get(step.name, own)) for step, nonce, own in wave]

    def _sign(self, wave: Sequence[tuple[Step, int, int]], fee: Fee, head: int) -> None:
        """Signed, then written down; only then may it be sent."""
        rows = []
        for step, nonce, gas in wave:
            if step.sender not in self.signers:
                raise SignerMissing(step.sender, list(self.signers))
            fields = {"chainId": self.plan.chain_id, "nonce": nonce, "to": step.to, "data": step.data, "gas": gas}
            signed = self.signers[step.sender].sign({**fields, "value": step.value, **fee.fields()})
            rows.append((step.name, step.sender, nonce, signed, gas, fee.most, fee.tip, head))
        self.journal.add(rows)

    def _broadcast(self, many: Sequence[Sent]) -> None:
        """In one request, by rising nonce. What the node says of it decides nothing: receipts do."""
        now, ordered = time.monotonic(), sorted(many, key=lambda each: (each.sender, each.nonce))
        answers = self.node.ask_all([each.signed.question for each in ordered])
        for sent, answer in zip(ordered, answers, strict=True):
            self.told[sent.id] = now
            self.begun.setdefault(sent.id, now)
            if not isinstance(answer, Refused):
                self.options.tell("sent", sent.step)
                if not sent.hash and isinstance(answer, str):
                    self.journal.learn_hash(sent, answer)
            elif not any(words in answer.message.lower() for words in _HARMLESS):
                self.said = answer.message
                if "underpriced" in answer.message.lower() or "less than block base fee" in answer.message.lower():
                    self.begun[sent.id] = -1e9  # the next round offers more
                if "insufficient funds" in answer.message.lower():
                    self._cannot_pay(sent)

    def _cannot_pay(self, sent: Sent) -> None:
        has = int(self.node.ask("eth_getBalance", sent.sender, "latest"), 16)
        needs = sum(each.gas * each.fee + self._step(each).value for each in self._open() if each.sender == sent.sender)
        if has < needs:
            raise BalanceLow(sent.sender, has, needs)

    # Questions to oneself

    def _ready(self, view: View, sender: str) -> list[Step]:
        """Not signed, not there, and everything before it mined; up to the first that has to wait.

        So what a sender does happens in the plan's order, in which it was tried: a later step that could go already may
        depend on an earlier one in a way that no address shows.
        """
        written, done = {each.step for each in self._open()}, self.there | set(view.mined)
        left = (step for step in self.plan.steps if step.sender == sender and step.name not in written | done)
        return list(takewhile(lambda step: set(step.after) <= done, left))

    def _waiting(self, view: View) -> str:
        return view.newest_waiting[0].step if view.newest_waiting else "a step"

    def _step(self, sent: Sent) -> Step:
        if sent.step.startswith(FILLER):
            return filler(sent.sender, sent.nonce)
        return next(step for step in self.plan.steps if step.name == sent.step)


def filler(sender: str, nonce: int) -> Step:
    """Nothing, to oneself."""
    return Step(f"{FILLER}{nonce})", "call", sender, sender, b"", 0, "", ())


def call_of(step: Step) -> dict[str, str]:
    """A step as a question."""
    return {"from": step.sender, "to": step.to, "data": f"0x{step.data.hex()}", "value": hex(step.value)}


def gas_limit(step: Step, answer: object, tried: Tried | None) -> int:
    """A node's estimate and a fifth; what was reckoned where it gives none."""
    estimated = None if isinstance(answer, Refused) else number_in(answer)
    if estimated is None:
        return tried.gas if tried else reckon(step)
    return estimated * 6 // 5
