"""What `/metrics` shows."""

from __future__ import annotations

from salvor.node.metrics import Metrics


class Numbers:
    """Every family by a short name."""

    def __init__(self, metrics: Metrics) -> None:
        self.observations = metrics.counter("observations", "Values that sources gave.", "source")
        self.failures = metrics.counter("source_failures", "Looks at a source that gave no values.", "source")
        self.up = metrics.gauge("source_up", "1 while the last look at the source gave values.", "source")
        self.missing = metrics.gauge("values_missing", "Values that the source lacked at the last look.", "source")
        self.contradictions = metrics.counter(
            "contradictions", "Values refused because another one was signed for the same key and time.", "source"
        )
        self.keys = metrics.gauge("keys", "Keys that are watched.")
        self.ready = metrics.gauge("keys_ready", "Keys whose newest value waits to be signed.")
        self.overdue = metrics.gauge("keys_overdue", "Keys whose source had nothing new at their heartbeat.")
        self.signed = metrics.counter("values_signed", "Values that were signed.")
        self.ended = metrics.counter("signatures", "Signatures by how they ended.", "ending")
        self.gas = metrics.counter("gas", "Gas of transactions that were mined.")
        self.nonce = metrics.gauge("nonce", "Nonce of the last signature.")
        self.in_flight = metrics.gauge("in_flight", "1 while a signature is on its way.")
        self.chain_failures = metrics.counter("chain_failures", "Steps that the chain, or its price, did not allow.")
        self.step = metrics.gauge("last_step_seconds", "When the node last did something, seconds since 1970.")
