"""T-REX's ABI out of `t-rex-4.1.6.yaml`, as a client would have it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from eth_hash.auto import keccak

from salvor.chain.artifacts import Artifact
from salvor.chain.handles import Blueprint, blueprint_of

FACTS = yaml.safe_load(Path(__file__).with_name("t-rex-4.1.6.yaml").read_text())
_FUNCTION = re.compile(r"(?P<name>\w+)\((?P<inputs>[^)]*)\)(?P<view> view)?(?: -> (?P<outputs>.*))?")
_ERC20 = {"totalSupply", "balanceOf", "transfer", "allowance", "approve", "transferFrom"}
_ERC20_METADATA = {"name", "symbol", "decimals"}


def parts_of(line: str) -> dict[str, Any]:
    """A line as an ABI entry."""
    found = _FUNCTION.fullmatch(line)
    assert found, line
    inputs = [{"name": f"_{i}", "type": kind} for i, kind in enumerate(filter(None, found["inputs"].split(",")))]
    outputs = [{"name": "", "type": kind} for kind in (found["outputs"] or "").split(",") if kind]
    view = "view" if found["view"] else "nonpayable"
    return {"type": "function", "name": found["name"], "inputs": inputs, "outputs": outputs, "stateMutability": view}


def event_of(line: str) -> dict[str, Any]:
    """A line as an ABI entry of an event."""
    name, kinds = line.rstrip(")").split("(")
    inputs = [
        {"name": f"_{i}", "type": kind.removesuffix(" indexed"), "indexed": kind.endswith(" indexed")}
        for i, kind in enumerate(filter(None, kinds.split(",")))
    ]
    return {"type": "event", "name": name, "inputs": inputs}


def signature_of(line: str) -> str:
    """Name and types."""
    return line.split(")")[0] + ")"


@cache
def client_abi(kind: str) -> Blueprint:
    """What a client knows of one contract of T-REX; of a token and a registry it knows the agents too."""
    lines = FACTS[kind]["functions"] + (FACTS["agents"]["functions"] if kind in ("token", "identity registry") else [])
    abi = [parts_of(line) for line in lines] + [event_of(line) for line in FACTS[kind]["events"]]
    return blueprint_of(Artifact(f"TREX {kind}", "t-rex-4.1.6.yaml", tuple(abi), ""))


def interface_id(kind: str) -> bytes:
    """ERC-165: the selectors of an interface, without those that it inherits from ERC-20."""
    number = 0
    for line in FACTS[kind]["functions"]:
        name = line.split("(")[0]
        inherited = _ERC20 | _ERC20_METADATA if kind == "token" else set()
        if name not in inherited:
            number ^= int.from_bytes(keccak(signature_of(line).encode())[:4])
    return number.to_bytes(4)
