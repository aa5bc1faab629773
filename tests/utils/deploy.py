"""Deployments that must fail, and deals that differ from the small deal in a few terms.

Like `salvor.chain.send`, a deployment that must fail is only tried against the pending block: a refusal is an object,
and no trace is printed.
"""

from __future__ import annotations

from dataclasses import replace

from salvor.chain.refusal import Refusal
from salvor.chain.send import read_refusal
from salvor.deploy.apply import apply
from salvor.errors import ReconciliationFailed
from tests.utils.world import World, changed

ZERO_ADDRESS = "0x" + "00" * 20


def refusal_of_deployment(container, *args, sender) -> Refusal:
    """The error with which a constructor refuses `args`; raises when it does not."""
    data = "0x" + bytes(container(*args).data).hex()
    answer = container.provider.web3.provider.make_request(
        "eth_call", [{"from": sender.address, "data": data}, "pending"]
    )
    if "error" not in answer:
        raise ReconciliationFailed(["a deployment that must be refused went through"])
    revert = answer["error"].get("data") or "0x"
    return read_refusal(bytes.fromhex(revert.removeprefix("0x")), container.contract_type)


def with_terms(world: World, *, settlement=None, **changes) -> World:
    """A second deal beside this one, with the same parties and some other terms; nothing of it is sold."""
    terms = changed(world.terms, **changes)
    block, settlement = world.provider.get_block("latest").number, settlement or world.live.settlement
    live = apply(world.project, terms, parties=world.live.parties, settlement=settlement, first_block=block)
    return replace(world, live=live, terms=terms)
