"""Who signs a deal's values when it is played: a key for each name of the file, which everybody can reckon.

So a play tells values as nodes do, by signed reports that the hub makes one value of; on a chain where anything is at
stake the addresses of the file are other people's, and nothing here can sign for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eth_hash.auto import keccak

from salvor.chain.send import send
from salvor.deal.oracle import Value
from salvor.deploy.live import LiveDeal
from salvor.deploy.oracle import key_in, policy_of
from salvor.deploy.terms import DealTerms
from salvor.model.oracle_reports import Domain, Report, Told
from salvor.node.keyring import Signer

_VALID = 3_600  # seconds that a report may take to land


def played_signer(name: str) -> Signer:
    """The key of a play."""
    return Signer(bytes(keccak(f"salvor play: {name}".encode())))


def with_played_signers(terms: DealTerms) -> DealTerms:
    """The same deal, whose signers are those of a play."""
    if (own := terms.oracle) is None:
        return terms
    signers = {name: played_signer(name).address for name in own.section.signers}
    return replace(terms, oracle=replace(own, section=own.section.model_copy(update={"signers": signers})))


@dataclass
class Appraisers:
    """All who sign, for one live deal; `by` hands their reports in, and anybody may."""

    live: LiveDeal
    terms: DealTerms
    chain_id: int
    by: Any
    nonces: dict[str, int] = field(default_factory=dict)

    def believe(self, key: str) -> None:
        """Have the hub make a further value as it makes the first of its kind; by whoever says how values are made."""
        oracle: Any = self.live.oracle
        if not oracle.hub.hasPolicy(key_in(key)):
            policy = policy_of(self._like(key), self._section, oracle)
            send(oracle.hub.setPolicy, key_in(key), policy.words, sender=self.live.parties.manager)

    def tell(self, key: str, value: int, now: int) -> None:
        """Each signer of the key says the same, in WAD, and the hub keeps it."""
        oracle: Any = self.live.oracle
        domain = Domain(self.chain_id, oracle.reports.address)
        for name in self._signers(key):
            signer, nonce = played_signer(name), self.nonces.get(name, 0) + 1
            self.nonces[name] = nonce
            report = Report(Told(key_in(key), value, now), nonce, now + _VALID)
            sealed = signer.sign(report.digest(domain))
            send(oracle.reports.submit, signer.address, report.words, sealed, sender=self.by)
        send(oracle.hub.poke, key_in(key), sender=self.by)

    def _signers(self, key: str) -> Sequence[str]:
        return [each.signer for each in self._like(key).sources if each.signer]

    def _like(self, key: str) -> Value:
        values: list[Value] = self._section.values
        kind = key.partition("/")[0]
        same = [each for each in values if each.key == key]
        return (same or [each for each in values if each.key.partition("/")[0] == kind])[0]

    @property
    def _section(self) -> Any:
        return self.terms.oracle.section  # type: ignore[union-attr]
