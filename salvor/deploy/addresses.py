"""The address book of a deployment, for front ends and other tools; a hash tells one ABI from another."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eth_hash.auto import keccak

from salvor.chain.codec import Abi
from salvor.deploy.deployment import Deployment
from salvor.deploy.plan.journal import Mined
from salvor.deploy.plan.plan import Plan
from salvor.files import write_whole

_VERSION = "1"


def write_addresses(deployment: Deployment, plan: Plan, mined: Mapping[str, Mined], path: Path) -> Path:
    """Write the book, whole or not at all; returns its path."""
    said = book(plan, mined) | {
        "deal": deployment.deal.name,
        "accounts": deployment.accounts.by_name(),
        "tape_root": f"0x{deployment.terms.tape.root.hex()}",
    }
    if deployment.token.address:
        said["settlement"] = deployment.token.address
    write_whole(path, json.dumps(said, indent=2) + "\n")
    return path


def book(plan: Plan, mined: Mapping[str, Mined]) -> dict[str, Any]:
    """Of any plan: each contract with its address, kind, the hash of its ABI, and where it was deployed."""
    contracts = {}
    for step in plan.steps:
        if step.kind == "contract":
            own: dict[str, str | int] = {
                "address": step.address,
                "contract": step.contract,
                "abi_hash": abi_hash(plan.artifacts[step.contract].abi),
            }
            if at := mined.get(step.name):
                own |= {"block": at.block, "transaction": at.hash}
            contracts[step.name] = own
    return {
        "salvor_addresses": _VERSION,
        "chain_id": plan.chain_id,
        "title": plan.title,
        "plan": plan.hash,
        "deployer": plan.sender,
        "factory": plan.factory,
        "contracts": contracts,
    }


def abi_hash(abi: Sequence[Abi]) -> str:
    """keccak-256 over the ABI's entries as JSON with sorted keys, the entries in order of their text."""
    entries = sorted(json.dumps(dict(each), sort_keys=True, separators=(",", ":")) for each in abi)
    return f"0x{bytes(keccak(('[' + ','.join(entries) + ']').encode())).hex()}"
