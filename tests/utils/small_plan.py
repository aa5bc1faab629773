"""The plan of the small deal, for tests that deploy it on a node of their own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from salvor.chain.artifacts import Artifacts, read_artifacts
from salvor.chain.build import build
from salvor.chain.codec import address_of
from salvor.deploy.deal_plan import Accounts, DealSteps, Token, deal_steps
from salvor.deploy.plan.create3 import factory_on
from salvor.deploy.plan.plan import Plan, make_plan
from salvor.deploy.plan.rpc import Node
from tests.utils.own_node import GENESIS, deployer
from tests.utils.world import DAY, STEPS, small_terms

ROOT = Path(__file__).parents[2]
TOKEN = Token("Test Dollar", "TUSD", 2)


@cache
def artifacts() -> Artifacts:
    return read_artifacts(build(ROOT))


def nobody(number: int) -> str:
    """An address that nobody has a key of."""
    return address_of(f"0x{number:040x}")


def small_accounts(**changes) -> Accounts:
    admin = deployer().address
    named = {"seller": nobody(0xA1), "servicer": nobody(0xA2), "transfer_agent": nobody(0xA3), "arranger": nobody(0xA4)}
    return Accounts(**{"admin": admin, **named, "others": {}, "owner": nobody(0xA5), **changes})


def small_steps(node: Node, *, salt: str = "1", accounts: Accounts | None = None, terms=None, **changes) -> DealSteps:
    """Steps of the small deal, which can be accelerated, so that every role is held; or of a deal with other terms."""
    factory = factory_on(node)
    terms = terms or small_terms(GENESIS + 10 * DAY, **{"accelerated_steps": STEPS, **changes})
    who = accounts or small_accounts()
    chain = int(node.ask("eth_chainId"), 16)
    return deal_steps(
        "small deal", terms, artifacts(), who, TOKEN, chain_id=chain, now=GENESIS, factory=factory, salt=salt
    )


def small_plan(node: Node, **changes) -> Plan:
    return make_plan(small_steps(node, **changes).steps, node)
