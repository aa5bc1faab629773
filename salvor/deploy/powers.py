"""Who stands behind an address: a key, a Safe with its owners, a timelock with those who propose and execute."""

from __future__ import annotations

from dataclasses import dataclass

from eth_abi import decode
from eth_abi.exceptions import DecodingError
from eth_hash.auto import keccak

from salvor.chain.codec import address_of
from salvor.deploy.plan.logs import logs_of
from salvor.deploy.plan.rpc import Node, bytes_in, number_in

# OpenZeppelin's TimelockController, by its events and views; and a Safe, by its views.
_GRANTED = bytes(keccak(b"RoleGranted(bytes32,address,address)"))
_REVOKED = bytes(keccak(b"RoleRevoked(bytes32,address,address)"))
_TIMELOCK_ROLES = {bytes(keccak(f"{name}_ROLE".encode())): name for name in ("PROPOSER", "EXECUTOR", "CANCELLER")}
_TIMELOCK_ROLES[bytes(32)] = "ADMIN"
_MIN_DELAY, _OWNERS, _THRESHOLD = (
    "0x" + bytes(keccak(text)).hex()[:8] for text in (b"getMinDelay()", b"getOwners()", b"getThreshold()")
)
_ANYBODY = "0x" + "00" * 20


@dataclass(frozen=True)
class Power:
    """What an account is; `behind` are those who can make it act, with what they may."""

    account: str
    kind: str  # "key", "Safe", "timelock", "contract"
    delay: int = 0  # seconds that a timelock waits
    threshold: int = 0  # of a Safe
    behind: tuple[tuple[str, str], ...] = ()  # what they may, and who

    def __str__(self) -> str:
        if self.kind == "timelock":
            who = "; ".join(f"{what.lower()}: {account}" for what, account in self.behind)
            return f"timelock of {self.delay} seconds ({who or 'nobody can propose'})"
        if self.kind == "Safe":
            return f"Safe, {self.threshold} of {len(self.behind)}: {', '.join(account for _, account in self.behind)}"
        return {"key": "one key", "contract": "contract"}[self.kind]


def power_of(node: Node, account: str) -> Power:
    """Asked of the chain."""
    call = {"to": account}
    code, delay, owners, threshold = node.ask_all(
        [
            ("eth_getCode", (account, "latest")),
            *(("eth_call", (call | {"data": each}, "latest")) for each in (_MIN_DELAY, _OWNERS, _THRESHOLD)),
        ]
    )
    if not bytes_in(code):
        return Power(account, "key")
    if len(bytes_in(delay) or b"") == 32:
        return Power(account, "timelock", delay=number_in(delay) or 0, behind=_behind_timelock(node, account))
    if (people := _addresses(bytes_in(owners))) and len(bytes_in(threshold) or b"") == 32:
        behind = tuple(("OWNER", each) for each in people)
        return Power(account, "Safe", threshold=number_in(threshold) or 0, behind=behind)
    return Power(account, "contract")


def _behind_timelock(node: Node, account: str) -> tuple[tuple[str, str], ...]:
    """Every role of it with everybody who holds it, in the order in which they got it."""
    held: dict[tuple[str, str], None] = {}
    for log in logs_of(node, account):
        if len(log.topics) < 3 or log.topics[0] not in (_GRANTED, _REVOKED):
            continue
        key = (
            _TIMELOCK_ROLES.get(log.topics[1], f"0x{log.topics[1].hex()}"),
            address_of(f"0x{log.topics[2][12:].hex()}"),
        )
        if log.topics[0] == _GRANTED:
            held[key] = None
        else:
            held.pop(key, None)
    return tuple((what, "anybody" if who == _ANYBODY else who) for what, who in held)


def _addresses(answer: bytes | None) -> list[str]:
    try:
        (found,) = decode(["address[]"], answer or b"")
    except (DecodingError, OverflowError):
        return []
    return [address_of(each) for each in found]
