"""A regulated note on a lab's chain with everything it asks, and people whose claims are signed by one issuer.

Topic 1 is asked of everybody; topics 2 and 3 say country and class. Digests are written from docs/compliance.md, not
read from the contract.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from eth_abi import encode
from eth_hash.auto import keccak

from salvor.chain.engine import CHAIN_ID
from salvor.chain.handles import Contract
from salvor.deploy.live import LiveDeal
from salvor.lab import Actor, Lab
from salvor.model.compliance_rules import Rule
from tests.utils.signing import Signer

KYC, COUNTRY, CLASS = 1, 2, 3
RETAIL, PROFESSIONAL, INSTITUTIONAL = 1, 2, 3
ITALY, KENYA, CUBA = 380, 404, 192
NOBODY = "0x" + "00" * 20
DAY = 86_400
YEAR = 365 * DAY
NO_LIMIT = 2**32 - 1
_DOMAIN = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_CLAIM = keccak(
    b"Claim(address identity,uint256 topic,uint32 value,uint40 issuedAt,uint40 validUntil,address issuer,uint24 epoch)"
)
PARAMS = {
    Rule.COUNTRY_ALLOW: ("uint16[]",),
    Rule.COUNTRY_DENY: ("uint16[]",),
    Rule.INVESTOR_CLASS: ("uint8",),
    Rule.TRANSFER_WINDOW: ("uint40", "uint40", "uint8", "uint24", "uint24"),
    Rule.COUNTERPARTIES: ("address[]",),
    Rule.DENOMINATION: ("address", "uint64"),
}


def params_of(rule: Rule, *values: Any) -> bytes:
    """As `setRule` takes them."""
    return encode(PARAMS.get(rule, ("uint256",)), values)


@dataclass(frozen=True)
class Claim:
    """What an issuer signs."""

    identity: str
    topic: int
    value: int
    issued_at: int
    until: int
    issuer: str
    epoch: int = 0

    @property
    def struct(self) -> tuple[Any, ...]:
        """As the chain takes it."""
        return self.identity, self.topic, self.value, self.issued_at, self.until, self.issuer, self.epoch

    def digest(self, registry: str, chain_id: int = CHAIN_ID) -> bytes:
        """What is signed for one registry on one chain."""
        kinds = ("bytes32", "bytes32", "bytes32", "uint256", "address")
        texts = keccak(b"Salvor Claims"), keccak(b"1")
        domain = keccak(encode(kinds, (_DOMAIN, *texts, chain_id, registry)))
        kinds = ("bytes32", "address", "uint256", "uint32", "uint40", "uint40", "address", "uint24")
        return keccak(b"\x19\x01" + domain + keccak(encode(kinds, (_CLAIM, *self.struct))))


def signed(signer: Signer, digest: bytes) -> bytes:
    """65 bytes: r, s, v."""
    made = signer.key.sign_msg_hash(digest)
    return made.r.to_bytes(32) + made.s.to_bytes(32) + bytes([made.v + 27])


@dataclass
class Office:
    """A deployed note, what it asks, and who runs it."""

    lab: Lab
    admin: Actor
    agent: Actor
    issuer: Signer
    cash: Contract
    access: Contract
    issuers: Contract
    registry: Contract
    compliance: Contract
    distributor: Contract
    note: Contract
    identities: dict[str, str] = field(default_factory=dict)  # by the role of a wallet

    def claim(self, identity: str, topic: int, value: int = 0, *, issued: int | None = None, **other: Any) -> Claim:
        """A claim of the issuer for a year, issued now."""
        issued = self.lab.now if issued is None else issued
        until = other.pop("until", issued + YEAR)
        return Claim(identity, topic, value, issued, until, other.pop("issuer", self.issuer.address), **other)

    def sign(self, claim: Claim, signer: Signer | None = None, registry: Any = None, chain_id: int = CHAIN_ID) -> bytes:
        """The issuer's signature, or another's, or for another registry or chain."""
        return signed(signer or self.issuer, claim.digest((registry or self.registry).address, chain_id))

    def add(self, claim: Claim, signature: bytes | None = None) -> Any:
        """Hand a claim in, as anybody may."""
        return self.registry.addClaim(claim.struct, signature or self.sign(claim), sender=self.lab.actor("outsider"))

    def identity(self, name: str) -> str:
        """An address that stands for a person."""
        return self.lab.actor(f"identity of {name}").address

    def wallet(self, name: str, owner: str | None = None) -> Actor:
        """One more wallet of an identity, registered without claims."""
        wallet = self.lab.actor(name)
        self.registry.registerIdentity(wallet, self.identity(owner or name), 0, sender=self.agent)
        return wallet

    def person(self, name: str, country: int = ITALY, class_: int = PROFESSIONAL, *, until: int | None = None) -> Actor:
        """A verified identity with one wallet."""
        wallet, identity = self.lab.actor(name), self.identity(name)
        facts = [(KYC, 0)] + [(COUNTRY, country)] * bool(country) + [(CLASS, class_)] * bool(class_)
        limits = {} if until is None else {"until": until}
        claims = [self.claim(identity, topic, value, **limits) for topic, value in facts]
        row = (wallet.address, identity, 0, [each.struct for each in claims], [self.sign(each) for each in claims])
        self.registry.register([row], sender=self.agent)
        return wallet

    def holder(self, name: str, units: int, *facts: int) -> Actor:
        """A person with so many units, made by an agent."""
        wallet = self.person(name, *facts)
        self.note.mint(wallet, units, sender=self.agent)
        return wallet

    def rule(self, rule: Rule, *values: Any) -> None:
        """Put a rule on."""
        self.compliance.setRule(int(rule), params_of(rule, *values), sender=self.admin)

    def module(self, name: str, *values: Any) -> Contract:
        """Deploy a rule with a memory and put it on."""
        module = self.lab.deploy(name, self.compliance, *values, sender=self.admin)
        self.compliance.addModule(module, sender=self.admin)
        return module

    def code(self, giver: Any, taker: Any, units: int) -> int:
        """The note's answer to a transfer."""
        return int(self.note.detectTransferRestriction(giver, taker, units))


def open_office(lab: Lab, *, by_agents: bool = True, topics: tuple[int, ...] = (KYC,)) -> Office:
    """Deployed, wired, one trusted issuer; nobody is registered and no rule is on."""
    admin, agent, issuer = lab.actor("admin"), lab.actor("agent"), Signer("issuer of claims")
    cash = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=admin)
    access = lab.deploy("DealAccess", admin, sender=admin)
    distributor = lab.deploy("Distributor", access, cash, sender=admin)
    issuers = lab.deploy("TrustedIssuers", access, sender=admin)
    registry = lab.deploy("IdentityRegistry", access, COUNTRY, CLASS, sender=admin)
    compliance = lab.deploy("RegulatedCompliance", access, registry, sender=admin)
    note = lab.deploy("RegulatedNote", access, distributor, compliance, by_agents, "Note", "NOTE", sender=admin)
    compliance.bindToken(note, sender=admin)
    issuers.tell(registry, sender=admin)
    registry.setTrustedIssuersRegistry(issuers, sender=admin)
    registry.setClaimTopicsRegistry(issuers, sender=admin)
    registry.watch(compliance, sender=admin)
    for topic in topics:
        issuers.addClaimTopic(topic, sender=admin)
    issuers.addTrustedIssuer(issuer.address, [KYC, COUNTRY, CLASS], sender=admin)
    for agency, who in ((registry, agent), (registry, note), (note, agent)):
        agency.addAgent(who, sender=admin)
    return Office(lab, admin, agent, issuer, cash, access, issuers, registry, compliance, distributor, note)


def verified(lab: Lab, live: LiveDeal, issuer: Signer, name: str, country: int) -> Actor:
    """In a deployed deal: registered by the transfer agent, with two claims."""
    wallet = lab.actor(name)
    register(live, issuer, wallet, claims_now(lab, issuer, wallet, country))
    return wallet


def claims_now(lab: Lab, issuer: Signer, wallet: Actor, country: int) -> list[Claim]:
    """That somebody is known, and where; the wallet is the identity too."""
    return [
        Claim(wallet.address, topic, value, lab.now, lab.now + 9_999 * DAY, issuer.address)
        for topic, value in ((KYC, 0), (COUNTRY, country))
    ]


def register(live: LiveDeal, issuer: Signer, wallet: Actor, claims: list[Claim]) -> None:
    """By the transfer agent."""
    registry = live.regulated.registry
    signatures = [signed(issuer, claim.digest(registry.address)) for claim in claims]
    row = wallet.address, wallet.address, 0, [claim.struct for claim in claims], signatures
    registry.register([row], sender=live.parties.transfer_agent)
