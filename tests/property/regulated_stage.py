"""A regulated note with every rule there is, deployed once, and its model: `test_regulated_machine.py` plays both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from salvor.chain.handles import Contract
from salvor.lab import Actor, Lab
from salvor.model.compliance import RegulatedNote
from salvor.model.compliance_identities import Claim as ModelClaim
from salvor.model.compliance_identities import Identities
from salvor.model.compliance_modules import (
    Approved,
    HolderCount,
    HoldPeriod,
    LockUp,
    Module,
    Sanctions,
    TransferFee,
    TravelRule,
    Velocity,
)
from salvor.model.compliance_rules import Rule
from tests.utils.regulated import CLASS, COUNTRY, KYC, NO_LIMIT, Claim, Office, open_office
from tests.utils.signing import Signer

WALLETS = ("first wallet", "second wallet", "third wallet", "fourth wallet", "fifth wallet")
PEOPLE = ("first person", "second person", "third person")
ISSUERS = tuple(Signer(f"{place} issuer") for place in ("first", "second"))
HOUR, DAY = 3_600, 86_400
COLLECTOR = 4  # place of the wallet that is paid fees

# By name: the contract, what it is deployed with, and how the model sets the same.
SETS: dict[str, list[tuple[Any, ...]]] = {
    "HolderCount": [
        (NO_LIMIT, [NO_LIMIT] * 4, [], []),
        (2, [NO_LIMIT] * 4, [], []),
        (NO_LIMIT, [NO_LIMIT, 1, 1, 1], [380], [1]),
        (0, [0] * 4, [], []),
    ],
    "LockUp": [(0, 0), (10 * DAY, 0), (17, 0)],
    "HoldPeriod": [([0, 0, 0, 0],), ([HOUR, 5 * DAY, DAY, 0],)],
    "Velocity": [(2**112 - 1, 8), (60, DAY), (25, HOUR), (0, 3)],
    "TransferFee": [(0,), (10**16,), (3 * 10**18 + 1,)],
    "TravelRule": [(0,), (30,), (2**112 - 1,)],
    "SanctionsRoot": [()],
    "SanctionsOracle": [()],
    "ApprovedTransfers": [()],
}
MILD = {"HolderCount": 0, "LockUp": 0, "HoldPeriod": 0, "Velocity": 0, "TransferFee": 0, "TravelRule": 2}


def rules_of(wallets: list[str], cash: str) -> dict[Rule, list[tuple[Any, ...]]]:
    """What each rule may be set to."""
    return {
        Rule.COUNTRY_ALLOW: [([380, 404],), ([404],), ([],)],
        Rule.COUNTRY_DENY: [([192],), ([380],)],
        Rule.INVESTOR_CLASS: [(0b1110,), (0b1100,), (0b1111,)],
        Rule.MIN_HOLDING: [(0,), (10,)],
        Rule.MAX_HOLDING: [(2**112 - 1,), (50,), (0,)],
        Rule.DENOMINATION: [(cash, 1), (cash, 5)],
        Rule.SUPPLY_SHARE: [(10**18,), (6 * 10**17,)],
        Rule.SUPPLY_LIMIT: [(2**112 - 1,), (150,)],
        Rule.TRANSFER_WINDOW: [(0, 2**40 - 1, 127, 0, DAY), (0, 2**40 - 1, 0b0011111, 3_600, 80_000)],
        Rule.COUNTERPARTIES: [(wallets,), (wallets[:1],)],
        Rule.MIN_INVESTMENT: [(0,), (20,)],
    }


@dataclass
class Stage:
    """What the machine plays with."""

    lab: Lab
    office: Office
    wallets: list[Actor]
    identities: list[str]
    modules: dict[str, Contract]
    board: Contract
    beginning: Any

    def values(self, name: str, drawn: int) -> tuple[Any, ...]:
        """Parameters of a module, as its contract takes them."""
        given = SETS[name][drawn % len(SETS[name])]
        if name == "TransferFee":
            return self.office.cash, *given, self.wallets[COLLECTOR]
        return (self.board,) if name == "SanctionsOracle" else given


def set_stage(lab: Lab) -> Stage:
    """Everything deployed, no rule on; the model of `model_of` is the same."""
    office = open_office(lab)
    admin = office.admin
    wallets = [lab.actor(name) for name in WALLETS]
    board = lab.deploy("SanctionsBoard", sender=admin)
    stage = Stage(lab, office, wallets, [office.identity(name) for name in PEOPLE], {}, board, None)
    for name in SETS:
        values = stage.values(name, MILD.get(name, 0))
        stage.modules[name] = lab.deploy(name, office.compliance, *values, sender=admin)
    office.registry.watch(stage.modules["HolderCount"], sender=admin)
    for issuer in ISSUERS:
        office.issuers.addTrustedIssuer(issuer.address, [KYC, COUNTRY, CLASS], sender=admin)
    for wallet in wallets:
        office.cash.mint(wallet, 200, sender=admin)
        office.cash.approve(stage.modules["TransferFee"], 100, sender=wallet)
    stage.beginning = lab.snapshot()
    return stage


def model_of(stage: Stage) -> RegulatedNote:
    """The model as the stage begins."""
    identities = Identities(COUNTRY, CLASS)
    identities.trust.topics.append(KYC)
    for issuer in (stage.office.issuer, *ISSUERS):
        identities.trust.trust(issuer.address, [KYC, COUNTRY, CLASS])
    identities.generation = int(stage.office.registry.standing()[1])
    return RegulatedNote(stage.office.note.address, identities)


def module_of(stage: Stage, name: str) -> Module:
    """The model of a module as it was deployed; a fee finds the cash that was handed out."""
    made: dict[str, Module] = {
        "HolderCount": HolderCount(),
        "LockUp": LockUp(),
        "HoldPeriod": HoldPeriod(),
        "Velocity": Velocity(),
        "TransferFee": TransferFee(collector=stage.wallets[COLLECTOR].address),
        "TravelRule": TravelRule(threshold=2**112 - 1),
        "SanctionsRoot": Sanctions(),
        "SanctionsOracle": Sanctions(),
        "ApprovedTransfers": Approved(),
    }
    module = made[name]
    if isinstance(module, TransferFee):
        for wallet in stage.wallets:
            module.cash[wallet.address], module.allowed[wallet.address] = 200, 100
    if name == "SanctionsOracle":
        module.words = "The oracle calls one side sanctioned."  # type: ignore[misc]
    return module


def set_module(module: Module, given: tuple[Any, ...]) -> None:
    """The same parameters as on chain."""
    if isinstance(module, HolderCount):
        all_, classes, countries, most = given
        module.all, module.classes = all_, tuple(classes)
        module.countries = dict(zip(countries, most, strict=True))
    elif isinstance(module, LockUp):
        module.duration, module.until = given
    elif isinstance(module, HoldPeriod):
        module.durations = tuple(given[0])
    elif isinstance(module, Velocity):
        module.most, module.period = given
    elif isinstance(module, TransferFee):
        module.rate = given[1]
    elif isinstance(module, TravelRule):
        (module.threshold,) = given


def both_claims(claim: Claim) -> ModelClaim:
    """A claim as the model takes it."""
    return ModelClaim(*claim.struct)
