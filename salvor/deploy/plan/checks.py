"""What the chain shows once a call was made: by it a plan knows, without a journal, that a step was done.

A new kind of call that a deal makes joins by one line in `_SHOWN`; one without a line is known by the journal alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from eth_abi import encode

from salvor.chain.codec import address_of
from salvor.chain.handles import Blueprint, Function


@dataclass(frozen=True)
class Check:
    """A view and what it must answer, as bytes; `says` is for people."""

    to: str
    data: bytes
    expected: bytes
    says: str


_Shown = Callable[[Sequence[Any]], list[tuple[str, tuple[Any, ...], bytes]]]  # views with arguments, and the answers


def _word(value: int) -> bytes:
    return value.to_bytes(32)


def _address(value: Any) -> bytes:
    return bytes(encode(["address"], [address_of(value)]))


# By the call's signature: the view, its arguments, its answer. OpenZeppelin's AccessManager, and what `apply` calls.
_SHOWN: dict[str, _Shown] = {
    "grantRole(uint64,address,uint32)": lambda a: [("hasRole", (a[0], a[1]), encode(["bool", "uint32"], [True, a[2]]))],
    "revokeRole(uint64,address)": lambda a: [("hasRole", (a[0], a[1]), encode(["bool", "uint32"], [False, 0]))],
    "renounceRole(uint64,address)": lambda a: [("hasRole", (a[0], a[1]), encode(["bool", "uint32"], [False, 0]))],
    "setTargetFunctionRole(address,bytes4[],uint64)": lambda a: [
        ("getTargetFunctionRole", (a[0], selector), _word(a[2])) for selector in a[1]
    ],
    "setRoleAdmin(uint64,uint64)": lambda a: [("getRoleAdmin", (a[0],), _word(a[1]))],
    "setRoleGuardian(uint64,uint64)": lambda a: [("getRoleGuardian", (a[0],), _word(a[1]))],
    "setGate(address)": lambda a: [("gate", (), _address(a[0]))],
    "admit(address,uint40)": lambda a: [("admittedUntil", (a[0],), _word(a[1]))],
    "addAgent(address)": lambda a: [("isAgent", (a[0],), _word(1))],
    "addTrustedIssuer(address,uint256[])": lambda a: [
        ("getTrustedIssuerClaimTopics", (a[0],), encode(["uint256[]"], [list(a[1])]))
    ],
    "tell(address)": lambda a: [("isTold", (a[0],), _word(1))],
    "setRule(uint8,bytes)": lambda a: [("isOn", (a[0],), _word(1))],
    "addModule(address)": lambda a: [("isModuleBound", (a[0],), _word(1))],
    "setTrustedIssuersRegistry(address)": lambda a: [("issuersRegistry", (), _address(a[0]))],
    "setClaimTopicsRegistry(address)": lambda a: [("topicsRegistry", (), _address(a[0]))],
    "addSigner(address,bytes32)": lambda a: [("isSigner", (a[0],), _word(1))],
    "setTargetClosed(address,bool)": lambda a: [("isTargetClosed", (a[0],), _word(int(a[1])))],
}


def check_for(to: str, blueprint: Blueprint, function: Function, args: Sequence[Any]) -> tuple[Check, ...]:
    """The checks of a call; none when its kind has no line above."""
    shown = _SHOWN.get(function.signature)
    if shown is None:
        return ()
    return tuple(_check(to, blueprint, *each) for each in shown(args) if each[0] in blueprint.by_name)


def view_check(target: Any, view: str, *args: Any, expected: Sequence[Any]) -> Check:
    """A check of one's own: what a view of a contract must answer."""
    function = target.blueprint.by_name[view][0]
    answer = encode([each["type"] for each in function.outputs], [_plain(each) for each in expected])
    return _check(address_of(target), target.blueprint, view, args, answer)


def _check(to: str, blueprint: Blueprint, view: str, args: Sequence[Any], expected: bytes) -> Check:
    function = blueprint.by_name[view][0]
    shown = ", ".join(f"0x{each.hex()}" if isinstance(each, bytes) else _name(each) for each in args)
    return Check(to, function.encode(*args), expected, f"{blueprint.name}.{view}({shown})")


def _plain(value: Any) -> Any:
    return address_of(value) if hasattr(value, "address") else value


def _name(value: Any) -> str:
    return str(getattr(value, "name", None) or getattr(value, "address", value))
