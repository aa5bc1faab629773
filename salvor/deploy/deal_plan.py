"""The plan of a deal: `apply` played in memory and taken down, so that both always deploy the same contracts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from salvor.chain.artifacts import Artifact
from salvor.chain.codec import address_of
from salvor.chain.send import send
from salvor.deal.networks import ClaimIssuer
from salvor.deploy.apply import apply
from salvor.deploy.live import LiveDeal, Parties
from salvor.deploy.plan.create3 import SALVOR, Factory
from salvor.deploy.plan.record import Recorder, RecordingEngine
from salvor.deploy.plan.steps import Steps
from salvor.deploy.regulated import RegulatedTerms
from salvor.deploy.regulated_deal import regulated_terms
from salvor.deploy.terms import DealTerms
from salvor.jurisdictions.of_deal import DealRules

TEST_TOKEN = "SettlementToken"
_ADMIN_ROLE = 0  # of OpenZeppelin's AccessManager


@dataclass(frozen=True)
class Token:
    """The settlement asset; without an address the plan deploys a test token that gives everybody what they ask for."""

    name: str
    symbol: str
    decimals: int
    address: str = ""


@dataclass(frozen=True)
class Accounts:
    """Who is who on a chain, by address. The admin deploys; the owner, where there is one, has the last word after."""

    admin: str
    seller: str
    servicer: str
    transfer_agent: str
    arranger: str
    others: Mapping[str, str]
    owner: str = ""
    oracle: str = ""
    claim_issuers: Mapping[str, ClaimIssuer] = field(default_factory=dict)  # of a deal whose notes ask identities
    registrar: str = ""
    resolver: str = ""

    @property
    def decides(self) -> str:
        """Who decides challenges of reports in the end."""
        return self.resolver or self.owner or self.admin

    def by_name(self) -> dict[str, str]:
        """All of them, for people."""
        named = {"admin": self.admin, "seller": self.seller, "servicer": self.servicer}
        named |= {"transfer agent": self.transfer_agent, "arranger": self.arranger, **self.others}
        single = {"owner": self.owner, "registrar": self.registrar, "resolver": self.resolver}
        named |= {name: address for name, address in single.items() if address}
        return named | {f"claim issuer {name}": each.address for name, each in self.claim_issuers.items()}


@dataclass(frozen=True)
class DealSteps:
    """The steps, the contracts with the addresses that they will have, and what the deployment does in memory."""

    steps: Steps
    live: LiveDeal
    engine: RecordingEngine


def deal_steps(
    title: str,
    terms: DealTerms,
    artifacts: Mapping[str, Artifact],
    accounts: Accounts,
    token: Token,
    *,
    chain_id: int,
    now: int,
    factory: Factory = SALVOR,
    salt: str = "1",
    rules: DealRules | None = None,
    outside: Mapping[str, bytes] | None = None,
) -> DealSteps:
    """Every contract and call of the deal; `now` is the chain's time. Raises what a contract refuses the terms with.

    `rules` are those of a deal that names jurisdictions: its notes ask identities and rules. `outside` is code that
    answers as feeds on the chain do, by their address.
    """
    steps = Steps(title, artifacts, accounts.admin, factory, salt)
    steps.accounts.update({address_of(each): name for name, each in reversed(accounts.by_name().items())})
    recorder = Recorder(steps, chain_id=chain_id, now=now)
    recorder.outside(outside or {})
    parties = _parties(recorder, accounts)
    made: Any = (token.name, token.symbol, token.decimals)
    if token.address:
        settlement = recorder.existing(TEST_TOKEN, token.address, *made)
    else:
        settlement = parties.admin.deploy(getattr(recorder.project, TEST_TOKEN), *made)
    oracle = recorder.existing("IndexBoard", accounts.oracle) if accounts.oracle else None
    if rules:
        terms = replace(terms, regulated=_regulated(rules, accounts, settlement.address))
    live = apply(recorder.project, terms, parties=parties, settlement=settlement, oracle=oracle)
    if parties.owner:
        _hand_over(steps, live, parties)
    return DealSteps(steps, live, recorder.engine)


def _regulated(rules: DealRules, accounts: Accounts, settlement: str) -> RegulatedTerms:
    issuers = accounts.claim_issuers.values()
    return regulated_terms(rules, issuers=issuers, settlement=settlement, registrar=accounts.registrar)


def _parties(recorder: Recorder, accounts: Accounts) -> Parties:
    others: Any = {name: recorder.account(address, name) for name, address in accounts.others.items()}
    named: Any = {
        name: recorder.account(getattr(accounts, name), name)
        for name in ("admin", "seller", "servicer", "transfer_agent", "arranger")
    }
    # Who deploys and is named as owner has nothing to hand over: renouncing would leave the deal without an admin.
    another = bool(accounts.owner) and address_of(accounts.owner) != address_of(accounts.admin)
    owner: Any = recorder.account(accounts.owner, "owner") if another else None
    resolver: Any = recorder.account(accounts.resolver, "resolver") if accounts.resolver else None
    return Parties(**named, others=others, owner=owner, resolver=resolver)


def _hand_over(steps: Steps, live: LiveDeal, parties: Parties) -> None:
    """The owner becomes admin, then the deployer stops being it: last of all, and only when all else is there."""
    send(live.access.grantRole, _ADMIN_ROLE, parties.owner, 0, sender=parties.admin)
    send(live.access.renounceRole, _ADMIN_ROLE, parties.admin, sender=parties.admin)
    for place in (-2, -1):
        before = tuple(step.name for step in steps.steps[:place])
        steps.steps[place] = replace(steps.steps[place], after=before)
