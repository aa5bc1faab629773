"""The oracle's contracts on a lab with everybody around them, and the outside systems that they ask, played."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from eth_abi import encode

from salvor.chain.engine import CHAIN_ID
from salvor.chain.handles import Contract
from salvor.lab import Actor, Lab
from salvor.model.oracle import Policy, Source
from salvor.model.oracle_keys import Kind, key_of
from salvor.model.oracle_reports import Batch, Domain, Report, Told
from salvor.model.oracle_sources import Feed, Round
from salvor.tape.merkle import keccak
from tests.utils.oracle_access import RESTRICTED, ROLES
from tests.utils.signing import Signer, parts

WAD = 10**18
DAY = 86_400
HOUR = 3_600
MONTH = 30 * DAY
KEY = key_of(Kind.COLLATERAL, "17")
OTHER_KEY = key_of(Kind.HPI, "ES-MD")
NO_ADDRESS = "0x" + "00" * 20
BOND = 1_000
WINDOW, DECIDE_WITHIN = 2 * DAY, 5 * DAY
TOLERANCE = WAD // 20
LAPSE_COST = WAD // 3  # of the bond that is no whole number
FOREVER = 2**40 - 1


def selector(signature: str) -> bytes:
    return keccak(signature.encode())[:4]


class Manner(IntEnum):
    """How a played system behaves."""

    ANSWER = 0
    REFUSE = 1
    BOMB = 2
    LONG_REFUSAL = 3
    DEVOUR = 4
    KNOW = 5


ANSWER = selector("answer(bytes32,bytes)")
LAST_ROUND = selector("latestRoundData()")
WORDS = "uint256"


@dataclass
class Played:
    """A played outside system."""

    contract: Contract
    sender: Actor

    @property
    def address(self) -> str:
        return self.contract.address

    def teach(self, function: bytes, reply: bytes) -> None:
        self.contract.teach(function, reply, sender=self.sender)

    def behave(self, manner: Manner) -> None:
        self.contract.behave(int(manner), sender=self.sender)

    def say(self, said: Round) -> None:
        """As a Chainlink feed."""
        words = (said.number, said.answer, said.started_at, said.updated_at, said.answered_in)
        self.teach(LAST_ROUND, encode(("uint80", "int256", "uint256", "uint256", "uint80"), words))

    def answer(self, reason: int, value: int, confidence: int, at: int) -> None:
        """As an adapter; words as wide as they come."""
        self.teach(ANSWER, encode((WORDS,) * 4, (reason, value, confidence, at)))


@dataclass
class Stage:
    """Hub, reports, disputes and the Chainlink adapter, deployed; roles given to one actor each."""

    lab: Lab
    keeper: Actor
    resolver: Actor
    outsider: Actor
    access: Contract
    hub: Contract
    reports: Contract
    disputes: Contract
    accuracy: Contract
    chainlink: Contract
    asset: Contract
    treasury: Actor
    truth_keeper: Actor
    signers: list[Signer] = field(default_factory=list)
    nonces: dict[str, int] = field(default_factory=dict)

    @property
    def domain(self) -> Domain:
        return Domain(CHAIN_ID, self.reports.address)

    def play(self) -> Played:
        """Another outside system."""
        return Played(self.lab.deploy("PlayedSystem", sender=self.keeper), self.keeper)

    def feed(self, feed: Feed, said: Round | None = None) -> Played:
        """A Chainlink feed."""
        played = self.play()
        played.teach(selector("decimals()"), encode(("uint8",), (feed.decimals,)))
        if said:
            played.say(said)
        return played

    def feed_source(self, played: Played, feed: Feed, max_age: int = HOUR, uptime: Played | None = None) -> Source:
        kinds = ("address", "uint8", "int192", "int192", "address", "uint32")
        words = (played.address, feed.decimals, feed.lowest, feed.highest)
        config = encode(kinds, (*words, uptime.address if uptime else NO_ADDRESS, feed.grace))
        return Source(self.chainlink.address, config, max_age)

    def played_source(self, played: Played, max_age: int = HOUR, gas_limit: int = 100_000) -> Source:
        """A played adapter."""
        return Source(played.address, b"", max_age, gas_limit)

    def signer_source(self, signer: Signer, max_age: int = HOUR) -> Source:
        return Source(self.reports.address, encode(("address",), (signer.address,)), max_age)

    def signer(self, role: str) -> Signer:
        """Another signer."""
        signer = Signer(role)
        self.reports.addSigner(signer, role.encode().ljust(32, b"\0"), sender=self.keeper)
        self.signers.append(signer)
        return signer

    def set_policy(self, policy: Policy, key: bytes = KEY):
        return self.hub.setPolicy(key, policy.words, sender=self.keeper)

    def next_nonce(self, signer: Signer) -> int:
        self.nonces[signer.address] = self.nonces.get(signer.address, 0) + 1
        return self.nonces[signer.address]

    def report(self, signer: Signer, value: int, *, at: int | None = None, key: bytes = KEY, **changes):
        """One report, signed by whoever it is of and handed in by an outsider."""
        told = Told(key, value, self.lab.now if at is None else at)
        nonce = changes.get("nonce") or self.next_nonce(signer)
        report = Report(told, nonce, changes.get("valid_until", FOREVER))
        return self.reports.submit(signer, report.words, self.sign(report, signer), sender=self.outsider)

    def sign(self, what: Report | Batch, signer: Signer) -> bytes:
        """65 bytes: r, s, v."""
        v, r, s = parts(signer.key.sign_msg_hash(what.digest(self.domain)))
        return r + s + bytes([v])

    def hand_in(self, signer: Signer, batch: Batch, signature: bytes | None = None):
        """A whole batch."""
        values = [told.words for told in batch.values]
        signature = self.sign(batch, signer) if signature is None else signature
        return self.reports.submitBatch(signer, batch.words, values, signature, sender=self.outsider)

    def challenge(self, signer: Signer, nonce: int, challenger: Actor, key: bytes = KEY):
        return self.disputes.challenge(signer, key, nonce, sender=challenger)


def set_stage(lab: Lab, *, signers: int = 0) -> Stage:
    """Everything deployed and wired; so many signers."""
    keeper, resolver, outsider, treasury = (lab.actor(r) for r in ("oracle keeper", "resolver", "outsider", "treasury"))
    admin = lab.actor("admin")
    access = lab.deploy("DealAccess", admin, sender=admin)
    asset = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=admin)
    hub = lab.deploy("OracleHub", access, sender=admin)
    reports = lab.deploy("SignedReports", access, sender=admin)
    terms = (BOND, [WINDOW, DECIDE_WITHIN], [TOLERANCE, LAPSE_COST], treasury)
    disputes = lab.deploy("Disputes", access, hub, reports, asset, *terms, sender=admin)
    chainlink = lab.deploy("ChainlinkSource", sender=admin)
    accuracy = lab.deploy("Accuracy", access, hub, lab.now, MONTH, sender=admin)
    own = {"OracleHub": hub, "SignedReports": reports, "Disputes": disputes, "Accuracy": accuracy}
    for (contract, function), role in RESTRICTED.items():
        target, number = own[contract], getattr(access, role)()
        access.setTargetFunctionRole(target, [getattr(target, function).selector], number, sender=admin)
    truth_keeper = lab.actor("truth keeper")
    holders = (keeper, resolver, disputes, truth_keeper)
    for role, holder in zip(ROLES, holders, strict=True):
        access.grantRole(getattr(access, role)(), holder, 0, sender=admin)
    people, contracts = (keeper, resolver, outsider), (access, hub, reports, disputes, accuracy, chainlink, asset)
    stage = Stage(lab, *people, *contracts, treasury, truth_keeper)
    for number in range(signers):
        stage.signer(f"signer {number}")
    return stage


def plain(value):
    """Structs and lists as tuples."""
    return tuple(map(plain, value)) if isinstance(value, list | tuple) else value
