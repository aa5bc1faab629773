"""The node's life: ask, decide, sign, hand in, again; one thread, whose every step may be the last.

A step never waits for a source or a block. What a crash left in the journal is brought to its end before anything new
is signed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from threading import Event

from salvor.errors import ChainTrouble
from salvor.model.oracle_keys import name_of
from salvor.node.backoff import Backoff
from salvor.node.config import NodeSettings
from salvor.node.errors import JournalUnfit, RpcFailed
from salvor.node.gathering import Fetch, Gathered, Gatherer, fetch
from salvor.node.journal import Journal, Seal
from salvor.node.keyring import Signer
from salvor.node.metrics import Metrics
from salvor.node.numbers import Numbers
from salvor.node.reading import OnChain
from salvor.node.rpc import Rpc
from salvor.node.sealing import Sealing
from salvor.node.submitting import Outcome, Submitter
from salvor.node.watching import Watch

_STUCK = 60  # seconds without a step: something hangs
_TROUBLED = 3  # failures one after the other that are worth a complaint
_JUST_SENT, _IN_FLIGHT = 0.02, 0.25  # seconds between two looks for a receipt, in the first second and later
_LONGEST = 1.0  # seconds of sleep: a stop is seen within
_AT_ONCE = 100  # signatures in one step
_MOST_ASKED = 200  # keys whose nonce is looked at before anything is signed
_DAY = 86_400
_KEEP_VALUES = 90 * 86_400  # seconds: older values that were followed by later ones are forgotten

Say = Callable[[str], None]


class Node:
    """One signer, one hub. `step` does what is due and says how long nothing will be."""

    def __init__(
        self,
        settings: NodeSettings,
        signer: Signer,
        journal: Journal,
        *,
        rpc: Rpc,
        say: Say,
        clock: Callable[[], float] = time.time,
        by: Fetch = fetch,
    ) -> None:
        self._settings, self._signer, self._journal, self._clock, self._say = settings, signer, journal, clock, say
        chain = settings.chain
        self._sealing = Sealing(chain.chain_id, chain.reports)
        now, random = clock(), Random(settings.backoff.seed)
        self.metrics = Metrics()
        self.numbers = Numbers(self.metrics)
        self.watch = Watch((each for _, each in settings.watched()), journal, now)
        self._gatherer = Gatherer(settings.sources, settings.backoff, random, by)
        self._chain_backoff = Backoff(settings.backoff.first, settings.backoff.most, random)
        self._submitter = Submitter(rpc, journal, self._sealing, signer, chain=chain, fees=settings.fees)
        self._rpc, self._met = rpc, False
        self._left = journal.open_seals()  # by a crash, or a stop
        self._last_step, self._handed_in = now, 0.0
        self._wrong: dict[str, str] = {}
        self._told: dict[bytes, str] = {}  # contradictions by key: a source repeats them at every look
        self._pruned = 0.0
        self.numbers.keys.set(len(self.watch))

    def run(self, stop: Event) -> None:
        """Until it is stopped."""
        while not stop.is_set():
            stop.wait(self.step())

    def close(self) -> None:
        """What is in flight is taken up at the next start."""
        self._gatherer.close()

    def step(self) -> float:
        """Everything that is due now; gives the seconds until something can be due again."""
        now = self._last_step = self._clock()
        if now - self._pruned > _DAY:
            self._journal.prune(int(now) - _KEEP_VALUES)
            self._pruned = now
        self._gatherer.start_due(now)
        for gathered in self._gatherer.done(now):
            self._take_in(gathered, now)
        self.watch.tick(now)
        if self._chain_backoff.ready(now):
            try:
                self._hand_in(int(now))
            except ChainTrouble as trouble:
                self._chain_failed(trouble, now)
        self._show(now)
        return self._idle()

    def complaints(self) -> list[str]:
        """What is wrong with the node; told by `/healthz`."""
        found = list(self._wrong.copy().values())  # the pages ask from threads of their own
        if (silent := self._clock() - self._last_step) > _STUCK:
            found.append(f"no step for {silent:.0f} seconds")
        for name, backoff in self._gatherer.backoffs.items():
            if backoff.failures >= _TROUBLED:
                found.append(f"source '{name}' failed {backoff.failures} times in a row")
        if self._chain_backoff.failures >= _TROUBLED:
            found.append(f"the chain failed {self._chain_backoff.failures} times in a row")
        if overdue := self.watch.overdue.copy():
            names = ", ".join(sorted(map(name_of, overdue))[:3])
            found.append(f"{len(overdue)} keys had nothing new to report at their heartbeat: {names}")
        return found

    def _take_in(self, gathered: Gathered, now: float) -> None:
        name = gathered.source.name
        if gathered.failure:
            self.numbers.failures.add(name)
            self._say(gathered.failure.message)
            return
        self.numbers.observations.add(name, by=len(gathered.observations))
        for key, contradiction in self.watch.observe(gathered.observations, now):
            if self._told.get(key) != contradiction.message:
                self._told[key] = contradiction.message
                self.numbers.contradictions.add(name)
                self._say(f"source '{name}': {contradiction.message}")

    def meet_chain(self) -> None:
        """Before anything is signed: it is the right chain, and knows no more of this signer than the journal does."""
        chain, signer = self._settings.chain, self._signer.address
        there = OnChain(self._rpc, chain_id=chain.chain_id, hub=chain.hub, reports=chain.reports)
        keys = [watched.key for _, watched in self._settings.watched()]
        some = keys[:: max(1, len(keys) // _MOST_ASKED)]
        if (highest := there.last_nonce(signer, some)) > self._journal.last_nonce:
            raise JournalUnfit(
                Path(self._settings.journal),
                f"the chain has nonce {highest} of this signer, the journal ends at {self._journal.last_nonce}: it is "
                "an older copy, or another node has this key; find the right journal, or take a new key",
            )
        self._journal.skip_to(there.voided_up_to(signer))
        if not there.is_signer(signer):
            self._say(f"{signer} is no signer of the reports yet: nothing lands before the oracle keeper adds it")
        self._met = True

    def _hand_in(self, now: int) -> None:
        """Bring signatures to their end as long as that goes at once: the crash's first, then new ones."""
        for _ in range(_AT_ONCE):
            if not self._met:
                self.meet_chain()
            if self._submitter.flying is None:
                seal = self._left.pop(0) if self._left else self._new(now)
                if seal is None:
                    return
                self._submitter.take(self._signed(seal))
                self._handed_in = now
            outcome = self._submitter.advance(now)
            if outcome:
                self._note(outcome, now)
            self._chain_backoff.succeeded()
            if outcome is None:
                return

    def _new(self, now: int) -> Seal | None:
        """The next batch, when it is full or its first value has waited long enough."""
        batch = self._settings.batch
        ready = self.watch.ready
        if not ready or (len(ready) < batch.most and now - self.watch.ready_since < batch.wait):
            return None
        until = now + self._settings.valid_for
        taken = self.watch.take(batch.most, dated_by=self._submitter.chain_time())
        seal = self._journal.claim(taken, now=now, valid_until=until, digest_of=self._sealing.digest)
        if not taken:
            self.watch.ready_since = now  # all of it is dated later than the chain's clock: it waits once more
        if seal:
            self.watch.signed([told.key for told in seal.values], now)
        return seal

    def _signed(self, seal: Seal) -> Seal:
        """Signed, and kept so; what a crash left unsigned is signed now: the same digest gives the same signature."""
        if seal.signature is not None:
            return seal
        signature = self._signer.sign(seal.digest)
        self._journal.signed(seal.nonce, signature)
        self.numbers.signed.add(by=len(seal.values))
        return Seal(seal.nonce, seal.valid_until, seal.digest, signature, "signed", seal.values)

    def _note(self, outcome: Outcome, now: int) -> None:
        seal, ending = outcome.seal, outcome.ending
        self.numbers.ended.add(ending)
        self.numbers.gas.add(by=outcome.gas_used)
        told = f" ({outcome.reason})" if outcome.reason else ""
        self._say(f"nonce {seal.nonce}: {len(seal.values)} values {ending}{told}")
        if ending == "expired":
            # The values stay the only ones for their times, so they are signed again as they are.
            until = now + self._settings.valid_for
            self._left.insert(0, self._journal.renew(seal, now=now, valid_until=until, digest_of=self._sealing.digest))
            if outcome.reason.startswith("ReportExpired"):  # by the chain's clock: the next would expire at once too
                raise RpcFailed("submit", f"{outcome.reason}: is this machine's clock behind the chain's?")
        if outcome.reason.startswith("NonceVoided"):
            self._met = False  # how far is asked before the next is signed; what was voided is not signed again
        if ending == "refused":
            self._wrong["refused"] = f"the contract refused nonce {seal.nonce}: {outcome.reason}"
        elif ending == "landed":
            self._wrong.pop("refused", None)

    def _chain_failed(self, trouble: ChainTrouble, now: float) -> None:
        self.numbers.chain_failures.add()
        until = self._chain_backoff.failed(now)
        self._say(f"chain: {trouble.message}; again in {until - now:.1f} s")

    def _show(self, now: float) -> None:
        numbers = self.numbers
        numbers.step.set(now)
        numbers.ready.set(len(self.watch.ready))
        numbers.overdue.set(len(self.watch.overdue))
        numbers.nonce.set(self._journal.last_nonce)
        numbers.in_flight.set(int(self._submitter.flying is not None))
        for name, backoff in self._gatherer.backoffs.items():
            numbers.up.set(int(backoff.failures == 0), name)

    def _idle(self) -> float:
        now = self._clock()
        if self._submitter.flying or self._left or self._gatherer.busy:
            return _JUST_SENT if now - self._handed_in < 1 else _IN_FLIGHT
        times = [self._gatherer.next(), self.watch.next()]
        if self.watch.ready:
            times.append(self.watch.ready_since + self._settings.batch.wait)
        if self._chain_backoff.until > now:
            times.append(self._chain_backoff.until)
        soonest = min((at for at in times if at is not None), default=now + _LONGEST)
        return min(max(soonest - now, 0.01), _LONGEST)
