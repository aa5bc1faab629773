"""The node's life: ask, decide, sign, hand in, again; one thread, whose every step may be the last.

A step never waits for a source or a block. What a crash left in the journal is brought to its end before anything new
is signed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random
from threading import Event

from salvor.errors import ChainTrouble
from salvor.model.oracle_keys import name_of
from salvor.node.backoff import Backoff
from salvor.node.config import NodeSettings
from salvor.node.gathering import Fetch, Gathered, Gatherer, fetch
from salvor.node.journal import Journal, Seal
from salvor.node.keyring import Signer
from salvor.node.metrics import Metrics
from salvor.node.numbers import Numbers
from salvor.node.rpc import Rpc
from salvor.node.sealing import Sealing
from salvor.node.submitting import Outcome, Submitter
from salvor.node.watching import Watch

_STUCK = 60  # seconds without a step: something hangs
_TROUBLED = 3  # failures one after the other that are worth a complaint
_IN_FLIGHT = 0.25  # seconds between two looks for a receipt
_LONGEST = 1.0  # seconds of sleep: a stop is seen within
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
        self._submitter = Submitter(rpc, journal, self._sealing, signer, chain_id=chain.chain_id, fees=settings.fees)
        self._left = journal.open_seals()  # by a crash, or a stop
        self._last_step = now
        self._wrong: dict[str, str] = {}
        journal.prune(int(now) - _KEEP_VALUES)
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
        found = list(self._wrong.values())
        if (silent := self._clock() - self._last_step) > _STUCK:
            found.append(f"no step for {silent:.0f} seconds")
        for name, backoff in self._gatherer.backoffs.items():
            if backoff.failures >= _TROUBLED:
                found.append(f"source '{name}' failed {backoff.failures} times in a row")
        if self._chain_backoff.failures >= _TROUBLED:
            found.append(f"the chain failed {self._chain_backoff.failures} times in a row")
        if self.watch.overdue:
            names = ", ".join(sorted(map(name_of, list(self.watch.overdue)))[:3])
            found.append(f"{len(self.watch.overdue)} keys had nothing new to report at their heartbeat: {names}")
        return found

    def _take_in(self, gathered: Gathered, now: float) -> None:
        name = gathered.source.name
        if gathered.failure:
            self.numbers.failures.add(name)
            self._say(gathered.failure.message)
            return
        self.numbers.observations.add(name, by=len(gathered.observations))
        for contradiction in self.watch.observe(gathered.observations, now):
            self.numbers.contradictions.add(name)
            self._say(f"source '{name}': {contradiction.message}")

    def _hand_in(self, now: int) -> None:
        """Bring signatures to their end as long as that goes at once: the crash's first, then new ones."""
        for _ in range(100):
            if self._submitter.flying is None:
                seal = self._left.pop(0) if self._left else self._new(now)
                if seal is None:
                    return
                self._submitter.take(self._signed(seal))
            outcome = self._submitter.advance(now)
            self._chain_backoff.succeeded()
            if outcome is None:
                return
            self._note(outcome, now)

    def _new(self, now: int) -> Seal | None:
        """The next batch, when it is full or its first value has waited long enough."""
        batch = self._settings.batch
        ready = self.watch.ready
        if not ready or (len(ready) < batch.most and now - self.watch.ready_since < batch.wait):
            return None
        until = now + self._settings.valid_for
        seal = self._journal.claim(
            self.watch.take(batch.most), now=now, valid_until=until, digest_of=self._sealing.digest
        )
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
        if self._submitter.flying or self._left or self._gatherer.busy:
            return _IN_FLIGHT
        now = self._clock()
        times = [self._gatherer.next(), self.watch.next()]
        if self.watch.ready:
            times.append(self.watch.ready_since + self._settings.batch.wait)
        if self._chain_backoff.until > now:
            times.append(self._chain_backoff.until)
        soonest = min((at for at in times if at is not None), default=now + _LONGEST)
        return min(max(soonest - now, 0.01), _LONGEST)
