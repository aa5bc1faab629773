"""What the chain shows once a call was made: by it a plan knows, without a journal, that a step was done.

A new kind of call that a deal makes joins by one line in `_SHOWN`; one without a line is known by the journal alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eth_abi import encode

from salvor.chain.codec import address_of, canonical
from salvor.chain.handles import Blueprint, Function


@dataclass(frozen=True)
class Check:
    """A view and what it must answer, as bytes; `says` is for people."""

    to: str
    data: bytes
    expected: bytes
    says: str
    among: bool = False  # the answer is a list, in which the expected word stands

    def is_met(self, answer: bytes | None) -> bool:
        """None is no answer: the view's contract is not there, or not this one."""
        if answer is None or not self.among:
            return answer == self.expected
        words = [answer[start : start + _WORD] for start in range(0, len(answer), _WORD)]
        return self.expected in words[2:]  # behind offset and length


@dataclass(frozen=True)
class _Answer:
    """A view with its arguments, and what it answers then; without bytes it is the call's last argument as it came."""

    view: str
    args: tuple[Any, ...]
    expected: bytes | None
    among: bool = False


_Shown = Callable[[Sequence[Any]], list[_Answer]]
_WORD = 32


def _word(value: int) -> bytes:
    return value.to_bytes(32)


def _address(value: Any) -> bytes:
    return bytes(encode(["address"], [address_of(value)]))


def _is(view: str, *args: Any) -> list[_Answer]:
    return [_Answer(view, args, _word(1))]


def _says(view: str, value: Any) -> list[_Answer]:
    return [_Answer(view, (), _address(value))]


def _role(args: Sequence[Any], held: bool, delay: int) -> list[_Answer]:
    return [_Answer("hasRole", tuple(args[:2]), encode(["bool", "uint32"], [held, delay]))]


# By the call: the view, its arguments, its answer. OpenZeppelin's AccessManager, and what `apply` calls. A call with a
# structure is named without its parameters.
_SHOWN: dict[str, _Shown] = {
    "grantRole(uint64,address,uint32)": lambda a: _role(a, True, a[2]),
    "revokeRole(uint64,address)": lambda a: _role(a, False, 0),
    "renounceRole(uint64,address)": lambda a: _role(a, False, 0),
    "setTargetFunctionRole(address,bytes4[],uint64)": lambda a: [
        _Answer("getTargetFunctionRole", (a[0], selector), _word(a[2])) for selector in a[1]
    ],
    "setRoleAdmin(uint64,uint64)": lambda a: [_Answer("getRoleAdmin", (a[0],), _word(a[1]))],
    "setRoleGuardian(uint64,uint64)": lambda a: [_Answer("getRoleGuardian", (a[0],), _word(a[1]))],
    "setTargetClosed(address,bool)": lambda a: [_Answer("isTargetClosed", (a[0],), _word(int(a[1])))],
    "setGate(address)": lambda a: _says("gate", a[0]),
    "admit(address,uint40)": lambda a: [_Answer("admittedUntil", (a[0],), _word(a[1]))],
    "addAgent(address)": lambda a: _is("isAgent", a[0]),
    "addTrustedIssuer(address,uint256[])": lambda a: [
        _Answer("getTrustedIssuerClaimTopics", (a[0],), encode(["uint256[]"], [list(a[1])]))
    ],
    "addClaimTopic(uint256)": lambda a: [_Answer("getClaimTopics", (), _word(a[0]), among=True)],
    "tell(address)": lambda a: _is("isTold", a[0]),
    "watch(address)": lambda a: _is("isWatched", a[0]),
    "bindToken(address)": lambda a: _says("getTokenBound", a[0]),
    "setRule(uint8,bytes)": lambda a: _is("isOn", a[0]),  # with which parameters only events tell (`deploy diff`)
    "addModule(address)": lambda a: _is("isModuleBound", a[0]),
    "setTrustedIssuersRegistry(address)": lambda a: _says("issuersRegistry", a[0]),
    "setClaimTopicsRegistry(address)": lambda a: _says("topicsRegistry", a[0]),
    "addSigner(address,bytes32)": lambda a: _is("isSigner", a[0]),
    "setPolicy": lambda a: [_Answer("policyOf", (a[0],), None)],
    "appoint(address)": lambda a: _says("book", a[0]),
    "appointHouse(address)": lambda a: _says("house", a[0]),
}


def check_for(to: str, blueprint: Blueprint, function: Function, args: Sequence[Any]) -> tuple[Check, ...]:
    """The checks of a call; none when its kind has no line above."""
    shown = _SHOWN.get(function.signature) or _SHOWN.get(function.name)
    if shown is None:
        return ()
    return tuple(_shown(to, blueprint, function, args, each) for each in shown(args) if each.view in blueprint.by_name)


def view_check(target: Any, view: str, *args: Any, expected: Sequence[Any]) -> Check:
    """A check of one's own: what a view of a contract must answer."""
    function = target.blueprint.by_name[view][0]
    answer = encode([each["type"] for each in function.outputs], [_plain(each) for each in expected])
    return _check(address_of(target), target.blueprint, view, args, answer)


def _shown(to: str, blueprint: Blueprint, function: Function, args: Sequence[Any], answer: _Answer) -> Check:
    expected = answer.expected
    if expected is None:
        expected = encode([canonical(function.params[-1])], [args[-1]])
    return replace(_check(to, blueprint, answer.view, answer.args, expected), among=answer.among)


def _check(to: str, blueprint: Blueprint, view: str, args: Sequence[Any], expected: bytes) -> Check:
    function = blueprint.by_name[view][0]
    shown = ", ".join(f"0x{each.hex()}" if isinstance(each, bytes) else _name(each) for each in args)
    return Check(to, function.encode(*args), expected, f"{blueprint.name}.{view}({shown})")


def _plain(value: Any) -> Any:
    return address_of(value) if hasattr(value, "address") else value


def _name(value: Any) -> str:
    return str(getattr(value, "name", None) or getattr(value, "address", value))
